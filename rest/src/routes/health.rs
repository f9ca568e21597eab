//! For those who watch the service.

use crate::{figures, openapi, problem::Problem, state::Shared};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

/// Whether the service runs.
#[utoipa::path(get, path = "/healthz", tag = "service", responses((status = 200, description = "It does", body = String)))]
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// Whether the service sees the chain.
#[utoipa::path(get, path = "/readyz", tag = "service", responses((status = 200, description = "It does", body = String)))]
pub(crate) async fn ready(State(api): State<Shared>) -> Result<&'static str, Problem> {
    match api.heads() {
        (Some(_), Some(_)) => Ok("ready\n"),
        _ => Err(Problem::busy(
            "the node cannot be reached, or has not told its heads yet",
        )),
    }
}

/// Figures for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "service", responses((status = 200, description = "The figures", body = String)))]
pub(crate) async fn metrics(State(api): State<Shared>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (kind, figures::render(&api)).into_response()
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "service",
    responses((status = 200, description = "OpenAPI 3.1", body = serde_json::Value)))]
pub(crate) async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], openapi::document()).into_response()
}
