//! The shard protocol over real connections on the loopback interface.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
#![allow(missing_docs, reason = "a test is documented by its name")]

mod support;

use blocs_primitives::{AccountId, Hash, Root, SlotId};
use blocs_wire::{
    Accepted, CallError, Held, Keypair, MAX_FRAME_BYTES, MemoryService, Node, NodeConfig, PROTOCOL, Peer, PutOffer,
    Refusal, RefusalCode, ServeLimits, ShardService, SignedExtension, SignedOffer, SlotSink, SlotSource, StartError,
    Stat, Timeouts, VERSION,
    message::{Request, Response},
};
use codec::{DecodeAll, Encode};
use futures::{AsyncReadExt, AsyncWriteExt, StreamExt};
use libp2p::{PeerId, StreamProtocol, Swarm, SwarmBuilder, noise, swarm::SwarmEvent, tcp, yamux};
use sp_core::Pair;
use std::{sync::Arc, time::Duration};
use support::{
    Pairing, QUIC, TCP, content, frame, genesis, get, node, offer, owner, pairing, provider, put, root_of, service,
    short, slot, to_u64, unsigned,
};

const SIZES: [usize; 7] = [1, 1023, 1024, 1025, 16_384, 16_385, 5 << 20];

async fn round_trips(address: &str) {
    let service = service();
    let pairing = pairing(service.clone(), address, Timeouts::default()).await;
    for (index, size) in (0..).zip(SIZES) {
        let bytes = content(size);
        put(&pairing.client, &pairing.peer, &service, index, &bytes)
            .await
            .unwrap();
        assert_eq!(service.bytes(slot(index)).as_ref(), Some(&bytes));
        let whole = get(&pairing.client, &pairing.peer, index, &bytes, 0..to_u64(size))
            .await
            .unwrap();
        assert!(whole == bytes, "size {size}");
    }
    let Pairing {
        serving,
        server,
        asking,
        ..
    } = pairing;
    server.stop(Duration::from_secs(5)).await;
    asking.shutdown().await;
    serving.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slots_of_all_sizes_go_round_over_tcp() {
    round_trips(TCP).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slots_of_all_sizes_go_round_over_quic() {
    round_trips(QUIC).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_range_can_be_read() {
    let service = service();
    let pairing = pairing(service.clone(), TCP, Timeouts::default()).await;
    let bytes = content(3_000_000);
    put(&pairing.client, &pairing.peer, &service, 0, &bytes).await.unwrap();
    for range in [
        0..1,
        16_383..16_385,
        1_000_000..2_500_000,
        1_048_575..1_048_577,
        2_999_999..3_000_000,
        5..16_384,
        0..3_000_000,
    ] {
        let part = get(&pairing.client, &pairing.peer, 0, &bytes, range.clone())
            .await
            .unwrap();
        let (start, end) = (
            usize::try_from(range.start).unwrap(),
            usize::try_from(range.end).unwrap(),
        );
        assert!(part == bytes[start..end], "range {range:?}");
    }
    for range in [5..5, 0..3_000_001, 3_000_000..3_000_001] {
        assert!(matches!(
            get(&pairing.client, &pairing.peer, 0, &bytes, range).await,
            Err(CallError::BadRequest { .. })
        ));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_streams_at_once_all_arrive() {
    let service = service();
    let pairing = pairing(service.clone(), TCP, Timeouts::default()).await;
    let bytes = content(700_000);
    let puts = (0..24).map(|index| put(&pairing.client, &pairing.peer, &service, index, &bytes));
    for outcome in futures::future::join_all(puts).await {
        outcome.unwrap();
    }
    let gets = (0..24).map(|index| get(&pairing.client, &pairing.peer, index, &bytes, 0..700_000));
    for outcome in futures::future::join_all(gets).await {
        assert!(outcome.unwrap() == bytes);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn corrupted_bytes_are_noticed_and_the_peer_is_named() {
    let service = service();
    let pairing = pairing(service.clone(), TCP, Timeouts::default()).await;
    let bytes = content(3_000_000);
    put(&pairing.client, &pairing.peer, &service, 0, &bytes).await.unwrap();
    assert!(service.corrupt(slot(0), 2_000_000));
    let error = get(&pairing.client, &pairing.peer, 0, &bytes, 0..3_000_000)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, CallError::Lied { what, .. } if what.contains("group 122")),
        "{error}"
    );
    assert_eq!(error.peer(), pairing.serving.peer_id());
    // What lies elsewhere can still be read.
    assert!(
        get(&pairing.client, &pairing.peer, 0, &bytes, 0..1_000_000)
            .await
            .is_ok()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_travel_with_their_reason() {
    let service = service();
    let pairing = pairing(service.clone(), TCP, Timeouts::default()).await;
    let (client, peer) = (&pairing.client, &pairing.peer);
    let refusal = |outcome: Result<_, CallError>| match outcome {
        Err(CallError::Refused { refusal, .. }) => refusal,
        Err(error) => panic!("{error}"),
        Ok(()) => panic!("not refused"),
    };
    let bytes = content(100_000);

    let full = Refusal::new(RefusalCode::Unwanted, "7 bytes are left: offer less");
    service.refuse(Some(full.clone()));
    assert_eq!(refusal(put(client, peer, &service, 0, &bytes).await), full);
    service.refuse(None);

    let missing = get(client, peer, 0, &bytes, 0..5).await.unwrap_err();
    assert!(missing.is_not_found(), "{missing}");
    put(client, peer, &service, 0, &bytes).await.unwrap();
    let other = client
        .get(peer, slot(0), &Root([1; 32]), 100_000, 0..5)
        .await
        .map(|_| ());
    assert_eq!(refusal(other).code, RefusalCode::NotFound);

    let sign = |offer: PutOffer| offer.sign(|payload| owner().sign(payload));
    let forged = SignedOffer {
        offer: PutOffer {
            duration: 31,
            ..unsigned(1, 5)
        },
        ..offer(1, 5)
    };
    for unauthorized in [
        forged,
        sign(PutOffer {
            genesis: Hash::zero(),
            ..unsigned(1, 5)
        }),
        sign(PutOffer {
            provider: AccountId::new([8; 32]),
            ..unsigned(1, 5)
        }),
        sign(PutOffer {
            issued_at: unsigned(1, 5).issued_at - 700,
            ..unsigned(1, 5)
        }),
        sign(PutOffer {
            issued_at: u64::MAX,
            ..unsigned(1, 5)
        }),
    ] {
        assert_eq!(
            refusal(client.offer(peer, &unauthorized).await.map(|_| ())).code,
            RefusalCode::Unauthorized
        );
    }
    for size in [0, (16 << 30) + 1] {
        let offered = sign(PutOffer { size, ..unsigned(1, 5) });
        assert_eq!(
            refusal(client.offer(peer, &offered).await.map(|_| ())).code,
            RefusalCode::Malformed
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_in_the_middle_ends_the_upload_at_once() {
    let service = service();
    let pairing = pairing(service.clone(), TCP, Timeouts::default()).await;
    let size = 64 << 20;
    let mut session = pairing.client.offer(&pairing.peer, &offer(0, size)).await.unwrap();
    let part = content(1 << 20);
    session.write(&part).await.unwrap();
    let full = Refusal::new(RefusalCode::Failed, "the disk is full");
    service.refuse(Some(full.clone()));
    let mut outcome = Ok(());
    for _ in 1..64 {
        outcome = session.write(&part).await;
        if outcome.is_err() {
            break;
        }
    }
    match outcome {
        Err(CallError::Refused { refusal, .. }) => assert_eq!(refusal, full),
        Err(error) => panic!("{error}"),
        Ok(()) => panic!("64 MiB went to a full disk"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_lengths_and_roots_are_refused() {
    let service = service();
    let pairing = pairing(service.clone(), TCP, Timeouts::default()).await;
    let bytes = content(1000);
    let session = || async { pairing.client.offer(&pairing.peer, &offer(0, 1000)).await.unwrap() };

    assert!(matches!(
        session().await.write(&content(1001)).await,
        Err(CallError::BadRequest { .. })
    ));
    let mut short = session().await;
    short.write(&bytes[1..]).await.unwrap();
    assert!(matches!(
        short.finish(root_of(&bytes), &service.operator()).await,
        Err(CallError::BadRequest { .. })
    ));
    let mut wrong = session().await;
    wrong.write(&bytes).await.unwrap();
    let error = wrong.finish(Root([1; 32]), &service.operator()).await.unwrap_err();
    assert!(matches!(error, CallError::Refused { refusal, .. } if refusal.code == RefusalCode::WrongContent));
    assert_eq!(service.has(slot(0)), None);

    let mut foreign = session().await;
    foreign.write(&bytes).await.unwrap();
    let error = foreign.finish(root_of(&bytes), &owner().public()).await.unwrap_err();
    assert!(
        matches!(&error, CallError::Lied { what, .. } if what.contains("operator")),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn has_and_stat_tell_what_is_there() {
    let service = service();
    let pairing = pairing(service.clone(), TCP, Timeouts::default()).await;
    let bytes = content(1000);
    put(&pairing.client, &pairing.peer, &service, 0, &bytes).await.unwrap();
    let held = pairing.client.has(&pairing.peer, &[slot(1), slot(0)]).await.unwrap();
    assert_eq!(
        held,
        [
            None,
            Some(Held {
                root: root_of(&bytes),
                size: 1000
            })
        ]
    );
    let stat = pairing.client.stat(&pairing.peer).await.unwrap();
    assert_eq!((stat.genesis, stat.provider, stat.held), (genesis(), provider(), 1000));
    assert!(matches!(
        pairing.client.has(&pairing.peer, &vec![slot(0); 257]).await,
        Err(CallError::BadRequest { .. })
    ));
}

/// A service that never answers, until it is told to.
#[derive(Clone)]
struct Stalling(MemoryService, Arc<std::sync::Barrier>);

impl ShardService for Stalling {
    fn genesis(&self) -> Hash {
        self.0.genesis()
    }
    fn provider(&self) -> AccountId {
        self.0.provider()
    }
    fn offer(&self, peer: PeerId, offer: &PutOffer) -> Result<Accepted, Refusal> {
        self.0.offer(peer, offer)
    }
    fn open(&self, peer: PeerId, slot: SlotId) -> Result<Box<dyn SlotSource>, Refusal> {
        Ok(Box::new(StallingSource(self.0.open(peer, slot)?, self.1.clone())))
    }
    fn has(&self, slot: SlotId) -> Option<Held> {
        self.0.has(slot)
    }
    fn stat(&self) -> Stat {
        self.1.wait();
        self.0.stat()
    }
    fn extend(&self, peer: PeerId, slot: SlotId, end: u32) -> Result<SignedExtension, Refusal> {
        self.0.extend(peer, slot, end)
    }
}

struct StallingSource(Box<dyn SlotSource>, Arc<std::sync::Barrier>);

impl SlotSource for StallingSource {
    fn root(&self) -> Root {
        self.0.root()
    }
    fn size(&self) -> u64 {
        self.0.size()
    }
    fn run(&self, groups: std::ops::Range<u64>, out: &mut dyn FnMut(Vec<u8>, Vec<u8>) -> bool) -> Result<(), Refusal> {
        self.1.wait();
        self.0.run(groups, out)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_provider_times_out() {
    let (service, barrier) = (service(), Arc::new(std::sync::Barrier::new(3)));
    let pairing = pairing(Stalling(service.clone(), barrier.clone()), TCP, short()).await;
    let bytes = content(100_000);
    put(&pairing.client, &pairing.peer, &service, 0, &bytes).await.unwrap();
    let error = pairing.client.stat(&pairing.peer).await.unwrap_err();
    assert!(matches!(error, CallError::TimedOut { .. }), "{error}");
    assert_eq!(error.peer(), pairing.serving.peer_id());
    let error = get(&pairing.client, &pairing.peer, 0, &bytes, 0..10).await.unwrap_err();
    assert!(matches!(error, CallError::TimedOut { .. }), "{error}");
    // Lets both blocked threads go, so that the runtime can end.
    barrier.wait();
}

/// Tells when it is dropped.
struct Watched(Box<dyn SlotSink>, tokio::sync::mpsc::UnboundedSender<()>);

impl SlotSink for Watched {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.0.write(bytes)
    }
    fn finish(self: Box<Self>, _: Root) -> Result<blocs_wire::SignedQuote, Refusal> {
        Err(Refusal::new(RefusalCode::Failed, "not in this test"))
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self.1.send(());
    }
}

#[derive(Clone)]
struct Watching(MemoryService, tokio::sync::mpsc::UnboundedSender<()>);

impl ShardService for Watching {
    fn genesis(&self) -> Hash {
        self.0.genesis()
    }
    fn provider(&self) -> AccountId {
        self.0.provider()
    }
    fn offer(&self, peer: PeerId, offer: &PutOffer) -> Result<Accepted, Refusal> {
        let accepted = self.0.offer(peer, offer)?;
        Ok(Accepted {
            sink: Box::new(Watched(accepted.sink, self.1.clone())),
            ..accepted
        })
    }
    fn open(&self, peer: PeerId, slot: SlotId) -> Result<Box<dyn SlotSource>, Refusal> {
        self.0.open(peer, slot)
    }
    fn has(&self, slot: SlotId) -> Option<Held> {
        self.0.has(slot)
    }
    fn extend(&self, peer: PeerId, slot: SlotId, end: u32) -> Result<SignedExtension, Refusal> {
        self.0.extend(peer, slot, end)
    }
    fn stat(&self) -> Stat {
        self.0.stat()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stalled_or_vanished_uploader_is_dropped() {
    let (sender, mut dropped) = tokio::sync::mpsc::unbounded_channel();
    let pairing = pairing(Watching(service(), sender), TCP, short()).await;
    let limit = Duration::from_secs(10);

    let mut stalled = pairing.client.offer(&pairing.peer, &offer(0, 1 << 20)).await.unwrap();
    stalled.write(&content(300_000)).await.unwrap();
    tokio::time::timeout(limit, dropped.recv())
        .await
        .expect("the stalled upload is given up");

    let mut vanishing = pairing.client.offer(&pairing.peer, &offer(1, 1 << 20)).await.unwrap();
    vanishing.write(&content(300_000)).await.unwrap();
    drop(vanishing);
    tokio::time::timeout(limit, dropped.recv())
        .await
        .expect("the abandoned upload is given up");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_of_one_peer_are_limited() {
    let serving = node(&[TCP], Timeouts::default()).await;
    let limits = ServeLimits {
        streams: 10,
        streams_per_peer: 2,
    };
    let _server = serving.serve(Arc::new(service()), limits).unwrap();
    let asking = node(&[], Timeouts::default()).await;
    let (client, peer) = (asking.client(), serving.as_peer());
    let first = client.offer(&peer, &offer(0, 10)).await.unwrap();
    let _second = client.offer(&peer, &offer(1, 10)).await.unwrap();
    let error = client.offer(&peer, &offer(2, 10)).await.map(|_| ()).unwrap_err();
    assert!(
        matches!(&error, CallError::Refused { refusal, .. } if refusal.code == RefusalCode::Busy),
        "{error}"
    );
    drop(first);
    // The place is free again as soon as the server has noticed.
    let deadline = tokio::time::Instant::now() + Duration::from_secs(10);
    while client.offer(&peer, &offer(2, 10)).await.is_err() {
        assert!(tokio::time::Instant::now() < deadline, "the place never became free");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unreachable_provider_is_named() {
    let asking = node(&[], short()).await;
    let id = Keypair::generate_ed25519().public().to_peer_id();
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let nobody = Peer {
        id,
        addresses: vec![format!("/ip4/127.0.0.1/tcp/{port}").parse().unwrap()],
    };
    let error = asking.client().stat(&nobody).await.unwrap_err();
    assert!(
        matches!(error, CallError::Unreachable { peer, .. } if peer == id),
        "{error}"
    );
    let nowhere = Peer { id, addresses: vec![] };
    assert!(matches!(
        asking.client().stat(&nowhere).await,
        Err(CallError::Unreachable { .. })
    ));

    // Somebody else listens there.
    let other = node(&[TCP], short()).await;
    let impostor = Peer {
        id,
        addresses: other.addresses(),
    };
    let error = asking.client().stat(&impostor).await.unwrap_err();
    assert!(
        matches!(error, CallError::Unreachable { peer, .. } if peer == id),
        "{error}"
    );
    // It is there, but does not serve.
    let error = asking.client().stat(&other.as_peer()).await.unwrap_err();
    assert!(
        matches!(&error, CallError::Unreachable { reason, .. } if reason.contains(PROTOCOL)),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_came_back_is_found_again() {
    let (service, key) = (service(), Keypair::generate_ed25519());
    let start = |listen: String| {
        let config = NodeConfig::new(key.clone(), vec![listen.parse().unwrap()]);
        Node::start(config)
    };
    let first = start(TCP.into()).await.unwrap();
    let server = first.serve(Arc::new(service.clone()), ServeLimits::default()).unwrap();
    let asking = node(&[], Timeouts::default()).await;
    let (client, peer) = (asking.client(), first.as_peer());
    client.stat(&peer).await.unwrap();
    server.stop(Duration::from_secs(5)).await;
    first.shutdown().await;

    assert!(client.stat(&peer).await.is_err());
    let again = start(peer.addresses[0].to_string()).await.unwrap();
    let _server = again.serve(Arc::new(service), ServeLimits::default()).unwrap();
    client.stat(&peer).await.unwrap();
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let first = node(&[TCP], Timeouts::default()).await;
    let taken = first.addresses();
    let outcome = Node::start(NodeConfig::new(Keypair::generate_ed25519(), taken.clone())).await;
    assert!(matches!(outcome.err(), Some(StartError::Listen { address, .. }) if address == taken[0]));
}

/// A bare libp2p peer, to send what no client sends. Its swarm runs until the sender of the answer is dropped.
async fn raw_exchange(peer: &Peer, sent: Vec<u8>) -> Vec<u8> {
    let mut swarm: Swarm<libp2p_stream::Behaviour> = SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
        .unwrap()
        .with_behaviour(|_| libp2p_stream::Behaviour::new())
        .unwrap()
        .with_swarm_config(|config| config.with_idle_connection_timeout(Duration::from_secs(20)))
        .build();
    let mut control = swarm.behaviour().new_control();
    swarm.dial(peer.addresses[0].clone()).unwrap();
    while !matches!(swarm.select_next_some().await, SwarmEvent::ConnectionEstablished { .. }) {}
    let running = tokio::spawn(async move {
        loop {
            swarm.select_next_some().await;
        }
    });
    let mut stream = control
        .open_stream(peer.id, StreamProtocol::new(PROTOCOL))
        .await
        .unwrap();
    stream.write_all(&sent).await.unwrap();
    stream.flush().await.unwrap();
    let mut length = [0; 4];
    stream.read_exact(&mut length).await.unwrap();
    let mut answer = vec![0; usize::try_from(u32::from_le_bytes(length)).unwrap()];
    stream.read_exact(&mut answer).await.unwrap();
    running.abort();
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_and_unknown_messages_get_a_clear_refusal() {
    let pairing = pairing(service(), TCP, Timeouts::default()).await;
    let refusal = |answer: Vec<u8>| {
        assert_eq!(answer[0], VERSION);
        match Response::decode_all(&mut &answer[1..]) {
            Ok(Response::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        }
    };
    let exchange = |sent| raw_exchange(&pairing.peer, sent);

    let newer = refusal(exchange(frame(&[&[VERSION + 1][..], &[1, 2, 3]].concat())).await);
    assert_eq!(newer.code, RefusalCode::UnknownVersion);
    assert!(newer.message.contains("version 3"), "{}", newer.message);

    let older = refusal(exchange(frame(&[&[VERSION - 1][..], &[1, 2, 3]].concat())).await);
    assert_eq!(older.code, RefusalCode::UnknownVersion);
    for said in ["version 1 came", "speaks version 2", "use the newer program"] {
        assert!(older.message.contains(said), "{}", older.message);
    }

    let huge = u32::try_from(MAX_FRAME_BYTES + 1).unwrap().to_le_bytes().to_vec();
    let huge = refusal(exchange(huge).await);
    assert_eq!(huge.code, RefusalCode::Malformed);
    assert!(huge.message.contains("16385"), "{}", huge.message);
    assert_eq!(
        refusal(exchange(u32::MAX.to_le_bytes().to_vec()).await).code,
        RefusalCode::Malformed
    );

    for junk in [
        vec![],
        vec![VERSION],
        vec![VERSION, 200],
        vec![VERSION, 2, 255, 255, 255, 255, 255],
    ] {
        assert_eq!(refusal(exchange(frame(&junk)).await).code, RefusalCode::Malformed);
    }
    let trailing = [&[VERSION][..], &Request::Stat.encode(), &[0]].concat();
    assert_eq!(refusal(exchange(frame(&trailing)).await).code, RefusalCode::Malformed);
    let too_many = [&[VERSION][..], &Request::Has(vec![slot(0); 257]).encode()].concat();
    assert_eq!(refusal(exchange(frame(&too_many)).await).code, RefusalCode::Malformed);
    let beyond = Request::Get {
        slot: slot(0),
        root: Root([0; 32]),
        first: u64::MAX,
        count: u64::MAX,
    };
    assert_eq!(
        refusal(exchange(frame(&[&[VERSION][..], &beyond.encode()].concat())).await).code,
        RefusalCode::NotFound
    );

    // After all that the server still works.
    pairing.client.stat(&pairing.peer).await.unwrap();
}

#[test]
fn junk_never_decodes_into_a_panic() {
    use proptest::prelude::*;
    proptest!(|(bytes in prop::collection::vec(any::<u8>(), 0..600))| {
        let _ = Request::decode_all(&mut &bytes[..]);
        let _ = Response::decode_all(&mut &bytes[..]);
    });
}

#[test]
fn long_refusals_are_cut_between_characters() {
    let refusal = Refusal::new(RefusalCode::Busy, "ä".repeat(400));
    assert_eq!(refusal.message, "ä".repeat(256));
    assert!(refusal.code.is_temporary());
}
