//! Renewals against a chain and providers in memory.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod support;

use blocs_chain::ChainClient;
use blocs_client::{
    GetRequest, PutReport, RenewError, RenewRequest, Silent, collect_renewal, exit_code, memory::Behaviour,
};
use std::{fs, sync::Arc};
use support::World;

/// A file in the world.
async fn stored(world: &World) -> PutReport {
    world.file("file", 10_000);
    let request = world.request("file");
    world.client.put(&request, Arc::new(Silent)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewed_file_is_there_after_its_first_end_and_costs_the_added_periods() {
    let world = World::new(6).await;
    let content = world.file("file", 10_000);
    let stored = world
        .client
        .put(&world.request("file"), Arc::new(Silent))
        .await
        .unwrap();
    let request = RenewRequest {
        deal: stored.deal,
        periods: 7,
        partial: false,
    };
    let renewal = world.client.renewal(&request).await.unwrap();
    assert_eq!((renewal.from, renewal.extension.end), (stored.end, stored.end + 7));
    assert_eq!(renewal.extension.slots.len(), 6);
    let rate = world.client.stat(&stored.deal.into()).await.unwrap().rate;
    assert_eq!(renewal.price, 7 * rate);

    let before = world.held().await;
    let report = world.client.renew(&renewal).await.unwrap();
    assert_eq!(before - world.held().await, renewal.price + report.fee);
    world.chain.produce_until(stored.end * world.chain.period_length());
    let stat = world.client.stat(&stored.deal.into()).await.unwrap();
    assert_eq!((stat.object.end, stat.slots[5].end), (stored.end + 7, stored.end + 7));
    let out = world.path("out");
    let request = GetRequest::new(stored.deal.into(), out.clone());
    world.client.get(&request, Arc::new(Silent)).await.unwrap();
    assert!(fs::read(out).unwrap() == content);
}

#[tokio::test(flavor = "multi_thread")]
async fn providers_that_do_not_agree_are_named_and_the_rest_goes_on_when_asked() {
    let world = World::new(6).await;
    let stored = stored(&world).await;
    let request = |partial| RenewRequest {
        deal: stored.deal,
        periods: 5,
        partial,
    };
    let renewal = |partial| {
        let (client, request) = (&world.client, request(partial));
        async move { client.renewal(&request).await }
    };
    world.providers.set_behaviour(&stored.providers[1], Behaviour::Refuses);
    world
        .providers
        .set_behaviour(&stored.providers[4], Behaviour::SignsWrongly);
    let error = renewal(false).await.unwrap_err();
    assert_eq!(exit_code(&error), Some(22));
    let text = error.to_string();
    for said in [
        &stored.providers[1].to_string(),
        "it is draining",
        "4 of 6",
        "--partial",
    ] {
        assert!(text.contains(said), "{text}");
    }
    let partial = renewal(true).await.unwrap();
    assert_eq!((partial.extension.slots.len(), partial.bad_providers.len()), (4, 2));
    assert!(partial.bad_providers[1].lied);
    world.client.renew(&partial).await.unwrap();
    let stat = world.client.stat(&stored.deal.into()).await.unwrap();
    assert_eq!((stat.slots[0].end, stat.slots[1].end), (stored.end + 5, stored.end));

    world.providers.set_behaviour(&stored.providers[0], Behaviour::Gone);
    let error = renewal(true).await.unwrap_err();
    assert!(
        matches!(error, RenewError::TooFewProviders { agreed: 3, .. }),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn anyone_collects_quotes_and_only_the_owner_uses_them() {
    let world = World::new(6).await;
    let stored = stored(&world).await;
    let request = RenewRequest {
        deal: stored.deal,
        periods: 5,
        partial: false,
    };
    let renewal = collect_renewal(&world.chain, &world.providers, &request).await.unwrap();
    assert_eq!(renewal.owner, world.client.identity().account());
    // Deal, end, and the number of quotes in front of them.
    assert_eq!(renewal.scale().len(), 32 + 4 + 1 + 6 * (2 + 4 + 64));

    let bob = world.client_with_new_catalogue("//Bob");
    world.chain.fund(&bob.identity().account(), 1 << 60);
    let error = bob.renewal(&request).await.unwrap_err();
    assert!(matches!(error, RenewError::NotOwner { .. }), "{error}");
    assert_eq!(exit_code(&error), Some(6));
    let error = bob.renew(&renewal).await.unwrap_err();
    assert!(error.to_string().contains("NotOwner"), "{error}");
    world.client.renew(&renewal).await.unwrap();

    for (periods, code) in [(0, 2), (600_000, 2)] {
        let error = world.client.renewal(&RenewRequest { periods, ..request }).await;
        assert_eq!(exit_code(&error.unwrap_err()), Some(code));
    }
    world
        .chain
        .produce_until((stored.end + 5) * world.chain.period_length());
    let error = world.client.renewal(&request).await.unwrap_err();
    assert!(matches!(error, RenewError::Over { .. }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_beyond_what_the_chain_takes_is_a_lie_of_its_provider_and_spoils_nothing() {
    let world = World::new(6).await;
    let stored = stored(&world).await;
    let liar = &stored.providers[2];
    world.providers.set_behaviour(liar, Behaviour::SignsForEver);
    let renewal = |partial| {
        let request = RenewRequest {
            deal: stored.deal,
            periods: 5,
            partial,
        };
        let client = &world.client;
        async move { client.renewal(&request).await }
    };
    let error = renewal(false).await.unwrap_err();
    for said in [&liar.to_string(), "5 of 6", "valid until block 4294967295"] {
        assert!(error.to_string().contains(said), "{error}");
    }
    let partial = renewal(true).await.unwrap();
    assert_eq!((partial.extension.slots.len(), partial.bad_providers.len()), (5, 1));
    assert!(partial.bad_providers[0].lied && partial.bad_providers[0].provider == *liar);
    assert!(partial.usable_until < u32::MAX);
    world.client.renew(&partial).await.unwrap();
}
