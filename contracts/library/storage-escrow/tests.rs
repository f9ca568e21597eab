//! Off chain, with a market that moves no money. What is really paid is tested in `crates/contract-kit`.

use crate::storage_escrow::{Error, State, StorageEscrow, Terms};
use blocs_ink::{test::MockMarket, BlocsEnvironment, DealId, MarketError, Offer, SlotOffer, SlotStatus};
use ink::{
    env::{
        test::{
            callee, default_accounts, get_account_balance, set_account_balance, set_block_number, set_callee,
            set_caller, set_value_transferred, DefaultAccounts,
        },
        DefaultEnvironment,
    },
    primitives::{AccountId, Hash},
};

const PRICE: u128 = 1_000_000_000;
/// Four of the mock's periods: two to prove, the first to wait for, the last to finish in. And three blocks to deliver.
const DEADLINE: u32 = 4 * 16 + 3;

fn accounts() -> DefaultAccounts<DefaultEnvironment> {
    default_accounts::<DefaultEnvironment>()
}

fn by(caller: AccountId) {
    set_caller::<BlocsEnvironment>(caller);
}

fn at(block: u32) {
    set_block_number::<BlocsEnvironment>(block);
}

fn has(amount: u128) {
    set_account_balance::<BlocsEnvironment>(callee::<BlocsEnvironment>(), amount);
}

fn balance(account: AccountId) -> u128 {
    get_account_balance::<BlocsEnvironment>(account).unwrap()
}

/// Alice buys three slots from Bob: ten periods, two of them proved.
fn terms() -> Terms {
    Terms {
        seller: accounts().bob,
        manifest: Hash::from([7; 32]),
        k: 2,
        roots: (1..=3).map(|number| [number; 32]).collect(),
        duration: 10,
        proven: 2,
        deadline: DEADLINE,
    }
}

fn escrow() -> (StorageEscrow, MockMarket) {
    // By default the contract's account would be Alice's.
    set_callee::<BlocsEnvironment>([42; 32].into());
    let market = MockMarket::register();
    by(accounts().alice);
    set_value_transferred::<BlocsEnvironment>(PRICE);
    let escrow = StorageEscrow::new(terms()).unwrap();
    has(PRICE);
    (escrow, market)
}

fn offer(salt: u8) -> Offer {
    let slot = |number: u8| SlotOffer {
        provider: [number; 32].into(),
        root: [number; 32],
        size: 1000,
        rate: 1,
        valid_until: 8,
        signature: [0; 64],
    };
    Offer {
        salt: [salt; 32],
        manifest: Hash::from([7; 32]),
        k: 2,
        duration: 10,
        label: vec![],
        slots: (1..=3).map(slot).collect(),
    }
}

fn delivered() -> (StorageEscrow, MockMarket, DealId) {
    let (mut escrow, market) = escrow();
    by(accounts().bob);
    let deal = escrow.deliver(offer(1)).unwrap();
    (escrow, market, deal)
}

#[ink::test]
fn terms_that_cannot_be_met_lock_nothing() {
    let wrong = |change: fn(&mut Terms)| {
        let mut terms = terms();
        change(&mut terms);
        StorageEscrow::new(terms).err()
    };
    MockMarket::register();
    set_value_transferred::<BlocsEnvironment>(PRICE);
    assert_eq!(wrong(|_| ()), None);
    assert_eq!(wrong(|terms| terms.k = 4), Some(Error::BadTerms));
    assert_eq!(wrong(|terms| terms.k = 0), Some(Error::BadTerms));
    assert_eq!(wrong(|terms| terms.roots = vec![[0; 32]; 33]), Some(Error::BadTerms));
    assert_eq!(wrong(|terms| terms.proven = 0), Some(Error::BadTerms));
    assert_eq!(
        wrong(|terms| terms.proven = 10),
        Some(Error::BadTerms),
        "the deal would be over"
    );
    assert_eq!(wrong(|terms| terms.deadline = 0), Some(Error::BadTerms));
    assert_eq!(wrong(|terms| terms.deadline = 64), None);
    assert_eq!(
        wrong(|terms| terms.deadline = 63),
        Some(Error::BadTerms),
        "nobody can prove two periods by then"
    );
    assert_eq!(wrong(|terms| terms.proven = 3), Some(Error::BadTerms));
    let far = |terms: &mut Terms| (terms.proven, terms.duration) = (u32::MAX - 1, u32::MAX);
    assert_eq!(wrong(far), Some(Error::BadTerms));
    set_value_transferred::<BlocsEnvironment>(0);
    assert_eq!(wrong(|_| ()), Some(Error::BadTerms));
}

#[ink::test]
fn the_seller_delivers_what_was_agreed_and_nothing_else() {
    let (mut escrow, _) = escrow();
    assert_eq!(escrow.deliver(offer(1)), Err(Error::NotSeller));
    by(accounts().bob);
    let refused = |change: fn(&mut Offer), escrow: &mut StorageEscrow| {
        let mut offer = offer(1);
        change(&mut offer);
        escrow.deliver(offer)
    };
    let other = Err(Error::OtherContent);
    assert_eq!(refused(|offer| offer.manifest = Hash::default(), &mut escrow), other);
    assert_eq!(refused(|offer| offer.k = 1, &mut escrow), other);
    assert_eq!(refused(|offer| offer.duration = 9, &mut escrow), other);
    assert_eq!(refused(|offer| offer.slots.swap(0, 1), &mut escrow), other);
    assert_eq!(refused(|offer| offer.slots.truncate(2), &mut escrow), other);
    assert_eq!(refused(|offer| offer.slots[2].root = [9; 32], &mut escrow), other);
    assert_eq!(escrow.deal_id([1; 32]), escrow.deliver(offer(1)));
    assert_eq!(escrow.deliver(offer(2)), Err(Error::DeliveredAlready));
}

#[ink::test]
fn a_delivery_never_eats_the_price() {
    let (mut escrow, _) = escrow();
    by(accounts().bob);
    // As if the market had taken one planck more than was sent along.
    has(PRICE - 1);
    assert_eq!(escrow.deliver(offer(1)), Err(Error::SentTooLittle));
    assert_eq!(escrow.deal(), None);
}

#[ink::test]
fn the_seller_is_paid_once_the_deal_stands() {
    let (mut escrow, market, deal) = delivered();
    assert_eq!(escrow.release(), Err(Error::NotStanding));
    market.prove(deal, 1);
    assert_eq!(escrow.release(), Err(Error::NotStanding));
    market.prove(deal, 1);
    let before = balance(accounts().bob);
    by(accounts().eve);
    assert_eq!(escrow.release(), Ok(()));
    assert_eq!(balance(accounts().bob) - before, PRICE);
    assert_eq!(escrow.price(), (PRICE, State::Paid));
    assert_eq!(escrow.release(), Err(Error::Settled));
    by(accounts().alice);
    assert_eq!(escrow.refund(), Err(Error::Settled));
}

#[ink::test]
fn a_lost_slot_pays_nothing_and_may_be_delivered_again() {
    let (mut escrow, market, deal) = delivered();
    market.prove(deal, 3);
    market.edit(|state| state.deals.get_mut(&deal).unwrap().1[1].status = SlotStatus::Lost);
    assert_eq!(escrow.release(), Err(Error::NotStanding));
    let again = escrow.deliver(offer(2)).unwrap();
    market.prove(again, 2);
    assert_eq!(escrow.release(), Ok(()));
}

#[ink::test]
fn the_buyer_has_the_price_back_after_the_deadline_and_not_before() {
    let (mut escrow, market, deal) = delivered();
    market.prove(deal, 1);
    by(accounts().alice);
    assert_eq!(escrow.refund(), Err(Error::TooEarly));
    at(DEADLINE);
    assert_eq!(
        escrow.refund(),
        Err(Error::TooEarly),
        "the deadline's block is the seller's"
    );
    at(DEADLINE + 1);
    by(accounts().bob);
    assert_eq!(escrow.refund(), Err(Error::NotBuyer));
    by(accounts().alice);
    let before = balance(accounts().alice);
    assert_eq!(escrow.refund(), Ok(()));
    assert_eq!(balance(accounts().alice) - before, PRICE);
    market.prove(deal, 1);
    assert_eq!(escrow.release(), Err(Error::Settled));
}

#[ink::test]
fn a_deal_that_stands_is_the_sellers_even_after_the_deadline() {
    let (mut escrow, market, deal) = delivered();
    market.prove(deal, 2);
    at(DEADLINE + 1);
    by(accounts().alice);
    assert_eq!(escrow.refund(), Err(Error::Standing));
    assert_eq!(escrow.release(), Ok(()));
}

#[ink::test]
fn a_buyer_who_closes_the_deal_first_pays_for_it() {
    let (mut escrow, market, deal) = delivered();
    market.prove(deal, 11);
    at(DEADLINE + 1);
    by(accounts().alice);
    let before = balance(accounts().bob);
    assert_eq!(escrow.close(), Ok(3));
    assert_eq!(balance(accounts().bob) - before, PRICE);
    assert_eq!(escrow.price(), (PRICE, State::Paid));
    assert_eq!(escrow.refund(), Err(Error::Settled));
}

#[ink::test]
fn closing_a_deal_that_does_not_stand_pays_nobody() {
    let (mut escrow, market, deal) = delivered();
    market.prove(deal, 1);
    market.edit(|state| state.clock.period += 10);
    assert_eq!(escrow.close(), Ok(3));
    assert_eq!(escrow.price(), (PRICE, State::Locked));
    at(DEADLINE + 1);
    by(accounts().alice);
    assert_eq!(escrow.refund(), Ok(()));
}

#[ink::test]
fn what_counts_is_the_moment_of_the_refund() {
    let (mut escrow, market, deal) = delivered();
    market.prove(deal, 11);
    // Anyone has it closed by the market itself, before the seller had the price paid.
    market.edit(|state| state.deals.remove(&deal));
    at(DEADLINE + 1);
    assert_eq!(escrow.release(), Err(Error::NotStanding));
    by(accounts().alice);
    assert_eq!(escrow.refund(), Ok(()));
}

#[ink::test]
fn a_delivery_that_comes_too_late_to_be_paid_costs_the_seller_nothing() {
    let (mut escrow, _) = escrow();
    by(accounts().bob);
    at(4);
    assert_eq!(escrow.deliver(offer(1)), Err(Error::TooLate));
    assert_eq!(escrow.deal(), None);
    at(3);
    assert!(escrow.deliver(offer(1)).is_ok());
}

#[ink::test]
fn all_but_the_price_is_the_sellers() {
    let (mut escrow, market, deal) = delivered();
    by(accounts().bob);
    assert_eq!(escrow.collect(), Err(Error::Empty));
    has(PRICE + 30);
    by(accounts().eve);
    assert_eq!(escrow.collect(), Err(Error::NotSeller));
    by(accounts().bob);
    assert_eq!(escrow.collect(), Ok(30));
    assert_eq!(escrow.close(), Err(Error::Market(MarketError::NotEnded)));
    market.prove(deal, 11);
    assert_eq!(escrow.release(), Ok(()));
    assert_eq!(escrow.close(), Ok(3));
    has(12_000_000);
    assert_eq!(escrow.collect(), Ok(12_000_000));
}
