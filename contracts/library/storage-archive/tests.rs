//! Off chain, with a market that moves no money. What a fund really pays is tested in `crates/contract-kit`.

use crate::storage_archive::{Error, StorageArchive};
use blocs_ink::{
    test::MockMarket, BlocsEnvironment, Extension, MarketError, Offer, SlotExtension, SlotOffer, SlotStatus,
};
use ink::{
    env::{
        test::{
            callee, default_accounts, get_account_balance, set_account_balance, set_callee, set_caller,
            set_value_transferred, DefaultAccounts,
        },
        DefaultEnvironment,
    },
    primitives::{AccountId, Hash},
};

const GIB: u64 = 1 << 30;

fn accounts() -> DefaultAccounts<DefaultEnvironment> {
    default_accounts::<DefaultEnvironment>()
}

fn by(caller: AccountId) {
    set_caller::<BlocsEnvironment>(caller);
}

/// An archive of Alice: at most 10 planck per GiB, 20 periods ahead, two slots.
fn archive() -> (StorageArchive, MockMarket) {
    // By default the contract's account would be Alice's.
    set_callee::<BlocsEnvironment>([42; 32].into());
    let market = MockMarket::register();
    set_account_balance::<BlocsEnvironment>(callee::<BlocsEnvironment>(), 1_000_000);
    by(accounts().alice);
    (StorageArchive::new(10, 20, 2).unwrap(), market)
}

/// An offer of two slots of half a GiB.
fn offer(rate: u128, duration: u32) -> Offer {
    let slot = |number: u8| SlotOffer {
        provider: [number; 32].into(),
        root: [number; 32],
        size: GIB / 2,
        rate,
        valid_until: 8,
        signature: [0; 64],
    };
    Offer {
        salt: [1; 32],
        manifest: Hash::default(),
        k: 1,
        duration,
        label: vec![],
        slots: vec![slot(1), slot(2)],
    }
}

fn extension(deal: [u8; 32], end: u32, slots: u16) -> Extension {
    let slot = |index| SlotExtension {
        index,
        valid_until: 8,
        signature: [0; 64],
    };
    Extension {
        deal,
        end,
        slots: (0..slots).map(slot).collect(),
    }
}

#[ink::test]
fn only_the_curator_opens_and_one_deal_at_a_time() {
    let (mut archive, _) = archive();
    by(accounts().bob);
    assert_eq!(archive.open(offer(5, 10)), Err(Error::NotCurator));
    by(accounts().alice);
    let deal = archive.open(offer(5, 10)).unwrap();
    assert_eq!(archive.deal(), Some(deal));
    assert_eq!(archive.deal_id([1; 32]), Ok(deal));
    assert_eq!(archive.open(offer(5, 10)), Err(Error::DealStands));
}

#[ink::test]
fn offers_beyond_a_limit_are_refused() {
    let (mut archive, _) = archive();
    assert_eq!(archive.open(offer(6, 10)), Err(Error::TooDear), "half a GiB may cost 5");
    assert_eq!(
        archive.open(offer(5, 20)),
        Err(Error::TooFar),
        "it starts in the next period"
    );
    let mut one = offer(5, 10);
    one.slots.pop();
    assert_eq!(archive.open(one), Err(Error::TooFewSlots));
    assert!(archive.open(offer(5, 19)).is_ok());
}

#[ink::test]
fn anyone_extends_within_the_limits() {
    let (mut archive, market) = archive();
    assert_eq!(archive.extend(extension([1; 32], 12, 2)), Err(Error::NoDeal));
    let deal = archive.open(offer(5, 10)).unwrap();
    by(accounts().eve);
    assert_eq!(archive.extend(extension([9; 32], 12, 2)), Err(Error::OtherDeal));
    assert_eq!(archive.extend(extension(deal, 21, 2)), Err(Error::TooFar));
    assert_eq!(archive.extend(extension(deal, 12, 1)), Err(Error::TooFewSlots));
    assert_eq!(archive.extend(extension(deal, 20, 2)), Ok(()));
    market.prove(deal, 5);
    assert_eq!(
        archive.extend(extension(deal, 25, 2)),
        Ok(()),
        "the limit moves with time"
    );
    let (state, standing) = archive.standing().unwrap();
    assert_eq!((state.end, standing.live, standing.proven), (25, 2, 5));
}

#[ink::test]
fn slots_that_were_left_out_follow_to_the_same_end_and_no_further() {
    let (mut archive, market) = archive();
    let mut three = offer(5, 10);
    let mut third = three.slots[0].clone();
    third.provider = [3; 32].into();
    three.slots.push(third);
    let deal = archive.open(three).unwrap();
    let alone = |end, index| {
        let mut alone = extension(deal, end, 3);
        alone.slots.retain(|slot| slot.index == index);
        alone
    };
    by(accounts().eve);
    assert_eq!(archive.extend(extension(deal, 20, 2)), Ok(()));
    assert_eq!(archive.extend(alone(21, 2)), Err(Error::TooFewSlots), "a later end");
    assert_eq!(
        archive.extend(alone(20, 1)),
        Err(Error::Market(MarketError::NotLater)),
        "it is there already"
    );
    assert_eq!(archive.extend(alone(20, 2)), Ok(()));
    let ends: Vec<u32> = market.edit(|state| state.deals[&deal].1.iter().map(|slot| slot.end).collect());
    assert_eq!(ends, [20, 20, 20]);
    assert_eq!(
        archive.extend(alone(19, 2)),
        Err(Error::TooFewSlots),
        "an earlier end is no end to complete"
    );
}

#[ink::test]
fn with_as_many_least_slots_as_slots_a_lost_one_ends_all_extensions() {
    let (mut archive, market) = archive();
    let deal = archive.open(offer(5, 10)).unwrap();
    market.edit(|state| state.deals.get_mut(&deal).unwrap().1[1].status = SlotStatus::Lost);
    assert_eq!(
        archive.extend(extension(deal, 12, 2)),
        Err(Error::Market(MarketError::NotLive))
    );
    assert_eq!(archive.extend(extension(deal, 12, 1)), Err(Error::TooFewSlots));
}

#[ink::test]
fn limits_that_no_deal_keeps_are_refused() {
    MockMarket::register();
    assert_eq!(StorageArchive::new(10, 20, 33).err(), Some(Error::BadLimits));
    assert_eq!(StorageArchive::new(10, 1, 2).err(), Some(Error::BadLimits));
    assert!(StorageArchive::new(10, 2, 32).is_ok());
}

#[ink::test]
fn what_the_market_refuses_is_handed_on() {
    let (mut archive, market) = archive();
    market.edit(|state| state.refuse = Some(MarketError::BadQuote));
    assert_eq!(archive.open(offer(5, 10)), Err(Error::Market(MarketError::BadQuote)));
    assert_eq!(archive.deal(), None);
}

#[ink::test]
fn the_curator_has_the_rest_when_no_deal_stands_and_not_before() {
    let (mut archive, market) = archive();
    let contract = callee::<BlocsEnvironment>();
    let deal = archive.open(offer(5, 10)).unwrap();
    set_account_balance::<BlocsEnvironment>(contract, 300_000_000);
    assert_eq!(archive.withdraw(), Err(Error::DealStands));
    assert_eq!(archive.close(), Err(Error::Market(MarketError::NotEnded)));
    market.prove(deal, 11);
    assert_eq!(archive.withdraw(), Err(Error::DealStands), "over, but not closed");
    by(accounts().bob);
    assert_eq!(archive.close(), Ok(()));
    assert_eq!(archive.withdraw(), Err(Error::NotCurator));
    by(accounts().alice);
    let before = get_account_balance::<BlocsEnvironment>(accounts().alice).unwrap();
    assert_eq!(archive.withdraw(), Ok(300_000_000));
    let after = get_account_balance::<BlocsEnvironment>(accounts().alice).unwrap();
    assert_eq!(after - before, 300_000_000);
    assert_eq!(archive.withdraw(), Err(Error::Empty));
    assert!(archive.open(offer(5, 10)).is_ok(), "another deal can follow");
}

#[ink::test]
fn a_deal_that_somebody_else_closed_is_over_too() {
    let (mut archive, market) = archive();
    let deal = archive.open(offer(5, 10)).unwrap();
    market.edit(|state| state.deals.remove(&deal));
    set_account_balance::<BlocsEnvironment>(callee::<BlocsEnvironment>(), 7_000_000);
    assert_eq!(archive.withdraw(), Ok(7_000_000));
}

#[ink::test]
fn donations_are_events_and_nothing_is_none() {
    let (mut archive, _) = archive();
    set_value_transferred::<BlocsEnvironment>(0);
    assert_eq!(archive.fund(), Err(Error::NothingSent));
    by(accounts().bob);
    set_value_transferred::<BlocsEnvironment>(40);
    assert_eq!(archive.fund(), Ok(()));
    assert_eq!(ink::env::test::recorded_events().count(), 1);
}
