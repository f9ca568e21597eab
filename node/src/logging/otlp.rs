//! Spans for an OpenTelemetry collector: OTLP, protobuf over plain HTTP.
//!
//! The exporter runs on a thread of its own, outside any async runtime, so the few bytes of HTTP that it needs are written here, with the
//! standard library's sockets. TLS is the collector's: run one on this machine, or reach it through a tunnel.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::{
    Resource,
    trace::{SdkTracerProvider, Tracer},
};
use std::{
    io::{self, Read as _, Write as _},
    net::{TcpStream, ToSocketAddrs as _},
    time::Duration,
};
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::registry::LookupSpan;

/// Where a collector takes spans.
const PATH: &str = "/v1/traces";

/// How long the collector may take for a step of an exchange. The node does not wait for it, except at its end.
const PATIENCE: Duration = Duration::from_secs(2);

/// Most bytes of an answer that are looked at.
const MAX_ANSWER: u64 = 64 * 1024;

/// Name that the spans carry.
const SERVICE: &str = "blocs-node";

/// Why spans cannot be sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OtlpError {
    #[error(
        "cannot send spans to `{0}`: only http:// addresses can be used; run a collector on this machine, and name it as \
         http://127.0.0.1:4318"
    )]
    Address(String),
    #[error("cannot send spans to `{endpoint}`: {source}; name a collector as http://127.0.0.1:4318")]
    Exporter {
        endpoint: String,
        source: ExporterBuildError,
    },
}

/// Collects spans and sends them in batches.
pub(super) fn provider(endpoint: &str) -> Result<SdkTracerProvider, OtlpError> {
    let rest = endpoint
        .strip_prefix("http://")
        .filter(|rest| !rest.is_empty())
        .ok_or_else(|| OtlpError::Address(endpoint.to_owned()))?;
    // As OTEL_EXPORTER_OTLP_ENDPOINT has it: an address without a path is the collector's root.
    let address = match rest.trim_end_matches('/') {
        root if !root.contains('/') => format!("http://{root}{PATH}"),
        _ => endpoint.to_owned(),
    };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(PlainHttp)
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(address)
        .with_timeout(PATIENCE)
        .build()
        .map_err(|source| OtlpError::Exporter {
            endpoint: endpoint.to_owned(),
            source,
        })?;
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(Resource::builder().with_service_name(SERVICE).build())
        .build())
}

/// Hands the program's spans to the provider.
pub(super) fn layer<S>(provider: &SdkTracerProvider) -> OpenTelemetryLayer<S, Tracer>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    tracing_opentelemetry::layer().with_tracer(provider.tracer(SERVICE))
}

/// One request, one answer, the connection closed.
#[derive(Debug)]
struct PlainHttp;

#[async_trait::async_trait]
impl HttpClient for PlainHttp {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        // The exporter's thread has nothing else to do: blocking it is what it is there for.
        Ok(exchange(&request)?)
    }
}

fn exchange(request: &Request<Bytes>) -> io::Result<Response<Bytes>> {
    let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let host = request
        .uri()
        .host()
        .ok_or_else(|| invalid("the address names no host"))?;
    let port = request.uri().port_u16().unwrap_or(80);
    let address = (host.trim_matches(['[', ']']), port)
        .to_socket_addrs()?
        .next()
        .ok_or_else(|| invalid("the host has no address"))?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;

    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let mut head = format!("{} {path} HTTP/1.1\r\n", request.method());
    for (name, value) in request.headers() {
        if let Ok(value) = value.to_str() {
            head += &format!("{name}: {value}\r\n");
        }
    }
    let length = request.body().len();
    head += &format!("host: {host}:{port}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(request.body())?;

    let mut answer = Vec::new();
    stream.take(MAX_ANSWER).read_to_end(&mut answer)?;
    let status = String::from_utf8_lossy(&answer)
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse::<u16>().ok())
        .ok_or_else(|| invalid("the answer is not HTTP"))?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let body = end.and_then(|end| answer.get(end + 4..)).unwrap_or_default().to_vec();
    Response::builder()
        .status(status)
        .body(Bytes::from(body))
        .map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use std::{net::TcpListener, sync::mpsc, thread};
    use tracing_subscriber::{Registry, layer::SubscriberExt as _};

    /// Takes one request, answers 200, and gives back what it was sent.
    fn collector() -> (String, mpsc::Receiver<Vec<u8>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, received) = mpsc::channel();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut chunk = [0; 4096];
            loop {
                let read = stream.read(&mut chunk).unwrap();
                request.extend_from_slice(&chunk[..read]);
                let head = request.windows(4).position(|four| four == b"\r\n\r\n");
                let whole = head.is_some_and(|head| {
                    let length = String::from_utf8_lossy(&request[..head])
                        .lines()
                        .filter_map(|line| line.strip_prefix("content-length: "))
                        .find_map(|length| length.parse::<usize>().ok());
                    length.is_some_and(|length| request.len() >= head + 4 + length)
                });
                if whole {
                    break;
                }
                assert!(read > 0, "the exporter hung up");
            }
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .unwrap();
            sender.send(request).unwrap();
        });
        (url, received)
    }

    #[test]
    fn a_span_reaches_the_collector() {
        let (url, received) = collector();
        let provider = provider(&url).unwrap();
        let subscriber = Registry::default().with(layer(&provider));

        tracing::subscriber::with_default(subscriber, || {
            tracing::info_span!("block imported", number = 7).in_scope(|| ());
        });
        provider.shutdown().unwrap();

        let request = received.recv_timeout(Duration::from_secs(30)).unwrap();
        let text = String::from_utf8_lossy(&request);
        assert!(text.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{text}");
        assert!(text.contains("content-type: application/x-protobuf"), "{text}");
        assert!(text.contains("block imported") && text.contains(SERVICE), "{text}");
    }

    #[test]
    fn an_address_that_cannot_be_used_says_which_can() {
        for endpoint in ["https://collector.example:4318", "127.0.0.1:4318", "http://"] {
            let error = provider(endpoint).unwrap_err().to_string();
            assert!(
                error.contains(endpoint) && error.contains("http://127.0.0.1:4318"),
                "{error}"
            );
        }
    }
}
