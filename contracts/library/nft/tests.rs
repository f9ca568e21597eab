//! What holders, operators, owners and thieves see.

use crate::{Error, Nft};
use ink::{
    env::{
        test::{default_accounts, set_caller, DefaultAccounts},
        DefaultEnvironment,
    },
    primitives::AccountId,
};
use parts::OwnableError;

fn accounts() -> DefaultAccounts<DefaultEnvironment> {
    default_accounts::<DefaultEnvironment>()
}

fn by(account: AccountId) {
    set_caller::<DefaultEnvironment>(account);
}

/// Token 0 is Alice's, token 1 Bob's.
fn nft() -> Nft {
    by(accounts().alice);
    let mut nft = Nft::new("Stones".into(), "STN".into()).unwrap();
    assert_eq!(nft.mint(accounts().alice, "blocs://0".into()), Ok(0));
    assert_eq!(nft.mint(accounts().bob, "blocs://1".into()), Ok(1));
    nft
}

#[ink::test]
fn a_token_has_one_holder_and_moves_with_it() {
    let mut nft = nft();
    nft.transfer(accounts().charlie, 0).unwrap();
    assert_eq!(nft.owner_of(0), Some(accounts().charlie));
    assert_eq!(nft.balance_of(accounts().alice), 0);
    assert_eq!(nft.balance_of(accounts().charlie), 1);
    assert_eq!(nft.transfer(accounts().bob, 0), Err(Error::NotAllowed), "sent twice");
    assert_eq!(nft.token_uri(0).as_deref(), Some("blocs://0"));
    assert_eq!(nft.collection().unwrap().symbol, "STN");
}

#[ink::test]
fn a_stranger_moves_nothing() {
    let mut nft = nft();
    by(accounts().charlie);
    assert_eq!(nft.transfer(accounts().charlie, 0), Err(Error::NotAllowed));
    assert_eq!(
        nft.transfer_from(accounts().alice, accounts().charlie, 0),
        Err(Error::NotAllowed)
    );
    assert_eq!(nft.approve(Some(accounts().charlie), 0), Err(Error::NotAllowed));
    assert_eq!(nft.burn(0), Err(Error::NotAllowed));
    assert_eq!(nft.transfer(accounts().charlie, 9), Err(Error::NoSuchToken));
}

#[ink::test]
fn an_approval_works_once_and_ends_with_the_move() {
    let mut nft = nft();
    nft.approve(Some(accounts().charlie), 0).unwrap();
    by(accounts().charlie);
    assert_eq!(
        nft.approve(Some(accounts().eve), 0),
        Err(Error::NotAllowed),
        "approvals are not passed on"
    );
    nft.transfer_from(accounts().alice, accounts().bob, 0).unwrap();
    assert_eq!(nft.approved(0), None);
    assert_eq!(
        nft.transfer_from(accounts().bob, accounts().charlie, 0),
        Err(Error::NotAllowed),
        "the approval was replayed against the new holder"
    );
}

#[ink::test]
fn an_operator_moves_all_tokens_of_its_holder_and_no_others() {
    let mut nft = nft();
    nft.set_operator(accounts().charlie, true).unwrap();
    by(accounts().charlie);
    assert_eq!(
        nft.transfer_from(accounts().bob, accounts().charlie, 1),
        Err(Error::NotAllowed)
    );
    assert_eq!(
        nft.transfer_from(accounts().bob, accounts().charlie, 0),
        Err(Error::WrongHolder),
        "the token is not Bob's"
    );
    nft.transfer_from(accounts().alice, accounts().charlie, 0).unwrap();
    by(accounts().alice);
    nft.set_operator(accounts().charlie, false).unwrap();
    assert!(!nft.is_operator(accounts().alice, accounts().charlie));
}

#[ink::test]
fn a_burnt_token_is_gone_and_its_id_is_not_used_again() {
    let mut nft = nft();
    nft.approve(Some(accounts().charlie), 0).unwrap();
    nft.burn(0).unwrap();
    assert_eq!((nft.owner_of(0), nft.token_uri(0), nft.approved(0)), (None, None, None));
    assert_eq!(nft.total_supply(), 1);
    assert_eq!(nft.burn(0), Err(Error::NoSuchToken));
    assert_eq!(nft.mint(accounts().alice, "blocs://2".into()), Ok(2));
}

#[ink::test]
fn only_the_owner_mints_and_texts_are_short() {
    let mut nft = nft();
    assert_eq!(nft.mint(accounts().alice, "x".repeat(513)), Err(Error::TextTooLong));
    assert_eq!(Nft::new("x".repeat(65), "S".into()).err(), Some(Error::TextTooLong));
    by(accounts().bob);
    assert_eq!(
        nft.mint(accounts().bob, "".into()),
        Err(Error::Ownable(OwnableError::NotOwner))
    );
}

#[ink::test]
fn a_token_may_be_sent_to_its_own_holder() {
    let mut nft = nft();
    nft.transfer(accounts().alice, 0).unwrap();
    assert_eq!(nft.balance_of(accounts().alice), 1);
    assert_eq!(nft.owner_of(0), Some(accounts().alice));
}
