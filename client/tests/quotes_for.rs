//! Uploads for a deal that somebody else opens, against a chain and providers in memory.
//!
//! Bob stands for the contract: an account that the client has no key of.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod support;

use blocs_chain::{At, ChainClient, MarketCall, Sr25519Signer, WaitFor};
use blocs_client::{
    EntryState, GetRequest, Identity, ObjectState, Opening, PutError, RemoveError, RenewRequest, Silent, Target,
    collect_renewal, exit_code, memory::Behaviour,
};
use blocs_primitives::{AccountId, DealId};
use codec::Encode;
use std::{fs, sync::Arc};
use support::{BLOC, World};

fn bob() -> Sr25519Signer {
    Sr25519Signer::from_suri("//Bob").unwrap()
}

async fn collect(world: &World, name: &str) -> Result<Opening, PutError> {
    let request = world.request(name);
    world
        .client
        .quotes_for(&bob().account(), &request, Arc::new(Silent))
        .await
}

/// The owner opens the deal with the quotes that it was brought.
async fn open(world: &World, opening: &Opening) {
    world.chain.fund(&bob().account(), 100 * BLOC);
    let call = MarketCall::OpenDeal(opening.offer.clone());
    world.chain.submit(&bob(), call, WaitFor::Finalized).await.unwrap();
}

async fn states(world: &World) -> Vec<(String, ObjectState, AccountId)> {
    let listed = world.client.list().await.unwrap();
    let state = |object: blocs_client::StoredObject| (object.name, object.state, object.owner);
    listed.into_iter().map(state).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn quotes_for_another_account_cost_nothing_and_open_its_deal() {
    let world = World::new(6).await;
    let content = world.file("file", 100_000);
    let before = world.held().await;
    let opening = collect(&world, "file").await.unwrap();
    assert_eq!(world.held().await, before, "the uploader pays nothing");
    assert_eq!(opening.owner, bob().account());
    assert_eq!(opening.deal, DealId::derive(&bob().account(), &opening.offer.salt));
    assert_eq!((opening.offer.slots.len(), opening.owner_holds), (6, 0));
    let rates: u128 = opening.offer.slots.iter().map(|slot| slot.rate).sum();
    assert_eq!(opening.price, rates * u128::from(opening.offer.duration));
    let params = world.chain.params(At::Best).await.unwrap();
    assert_eq!(opening.deposit, params.deal_deposit(6, opening.offer.label.len()));
    assert_eq!(opening.needed(), opening.price + opening.deposit);
    assert_eq!(opening.usable_until, opening.block + world.chain.period_length());
    // Salt, manifest, k, duration, then label and slots with their lengths.
    let label = opening.offer.label.encode().len();
    assert_eq!(
        opening.scale().len(),
        32 + 32 + 2 + 4 + label + 1 + 6 * (32 + 32 + 8 + 16 + 4 + 64)
    );

    let quoted = [("file".to_owned(), ObjectState::Quoted, bob().account())];
    assert_eq!(states(&world).await, quoted);
    open(&world, &opening).await;
    let deal = world.chain.deal(opening.deal, At::Finalized).await.unwrap().unwrap();
    assert_eq!(deal.owner, bob().account());
    let certified = [("file".to_owned(), ObjectState::Certified, bob().account())];
    assert_eq!(states(&world).await, certified);
    for target in [Target::Name("file".into()), opening.deal.into()] {
        assert_eq!(world.client.stat(&target).await.unwrap().object.owner, bob().account());
        let request = GetRequest::new(target, world.path("out"));
        world.client.get(&request, Arc::new(Silent)).await.unwrap();
        assert!(fs::read(world.path("out")).unwrap() == content);
    }
    // What has been seen on the chain is no longer on its way, also when the deal is over and closed.
    let entry = world.client.catalogue().entry(opening.deal).unwrap().unwrap();
    assert_eq!(entry.state, EntryState::Stored);
    world.chain.produce_until(deal.end * world.chain.period_length());
    let close = MarketCall::CloseDeal { deal: opening.deal };
    world.chain.submit(&bob(), close, WaitFor::Finalized).await.unwrap();
    assert_eq!(states(&world).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_machine_reads_it_by_its_deal_with_the_words_alone_and_a_stranger_does_not() {
    let world = World::new(6).await;
    let content = world.file("file", 100_000);
    let opening = collect(&world, "file").await.unwrap();
    open(&world, &opening).await;

    let elsewhere = world.client_with_new_catalogue("//Alice");
    let request = GetRequest::new(opening.deal.into(), world.path("out"));
    let got = elsewhere.get(&request, Arc::new(Silent)).await.unwrap();
    assert_eq!(got.name, "file");
    assert!(fs::read(world.path("out")).unwrap() == content);

    // The owner pays, and yet has no key to the content.
    let owner = world.client_with_new_catalogue("//Bob");
    let error = owner.get(&request, Arc::new(Silent)).await.unwrap_err();
    assert_eq!(exit_code(&error), Some(6), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_not_ours_to_remove_once_the_deal_is_open() {
    let world = World::new(6).await;
    world.file("file", 1000);
    let unused = collect(&world, "file").await.unwrap();
    // Before that only the catalogue knows of it.
    let forgotten = world.client.remove(&unused.deal.into()).await.unwrap();
    assert_eq!((forgotten.end, forgotten.fee), (0, 0));

    let opening = collect(&world, "file").await.unwrap();
    assert_ne!(opening.deal, unused.deal, "each try has an id of its own");
    open(&world, &opening).await;
    let before = world.held().await;
    let error = world.client.remove(&Target::Name("file".into())).await.unwrap_err();
    assert!(matches!(&error, RemoveError::NotOwner { owner, .. } if *owner == bob().account()));
    assert!(error.to_string().contains("its own rules"), "{error}");
    assert_eq!((exit_code(&error), world.held().await), (Some(6), before));

    // Anyone extends it on the owner's behalf.
    let request = RenewRequest {
        deal: opening.deal,
        periods: 5,
        partial: false,
    };
    let renewal = collect_renewal(&world.chain, &world.providers, &request).await.unwrap();
    assert_eq!(renewal.owner, bob().account());
}

#[tokio::test(flavor = "multi_thread")]
async fn providers_that_fail_or_sign_too_long_are_replaced() {
    let world = World::new(9).await;
    world.file("file", 100_000);
    let bad = [
        (&world.accounts[0], Behaviour::Gone),
        (&world.accounts[1], Behaviour::SignsForEver),
        (&world.accounts[2], Behaviour::SignsWrongly),
    ];
    for (account, behaviour) in bad {
        world.providers.set_behaviour(account, behaviour);
    }
    let opening = collect(&world, "file").await.unwrap();
    let mut named: Vec<_> = opening
        .bad_providers
        .iter()
        .map(|bad| (&bad.provider, bad.lied))
        .collect();
    named.sort_by_key(|(account, _)| world.accounts.iter().position(|known| known == *account));
    let expected = [
        (&world.accounts[0], false),
        (&world.accounts[1], true),
        (&world.accounts[2], true),
    ];
    assert_eq!(named, expected);
    assert!(opening.usable_until <= opening.block + world.chain.period_length());
    open(&world, &opening).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quotes_of_providers_that_are_ahead_are_good_when_this_node_has_seen_their_blocks() {
    let world = World::new(6).await;
    world.file("file", 1000);
    world.chain.produce_until(50);
    let last = 52 + world.chain.period_length();
    world.providers.set_valid_until(last);
    let catch_up = async {
        while world.providers.received() == 0 {
            tokio::task::yield_now().await;
        }
        world.chain.produce_until(52);
    };
    let (opening, ()) = tokio::join!(collect(&world, "file"), catch_up);
    let opening = opening.unwrap();
    assert_eq!((opening.usable_until, opening.bad_providers.len()), (last, 0));
    open(&world, &opening).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quotes_that_are_always_too_short_are_an_error_that_says_to_try_again() {
    let world = World::new(6).await;
    world.file("file", 1000);
    world.chain.produce_until(50);
    world.providers.set_valid_until(51);
    let error = collect(&world, "file").await.unwrap_err();
    assert!(matches!(error, PutError::QuotesExpired { valid_until: 51 }), "{error}");
    assert_eq!(exit_code(&error), Some(5));
    assert!(world.client.catalogue().entries().unwrap().is_empty());

    // Few blocks are better than none when providers never give more.
    world.providers.set_valid_until(55);
    assert_eq!(collect(&world, "file").await.unwrap().usable_until, 55);
}

#[tokio::test(flavor = "multi_thread")]
async fn for_the_own_account_there_is_the_ordinary_put() {
    let world = World::new(6).await;
    world.file("file", 1000);
    let own = Identity::from_secret("//Alice").unwrap().account();
    let refused = world
        .client
        .quotes_for(&own, &world.request("file"), Arc::new(Silent))
        .await;
    let error = refused.unwrap_err();
    assert!(error.to_string().contains("your own account"), "{error}");
    assert_eq!((exit_code(&error), world.providers.received()), (Some(2), 0));
}
