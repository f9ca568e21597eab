use super::*;
use blocs_primitives::{Hash, Root};

fn account(byte: u8) -> AccountId {
    AccountId::new([byte; 32])
}

fn deal(byte: u8) -> DealId {
    DealId(Hash::repeat_byte(byte))
}

fn slot(byte: u8, index: u16) -> SlotId {
    SlotId {
        deal: deal(byte),
        index: SlotIndex(index),
    }
}

fn record(state: SlotState) -> SlotRecord {
    SlotRecord {
        root: Root([7; 32]),
        size: 10,
        owner: account(9),
        uploader: account(9),
        rate: 1,
        duration: 5,
        state,
    }
}

fn seen(number: BlockNumber, events: &[MarketEvent]) -> Vec<Change> {
    let held = |_: &SlotId| Some(record(SlotState::Quoted { valid_until: 99 }));
    changes(&account(1), 16, number, events, &held, &|deal| {
        vec![SlotId {
            deal,
            index: SlotIndex(2),
        }]
    })
}

#[test]
fn a_deal_makes_our_slots_live_until_its_end_and_no_others() {
    let providers = vec![account(2), account(1), account(3)];
    let opened = MarketEvent::DealOpened {
        deal: deal(4),
        owner: account(9),
        providers,
    };
    // Block 33 lies in period 2: the deal starts in period 3 and lasts 5.
    assert_eq!(
        seen(33, &[opened]),
        [Change::Opened {
            slot: slot(4, 1),
            end: 8
        }]
    );
}

#[test]
fn only_events_of_this_provider_count() {
    let (us, other) = (account(1), account(2));
    let events = |provider: &AccountId| {
        vec![
            MarketEvent::SlotClosed {
                deal: deal(4),
                index: SlotIndex(1),
                provider: provider.clone(),
                paid: 1,
                refunded: 0,
            },
            MarketEvent::SlotLost {
                deal: deal(5),
                index: SlotIndex(0),
                provider: provider.clone(),
                slashed: 1,
            },
            MarketEvent::Proved {
                provider: provider.clone(),
                period: 2,
                paid: 10,
            },
            MarketEvent::Missed {
                provider: provider.clone(),
                period: 3,
                misses: 1,
                slashed: 4,
            },
        ]
    };
    assert_eq!(seen(40, &events(&other)), []);
    let proved = ProofRecord {
        period: 2,
        block: 40,
        outcome: ProofOutcome::Proved { paid: 10 },
    };
    let missed = ProofRecord {
        period: 3,
        block: 40,
        outcome: ProofOutcome::Missed { misses: 1, slashed: 4 },
    };
    let expected = [
        Change::Closed {
            slot: slot(4, 1),
            block: 40,
        },
        Change::Closed {
            slot: slot(5, 0),
            block: 40,
        },
        Change::Period(proved),
        Change::Period(missed),
    ];
    assert_eq!(seen(40, &events(&us)), expected);
}

#[test]
fn a_terminated_deal_moves_the_end_of_the_slots_held() {
    let terminated = MarketEvent::DealTerminated { deal: deal(4), end: 6 };
    assert_eq!(
        seen(40, &[terminated]),
        [Change::EndCut {
            slot: slot(4, 2),
            end: 6
        }]
    );
}

#[test]
fn an_extended_deal_moves_the_end_of_those_slots_held_that_it_names() {
    let extended = |index| MarketEvent::DealExtended {
        deal: deal(4),
        end: 20,
        slots: vec![SlotIndex(0), SlotIndex(index)],
    };
    assert_eq!(
        seen(40, &[extended(2)]),
        [Change::EndMoved {
            slot: slot(4, 2),
            end: 20
        }]
    );
    assert_eq!(seen(40, &[extended(1)]), []);
}

#[test]
fn without_the_events_the_present_state_tells() {
    let us = account(1);
    let on_chain = |provider: u8, status| Slot {
        provider: account(provider),
        root: Root([7; 32]),
        size: 10,
        rate: 1,
        start: 3,
        end: 8,
        status,
    };
    let now = |state, slot: Option<Slot>| compare(&us, self::slot(4, 1), &record(state), slot.as_ref(), 50);
    let (quoted, live) = (SlotState::Quoted { valid_until: 9 }, SlotState::Live { end: 9 });
    let opened = Some(Change::Opened {
        slot: slot(4, 1),
        end: 8,
    });
    let closed = Some(Change::Closed {
        slot: slot(4, 1),
        block: 50,
    });
    assert_eq!(now(quoted, Some(on_chain(1, SlotStatus::Live))), opened);
    assert_eq!(now(quoted, None), None, "it expires by itself");
    assert_eq!(
        now(live, Some(on_chain(1, SlotStatus::Live))),
        Some(Change::EndMoved {
            slot: slot(4, 1),
            end: 8
        })
    );
    assert_eq!(
        now(SlotState::Live { end: 8 }, Some(on_chain(1, SlotStatus::Live))),
        None
    );
    assert_eq!(now(live, None), closed);
    assert_eq!(now(live, Some(on_chain(1, SlotStatus::Lost))), closed);
    assert_eq!(
        now(live, Some(on_chain(2, SlotStatus::Live))),
        closed,
        "another provider took it over"
    );
    assert_eq!(now(SlotState::Closing { since: 1 }, None), None);
}
