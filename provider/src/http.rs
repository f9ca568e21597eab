//! `/metrics`, `/healthz` and `/readyz` for monitoring.

use crate::shared::Shared;
use axum::{Router, extract::State, http::StatusCode, routing::get};
use std::{future::Future, io};
use tokio::net::TcpListener;

/// Serves until `stop` ends.
pub async fn serve(
    listener: TcpListener,
    shared: Shared,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let router = Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(health))
        .route("/readyz", get(ready))
        .with_state(shared);
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}

async fn metrics(State(shared): State<Shared>) -> (StatusCode, String) {
    let rendered = tokio::task::spawn_blocking(move || shared.metrics.render(shared.store.as_ref())).await;
    match rendered {
        Ok(text) => (StatusCode::OK, text),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

/// Healthy: the store takes changes.
async fn health(State(shared): State<Shared>) -> (StatusCode, String) {
    match shared.store.stopped() {
        None => (StatusCode::OK, "ok\n".into()),
        Some(reason) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("the store stopped: {reason}\n"),
        ),
    }
}

/// Ready: healthy, the chain is followed, and we are registered on it.
async fn ready(State(shared): State<Shared>) -> (StatusCode, String) {
    let refuse = |reason: &str| (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n"));
    if let Some(reason) = shared.store.stopped() {
        return refuse(&format!("the store stopped: {reason}"));
    }
    if shared.view.best_number().is_none() || shared.view.applied.borrow().is_none() {
        return refuse("no block seen yet");
    }
    if shared.view.provider.read().is_none() {
        return refuse("not registered on chain");
    }
    (StatusCode::OK, "ready\n".into())
}
