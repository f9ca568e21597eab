//! Peers of different versions of the protocol.

#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
#![allow(missing_docs, reason = "a test is documented by its name")]

mod support;

use blocs_wire::{
    CallError, PROTOCOL, Peer, Refusal, RefusalCode, Timeouts, VERSION,
    message::{Request, Response},
};
use codec::Encode;
use futures::{AsyncReadExt, AsyncWriteExt, StreamExt};
use libp2p::{StreamProtocol, Swarm, SwarmBuilder, noise, swarm::SwarmEvent, tcp, yamux};
use std::time::Duration;
use support::{TCP, frame, node, offer};
use tokio::task::JoinHandle;

/// A provider of another version: whatever it is asked, it answers with this message.
async fn other_version(answer: Vec<u8>) -> (Peer, JoinHandle<()>) {
    let mut swarm: Swarm<libp2p_stream::Behaviour> = SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
        .unwrap()
        .with_behaviour(|_| libp2p_stream::Behaviour::new())
        .unwrap()
        .with_swarm_config(|config| config.with_idle_connection_timeout(Duration::from_secs(20)))
        .build();
    let mut incoming = swarm
        .behaviour()
        .new_control()
        .accept(StreamProtocol::new(PROTOCOL))
        .unwrap();
    swarm.listen_on(TCP.parse().unwrap()).unwrap();
    let address = loop {
        if let SwarmEvent::NewListenAddr { address, .. } = swarm.select_next_some().await {
            break address;
        }
    };
    let peer = Peer {
        id: *swarm.local_peer_id(),
        addresses: vec![address],
    };
    let running = tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = swarm.select_next_some() => {}
                Some((_, mut stream)) = incoming.next() => {
                    let answer = answer.clone();
                    tokio::spawn(async move {
                        let mut length = [0; 4];
                        stream.read_exact(&mut length).await.unwrap();
                        let mut request = vec![0; usize::try_from(u32::from_le_bytes(length)).unwrap()];
                        stream.read_exact(&mut request).await.unwrap();
                        assert_eq!(request[0], VERSION);
                        stream.write_all(&answer).await.unwrap();
                        stream.close().await.unwrap();
                    });
                }
            }
        }
    });
    (peer, running)
}

fn message(version: u8, answer: &Response) -> Vec<u8> {
    frame(&[&[version][..], &answer.encode()].concat())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_of_the_version_before_is_understood_when_it_refuses_an_offer() {
    let words = "a message of version 2 came, this program speaks version 1: use the newer program";
    let refusal = Refusal::new(RefusalCode::UnknownVersion, words);
    let (peer, running) = other_version(message(VERSION - 1, &Response::Refused(refusal.clone()))).await;
    let asking = node(&[], Timeouts::default()).await;
    let error = asking
        .client()
        .offer(&peer, &offer(0, 10))
        .await
        .map(|_| ())
        .unwrap_err();
    assert!(
        matches!(&error, CallError::Refused { refusal: said, .. } if *said == refusal),
        "{error}"
    );
    running.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_of_another_version_is_not_taken_for_one_of_ours() {
    let go = Response::Go {
        rate: 1,
        valid_until: 2,
    };
    let (peer, running) = other_version(message(VERSION + 1, &go)).await;
    let asking = node(&[], Timeouts::default()).await;
    let error = asking
        .client()
        .offer(&peer, &offer(0, 10))
        .await
        .map(|_| ())
        .unwrap_err();
    for said in ["version 3 came", "speaks version 2", "use the newer program"] {
        assert!(error.to_string().contains(said), "{error}");
    }
    running.abort();
}

#[test]
fn an_offer_of_version_one_has_no_place_in_version_two() {
    use codec::DecodeAll;
    // The uploader is new: what version 1 wrote is 32 bytes shorter.
    let now = Request::Put(offer(0, 10)).encode();
    let before = [&now[..1 + 32 + 32 + 32], &now[1 + 4 * 32..]].concat();
    assert!(Request::decode_all(&mut &now[..]).is_ok());
    assert!(Request::decode_all(&mut &before[..]).is_err());
}
