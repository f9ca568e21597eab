//! The daemon against a chain in memory, with a real store and real ports.
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod support;

use blocs_chain::{At, ChainClient, MarketEvent, SlotStatus};
use blocs_primitives::{Answer, Hash, SlotId, proof};
use blocs_provider::{
    admin::AdminClient,
    config::Size,
    daemon::{LockError, lock},
    run_file::RunFile,
};
use blocs_store::{Identity, ShardStore, SlotName, SlotState};
use blocs_wire::{CallError, RefusalCode};
use std::time::Duration;
use support::{Bench, MIB, P, bytes, client_node, is_live, peer, until, until_state};
use tokio::time::sleep;

#[tokio::test(flavor = "multi_thread")]
async fn a_slot_is_quoted_goes_live_is_proved_over_a_restart_and_is_closed_and_deleted_in_the_end() {
    let bench = Bench::new().await;
    let content = bytes(1, 3 * MIB + 17);
    let slot = bench.slot(1);

    let daemon = bench.start().await;
    let quoted = bench.bring(&daemon, 1, &content).await;
    assert_eq!(
        daemon.shared().store.slot(slot).unwrap().state,
        SlotState::Quoted {
            valid_until: quoted.0.valid_until
        }
    );
    // The deal is opened while the daemon is down: it must see that when it is back.
    daemon.shutdown().await.unwrap();
    bench.open_deal(1, quoted).await;

    let daemon = bench.start().await;
    until_state(&daemon, slot, is_live).await;
    let end = bench.chain.slot(slot, At::Best).await.unwrap().unwrap().end;
    assert_eq!(daemon.shared().store.slot(slot).unwrap().state, SlotState::Live { end });

    let first = bench.challenge(1, &[(slot, 0), (slot, 3072)]).await;
    until("the first proof is in", async || bench.chain.proofs().len() == 1).await;
    let proof = bench.chain.proofs().remove(0);
    assert_eq!((proof.period, proof.concession), (1, None));
    for (asked, answer) in first.pieces.iter().zip(&proof.answers) {
        let Answer::Piece(piece) = answer else {
            panic!("conceded")
        };
        proof::verify(&asked.root, asked.size, asked.piece, piece).unwrap();
    }
    daemon.shutdown().await.unwrap();
    bench.challenge(2, &[(slot, 77)]).await;
    let daemon = bench.start().await;
    until("the second proof is in", async || bench.chain.proofs().len() == 2).await;

    bench.chain.produce_until(end * P + 1);
    until("the daemon closes its slot", async || {
        bench.chain.slot(slot, At::Best).await.unwrap().is_none()
    })
    .await;
    until_state(&daemon, slot, |state| matches!(state, Some(SlotState::Closing { .. }))).await;
    assert_eq!(
        daemon.shared().store.open(slot).unwrap().read(0, 10).unwrap(),
        content[..10],
        "kept for one period more"
    );
    let now = bench.chain.produce_block().number;
    bench.chain.produce_until(now + P + 1);
    until_state(&daemon, slot, |state| state.is_none()).await;
    assert_eq!(daemon.shared().store.proofs(10).len(), 2);
    assert_eq!(daemon.shared().store.usage().held, 0);
    daemon.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_reads_back_what_it_brought_and_is_told_what_is_held() {
    let bench = Bench::new().await;
    let daemon = bench.start().await;
    let content = bytes(1, 3 * MIB + 17);
    let (quote, _) = bench.bring(&daemon, 1, &content).await;
    let (node, peer) = (client_node().await, peer(&daemon));
    let client = node.client();
    let range = MIB - 5..2 * MIB + 9;
    let read = client
        .get(&peer, bench.slot(1), &quote.root, quote.size, range.clone())
        .await
        .unwrap()
        .collect()
        .await;
    assert!(read.unwrap() == content[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()]);
    let held = client.has(&peer, &[bench.slot(1), bench.slot(2)]).await.unwrap();
    assert_eq!(
        held.iter().map(|held| held.map(|held| held.size)).collect::<Vec<_>>(),
        [Some(quote.size), None]
    );
    let stat = client.stat(&peer).await.unwrap();
    assert_eq!(
        (stat.held, stat.free, stat.accepting),
        (quote.size, 50 * MIB - quote.size, true)
    );
    // One flipped bit: the damaged part is refused, not served.
    let name = SlotName(bench.slot(1)).to_string();
    let file = bench
        .folder
        .path()
        .join(format!("slots/{}/{}/{name}", &name[..2], &name[2..4]));
    let mut damaged = std::fs::read(&file).unwrap();
    damaged[2_000_000] ^= 1;
    std::fs::write(&file, damaged).unwrap();
    let read = client
        .get(&peer, bench.slot(1), &quote.root, quote.size, 0..quote.size)
        .await
        .unwrap()
        .collect()
        .await;
    let error = read.unwrap_err();
    assert!(
        matches!(&error, CallError::Refused { refusal, .. } if refusal.code == RefusalCode::Failed),
        "{error}"
    );
    node.shutdown().await;
    daemon.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_fit_is_refused_with_its_reason_and_leaves_nothing() {
    let mut bench = Bench::new().await;
    bench.config.storage.capacity = Size(2 * MIB);
    bench.config.offer.per_uploader = Size(3 * MIB);
    let daemon = bench.start().await;
    let refused = async |salt: u8, size: u64| match bench.try_bring(&daemon, salt, &bytes(1, size)).await {
        Err(CallError::Refused { refusal, .. }) => (refusal.code, refusal.message),
        other => panic!("not refused: {other:?}"),
    };
    let (code, message) = refused(1, 4 * MIB).await;
    assert!(
        code == RefusalCode::Unwanted && message.contains("the limit is"),
        "{message}"
    );
    let (code, message) = refused(1, 3 * MIB).await;
    assert!(
        code == RefusalCode::Unwanted && message.contains("configured capacity"),
        "{message}"
    );
    assert_eq!(
        daemon.shared().store.usage().held + daemon.shared().store.usage().reserved,
        0
    );
    bench.bring(&daemon, 1, &bytes(1, MIB)).await;
    daemon.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_slot_whose_bytes_are_missing_is_conceded() {
    let bench = Bench::new().await;
    let daemon = bench.start().await;
    let slots: Vec<SlotId> = (1..=3).map(|salt| bench.slot(salt)).collect();
    for salt in 1..=3 {
        let quoted = bench.bring(&daemon, salt, &bytes(salt.into(), 200_000)).await;
        bench.open_deal(salt, quoted).await;
        until_state(&daemon, bench.slot(salt), is_live).await;
    }
    let name = SlotName(slots[1]).to_string();
    let file = bench
        .folder
        .path()
        .join(format!("slots/{}/{}/{name}", &name[..2], &name[2..4]));
    std::fs::remove_file(file).unwrap();

    bench.challenge(1, &[(slots[0], 5), (slots[1], 6), (slots[2], 7)]).await;
    until("the proof is in", async || bench.chain.proofs().len() == 1).await;
    let proof = bench.chain.proofs().remove(0);
    let conceded: Vec<bool> = proof.answers.iter().map(|answer| *answer == Answer::Conceded).collect();
    assert_eq!(conceded, [false, true, false]);
    assert_eq!(
        bench.chain.slot(slots[1], At::Best).await.unwrap().unwrap().status,
        SlotStatus::Lost
    );
    until_state(&daemon, slots[1], |state| {
        matches!(state, Some(SlotState::Closing { .. }))
    })
    .await;
    assert!(is_live(daemon.shared().store.slot(slots[0]).map(|record| record.state)));
    let metrics = daemon.shared().metrics.render(daemon.shared().store.as_ref());
    assert!(metrics.contains("blocs_provider_slots_conceded_total 1"), "{metrics}");
    daemon.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_disk_with_all_slots_is_gone_nothing_is_conceded_and_an_alert_is_raised() {
    let bench = Bench::new().await;
    let daemon = bench.start().await;
    for salt in 1..=2 {
        let quoted = bench.bring(&daemon, salt, &bytes(salt.into(), 50_000)).await;
        bench.open_deal(salt, quoted).await;
        until_state(&daemon, bench.slot(salt), is_live).await;
    }
    let (slots, away) = (bench.folder.path().join("slots"), bench.folder.path().join("unmounted"));
    std::fs::rename(&slots, &away).unwrap();
    bench.challenge(1, &[(bench.slot(1), 0), (bench.slot(2), 0)]).await;
    let alert = || {
        daemon
            .shared()
            .metrics
            .alerts
            .with_label_values(&["all_slots_gone"])
            .get()
    };
    until("the alert is raised", async || alert() == 1).await;
    assert_eq!(bench.chain.proofs().len(), 0);
    // The disk is mounted again: the same challenge is answered.
    std::fs::rename(&away, &slots).unwrap();
    let now = bench.chain.produce_block().number;
    bench.chain.produce_until(now + 10);
    until("the proof is in", async || bench.chain.proofs().len() == 1).await;
    assert_eq!(bench.chain.proofs()[0].concession, None);
    assert_eq!(alert(), 0);
    daemon.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_without_a_deal_is_dropped_when_it_has_expired() {
    let bench = Bench::new().await;
    let daemon = bench.start().await;
    let (quote, _) = bench.bring(&daemon, 1, &bytes(1, 1000)).await;
    bench.chain.produce_until(quote.valid_until - 1);
    until("the block is applied", async || {
        daemon
            .shared()
            .view
            .applied
            .borrow()
            .is_some_and(|block| block.number == quote.valid_until - 1)
    })
    .await;
    assert!(daemon.shared().store.slot(bench.slot(1)).is_some());
    bench.chain.produce_until(quote.valid_until);
    until_state(&daemon, bench.slot(1), |state| state.is_none()).await;
    daemon.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_another_chain_is_refused() {
    let bench = Bench::new().await;
    let store = bench.store();
    let provider = bench.keys().account.account();
    store
        .bind(&Identity {
            genesis: Hash::repeat_byte(9),
            provider,
        })
        .unwrap();
    drop(store);
    let error = bench.try_start().await.err().unwrap().to_string();
    assert!(error.contains("belongs to the chain with genesis 0x0909"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_has_one_daemon() {
    let folder = tempfile::tempdir().unwrap();
    let held = lock(folder.path()).unwrap();
    assert!(matches!(lock(folder.path()), Err(LockError::Taken { .. })));
    drop(held);
    lock(folder.path()).map(drop).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_daemon_goes_on_when_the_node_was_away() {
    let bench = Bench::new().await;
    let daemon = bench.start().await;
    let quoted = bench.bring(&daemon, 1, &bytes(1, 100_000)).await;
    bench.open_deal(1, quoted).await;
    until_state(&daemon, bench.slot(1), is_live).await;
    bench.challenge(1, &[]).await;
    bench.chain.set_reachable(false);
    bench.chain.produce_block_with(vec![MarketEvent::Missed {
        provider: bench.keys().account.account(),
        period: 0,
        misses: 1,
        slashed: 5,
    }]);
    sleep(Duration::from_millis(50)).await;
    bench.chain.set_reachable(true);
    bench.chain.produce_block();
    until("the missed period is in the journal", async || {
        !daemon.shared().store.proofs(9).is_empty()
    })
    .await;
    daemon.shutdown().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn administration_and_monitoring_answer_and_stop_the_daemon() {
    let bench = Bench::new().await;
    let mut daemon = bench.start().await;
    bench.bring(&daemon, 1, &bytes(1, 1000)).await;
    let run = RunFile::read(bench.folder.path()).unwrap().unwrap();
    assert_eq!(&run, daemon.run_file());

    let client = jsonrpsee::http_client::HttpClientBuilder::default()
        .build(format!("http://{}", run.admin))
        .unwrap();
    let status = client.status().await.unwrap();
    assert_eq!(
        (status.held, status.quoted_slots, status.account),
        (1000, 1, bench.keys().account.account().to_string())
    );
    assert_eq!(status.registered.unwrap().status, "active");
    let slots = client.slots(10).await.unwrap();
    assert_eq!((slots.len(), slots[0].state.as_str()), (1, "quoted"));
    assert_eq!(client.earnings().await.unwrap().proved, 0);
    assert!(client.proofs(3).await.unwrap().periods.is_empty());

    bench.chain.produce_block();
    until("it is ready", async || {
        get(&run.http, "/readyz").await.starts_with("HTTP/1.1 200")
    })
    .await;
    assert!(get(&run.http, "/healthz").await.starts_with("HTTP/1.1 200"));
    let metrics = get(&run.http, "/metrics").await;
    assert!(
        metrics.contains("blocs_provider_slots{state=\"quoted\"} 1"),
        "{metrics}"
    );

    client.stop().await.unwrap();
    daemon.stop_requested().await;
    assert_eq!(daemon.shutdown().await.unwrap(), None);
    assert_eq!(RunFile::read(bench.folder.path()).unwrap(), None);
}

/// A request without any HTTP library.
async fn get(address: &str, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
