//! Whose bytes are whose, when one account uploads for another.
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use super::{
    tests::{MIB, bring, bytes, desk, offer},
    *,
};
use crate::config::{Config, Size};
use blocs_store::StoreConfig;

/// An offer of a slot for the deal of a contract.
fn for_contract(number: u8, uploader: u8) -> Offer {
    Offer {
        owner: AccountId::new([77; 32]),
        uploader: AccountId::new([uploader; 32]),
        ..offer(number, MIB)
    }
}

fn limited() -> Config {
    let mut config = Config::default();
    config.offer.per_uploader = Size(2 * MIB);
    config
}

fn is_over_quota(taken: Result<Upload, TakeError>) -> bool {
    matches!(taken, Err(TakeError::Refused(Refusal::UploaderQuota { .. })))
}

#[tokio::test]
async fn the_quote_is_the_contracts_and_the_bytes_count_as_the_uploaders() {
    let (desk, _) = desk(limited()).await;
    let content = bytes(MIB);
    let bring = |offer| bring(&desk, PeerId::random(), offer, &content).unwrap().0;
    let quote = bring(for_contract(1, 5));
    assert_eq!(quote.owner, AccountId::new([77; 32]));
    bring(for_contract(2, 5));

    // The uploader has used up what one account may bring, for whomever.
    let take = |offer| desk.take(PeerId::random(), offer);
    assert!(is_over_quota(take(for_contract(3, 5))));
    let own = Offer {
        uploader: AccountId::new([5; 32]),
        ..offer(3, MIB)
    };
    assert!(is_over_quota(take(own)));
    // Neither the contract's account nor anybody else who uploads for it is any fuller.
    drop(take(for_contract(3, 77)).unwrap());
    drop(take(for_contract(3, 6)).unwrap());
}

#[tokio::test]
async fn what_strangers_upload_for_an_account_does_not_fill_its_own_quota() {
    let (desk, _) = desk(limited()).await;
    let content = bytes(MIB);
    for number in 1..3 {
        // The owner of these deals is account 7.
        let by_stranger = Offer {
            uploader: AccountId::new([9; 32]),
            ..offer(number, MIB)
        };
        bring(&desk, PeerId::random(), by_stranger, &content).unwrap();
    }
    for number in 3..5 {
        bring(&desk, PeerId::random(), offer(number, MIB), &content).unwrap();
    }
    assert!(is_over_quota(desk.take(PeerId::random(), offer(5, MIB))));
}

#[tokio::test]
async fn a_restart_forgets_no_uploader() {
    let (before, disk) = desk(limited()).await;
    let content = bytes(MIB);
    bring(&before, PeerId::random(), for_contract(1, 5), &content).unwrap();
    bring(&before, PeerId::random(), for_contract(2, 5), &content).unwrap();
    let limits = StoreConfig {
        capacity: 100 * MIB,
        min_free: 0,
    };
    let (store, _) = disk.open_store(limits).unwrap();
    let after = Desk::new(Shared {
        store: Arc::new(store),
        ..before.shared.clone()
    });
    assert!(is_over_quota(after.take(PeerId::random(), for_contract(3, 5))));
    drop(after.take(PeerId::random(), for_contract(3, 6)).unwrap());
}
