//! Who signs an offer, and for whom.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
#![allow(missing_docs, reason = "a test is documented by its name")]

mod support;

use blocs_primitives::AccountId;
use blocs_wire::{CallError, PutOffer, RefusalCode, SignedOffer, Timeouts};
use sp_core::{Pair, sr25519};
use support::{TCP, content, owner, pairing, root_of, service, unsigned};

fn friend() -> sr25519::Pair {
    sr25519::Pair::from_seed(&[5; 32])
}

/// An account that nobody has a key of.
fn contract() -> AccountId {
    AccountId::new([77; 32])
}

fn account(pair: &sr25519::Pair) -> AccountId {
    AccountId::new(pair.public().0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anyone_uploads_for_an_account_without_a_key_and_the_quote_is_that_accounts() {
    let service = service();
    let pairing = pairing(service.clone(), TCP, Timeouts::default()).await;
    let bytes = content(1000);
    let offer = PutOffer {
        owner: contract(),
        uploader: account(&friend()),
        ..unsigned(0, 1000)
    };
    let offer = offer.sign(|payload| friend().sign(payload));
    let mut session = pairing.client.offer(&pairing.peer, &offer).await.unwrap();
    session.write(&bytes).await.unwrap();
    let signed = session.finish(root_of(&bytes), &service.operator()).await.unwrap();
    assert_eq!(signed.quote.owner, contract());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_uploads_in_the_name_of_another() {
    let pairing = pairing(service(), TCP, Timeouts::default()).await;
    let named = unsigned(0, 1000);
    let by_friend = PutOffer {
        uploader: account(&friend()),
        ..named.clone()
    };
    let unauthorized: [SignedOffer; 3] = [
        // The friend signs for the owner, the owner for the friend, and the friend's offer goes under the owner's name.
        named.clone().sign(|payload| friend().sign(payload)),
        by_friend.clone().sign(|payload| owner().sign(payload)),
        SignedOffer {
            offer: named,
            ..by_friend.sign(|payload| friend().sign(payload))
        },
    ];
    for offer in unauthorized {
        let error = pairing
            .client
            .offer(&pairing.peer, &offer)
            .await
            .map(|_| ())
            .unwrap_err();
        let CallError::Refused { refusal, .. } = &error else {
            panic!("{error}")
        };
        assert_eq!(refusal.code, RefusalCode::Unauthorized);
        assert!(refusal.message.contains("uploader"), "{}", refusal.message);
    }
}
