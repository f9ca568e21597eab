//! The daemon keeps slots longer than was first agreed.
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod support;

use blocs_chain::{At, ChainClient, DealExtension, MarketCall, WaitFor};
use blocs_primitives::{ExtensionQuote, SlotExtension};
use blocs_store::SlotState;
use support::{Bench, MIB, P, bytes, client_node, is_live, peer, until, until_state};

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_slot_is_kept_and_proved_over_its_first_end_and_closed_at_the_new_one() {
    let bench = Bench::new().await;
    let slot = bench.slot(1);
    let daemon = bench.start().await;
    let quoted = bench.bring(&daemon, 1, &bytes(1, MIB)).await;
    bench.open_deal(1, quoted).await;
    until_state(&daemon, slot, is_live).await;

    let record = bench.chain.slot(slot, At::Best).await.unwrap().unwrap();
    let wanted = ExtensionQuote {
        genesis: bench.chain.genesis_hash(),
        provider: record.provider.clone(),
        owner: bench.owner.account(),
        deal: slot.deal,
        index: slot.index,
        rate: record.rate,
        from: record.end,
        to: record.end + 4,
        valid_until: 0,
    };
    let node = client_node().await;
    let operator = bench.keys().operator.public();
    let signed = node.client().extend(&peer(&daemon), &wanted, &operator).await.unwrap();
    let later = ExtensionQuote {
        to: u32::MAX,
        ..wanted.clone()
    };
    let error = node
        .client()
        .extend(&peer(&daemon), &later, &operator)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("1000000 ahead at most"), "{error}");
    node.shutdown().await;
    let extension = DealExtension {
        deal: slot.deal,
        end: wanted.to,
        slots: vec![SlotExtension {
            index: slot.index,
            valid_until: signed.quote.valid_until,
            signature: signed.signature,
        }],
    };
    let call = MarketCall::ExtendDeal { extension, price: 0 };
    bench
        .chain
        .submit(&bench.owner, call, WaitFor::Finalized)
        .await
        .unwrap();
    let renewed = Some(SlotState::Live { end: wanted.to });
    until_state(&daemon, slot, |state| state == renewed).await;

    bench.chain.produce_until(record.end * P + 1);
    bench.challenge(record.end, &[(slot, 77)]).await;
    until("it proves after the first end", async || {
        bench.chain.proofs().len() == 1
    })
    .await;
    assert_eq!(
        daemon.shared().store.slot(slot).map(|record| record.state),
        renewed,
        "it is not closed"
    );
    bench.chain.produce_until(wanted.to * P + 1);
    until("the daemon closes its slot", async || {
        bench.chain.slot(slot, At::Best).await.unwrap().is_none()
    })
    .await;
    daemon.shutdown().await.unwrap();
}
