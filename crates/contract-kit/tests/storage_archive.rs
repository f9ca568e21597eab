//! The storage archive against the real market: a contract's deal is opened, proved, paid, extended and closed.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod storage;

use blocs_contract_kit::{
    AccountId, BLOC, Contract, MILLI, PRICE, RuntimeCall, Sandbox, bundle,
    primitives::{DealId, Period},
};
use pallet_storage_market::{
    Call, HoldReason,
    types::{DealExtension, DealOffer},
};
use storage::{hex, offer, price, refusal};

const SALT: [u8; 32] = [5; 32];

/// An archive of Alice with 10 BLOC, for deals of at least two slots, at most 20 periods ahead; and three providers.
fn archive() -> (Sandbox, AccountId, Contract, Vec<AccountId>) {
    let mut sandbox = Sandbox::new();
    let alice = sandbox.account("alice");
    let limits = [PRICE.to_string(), "20".to_owned(), "2".to_owned()];
    let limits: Vec<&str> = limits.iter().map(String::as_str).collect();
    let archive = sandbox
        .deploy(&bundle("storage-archive"), &alice, "new", &limits, 10 * BLOC)
        .unwrap();
    let providers = sandbox.market().register(3);
    (sandbox, alice, archive, providers)
}

/// Quotes for three slots that the archive may open.
fn quotes(sandbox: &mut Sandbox, archive: &Contract, providers: &[AccountId], duration: Period) -> DealOffer {
    let slots: [&[u8]; 3] = [&[1; 3_000], &[2; 50_000], &[3; 1_000]];
    sandbox
        .market()
        .offer(&archive.address, SALT, providers, 2, duration, &slots)
}

/// An archive with an open deal.
fn open(duration: Period) -> (Sandbox, AccountId, Contract, Vec<AccountId>, DealId) {
    let (mut sandbox, alice, archive, providers) = archive();
    let quotes = quotes(&mut sandbox, &archive, &providers, duration);
    sandbox.call(&archive, &alice, "open", &[&offer(&quotes)]).unwrap();
    let id = DealId::derive(&archive.address, &SALT);
    (sandbox, alice, archive, providers, id)
}

fn extension(extension: &DealExtension) -> String {
    let slots = extension.slots.iter().map(|slot| {
        format!(
            "{{index: {}, valid_until: {}, signature: {}}}",
            slot.index.0,
            slot.valid_until,
            hex(slot.signature)
        )
    });
    format!(
        "{{deal: {}, end: {}, slots: [{}]}}",
        hex(extension.deal.0),
        extension.end,
        slots.collect::<Vec<_>>().join(", ")
    )
}

#[test]
fn a_fund_opens_extends_and_closes_a_deal_and_pays_the_providers() {
    let (mut sandbox, alice, archive, providers) = archive();
    let (bob, eve) = (sandbox.account("bob"), sandbox.account("eve"));
    let quotes = quotes(&mut sandbox, &archive, &providers, 4);
    let fund = sandbox.spendable(&archive.address);
    let opened = sandbox.call(&archive, &alice, "open", &[&offer(&quotes)]).unwrap();
    assert_eq!(opened.event_names(), ["Opened"]);

    // The deal is the contract's, and the contract has paid for it.
    let id = DealId::derive(&archive.address, &SALT);
    let deal = sandbox.market().deal(id).unwrap();
    assert_eq!(deal.owner, archive.address);
    assert_eq!(sandbox.on_hold(HoldReason::Deposit, &archive.address), deal.deposit);
    let left = sandbox.spendable(&archive.address);
    assert_eq!(fund - left, price(&quotes) + deal.deposit);

    // It is proved, anyone tops up, and anyone brings the quotes of an extension.
    sandbox.advance_periods(2);
    sandbox.call_with_value(&archive, &bob, "fund", &[], BLOC).unwrap();
    let more = sandbox.market().extension(id, deal.end + 3);
    let extended = sandbox.call(&archive, &eve, "extend", &[&extension(&more)]).unwrap();
    assert_eq!(extended.event_names(), ["Extended"]);
    let rates: u128 = quotes.slots.iter().map(|slot| slot.rate).sum();
    assert_eq!(left + BLOC - sandbox.spendable(&archive.address), 3 * rates);
    assert_eq!(sandbox.market().deal(id).unwrap().end, deal.end + 3);

    // To its end: every period is proved, every provider is paid, deposit and nothing else comes back.
    let early = sandbox.call(&archive, &eve, "close", &[]);
    assert!(refusal(early).contains("NotEnded"));
    sandbox.advance_periods(8);
    for provider in &providers {
        assert_eq!(sandbox.market().provider(provider).unwrap().proven, 7);
        let before = sandbox.spendable(provider);
        sandbox
            .dispatch(provider, RuntimeCall::StorageMarket(Call::claim {}))
            .unwrap();
        assert!(sandbox.spendable(provider) > before);
    }
    sandbox.call(&archive, &eve, "close", &[]).unwrap();
    assert!(sandbox.market().deal(id).is_none());
    let rest = fund + BLOC - 7 * rates;
    assert_eq!(sandbox.spendable(&archive.address), rest);

    // Then, and only then, the rest is the curator's.
    let before = sandbox.spendable(&alice);
    let withdrawn = sandbox.call(&archive, &alice, "withdraw", &[]).unwrap();
    assert_eq!(withdrawn.decode::<Result<u128, ()>>(), Ok(rest));
    assert_eq!(sandbox.spendable(&alice) - before, rest);
}

#[test]
fn what_no_provider_proved_comes_back_into_the_fund() {
    let (mut sandbox, _, archive, providers, id) = open(4);
    let paid = sandbox.market().slots(id)[1].1.rate * 4;
    sandbox.market().silence(&providers[1]);
    let before = sandbox.spendable(&archive.address);
    let deposit = sandbox.market().deal(id).unwrap().deposit;
    sandbox.advance_periods(7);
    let bob = sandbox.account("bob");
    sandbox.call(&archive, &bob, "close", &[]).unwrap();
    assert_eq!(sandbox.spendable(&archive.address) - before, paid + deposit);
}

#[test]
fn nobody_takes_the_fund_or_ends_the_deal_while_it_stands() {
    let (mut sandbox, alice, archive, _, id) = open(10);
    let mallory = sandbox.account("mallory");
    assert!(refusal(sandbox.call(&archive, &alice, "withdraw", &[])).contains("DealStands"));
    assert!(refusal(sandbox.call(&archive, &mallory, "withdraw", &[])).contains("NotCurator"));
    for who in [&alice, &mallory] {
        let call = RuntimeCall::StorageMarket(Call::terminate_deal { deal: id });
        let refused = sandbox.dispatch(who, call).unwrap_err();
        assert!(refused.to_string().contains("NotOwner"), "{refused}");
    }
}

#[test]
fn quotes_of_another_owner_or_deal_spend_nothing() {
    let (mut sandbox, alice, archive, providers, id) = open(10);
    let mallory = sandbox.account("mallory");
    let before = sandbox.spendable(&archive.address);

    // A deal of mallory, that the archive shall pay for.
    let slots: [&[u8]; 2] = [&[7; 3_000], &[8; 3_000]];
    let own = sandbox.market().offer(&mallory, SALT, &providers, 1, 5, &slots);
    sandbox
        .dispatch(&mallory, RuntimeCall::StorageMarket(Call::open_deal { offer: own }))
        .unwrap();
    let foreign = DealId::derive(&mallory, &SALT);
    let end = sandbox.market().deal(id).unwrap().end;
    let mut quotes = sandbox.market().extension(foreign, end + 2);
    let sent = sandbox.call(&archive, &mallory, "extend", &[&extension(&quotes)]);
    assert!(refusal(sent).contains("OtherDeal"));
    // The same signatures in the name of the archive's deal.
    quotes.deal = id;
    let sent = sandbox.call(&archive, &mallory, "extend", &[&extension(&quotes)]);
    assert!(refusal(sent).contains("BadQuote"));

    // The archive's own quotes serve nobody else.
    let quotes = sandbox.market().extension(id, end + 2);
    let call = RuntimeCall::StorageMarket(Call::extend_deal { extension: quotes });
    assert!(sandbox.dispatch(&mallory, call).is_err());
    let offer_to_mallory = sandbox.market().offer(&mallory, [6; 32], &providers, 2, 4, &slots);
    let second = sandbox
        .deploy(
            &bundle("storage-archive"),
            &alice,
            "new",
            &[&PRICE.to_string(), "20", "2"],
            BLOC,
        )
        .unwrap();
    let sent = sandbox.call(&second, &alice, "open", &[&offer(&offer_to_mallory)]);
    assert!(refusal(sent).contains("BadQuote"));
    assert_eq!(sandbox.spendable(&archive.address), before);
    assert_eq!(sandbox.market().deal(id).unwrap().end, end);
}

#[test]
fn an_extension_beyond_the_limits_or_the_fund_is_refused_whole() {
    let (mut sandbox, alice, archive, _, id) = open(10);
    let end = sandbox.market().deal(id).unwrap().end;
    let far = sandbox.market().extension(id, end + 10);
    let sent = sandbox.call(&archive, &alice, "extend", &[&extension(&far)]);
    assert!(refusal(sent).contains("TooFar"));
    let mut few = sandbox.market().extension(id, end + 1);
    few.slots.truncate(1);
    let sent = sandbox.call(&archive, &alice, "extend", &[&extension(&few)]);
    assert!(refusal(sent).contains("TooFewSlots"));
    let expired = sandbox.market().extension(id, end + 1);
    sandbox.advance_periods(1);
    let sent = sandbox.call(&archive, &alice, "extend", &[&extension(&expired)]);
    assert!(refusal(sent).contains("QuoteExpired"));
    assert_eq!(sandbox.market().deal(id).unwrap().end, end);
}

#[test]
fn a_slot_that_was_left_out_follows_later_at_the_funds_expense() {
    let (mut sandbox, alice, archive, _, id) = open(10);
    let end = sandbox.market().deal(id).unwrap().end;
    let mut two = sandbox.market().extension(id, end + 3);
    let left_out = two.slots.pop().unwrap();
    sandbox.call(&archive, &alice, "extend", &[&extension(&two)]).unwrap();
    let before = sandbox.spendable(&archive.address);
    let third = DealExtension {
        slots: vec![left_out].try_into().unwrap(),
        ..two
    };
    let eve = sandbox.account("eve");
    sandbox.call(&archive, &eve, "extend", &[&extension(&third)]).unwrap();
    let slots = sandbox.market().slots(id);
    assert!(slots.iter().all(|(_, slot)| slot.end == end + 3));
    assert_eq!(before - sandbox.spendable(&archive.address), 3 * slots[2].1.rate);
}

#[test]
fn a_fund_that_cannot_pay_opens_nothing() {
    let (mut sandbox, alice, _, providers) = archive();
    let limits = [PRICE.to_string(), "20".to_owned(), "2".to_owned()];
    let limits: Vec<&str> = limits.iter().map(String::as_str).collect();
    let poor = sandbox
        .deploy(&bundle("storage-archive"), &alice, "new", &limits, MILLI / 1000)
        .unwrap();
    let quotes = quotes(&mut sandbox, &poor, &providers, 4);
    let before = sandbox.spendable(&poor.address);
    let sent = sandbox.call(&poor, &alice, "open", &[&offer(&quotes)]);
    assert!(refusal(sent).contains("InsufficientBalance"));
    assert_eq!(sandbox.spendable(&poor.address), before);
    // Money that comes with the call joins the fund first.
    sandbox
        .call_with_value(&poor, &alice, "open", &[&offer(&quotes)], 10 * BLOC)
        .unwrap();
}
