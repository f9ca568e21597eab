//! The storage escrow against the real market: a seller is paid when the content is stored and proved, and not otherwise.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod storage;

use blocs_contract_kit::{AccountId, BLOC, Contract, RuntimeCall, Sandbox, address, bundle, json};
use pallet_storage_market::{Call, types::DealOffer};
use storage::{hex, offer, price, refusal};

const SLOTS: [&[u8]; 2] = [&[1; 3_000], &[2; 50_000]];
/// What the buyer pays.
const REWARD: u128 = 3 * BLOC;
/// The nearest deadline that an escrow takes, in blocks: a period to wait for, two to prove, one to finish in.
const SHORTEST: u32 = 4 * 16;

struct Trade {
    sandbox: Sandbox,
    buyer: AccountId,
    seller: AccountId,
    escrow: Contract,
    providers: Vec<AccountId>,
}

impl Trade {
    /// Alice has locked the price for two slots, six periods, two of them proved, for so many blocks.
    fn new(blocks: u32) -> Self {
        let mut sandbox = Sandbox::new();
        let (buyer, seller) = (sandbox.account("alice"), sandbox.account("bob"));
        let providers = sandbox.market().register(3);
        let roots: Vec<_> = SLOTS.map(|bytes| hex(sandbox.market().keep(bytes).0)).into();
        let deadline = sandbox.block() + blocks;
        let terms = format!(
            "{{seller: {}, manifest: {}, k: 1, roots: [{}], duration: 6, proven: 2, deadline: {deadline}}}",
            address(&seller),
            hex([7; 32]),
            roots.join(", ")
        );
        let escrow = sandbox
            .deploy(&bundle("storage-escrow"), &buyer, "new", &[&terms], REWARD)
            .unwrap();
        Self {
            sandbox,
            buyer,
            seller,
            escrow,
            providers,
        }
    }

    /// Quotes for what was agreed on.
    fn quotes(&mut self, salt: u8, slots: &[&[u8]]) -> DealOffer {
        let owner = self.escrow.address.clone();
        let mut market = self.sandbox.market();
        market.offer(&owner, [salt; 32], &self.providers, 1, 6, slots)
    }

    /// Has the seller deliver, with 10 BLOC for the deal.
    fn deliver(&mut self) {
        let quotes = self.quotes(1, &SLOTS);
        self.sandbox
            .call_with_value(&self.escrow, &self.seller, "deliver", &[&offer(&quotes)], 10 * BLOC)
            .unwrap();
    }

    fn stands(&mut self) -> bool {
        json(&self.sandbox.read(&self.escrow, "stands", &[]).unwrap()) == true
    }
}

#[test]
fn the_seller_is_paid_for_a_deal_that_is_proved_and_collects_the_rest() {
    let mut trade = Trade::new(1_000);
    trade.deliver();
    assert!(!trade.stands());
    let anyone = trade.sandbox.account("eve");
    let early = trade.sandbox.call(&trade.escrow, &anyone, "release", &[]);
    assert!(refusal(early).contains("NotStanding"));

    trade.sandbox.advance_periods(4);
    assert!(trade.stands());
    let before = trade.sandbox.spendable(&trade.seller);
    let paid = trade.sandbox.call(&trade.escrow, &anyone, "release", &[]).unwrap();
    assert_eq!(paid.event_names(), ["Paid"]);
    assert_eq!(trade.sandbox.spendable(&trade.seller) - before, REWARD);
    let again = trade.sandbox.call(&trade.escrow, &anyone, "release", &[]);
    assert!(refusal(again).contains("Settled"));
    let late = trade.sandbox.call(&trade.escrow, &trade.buyer, "refund", &[]);
    assert!(refusal(late).contains("Settled"));

    // Nobody ends what was paid for. At its end the deposit is the seller's again.
    let deal = blocs_contract_kit::primitives::DealId::derive(&trade.escrow.address, &[1; 32]);
    let end = RuntimeCall::StorageMarket(Call::terminate_deal { deal });
    assert!(trade.sandbox.dispatch(&trade.seller, end).is_err());
    trade.sandbox.advance_periods(5);
    trade.sandbox.call(&trade.escrow, &anyone, "close", &[]).unwrap();
    let quotes = trade.quotes(1, &SLOTS);
    let collected = trade
        .sandbox
        .call(&trade.escrow, &trade.seller, "collect", &[])
        .unwrap();
    assert_eq!(collected.decode::<Result<u128, ()>>(), Ok(10 * BLOC - price(&quotes)));
    assert_eq!(trade.sandbox.spendable(&trade.escrow.address), 0);
}

#[test]
fn the_buyer_has_the_price_back_when_a_slot_is_lost() {
    let mut trade = Trade::new(SHORTEST);
    let deadline = trade.sandbox.block() + SHORTEST;
    trade.deliver();
    let lost = trade.providers[1].clone();
    trade.sandbox.market().lose(&lost);
    trade.sandbox.advance_periods(5);
    assert!(!trade.stands());
    let sent = trade.sandbox.call(&trade.escrow, &trade.seller, "release", &[]);
    assert!(refusal(sent).contains("NotStanding"));
    assert!(trade.sandbox.block() > deadline);
    let before = trade.sandbox.spendable(&trade.buyer);
    trade.sandbox.call(&trade.escrow, &trade.buyer, "refund", &[]).unwrap();
    assert_eq!(trade.sandbox.spendable(&trade.buyer) - before, REWARD);
    // What the seller sent along and the market did not take is still the seller's.
    trade
        .sandbox
        .call(&trade.escrow, &trade.seller, "collect", &[])
        .unwrap();
}

#[test]
fn a_deadline_helps_no_buyer_whose_deal_stands() {
    let mut trade = Trade::new(SHORTEST);
    trade.deliver();
    let sent = trade.sandbox.call(&trade.escrow, &trade.buyer, "refund", &[]);
    assert!(refusal(sent).contains("TooEarly"));
    trade.sandbox.advance_periods(5);
    let sent = trade.sandbox.call(&trade.escrow, &trade.buyer, "refund", &[]);
    assert!(refusal(sent).contains("Standing"));
    trade
        .sandbox
        .call(&trade.escrow, &trade.seller, "release", &[])
        .unwrap();
}

#[test]
fn a_buyer_who_closes_a_proved_deal_pays_for_it() {
    let mut trade = Trade::new(SHORTEST);
    trade.deliver();
    trade.sandbox.advance_periods(9);
    let before = trade.sandbox.spendable(&trade.seller);
    let closed = trade.sandbox.call(&trade.escrow, &trade.buyer, "close", &[]).unwrap();
    assert_eq!(closed.event_names(), ["Paid"]);
    assert_eq!(trade.sandbox.spendable(&trade.seller) - before, REWARD);
    let sent = trade.sandbox.call(&trade.escrow, &trade.buyer, "refund", &[]);
    assert!(refusal(sent).contains("Settled"));
}

#[test]
fn a_delivery_too_late_to_be_paid_is_refused() {
    let mut trade = Trade::new(SHORTEST);
    trade.sandbox.advance_blocks(1);
    let quotes = trade.quotes(1, &SLOTS);
    let sent = trade
        .sandbox
        .call_with_value(&trade.escrow, &trade.seller, "deliver", &[&offer(&quotes)], 10 * BLOC);
    assert!(refusal(sent).contains("TooLate"));
}

#[test]
fn the_price_never_pays_for_the_sellers_deal() {
    let mut trade = Trade::new(1_000);
    let quotes = trade.quotes(1, &SLOTS);
    // The contract has the price, which would do; the seller sends nothing.
    let before = trade.sandbox.spendable(&trade.escrow.address);
    assert_eq!(before, REWARD);
    let sent = trade
        .sandbox
        .call(&trade.escrow, &trade.seller, "deliver", &[&offer(&quotes)]);
    assert!(refusal(sent).contains("SentTooLittle"));
    assert_eq!(trade.sandbox.spendable(&trade.escrow.address), before);
    let deal = blocs_contract_kit::primitives::DealId::derive(&trade.escrow.address, &[1; 32]);
    assert!(trade.sandbox.market().deal(deal).is_none(), "what was opened is undone");
    let sent = trade.sandbox.call(&trade.escrow, &trade.seller, "collect", &[]);
    assert!(refusal(sent).contains("Empty"));
}

#[test]
fn other_content_or_a_deal_of_somebody_else_is_no_delivery() {
    let mut trade = Trade::new(1_000);
    let other = trade.quotes(1, &[&[1; 3_000], &[9; 50_000]]);
    let sent = trade
        .sandbox
        .call_with_value(&trade.escrow, &trade.seller, "deliver", &[&offer(&other)], 10 * BLOC);
    assert!(refusal(sent).contains("OtherContent"));
    // The right content, quoted to the seller: the contract cannot own it, so it does not count.
    let owner = trade.seller.clone();
    let quotes = trade
        .sandbox
        .market()
        .offer(&owner, [1; 32], &trade.providers, 1, 6, &SLOTS);
    let sent = trade
        .sandbox
        .call_with_value(&trade.escrow, &trade.seller, "deliver", &[&offer(&quotes)], 10 * BLOC);
    assert!(refusal(sent).contains("BadQuote"));
    let mallory = trade.sandbox.account("mallory");
    let quotes = trade.quotes(1, &SLOTS);
    let sent = trade
        .sandbox
        .call_with_value(&trade.escrow, &mallory, "deliver", &[&offer(&quotes)], 10 * BLOC);
    assert!(refusal(sent).contains("NotSeller"));
}
