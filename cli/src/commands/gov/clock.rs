//! Blocks to come as times.

use crate::units::duration;
use blocs_primitives::BlockNumber;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The present block and the pace of blocks. Times are those to come when every slot has a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    /// The present block.
    pub(super) now: BlockNumber,
    /// Time between blocks.
    pub(super) slot: Duration,
    /// The time of the present block.
    pub(super) wall: SystemTime,
}

impl Clock {
    /// Time until a block; zero when it is past.
    pub(super) fn until(&self, block: BlockNumber) -> Duration {
        self.slot.saturating_mul(block.saturating_sub(self.now))
    }

    /// `block 120, in about 2min 5s (14:03:10 UTC)`, or `block 120` when it is past.
    pub(super) fn show(&self, block: BlockNumber) -> String {
        if block <= self.now {
            return format!("block {block}");
        }
        let wait = self.until(block);
        match self.wall.checked_add(wait) {
            Some(time) => format!(
                "block {block}, in about {} ({})",
                duration(wait),
                utc(time, wait < Duration::from_secs(43_200))
            ),
            None => format!("block {block}, in about {}", duration(wait)),
        }
    }

    /// A number of blocks as a time: `20 blocks (1min)`.
    pub(super) fn length(&self, blocks: BlockNumber) -> String {
        let unit = if blocks == 1 { "block" } else { "blocks" };
        format!("{blocks} {unit} ({})", duration(self.slot.saturating_mul(blocks)))
    }
}

/// A time as `14:03:10 UTC`, or with the date.
fn utc(time: SystemTime, short: bool) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (hours, minutes) = (seconds / 3_600 % 24, seconds / 60 % 60);
    if short {
        return format!("{hours:02}:{minutes:02}:{:02} UTC", seconds % 60);
    }
    let (year, month, day) = date(seconds / 86_400);
    format!("{year}-{month:02}-{day:02} {hours:02}:{minutes:02} UTC")
}

/// The date of a day, counted from 1970-01-01.
fn date(days: u64) -> (u64, u64, u64) {
    // Years from March on, in eras of 400 years, so that the leap day comes last.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(59), (1970, 3, 1));
        assert_eq!(date(11_016), (2000, 2, 29));
        assert_eq!(date(20_778), (2026, 11, 21));
    }

    #[test]
    fn blocks_to_come_have_a_time_and_past_ones_none() {
        let clock = Clock {
            now: 100,
            slot: Duration::from_secs(3),
            wall: UNIX_EPOCH + Duration::from_secs(3_600),
        };
        assert_eq!(clock.show(100), "block 100");
        assert_eq!(clock.show(120), "block 120, in about 1min (01:01:00 UTC)");
        assert_eq!(
            clock.show(100 + 28_800),
            "block 28900, in about 1d (1970-01-02 01:00 UTC)"
        );
        assert_eq!(clock.length(1), "1 block (3s)");
    }
}
