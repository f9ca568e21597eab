//! What holders, spenders, owners and thieves see.

use crate::{Error, FungibleToken};
use ink::{
    env::{
        test::{default_accounts, recorded_events, set_caller, DefaultAccounts},
        DefaultEnvironment,
    },
    primitives::AccountId,
};
use parts::{OwnableError, PausableError};

fn accounts() -> DefaultAccounts<DefaultEnvironment> {
    default_accounts::<DefaultEnvironment>()
}

fn by(account: AccountId) {
    set_caller::<DefaultEnvironment>(account);
}

fn token(supply: u128, cap: Option<u128>) -> FungibleToken {
    by(accounts().alice);
    FungibleToken::new(supply, "Gold".into(), "GLD".into(), 12, cap).unwrap()
}

#[ink::test]
fn the_creator_holds_the_supply_and_pays_others() {
    let mut token = token(100, None);
    token.transfer(accounts().bob, 30).unwrap();
    assert_eq!(token.balance_of(accounts().alice), 70);
    assert_eq!(token.balance_of(accounts().bob), 30);
    assert_eq!(token.total_supply(), 100);
    assert_eq!(token.details().unwrap().symbol, "GLD");
    // Ownership, mint, transfer.
    assert_eq!(recorded_events().count(), 3);
}

#[ink::test]
fn nobody_pays_what_they_do_not_hold() {
    let mut token = token(100, None);
    assert_eq!(token.transfer(accounts().bob, 101), Err(Error::InsufficientBalance));
    by(accounts().bob);
    assert_eq!(token.transfer(accounts().alice, 1), Err(Error::InsufficientBalance));
    assert_eq!(token.burn(1), Err(Error::InsufficientBalance));
}

#[ink::test]
fn paying_oneself_makes_no_money() {
    let mut token = token(100, None);
    token.transfer(accounts().alice, 60).unwrap();
    assert_eq!(token.balance_of(accounts().alice), 100);
    assert_eq!(token.transfer(accounts().alice, 101), Err(Error::InsufficientBalance));
}

#[ink::test]
fn an_allowance_is_spent_once() {
    let mut token = token(100, None);
    token.approve(accounts().bob, 50).unwrap();
    by(accounts().bob);
    token.transfer_from(accounts().alice, accounts().charlie, 30).unwrap();
    assert_eq!(token.allowance(accounts().alice, accounts().bob), 20);
    assert_eq!(
        token.transfer_from(accounts().alice, accounts().charlie, 30),
        Err(Error::InsufficientAllowance),
        "the approval of 50 was replayed"
    );
    token.burn_from(accounts().alice, 20).unwrap();
    assert_eq!(token.burn_from(accounts().alice, 1), Err(Error::InsufficientAllowance));
    assert_eq!(token.total_supply(), 80);
}

#[ink::test]
fn a_spender_cannot_use_an_old_and_a_new_allowance() {
    let mut token = token(100, None);
    token.approve(accounts().bob, 50).unwrap();
    assert_eq!(token.approve(accounts().bob, 30), Err(Error::AllowanceInUse));

    token.decrease_allowance(accounts().bob, 20).unwrap();
    assert_eq!(token.allowance(accounts().alice, accounts().bob), 30);
    token.increase_allowance(accounts().bob, 5).unwrap();
    assert_eq!(token.allowance(accounts().alice, accounts().bob), 35);
    assert_eq!(
        token.decrease_allowance(accounts().bob, 36),
        Err(Error::InsufficientAllowance)
    );
    token.approve(accounts().bob, 0).unwrap();
    token.approve(accounts().bob, 30).unwrap();
}

#[ink::test]
fn an_allowance_is_no_money() {
    let mut token = token(10, None);
    token.approve(accounts().bob, 50).unwrap();
    by(accounts().bob);
    assert_eq!(
        token.transfer_from(accounts().alice, accounts().bob, 11),
        Err(Error::InsufficientBalance)
    );
}

#[ink::test]
fn only_the_owner_mints_and_never_above_the_cap() {
    let mut token = token(90, Some(100));
    by(accounts().bob);
    assert_eq!(
        token.mint(accounts().bob, 1),
        Err(Error::Ownable(OwnableError::NotOwner))
    );
    by(accounts().alice);
    assert_eq!(token.mint(accounts().bob, 11), Err(Error::CapExceeded));
    token.mint(accounts().bob, 10).unwrap();
    assert_eq!(token.total_supply(), 100);
    assert_eq!(token.mint(accounts().bob, 1), Err(Error::CapExceeded));
}

#[ink::test]
fn the_constructor_keeps_the_cap_and_the_texts_short() {
    by(accounts().alice);
    let above = FungibleToken::new(101, "Gold".into(), "GLD".into(), 12, Some(100));
    assert_eq!(above.err(), Some(Error::CapExceeded));
    let long = FungibleToken::new(1, "x".repeat(65), "GLD".into(), 12, None);
    assert_eq!(long.err(), Some(Error::TextTooLong));
}

#[ink::test]
fn numbers_do_not_wrap() {
    let mut token = token(u128::MAX, None);
    assert_eq!(token.mint(accounts().bob, 1), Err(Error::Overflow));
    token.approve(accounts().bob, u128::MAX).unwrap();
    assert_eq!(token.increase_allowance(accounts().bob, 1), Err(Error::Overflow));
}

#[ink::test]
fn a_paused_token_does_not_move_but_allowances_can_be_taken_back() {
    let mut token = token(100, None);
    token.approve(accounts().bob, 50).unwrap();
    token.set_guardian(accounts().charlie, true).unwrap();
    by(accounts().charlie);
    token.pause().unwrap();
    assert_eq!(
        token.resume(),
        Err(Error::Pausable(PausableError::NotOwner)),
        "a guardian must not resume"
    );

    let paused = Err(Error::Pausable(PausableError::Paused));
    by(accounts().bob);
    assert_eq!(token.transfer_from(accounts().alice, accounts().bob, 1), paused);
    assert_eq!(token.burn_from(accounts().alice, 1), paused);
    by(accounts().alice);
    assert_eq!(token.transfer(accounts().bob, 1), paused);
    assert_eq!(token.burn(1), paused);
    assert_eq!(token.mint(accounts().alice, 1), paused);
    token.approve(accounts().bob, 0).unwrap();

    token.resume().unwrap();
    token.transfer(accounts().bob, 1).unwrap();
}

#[ink::test]
fn nobody_stops_a_token_for_ever() {
    let mut token = token(100, None);
    token.set_guardian(accounts().charlie, true).unwrap();
    token.pause().unwrap();
    assert_eq!(
        token.renounce_ownership(),
        Err(Error::Pausable(PausableError::Paused)),
        "nobody could resume it"
    );
    token.resume().unwrap();
    token.renounce_ownership().unwrap();
    by(accounts().charlie);
    assert_eq!(token.pause(), Err(Error::Pausable(PausableError::NoOwner)));
    by(accounts().alice);
    token.transfer(accounts().bob, 1).unwrap();
}

#[ink::test]
fn ownership_moves_only_to_whom_accepts() {
    let mut token = token(100, None);
    token.offer_ownership(Some(accounts().bob)).unwrap();
    assert_eq!(token.owner(), Some(accounts().alice));
    by(accounts().charlie);
    assert_eq!(token.accept_ownership(), Err(Error::Ownable(OwnableError::NotOffered)));
    by(accounts().bob);
    token.accept_ownership().unwrap();
    assert_eq!(token.owner(), Some(accounts().bob));
    assert_eq!(
        token.accept_ownership(),
        Err(Error::Ownable(OwnableError::NotOffered)),
        "accepted twice"
    );
    by(accounts().alice);
    assert_eq!(
        token.mint(accounts().alice, 1),
        Err(Error::Ownable(OwnableError::NotOwner))
    );
}

#[ink::test]
fn a_renounced_token_is_never_minted_again() {
    let mut token = token(100, None);
    token.offer_ownership(Some(accounts().bob)).unwrap();
    token.renounce_ownership().unwrap();
    assert_eq!(
        token.mint(accounts().alice, 1),
        Err(Error::Ownable(OwnableError::NotOwner))
    );
    by(accounts().bob);
    assert_eq!(token.accept_ownership(), Err(Error::Ownable(OwnableError::NotOffered)));
}
