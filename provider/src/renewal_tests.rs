use super::*;
use blocs_primitives::{AccountId, DealId, GIB, Hash, Root, SlotIndex};

fn provider() -> Provider {
    Provider {
        operator: sr25519::Public::default(),
        bond: 1_000,
        capacity: 10 * GIB,
        used: GIB,
        price: 7,
        status: ProviderStatus::Active,
        rate: 0,
        accrued: 0,
        proven: 0,
        misses: 0,
        place: 0,
        period: 1,
    }
}

fn record(state: SlotState) -> SlotRecord {
    SlotRecord {
        root: Root([7; 32]),
        size: GIB,
        owner: AccountId::new([9; 32]),
        uploader: AccountId::new([9; 32]),
        rate: 7,
        duration: 5,
        state,
    }
}

fn slot() -> SlotId {
    SlotId {
        deal: DealId(Hash::repeat_byte(3)),
        index: SlotIndex(1),
    }
}

fn wish<'a>(provider: &'a Provider, record: &'a SlotRecord) -> Wish<'a> {
    Wish {
        provider: Some(provider),
        params: None,
        record,
        now: 8,
        end: 20,
        max_duration: 30,
    }
}

#[test]
fn a_live_slot_goes_on_from_its_end() {
    let (provider, live) = (provider(), record(SlotState::Live { end: 9 }));
    assert_eq!(decide(slot(), &wish(&provider, &live)), Ok(9));
    let farthest = Wish {
        end: 39,
        ..wish(&provider, &live)
    };
    assert_eq!(decide(slot(), &farthest), Ok(9));
    let cheaper = Provider {
        price: 1,
        ..provider.clone()
    };
    assert_eq!(decide(slot(), &wish(&cheaper, &live)), Ok(9), "its price has fallen");
}

#[test]
fn each_reason_against_it_is_named() {
    let (provider, live) = (provider(), record(SlotState::Live { end: 9 }));
    let good = wish(&provider, &live);
    let refused = |wish: &Wish<'_>| decide(slot(), wish).expect_err("refused");
    let in_state = |state| {
        let record = record(state);
        decide(slot(), &wish(&provider, &record)).expect_err("refused")
    };
    let name = SlotName(slot());
    assert_eq!(
        in_state(SlotState::Quoted { valid_until: 99 }),
        RenewalRefusal::NotOpen(name)
    );
    assert_eq!(in_state(SlotState::Closing { since: 1 }), RenewalRefusal::NotHeld(name));
    assert_eq!(in_state(SlotState::Gone), RenewalRefusal::NotHeld(name));
    assert_eq!(
        in_state(SlotState::Live { end: 8 }),
        RenewalRefusal::Over { end: 8, now: 8 }
    );
    assert_eq!(refused(&Wish { end: 9, ..good }), RenewalRefusal::NotLater { end: 9 });
    assert_eq!(
        refused(&Wish { end: 40, ..good }),
        RenewalRefusal::TooLong { ahead: 31, most: 30 }
    );
    assert_eq!(refused(&Wish { provider: None, ..good }), RenewalRefusal::NotRegistered);
    let draining = Provider {
        status: ProviderStatus::Draining,
        ..provider.clone()
    };
    assert!(matches!(refused(&wish(&draining, &live)), RenewalRefusal::NotActive(_)));
    let dearer = Provider {
        price: 8,
        ..provider.clone()
    };
    assert_eq!(
        refused(&wish(&dearer, &live)),
        RenewalRefusal::TooCheap { rate: 7, asked: 8 }
    );
}

#[test]
fn only_what_waiting_helps_against_is_temporary() {
    assert!(RenewalRefusal::NoChain.is_temporary());
    assert!(RenewalRefusal::NotOpen(SlotName(slot())).is_temporary());
    assert!(!RenewalRefusal::NotActive("draining").is_temporary());
}
