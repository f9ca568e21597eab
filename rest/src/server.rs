//! The router, its limits, and the way to stop it.

mod connections;

use crate::{
    problem::Problem,
    routes::{accounts, blocks, health, market, referenda, runtime, staking, transactions},
    source::Source,
    state::{Api, Shared},
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use connections::Connections;
use std::{
    future::Future,
    io,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, sync::Semaphore, time::timeout};
use tracing::{debug, warn};

/// Largest body of a request, in bytes: an extrinsic of a mebibyte in hexadecimal digits.
pub const BODY_LIMIT: usize = (2 << 20) + 1024;
/// How long running requests may go on after the stop.
const GRACE: Duration = Duration::from_secs(10);

/// How much strangers may ask for.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Requests that run at the same time; those beyond are refused.
    pub requests: usize,
    /// Connections that are open at the same time; those beyond wait.
    pub connections: usize,
    /// Longest time for a request.
    pub timeout: Duration,
    /// Web pages that may read the answers: `*` for all, else their origins.
    pub cors: Vec<String>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            requests: 64,
            connections: 512,
            timeout: Duration::from_secs(15),
            cors: vec!["*".to_owned()],
        }
    }
}

/// What the outer layer knows.
#[derive(Clone)]
struct Gate {
    api: Shared,
    limits: Arc<Limits>,
    places: Arc<Semaphore>,
}

/// The routes over a chain, without a server: for tests, or to be part of another one.
///
/// The chain's heads are asked for with each request unless [`serve`] follows them.
pub fn router(source: Arc<dyn Source>, limits: Limits) -> Router {
    routes(Arc::new(Api::new(source)), limits)
}

fn routes(api: Shared, limits: Limits) -> Router {
    let gate = Gate {
        api: api.clone(),
        places: Arc::new(Semaphore::new(limits.requests)),
        limits: Arc::new(limits),
    };
    Router::new()
        .route("/v1/blocks", get(blocks::list))
        .route("/v1/blocks/{id}", get(blocks::one))
        .route("/v1/blocks/{id}/extrinsics", get(blocks::extrinsics))
        .route("/v1/blocks/{id}/extrinsics/{index}", get(blocks::extrinsic_of))
        .route("/v1/blocks/{id}/events", get(blocks::events_of))
        .route("/v1/accounts/{address}", get(accounts::one))
        .route("/v1/accounts/{address}/assets", get(accounts::assets_of))
        .route("/v1/accounts/{address}/deals", get(accounts::deals_of))
        .route("/v1/staking/progress", get(staking::progress))
        .route("/v1/staking/validators", get(staking::validators))
        .route("/v1/staking/validators/{address}", get(staking::one_validator))
        .route("/v1/staking/nominators/{address}", get(staking::one_nominator))
        .route("/v1/staking/pools", get(staking::pools))
        .route("/v1/referenda", get(referenda::list))
        .route("/v1/referenda/{index}", get(referenda::one))
        .route("/v1/tracks", get(referenda::tracks))
        .route("/v1/deals", get(market::deals))
        .route("/v1/deals/{id}", get(market::one_deal))
        .route("/v1/providers", get(market::providers))
        .route("/v1/providers/{address}", get(market::one_provider))
        .route("/v1/market", get(market::market))
        .route("/v1/runtime", get(runtime::runtime))
        .route("/v1/pallets/{pallet}", get(runtime::pallet))
        .route("/v1/pallets/{pallet}/{entry}", get(runtime::storage))
        .route("/v1/transactions/decode", post(transactions::decode))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/openapi.json", get(health::document))
        .fallback(nowhere)
        .method_not_allowed_fallback(|| async { Problem::method() })
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(gate, pass))
        .with_state(api)
}

async fn nowhere(request: Request) -> Problem {
    Problem::absent(
        "no-path",
        format!("there is no path {:?}", request.uri().path()),
        "look at /openapi.json for those that there are",
    )
}

/// Counts, bounds and times every request.
async fn pass(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let begin = Instant::now();
    let origin = request.headers().get(header::ORIGIN).cloned();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut response = if method == Method::OPTIONS && origin.is_some() {
        preflight()
    } else if path.starts_with("/v1/") {
        bounded(&gate, request, next).await
    } else {
        next.run(request).await
    };
    allow(response.headers_mut(), &gate.limits.cors, origin.as_ref());
    let took = begin.elapsed();
    gate.api.figures.answered(response.status().as_u16(), took);
    debug!(%method, path, status = response.status().as_u16(), ?took, "answered");
    response
}

async fn bounded(gate: &Gate, request: Request, next: Next) -> Response {
    let figures = &gate.api.figures;
    let Ok(_place) = gate.places.try_acquire() else {
        figures.refused();
        let most = gate.limits.requests;
        return Problem::busy(format!("{most} requests are running already, and no more are taken")).into_response();
    };
    let _running = Running::begin(&gate.api);
    let longest = gate.limits.timeout;
    match timeout(longest, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            figures.timed_out();
            Problem::busy(format!(
                "the answer took more than {} s and was given up",
                longest.as_secs()
            ))
            .into_response()
        }
    }
}

/// Counts a running request down however it ends.
struct Running<'a>(&'a Api);

impl<'a> Running<'a> {
    fn begin(api: &'a Api) -> Self {
        api.figures.running.fetch_add(1, Ordering::Relaxed);
        Self(api)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.figures.running.fetch_sub(1, Ordering::Relaxed);
    }
}

fn preflight() -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, HEAD, POST"),
    );
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("content-type, if-none-match"),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Lets web pages of the allowed origins read the answer.
fn allow(headers: &mut HeaderMap, allowed: &[String], origin: Option<&HeaderValue>) {
    let all = allowed.iter().any(|one| one == "*");
    let granted = match origin {
        _ if all => Some(HeaderValue::from_static("*")),
        Some(origin) if allowed.iter().any(|one| one.as_bytes() == origin.as_bytes()) => Some(origin.clone()),
        _ => None,
    };
    if !all && !allowed.is_empty() {
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    if let Some(granted) = granted {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, granted);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("etag"));
    }
}

/// Serves until `stop` ends, and then until the running requests are answered, ten seconds at most.
pub async fn serve(
    listener: TcpListener,
    source: Arc<dyn Source>,
    limits: Limits,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let api = Arc::new(Api::new(source));
    let follower = tokio::spawn(api.clone().follow());
    let listener = Connections::new(listener, limits.connections);
    let stopped = Arc::new(tokio::sync::Notify::new());
    let tell = stopped.clone();
    let graceful = async move {
        stop.await;
        tell.notify_one();
    };
    let server = axum::serve(listener, routes(api, limits)).with_graceful_shutdown(graceful);
    let overdue = async {
        stopped.notified().await;
        tokio::time::sleep(GRACE).await;
    };
    let result = tokio::select! {
        result = server => result,
        () = overdue => {
            warn!("some requests were still running and were cut off");
            Ok(())
        }
    };
    follower.abort();
    result
}
