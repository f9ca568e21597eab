//! Parts of a request, with our own errors where they do not fit.

use crate::{problem::Problem, server::BODY_LIMIT};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{StatusCode, request::Parts},
    response::IntoResponse,
};
use serde::de::DeserializeOwned;

/// What stands behind the question mark.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::try_from_uri(&parts.uri).map_err(|error| {
            Problem::bad(
                "query",
                format!(
                    "cannot read the query {:?}: {}",
                    parts.uri.query().unwrap_or_default(),
                    error.body_text()
                ),
                "look the path's parameters up in /openapi.json",
            )
        })?;
        Ok(Self(query.0))
    }
}

/// The variable parts of the path.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state)
            .await
            .map_err(|error| {
                Problem::bad(
                    "path",
                    format!("cannot read the path {:?}: {}", parts.uri.path(), error.body_text()),
                    "look the path up in /openapi.json",
                )
            })?;
        Ok(Self(path.0))
    }
}

/// A body in JSON.
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await.map_err(|error| {
            if error.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE {
                Problem::too_large(BODY_LIMIT)
            } else {
                Problem::bad("body", "the body did not arrive whole", "send it again")
            }
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            Problem::bad(
                "body",
                format!("cannot read the body as JSON: {error}"),
                "look the body's shape up in /openapi.json",
            )
        })
    }
}
