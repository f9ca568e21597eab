//! Put and get against a chain and providers in memory.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
#![allow(clippy::cast_possible_truncation, reason = "test data is small")]

mod support;

use blocs_chain::{At, ChainClient, MarketCall, MemoryChain, SlotStatus, WaitFor};
use blocs_client::{
    GetError, GetRequest, LookupError, ObjectState, PutError, PutRequest, Silent, Target, exit_code, memory::Behaviour,
};
use blocs_primitives::{SlotId, SlotIndex};
use std::{fs, sync::Arc, time::Duration};
use support::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_back_with_its_time_and_mode() {
    let world = World::new(6).await;
    for size in [0, 1, 1023, 1024, 1025, 3_000_000, 40_000_000] {
        let content = world.file("file", size);
        let stored = world
            .client
            .put(&world.request("file"), Arc::new(Silent))
            .await
            .unwrap();
        assert_eq!(
            (stored.content_bytes, stored.files, stored.providers.len()),
            (content.len() as u64, 1, 6)
        );
        let out = world.path("out");
        let got = world
            .client
            .get(&GetRequest::new(stored.deal.into(), out.clone()), Arc::new(Silent))
            .await
            .unwrap();
        assert!(fs::read(&out).unwrap() == content, "{size} bytes");
        assert_eq!(
            (got.name.as_str(), got.bytes, got.bad_providers.len()),
            ("file", size as u64, 0)
        );
        let modified = |path| {
            fs::metadata(path)
                .unwrap()
                .modified()
                .unwrap()
                .elapsed()
                .unwrap()
                .as_secs()
        };
        assert!(modified(out).abs_diff(modified(world.path("file"))) <= 1);
    }
    let listed = world.client.list().await.unwrap();
    assert_eq!(listed.len(), 7);
    assert!(
        listed
            .iter()
            .all(|object| object.state == ObjectState::Certified && object.name == "file")
    );
    assert!(
        fs::read_dir(world.path(""))
            .unwrap()
            .all(|file| !file.unwrap().path().to_string_lossy().contains(".part-"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_and_ranges() {
    let world = World::new(6).await;
    fs::create_dir_all(world.path("photos/summer")).unwrap();
    let first = world.file("photos/first", 2_000_000);
    let second = world.file("photos/summer/second", 10);
    let empty = world.file("photos/empty", 0);
    let stored = world
        .client
        .put(&world.request("photos"), Arc::new(Silent))
        .await
        .unwrap();
    assert_eq!(stored.files, 3);
    let target: Target = "photos".parse().unwrap();
    let got = world
        .client
        .get(&GetRequest::new(target, world.path("back")), Arc::new(Silent))
        .await
        .unwrap();
    assert_eq!(got.files.len(), 3);
    for (path, content) in [("first", &first), ("summer/second", &second), ("empty", &empty)] {
        assert!(
            fs::read(world.path("back/photos").join(path)).unwrap() == *content,
            "{path}"
        );
    }

    let content = world.file("large", 9_000_000);
    world
        .client
        .put(&world.request("large"), Arc::new(Silent))
        .await
        .unwrap();
    for range in [
        0..1,
        8_999_999..9_000_000,
        3_000_000..3_000_100,
        100..8_000_000,
        8_999_990..u64::MAX,
        5..5,
    ] {
        let mut request = GetRequest::new("large".parse().unwrap(), world.path("part"));
        request.range = Some(range.clone());
        world.client.get(&request, Arc::new(Silent)).await.unwrap();
        let at = |byte: u64| usize::try_from(byte.min(9_000_000)).unwrap();
        let expected = &content[at(range.start)..at(range.end)];
        assert!(fs::read(world.path("part")).unwrap() == expected, "{range:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_range_is_read_from_the_slots_that_hold_it() {
    let world = World::new(6).await;
    let content = world.file("large", 12_000_000);
    let stored = world
        .client
        .put(&world.request("large"), Arc::new(Silent))
        .await
        .unwrap();
    // The first chunks lie in slot 0: the others are not asked for them.
    for provider in &stored.providers[2..] {
        world.providers.set_behaviour(provider, Behaviour::Gone);
    }
    let mut request = GetRequest::new(stored.deal.into(), world.path("part"));
    request.range = Some(10..1000);
    let got = world.client.get(&request, Arc::new(Silent)).await.unwrap();
    assert!(fs::read(world.path("part")).unwrap() == content[10..1000]);
    assert!(got.bad_providers.is_empty());
    // The last ones do not.
    request.range = Some(11_999_000..12_000_000);
    assert!(world.client.get(&request, Arc::new(Silent)).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn providers_that_fail_during_a_put_are_replaced_slot_by_slot() {
    let world = World::new(10).await;
    let content = world.file("file", 20_000_000);
    world.providers.set_behaviour(&world.accounts[0], Behaviour::Gone);
    world.providers.set_behaviour(&world.accounts[1], Behaviour::Refuses);
    world
        .providers
        .set_behaviour(&world.accounts[2], Behaviour::BreaksAfter(1_000_000));
    world
        .providers
        .set_behaviour(&world.accounts[3], Behaviour::SignsWrongly);
    let mut request = world.request("file");
    request.zones = 1;
    let stored = world.client.put(&request, Arc::new(Silent)).await.unwrap();
    assert_eq!(stored.providers.len(), 6);
    assert!(
        stored
            .providers
            .iter()
            .all(|provider| !world.accounts[..4].contains(provider))
    );
    assert!(
        stored
            .bad_providers
            .iter()
            .filter(|bad| bad.lied)
            .all(|bad| bad.provider == world.accounts[3])
    );
    // Six slots, and at most the slots of the two that failed on the way.
    assert!(
        world.providers.received() <= 8 * stored.slot_bytes + 2_000_000,
        "{}",
        world.providers.received()
    );
    let request = GetRequest::new(stored.deal.into(), world.path("out"));
    world.client.get(&request, Arc::new(Silent)).await.unwrap();
    assert!(fs::read(world.path("out")).unwrap() == content);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_few_providers_are_told_apart_from_dear_ones_and_nothing_is_charged() {
    let world = World::new(5).await;
    world.file("file", 1000);
    let error = world
        .client
        .put(&world.request("file"), Arc::new(Silent))
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            PutError::TooFewProviders {
                needed: 6,
                found: 5,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(exit_code(&error), Some(22));

    let world = World::new(6).await;
    world.file("file", 1000);
    let mut request = world.request("file");
    request.max_price = Some(10);
    let error = world.client.put(&request, Arc::new(Silent)).await.unwrap_err();
    assert_eq!(
        (exit_code(&error), world.providers.received()),
        (Some(21), 0),
        "{error}"
    );

    world.providers.set_behaviour(&world.accounts[5], Behaviour::Gone);
    let held = world.held().await;
    let error = world
        .client
        .put(&world.request("file"), Arc::new(Silent))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, PutError::TooFewProviders { bad_providers, .. } if bad_providers.len() == 1),
        "{error}"
    );
    assert_eq!(world.held().await, held);
    assert!(world.client.list().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_funds_are_found_before_a_byte_is_sent() {
    let world = World::new(6).await;
    world.file("file", 40_000_000);
    let mut request = world.request("file");
    request.duration = Duration::from_secs(3600 * 24 * 365 * 100_000);
    let estimate = world.client.quote(&request, Arc::new(Silent)).await.unwrap();
    assert!(estimate.needed > estimate.held);
    let error = world.client.put(&request, Arc::new(Silent)).await.unwrap_err();
    let PutError::InsufficientFunds { needed, held, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!((*needed, *held), (estimate.needed, estimate.held));
    assert_eq!((exit_code(&error), world.providers.received()), (Some(20), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quote_is_what_the_put_takes() {
    let world = World::new(6).await;
    world.file("file", 5_000_000);
    let estimate = world
        .client
        .quote(&world.request("file"), Arc::new(Silent))
        .await
        .unwrap();
    let before = world.held().await;
    let stored = world
        .client
        .put(&world.request("file"), Arc::new(Silent))
        .await
        .unwrap();
    assert_eq!(
        (stored.price, stored.fee, stored.slot_bytes),
        (estimate.price, estimate.fee, estimate.slot_bytes)
    );
    assert_eq!(before - world.held().await, stored.price + MemoryChain::FEE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_get_goes_round_gone_and_lying_providers_and_names_them() {
    let world = World::new(6).await;
    let content = world.file("file", 30_000_000);
    let stored = world
        .client
        .put(&world.request("file"), Arc::new(Silent))
        .await
        .unwrap();
    let request = || GetRequest::new(stored.deal.into(), world.path("out"));
    world.providers.set_behaviour(&stored.providers[0], Behaviour::Gone);
    world.providers.set_behaviour(&stored.providers[2], Behaviour::Lies);
    let got = world.client.get(&request(), Arc::new(Silent)).await.unwrap();
    assert!(fs::read(world.path("out")).unwrap() == content);
    let mut bad: Vec<_> = got.bad_providers.iter().map(|bad| (bad.index.0, bad.lied)).collect();
    bad.sort_unstable();
    assert_eq!(bad, [(0, false), (2, true)]);

    fs::write(world.path("out"), "kept").unwrap();
    world.providers.set_behaviour(&stored.providers[4], Behaviour::Gone);
    let error = world.client.get(&request(), Arc::new(Silent)).await.unwrap_err();
    assert!(
        matches!(
            error,
            GetError::TooFewProviders {
                found: 3,
                needed: 4,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(exit_code(&error), Some(22));
    for provider in [0, 2, 4] {
        world
            .providers
            .set_behaviour(&stored.providers[provider], Behaviour::Lies);
    }
    let error = world.client.get(&request(), Arc::new(Silent)).await.unwrap_err();
    assert_eq!(exit_code(&error), Some(24), "{error}");
    assert_eq!(fs::read_to_string(world.path("out")).unwrap(), "kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_hangs_does_not_hold_up_a_get() {
    let world = World::new(6).await;
    let content = world.file("file", 3_000_000);
    let stored = world
        .client
        .put(&world.request("file"), Arc::new(Silent))
        .await
        .unwrap();
    world.providers.set_behaviour(&stored.providers[1], Behaviour::Hangs);
    let request = GetRequest::new(stored.deal.into(), world.path("out"));
    world.client.get(&request, Arc::new(Silent)).await.unwrap();
    assert!(fs::read(world.path("out")).unwrap() == content);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_put_that_is_killed_charges_nothing_and_can_be_repeated() {
    let world = World::new(6).await;
    world.file("file", 60_000_000);
    let held = world.held().await;
    let request = world.request("file");
    {
        let put = world.client.put(&request, Arc::new(Silent));
        let received = async {
            while world.providers.received() == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::select! {
            done = put => panic!("finished before it was killed: {done:?}"),
            () = received => {}
        }
    }
    assert_eq!(world.held().await, held);
    let listed = world.client.list().await.unwrap();
    assert_eq!(
        listed.iter().map(|object| object.state).collect::<Vec<_>>(),
        [ObjectState::Uploading]
    );
    let removed = world.client.remove(&Target::Deal(listed[0].deal)).await.unwrap();
    assert_eq!(removed.fee, 0);
    world.client.put(&request, Arc::new(Silent)).await.unwrap();
    assert_eq!(world.client.list().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn quotes_that_expire_are_asked_for_again() {
    let world = World::new(6).await;
    world.file("file", 100_000);
    // The first quotes run out at once; later ones hold.
    world.chain.produce_until(50);
    world.providers.set_valid_until(51);
    let providers = world.providers.clone();
    let relax = tokio::spawn(async move {
        while providers.received() == 0 {
            tokio::task::yield_now().await;
        }
        providers.set_valid_until(65);
    });
    let stored = world
        .client
        .put(&world.request("file"), Arc::new(Silent))
        .await
        .unwrap();
    relax.await.unwrap();
    assert_eq!(stored.providers.len(), 6);
    assert!(world.chain.deal(stored.deal, At::Finalized).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn restore_needs_the_secret_and_the_chain_only() {
    let world = World::new(8).await;
    let first = world.file("first", 1_000_000);
    world.file("second", 500);
    let stored = world
        .client
        .put(&world.request("first"), Arc::new(Silent))
        .await
        .unwrap();
    world
        .client
        .put(&world.request("second"), Arc::new(Silent))
        .await
        .unwrap();

    let elsewhere = world.client_with_new_catalogue("//Alice");
    assert!(elsewhere.catalogue().entries().unwrap().is_empty());
    world.providers.set_behaviour(&stored.providers[0], Behaviour::Gone);
    let restored = elsewhere.restore(Arc::new(Silent)).await.unwrap();
    assert_eq!(
        (restored.restored.len(), restored.failed.len()),
        (2, 0),
        "{:?}",
        restored.failed
    );
    let names: Vec<_> = elsewhere
        .catalogue()
        .entries()
        .unwrap()
        .into_iter()
        .map(|entry| entry.name)
        .collect();
    assert!(names.contains(&"first".to_owned()) && names.contains(&"second".to_owned()));
    let request = GetRequest::new("first".parse().unwrap(), world.path("out"));
    elsewhere.get(&request, Arc::new(Silent)).await.unwrap();
    assert!(fs::read(world.path("out")).unwrap() == first);

    let stranger = world.client_with_new_catalogue("//Bob");
    assert!(stranger.list().await.unwrap().is_empty());
    let request = GetRequest::new(stored.deal.into(), world.path("stolen"));
    let error = stranger.get(&request, Arc::new(Silent)).await.unwrap_err();
    assert_eq!(exit_code(&error), Some(6), "{error}");
    assert!(!world.path("stolen").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn stat_and_remove_follow_the_chain() {
    let world = World::new(6).await;
    world.file("file", 10_000);
    let stored = world
        .client
        .put(&world.request("file"), Arc::new(Silent))
        .await
        .unwrap();
    let target = Target::Name("file".into());
    let stat = world.client.stat(&target).await.unwrap();
    assert_eq!((stat.object.state, stat.slots.len()), (ObjectState::Certified, 6));
    assert!(stat.rate >= 6 && stat.remaining > Duration::ZERO);

    let slot = SlotId {
        deal: stored.deal,
        index: SlotIndex(2),
    };
    let loser = world.signer_of(&stored.providers[2]);
    world
        .chain
        .submit(&loser, MarketCall::DeclareLost { slot }, WaitFor::Finalized)
        .await
        .unwrap();
    let stat = world.client.stat(&target).await.unwrap();
    assert_eq!(
        (stat.object.state, stat.slots[2].status),
        (ObjectState::Degraded, SlotStatus::Lost)
    );

    let removed = world.client.remove(&target).await.unwrap();
    assert!(removed.end < stored.end);
    world.chain.produce_until(removed.end * world.chain.period_length());
    assert_eq!(
        world.client.stat(&target).await.unwrap().object.state,
        ObjectState::Expired
    );
    world
        .chain
        .submit(
            &world.client.identity().signer,
            MarketCall::CloseDeal { deal: stored.deal },
            WaitFor::Finalized,
        )
        .await
        .unwrap();
    let error = world.client.stat(&target).await.unwrap_err();
    assert!(matches!(error, LookupError::NotFound { .. }), "{error}");
    assert_eq!(exit_code(&error), Some(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_provider_sees_plaintext() {
    let world = World::new(6).await;
    let canary = b"a canary that sings only at home";
    fs::write(world.path("secret-name"), canary.repeat(50_000)).unwrap();
    for compression in [blocs_client::Compression::None, blocs_client::Compression::Auto] {
        let request = PutRequest {
            compression,
            ..world.request("secret-name")
        };
        world.client.put(&request, Arc::new(Silent)).await.unwrap();
    }
    for slot in world.providers.contents() {
        assert!(!slot.windows(16).any(|window| window == &canary[..16]));
        assert!(!slot.windows(11).any(|window| window == b"secret-name"));
    }
}
