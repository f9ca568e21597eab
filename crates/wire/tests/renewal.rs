//! Quotes for a longer time, over real connections on the loopback interface.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
#![allow(missing_docs, reason = "a test is documented by its name")]

mod support;

use blocs_primitives::{AccountId, ExtensionQuote, SlotIndex};
use blocs_wire::{CallError, Refusal, RefusalCode, Timeouts};
use sp_core::Pair;
use support::{TCP, content, genesis, owner, pairing, provider, put, service, slot};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_longer_time_is_quoted_for_a_slot_of_an_open_deal_and_checked() {
    let service = service();
    let pairing = pairing(service.clone(), TCP, Timeouts::default()).await;
    put(&pairing.client, &pairing.peer, &service, 0, &content(1000))
        .await
        .unwrap();
    let wanted = ExtensionQuote {
        genesis: genesis(),
        provider: provider(),
        owner: AccountId::new(owner().public().0),
        deal: slot(0).deal,
        index: SlotIndex(0),
        rate: 1000,
        from: 40,
        to: 50,
        valid_until: 60,
    };
    let ask = |wanted: ExtensionQuote, operator| {
        let (client, peer) = (pairing.client.clone(), pairing.peer.clone());
        async move { client.extend(&peer, &wanted, &operator).await }
    };
    let operator = service.operator();
    let error = ask(wanted.clone(), operator).await.unwrap_err();
    assert!(error.is_not_found(), "there is no deal: {error}");

    assert!(service.open_deal(slot(0), 40));
    let signed = ask(wanted.clone(), operator).await.unwrap();
    assert_eq!(signed.quote, wanted);

    let lies = [
        (
            ExtensionQuote {
                from: 39,
                ..wanted.clone()
            },
            operator,
        ),
        (
            ExtensionQuote {
                rate: 999,
                ..wanted.clone()
            },
            operator,
        ),
        (
            ExtensionQuote {
                valid_until: 61,
                ..wanted.clone()
            },
            operator,
        ),
        (wanted.clone(), owner().public()),
    ];
    for (wanted, operator) in lies {
        let error = ask(wanted, operator).await.unwrap_err();
        assert!(matches!(error, CallError::Lied { .. }), "{error}");
    }
    service.refuse(Some(Refusal::new(RefusalCode::Unwanted, "it is draining")));
    let error = ask(wanted, operator).await.unwrap_err();
    assert!(error.to_string().contains("it is draining"), "{error}");
}
