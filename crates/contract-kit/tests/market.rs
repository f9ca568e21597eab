//! The providers that the kit plays.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use blocs_contract_kit::{
    AccountId, Market, RuntimeCall, Sandbox,
    primitives::{DealId, Period},
};
use pallet_storage_market::{
    Call,
    types::{ProviderStatus, SlotStatus},
};

const SALT: [u8; 32] = [9; 32];

/// Three providers, and a deal of two slots with the first two that Alice has opened.
fn deal(duration: Period) -> (Sandbox, AccountId, Vec<AccountId>, DealId) {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");
    let mut market = sandbox.market();
    let providers = market.register(3);
    let (first, second) = (vec![1; 3_000], vec![2; 70_000]);
    let offer = market.offer(&alice, SALT, &providers, 1, duration, &[&first, &second]);
    sandbox
        .dispatch(&alice, RuntimeCall::StorageMarket(Call::open_deal { offer }))
        .unwrap();
    let id = DealId::derive(&alice, &SALT);
    (sandbox, alice, providers, id)
}

fn proven(market: &Market<'_>, provider: &AccountId) -> u32 {
    market.provider(provider).unwrap().proven
}

#[test]
fn honest_providers_prove_every_period_and_are_paid() {
    let (mut sandbox, _, providers, id) = deal(4);
    assert_eq!(sandbox.market().deal(id).unwrap().n, 2);
    assert_eq!(sandbox.market().slots(id).len(), 2);

    sandbox.advance_periods(6);

    let market = sandbox.market();
    assert_eq!(
        providers
            .iter()
            .map(|provider| proven(&market, provider))
            .collect::<Vec<_>>(),
        [4, 4, 0]
    );
    let before = sandbox.balance(&providers[0]);
    sandbox
        .dispatch(&providers[0], RuntimeCall::StorageMarket(Call::claim {}))
        .unwrap();
    assert!(sandbox.balance(&providers[0]) > before);
}

#[test]
fn a_silent_provider_misses_until_it_is_faulted() {
    let (mut sandbox, _, providers, _) = deal(20);
    sandbox.market().silence(&providers[0]);

    sandbox.advance_periods(8);

    let market = sandbox.market();
    let silent = market.provider(&providers[0]).unwrap();
    assert_eq!((silent.proven, silent.status), (0, ProviderStatus::Faulted));
    let honest = market.provider(&providers[1]).unwrap();
    assert_eq!((honest.misses, honest.status), (0, ProviderStatus::Active));
    assert!(honest.proven >= 6);
}

#[test]
fn a_provider_that_wakes_in_time_is_not_faulted() {
    let (mut sandbox, _, providers, _) = deal(20);
    sandbox.market().silence(&providers[0]);
    sandbox.advance_periods(3);
    sandbox.market().wake(&providers[0]);
    sandbox.advance_periods(2);

    let provider = sandbox.market().provider(&providers[0]).unwrap();

    assert_eq!((provider.misses, provider.status), (0, ProviderStatus::Active));
    assert!(provider.proven > 0);
}

#[test]
fn what_a_provider_has_lost_it_concedes() {
    let (mut sandbox, _, providers, id) = deal(20);
    sandbox.market().lose(&providers[1]);

    sandbox.advance_periods(3);

    let status: Vec<_> = sandbox
        .market()
        .slots(id)
        .into_iter()
        .map(|(_, slot)| slot.status)
        .collect();
    assert_eq!(status, [SlotStatus::Live, SlotStatus::Lost]);
}

#[test]
fn a_deal_is_extended_with_quotes_and_closed_at_its_end() {
    let (mut sandbox, alice, providers, id) = deal(3);
    sandbox.advance_periods(2);
    let end = sandbox.market().deal(id).unwrap().end;

    let extension = sandbox.market().extension(id, end + 2);
    sandbox
        .dispatch(&alice, RuntimeCall::StorageMarket(Call::extend_deal { extension }))
        .unwrap();

    assert_eq!(sandbox.market().deal(id).unwrap().end, end + 2);
    sandbox.advance_periods(6);
    assert_eq!(proven(&sandbox.market(), &providers[0]), 5);
    sandbox
        .dispatch(&alice, RuntimeCall::StorageMarket(Call::close_deal { deal: id }))
        .unwrap();
    assert!(sandbox.market().deal(id).is_none());
}

#[test]
fn a_branch_has_its_own_providers() {
    let (mut sandbox, _, providers, _) = deal(20);
    let fork = sandbox.snapshot();
    sandbox.market().silence(&providers[0]);
    sandbox.advance_periods(8);
    sandbox.restore(&fork);

    sandbox.advance_periods(3);

    assert!(proven(&sandbox.market(), &providers[0]) > 0);
}
