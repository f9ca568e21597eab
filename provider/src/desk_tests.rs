#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use super::*;
use crate::{
    config::{Config, Size},
    metrics::Metrics,
    renewal::{self, RenewalRefusal},
    shared::View,
};
use blocs_chain::{
    At, ChainClient, MarketCall, MemoryChain, Registration, Signer, Sr25519Signer, Terms, Tier, WaitFor,
};
use blocs_primitives::{DealId, ExtensionQuote, Hash, SlotIndex};
use blocs_store::{BlockEffects, Change, Cursor, StoreConfig, sim::SimDisk};
use sp_core::Pair;

pub(super) const MIB: u64 = 1 << 20;

/// A registered provider that sees block `best`.
pub(super) async fn desk(config: Config) -> (Desk, SimDisk) {
    let chain = MemoryChain::new(16);
    let account = Signer::from_suri("//Provider//0").unwrap();
    let operator = Sr25519Signer::from_suri("//Operator").unwrap();
    chain.fund(&account.account(), 1 << 60);
    let terms = Terms {
        capacity: 10 * MIB,
        price: 1 << 30,
        zone: "z".into(),
        tier: Tier::Hot,
        peer_id: Vec::new(),
        addresses: Vec::new(),
    };
    let registration = Registration {
        operator: operator.public(),
        bond: 1,
        terms,
    };
    chain
        .submit(&account, MarketCall::Register(registration), WaitFor::Finalized)
        .await
        .unwrap();
    let disk = SimDisk::new();
    let (store, _) = disk
        .open_store(StoreConfig {
            capacity: 100 * MIB,
            min_free: 0,
        })
        .unwrap();
    let shared = Shared {
        config: Arc::new(config),
        chain: Arc::new(chain.clone()),
        store: Arc::new(store),
        account: account.clone(),
        operator,
        metrics: Metrics::new().unwrap(),
        view: Arc::new(View::default()),
    };
    *shared.view.provider.write() = chain.provider(&account.account(), At::Best).await.unwrap();
    shared.view.best.send_replace(Some(chain.produce_until(100)));
    (Desk::new(shared), disk)
}

fn slot(number: u8) -> SlotId {
    SlotId {
        deal: DealId(Hash::repeat_byte(number)),
        index: SlotIndex(3),
    }
}

pub(super) fn offer(number: u8, size: u64) -> Offer {
    Offer {
        slot: slot(number),
        owner: AccountId::new([7; 32]),
        uploader: AccountId::new([7; 32]),
        size,
        duration: 9,
    }
}

pub(super) fn bytes(size: u64) -> Vec<u8> {
    (0..size).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

fn root(bytes: &[u8]) -> Root {
    Root(*blake3::hash(bytes).as_bytes())
}

pub(super) fn bring(
    desk: &Desk,
    peer: PeerId,
    offer: Offer,
    bytes: &[u8],
) -> Result<(Quote, sr25519::Signature), TakeError> {
    let mut upload = desk.take(peer, offer)?;
    for part in bytes.chunks(60_000) {
        upload.write(part)?;
    }
    upload.finish(root(bytes))
}

#[tokio::test]
async fn a_slot_is_stored_and_quoted_for_one_period_from_now() {
    let (desk, _) = desk(Config::default()).await;
    let content = bytes(MIB + 5);
    let (quote, signature) = bring(&desk, PeerId::random(), offer(1, MIB + 5), &content).unwrap();
    assert_eq!(
        (quote.rate, quote.valid_until, quote.duration, quote.root),
        (MIB as u128 + 5, 116, 9, root(&content))
    );
    let operator = desk.shared.operator.public();
    assert!(sr25519::Pair::verify(&signature, quote.signing_payload(), &operator));
    let held = desk.shared.store.open(slot(1)).unwrap();
    assert_eq!(held.read(0, MIB + 5).unwrap(), content);
}

#[tokio::test]
async fn a_slot_of_an_open_deal_is_quoted_for_longer_until_it_is_closed() {
    let (desk, _) = desk(Config::default()).await;
    let (first, _) = bring(&desk, PeerId::random(), offer(1, 1000), &bytes(1000)).unwrap();
    let shared = &desk.shared;
    let apply = |number, change| {
        let cursor = Cursor {
            number,
            hash: Hash::zero(),
        };
        let changes = vec![change];
        let effects = BlockEffects {
            cursor,
            changes,
            closing_grace: 16,
        };
        shared.store.apply(&effects).unwrap()
    };
    let longer = |end| renewal::quote(shared, slot(1), end);
    assert!(matches!(longer(40), Err(RenewalRefusal::NotOpen(_))));

    apply(101, Change::Opened { slot: slot(1), end: 16 });
    let (quote, signature) = longer(40).unwrap();
    let expected = ExtensionQuote {
        genesis: shared.chain.genesis_hash(),
        provider: shared.provider(),
        owner: first.owner,
        deal: first.deal,
        index: first.index,
        rate: first.rate,
        from: 16,
        to: 40,
        valid_until: 116,
    };
    assert_eq!(quote, expected);
    let operator = shared.operator.public();
    assert!(sr25519::Pair::verify(&signature, quote.signing_payload(), &operator));

    // A quote alone changes nothing; the chain does.
    assert_eq!(longer(40).unwrap().0.from, 16);
    apply(102, Change::EndMoved { slot: slot(1), end: 40 });
    assert_eq!(longer(40), Err(RenewalRefusal::NotLater { end: 40 }));
    assert_eq!(longer(41).unwrap().0.from, 40);
    let closed = Change::Closed {
        slot: slot(1),
        block: 103,
    };
    apply(103, closed);
    for gone in [slot(1), slot(2)] {
        let refused = renewal::quote(shared, gone, 50);
        assert!(matches!(refused, Err(RenewalRefusal::NotHeld(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_given_again_for_the_same_bytes_only() {
    let (desk, disk) = desk(Config::default()).await;
    let (peer, content) = (PeerId::random(), bytes(100_000));
    let (first, _) = bring(&desk, peer, offer(1, 100_000), &content).unwrap();
    desk.shared
        .view
        .best
        .send_modify(|best| best.as_mut().unwrap().number += 5);
    let (again, _) = bring(&desk, peer, offer(1, 100_000), &content).unwrap();
    assert_eq!(
        again,
        Quote {
            valid_until: first.valid_until + 5,
            ..first.clone()
        }
    );
    let other = vec![1; 100_000];
    assert!(matches!(
        bring(&desk, peer, offer(1, 100_000), &other),
        Err(TakeError::Taken { .. })
    ));
    assert!(matches!(
        bring(&desk, peer, offer(1, 99), &other[..99]),
        Err(TakeError::Taken { .. })
    ));
    let thief = Offer {
        owner: AccountId::new([8; 32]),
        ..offer(1, 100_000)
    };
    // Neither the quote of another owner nor a longer quota of another uploader.
    let stranger = Offer {
        uploader: AccountId::new([8; 32]),
        ..offer(1, 100_000)
    };
    for other in [thief, stranger] {
        assert!(matches!(
            bring(&desk, peer, other, &content),
            Err(TakeError::Taken { .. })
        ));
    }
    assert_eq!(disk.files().len(), 2);
    assert_eq!(
        desk.shared.store.open(slot(1)).unwrap().read(0, 100_000).unwrap(),
        content
    );
}

#[tokio::test]
async fn wrong_or_missing_bytes_leave_nothing_and_can_be_sent_again() {
    let (desk, disk) = desk(Config::default()).await;
    let content = bytes(1000);
    let mut upload = desk.take(PeerId::random(), offer(1, 1000)).unwrap();
    upload.write(&content).unwrap();
    assert!(matches!(
        upload.finish(root(b"other")),
        Err(TakeError::WrongRoot { .. })
    ));
    let mut upload = desk.take(PeerId::random(), offer(1, 1000)).unwrap();
    upload.write(&content[..999]).unwrap();
    assert!(matches!(
        upload.finish(root(&content)),
        Err(TakeError::Store(PutError::WrongLength { .. }))
    ));
    assert_eq!(disk.files(), [""; 0]);
    assert_eq!(desk.shared.store.usage().reserved, 0);
    bring(&desk, PeerId::random(), offer(1, 1000), &content).unwrap();
}

#[tokio::test]
async fn quotas_count_uploads_under_way_and_quotes_and_free_up_when_they_expire() {
    let mut config = Config::default();
    config.offer.per_uploader = Size(3 * MIB);
    config.offer.per_peer = Size(2 * MIB);
    let (desk, _) = desk(config).await;
    let (peer, other) = (PeerId::random(), PeerId::random());
    bring(&desk, peer, offer(1, MIB), &bytes(MIB)).unwrap();
    let under_way = desk.take(peer, offer(2, MIB)).unwrap();
    assert!(matches!(
        desk.take(other, offer(2, MIB)),
        Err(TakeError::Store(PutError::Busy { .. }))
    ));
    assert!(matches!(
        desk.take(peer, offer(3, MIB)),
        Err(TakeError::Refused(Refusal::PeerQuota { .. }))
    ));
    let third = desk.take(other, offer(3, MIB)).unwrap();
    assert!(matches!(
        desk.take(other, offer(4, MIB)),
        Err(TakeError::Refused(Refusal::UploaderQuota { .. }))
    ));
    let stranger = Offer {
        uploader: AccountId::new([9; 32]),
        ..offer(4, MIB)
    };
    drop(desk.take(other, stranger).unwrap());
    drop((under_way, third));
    bring(&desk, peer, offer(5, MIB), &bytes(MIB)).unwrap();
    assert!(matches!(
        desk.take(peer, offer(3, MIB)),
        Err(TakeError::Refused(Refusal::PeerQuota { .. }))
    ));
    let cursor = Cursor {
        number: 200,
        hash: Hash::zero(),
    };
    desk.shared
        .store
        .apply(&BlockEffects {
            cursor,
            changes: Vec::new(),
            closing_grace: 16,
        })
        .unwrap();
    desk.take(peer, offer(3, 2 * MIB)).map(drop).unwrap();
}

#[tokio::test]
async fn the_registered_capacity_covers_everything_pending() {
    let (desk, _) = desk(Config::default()).await;
    let _first = desk.take(PeerId::random(), offer(1, 6 * MIB)).unwrap();
    let refused = desk.take(PeerId::random(), offer(2, 6 * MIB));
    assert!(matches!(refused, Err(TakeError::Refused(Refusal::Full { left, .. })) if left == 4 * MIB));
}
