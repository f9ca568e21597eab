//! Sessions and eras as times.

use std::time::Duration;

/// Where the chain is in its sessions and eras.
///
/// An era is a number of sessions, and a session (an epoch of BABE) a number of slots. Times are those to come when no session is
/// skipped; a chain that stood still reaches the next session at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EraClock {
    /// The present era.
    pub active_era: u32,
    /// The era that has been planned last: the present one, or, in its last session, the next. What unbonds is free from here on.
    pub planned_era: u32,
    /// The present session.
    pub session: u32,
    /// The session with which the present era began.
    pub era_first_session: u32,
    /// Sessions in an era.
    pub sessions_per_era: u32,
    /// Slots in a session.
    pub slots_per_session: u64,
    /// Slots of the present session that have passed.
    pub slots_passed: u64,
    /// Length of a slot.
    pub slot: Duration,
    /// Eras that unbonding takes.
    pub bonding_eras: u32,
}

impl EraClock {
    /// Length of a session.
    pub fn session_length(&self) -> Duration {
        times(self.slot, self.slots_per_session)
    }

    /// Length of an era.
    pub fn era_length(&self) -> Duration {
        self.session_length().saturating_mul(self.sessions_per_era)
    }

    /// Time until the next session.
    pub fn until_next_session(&self) -> Duration {
        times(self.slot, self.slots_per_session.saturating_sub(self.slots_passed))
    }

    /// Time until the next era.
    pub fn until_next_era(&self) -> Duration {
        let last = self
            .era_first_session
            .saturating_add(self.sessions_per_era)
            .saturating_sub(1);
        let whole = self.session_length().saturating_mul(last.saturating_sub(self.session));
        whole.saturating_add(self.until_next_session())
    }

    /// Time until this era begins; zero when it has begun.
    pub fn until_era(&self, era: u32) -> Duration {
        match era.checked_sub(self.active_era) {
            None | Some(0) => Duration::ZERO,
            Some(eras) => self
                .until_next_era()
                .saturating_add(self.era_length().saturating_mul(eras.saturating_sub(1))),
        }
    }

    /// Time until what unbonds in this era can be taken out: a session before the era begins, since it is planned then.
    pub fn until_free(&self, era: u32) -> Duration {
        if era <= self.planned_era {
            return Duration::ZERO;
        }
        self.until_era(era).saturating_sub(self.session_length())
    }
}

fn times(slot: Duration, slots: u64) -> Duration {
    let millis = slot.as_millis().saturating_mul(u128::from(slots));
    Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> EraClock {
        EraClock {
            active_era: 4,
            planned_era: 4,
            session: 13,
            era_first_session: 12,
            sessions_per_era: 3,
            slots_per_session: 20,
            slots_passed: 5,
            slot: Duration::from_secs(1),
            bonding_eras: 3,
        }
    }

    #[test]
    fn times_count_slots_sessions_and_eras() {
        let clock = clock();
        assert_eq!(clock.era_length(), Duration::from_secs(60));
        assert_eq!(clock.until_next_session(), Duration::from_secs(15));
        // The rest of session 13, and session 14.
        assert_eq!(clock.until_next_era(), Duration::from_secs(35));
        assert_eq!(clock.until_era(4), Duration::ZERO);
        assert_eq!(clock.until_era(5), Duration::from_secs(35));
        assert_eq!(clock.until_era(7), Duration::from_secs(155));
    }

    #[test]
    fn what_unbonds_is_free_when_its_era_is_planned() {
        let mut clock = clock();
        assert_eq!(clock.until_free(5), Duration::from_secs(15));
        clock.planned_era = 5;
        assert_eq!(clock.until_free(5), Duration::ZERO);
    }

    #[test]
    fn a_session_that_is_late_ends_at_once() {
        let mut clock = clock();
        clock.slots_passed = 70;
        assert_eq!(clock.until_next_session(), Duration::ZERO);
        assert_eq!(clock.until_next_era(), Duration::from_secs(20));
    }
}
