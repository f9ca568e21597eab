//! The service over a chain in memory.
#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod twin;

use crate::{Limits, openapi, serve};
use blocs_chain::{QueryError, Unreachable};
use std::{sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};
use twin::{Twin, hash};

/// A served chain.
struct Server {
    port: u16,
    stop: Option<oneshot::Sender<()>>,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Server {
    async fn start(twin: Twin, limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async {
            stopped.await.ok();
        };
        let task = tokio::spawn(serve(listener, Arc::new(twin), limits, stopped));
        let stop = Some(stop);
        Self { port, stop, task }
    }

    /// Status, headers in small letters, body.
    async fn ask(&self, request: &str, headers: &str) -> (u16, String, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let text = format!("{request} HTTP/1.0\r\nHost: localhost\r\n{headers}\r\n");
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_lowercase(), body.to_owned())
    }

    async fn json(&self, path: &str) -> (u16, serde_json::Value) {
        let (status, _, body) = self.ask(&format!("GET {path}"), "").await;
        (status, serde_json::from_str(&body).unwrap())
    }
}

fn away() -> QueryError {
    Unreachable {
        url: "ws://nowhere".into(),
        reason: "refused".into(),
    }
    .into()
}

#[test]
fn the_checked_in_document_is_the_one_that_is_served() {
    let checked_in = include_str!("../openapi.json");
    assert!(
        checked_in == openapi::document(),
        "the document changed: blocs-rest --openapi > rest/openapi.json"
    );
}

#[tokio::test]
async fn blocks_are_walked_to_the_first_without_gaps() {
    let server = Server::start(Twin::of(23), Limits::default()).await;
    let (mut numbers, mut path) = (Vec::new(), "/v1/blocks?limit=5".to_owned());
    loop {
        let (status, page) = server.json(&path).await;
        assert_eq!(status, 200, "{page}");
        assert_eq!(page["at"]["number"], 20);
        numbers.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|block| block["number"].as_u64().unwrap()),
        );
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/blocks?limit=5&after={next}");
    }
    assert!(numbers.iter().copied().eq((0..=20).rev()), "{numbers:?}");
}

#[tokio::test]
async fn only_a_finalized_block_named_by_its_hash_may_be_kept_for_ever() {
    let server = Server::start(Twin::of(23), Limits::default()).await;
    let cache = |head: &str| {
        head.lines()
            .find(|line| line.starts_with("cache-control"))
            .unwrap()
            .to_owned()
    };
    let (_, head, _) = server.ask(&format!("GET /v1/blocks/{:?}", hash(20)), "").await;
    assert!(cache(&head).contains("immutable") && head.contains("etag"), "{head}");
    for name in ["20".to_owned(), "head".to_owned(), format!("{:?}", hash(22))] {
        let (status, head, _) = server.ask(&format!("GET /v1/blocks/{name}"), "").await;
        assert_eq!(status, 200);
        assert!(!cache(&head).contains("immutable"), "{name}: {head}");
    }
    let (_, _, body) = server.ask("GET /metrics", "").await;
    assert!(body.contains("blocs_rest_block_cache_hits_total 1"), "{body}");
}

#[tokio::test]
async fn accounts_that_the_chain_does_not_know_are_empty() {
    let server = Server::start(Twin::of(23), Limits::default()).await;
    let (status, account) = server.json(&format!("/v1/accounts/0x{}", "11".repeat(32))).await;
    assert_eq!(status, 200, "{account}");
    assert_eq!((&account["free"], &account["exists"]), (&"0".into(), &false.into()));
    assert_eq!(account["assets"]["items"], serde_json::json!([]));
}

#[tokio::test]
async fn a_node_that_is_away_is_a_bad_gateway_and_the_service_is_not_ready() {
    let mut twin = Twin::of(23);
    twin.failure = Some(away());
    let server = Server::start(twin, Limits::default()).await;
    let (status, problem) = server.json("/v1/blocks/finalized").await;
    assert_eq!(status, 502);
    assert!(
        problem["detail"].as_str().unwrap().contains("ws://nowhere"),
        "{problem}"
    );
    assert_eq!(server.json("/readyz").await.0, 503);
    assert_eq!(server.ask("GET /healthz", "").await.0, 200);
}

#[tokio::test]
async fn requests_beyond_the_limit_and_those_that_take_too_long_are_given_up() {
    let mut twin = Twin::of(23);
    let gate = twin.close();
    let limits = Limits {
        requests: 1,
        timeout: Duration::from_secs(1),
        ..Limits::default()
    };
    let server = Arc::new(Server::start(twin, limits).await);
    let first = tokio::spawn({
        let server = server.clone();
        async move { server.json("/v1/blocks/20").await }
    });
    gate.entered().await;
    let (status, head, _) = server.ask("GET /v1/blocks/20", "").await;
    assert_eq!(status, 503);
    assert!(head.contains("retry-after: 1"), "{head}");
    assert_eq!(server.ask("GET /healthz", "").await.0, 200);
    let (status, problem) = first.await.unwrap();
    assert_eq!(status, 503);
    assert!(
        problem["detail"].as_str().unwrap().contains("took more than 1 s"),
        "{problem}"
    );
}

#[tokio::test]
async fn only_allowed_web_pages_may_read_the_answers() {
    let limits = Limits {
        cors: vec!["https://blocs.example".into()],
        ..Limits::default()
    };
    let server = Server::start(Twin::of(23), limits).await;
    let (_, head, _) = server.ask("GET /v1/blocks", "Origin: https://blocs.example\r\n").await;
    assert!(
        head.contains("access-control-allow-origin: https://blocs.example"),
        "{head}"
    );
    let (status, head, _) = server.ask("GET /v1/blocks", "Origin: https://other.example\r\n").await;
    assert_eq!(status, 200);
    assert!(!head.contains("access-control-allow-origin"), "{head}");
    let (status, head, _) = server
        .ask("OPTIONS /v1/blocks", "Origin: https://blocs.example\r\n")
        .await;
    assert_eq!(status, 204);
    assert!(head.contains("access-control-allow-methods: get"), "{head}");
}

#[tokio::test]
async fn it_ends_when_told_to_although_a_connection_is_open() {
    let mut server = Server::start(Twin::of(23), Limits::default()).await;
    let _idle = TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
    assert_eq!(server.ask("GET /healthz", "").await.0, 200);
    server.stop.take().unwrap().send(()).unwrap();
    server.task.await.unwrap().unwrap();
}
