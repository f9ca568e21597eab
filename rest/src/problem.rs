//! Errors as the caller gets them: RFC 9457, `application/problem+json`.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use blocs_chain::{CallError, QueryError};
use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Stable name of the kind of problem, as a URI.
    #[serde(rename = "type")]
    #[schema(example = "urn:blocs:rest:bad-address")]
    pub kind: String,
    /// The kind of problem in words.
    pub title: String,
    /// The HTTP status.
    #[schema(example = 400)]
    pub status: u16,
    /// What was attempted, and why it failed.
    pub detail: String,
    /// What to do next.
    pub hint: String,
}

impl Problem {
    fn new(status: StatusCode, kind: &str, title: &str, detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:blocs:rest:{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            hint: hint.into(),
        }
    }

    /// The request cannot be understood.
    pub fn bad(kind: &str, detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            kind,
            "The request cannot be understood",
            detail,
            hint,
        )
    }

    /// What was asked for is not there.
    pub fn absent(kind: &str, detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, kind, "Not there", detail, hint)
    }

    /// This path takes another method.
    pub fn method() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method",
            "This path does not take that method",
            "the service only reads: all paths take GET, and /v1/transactions/decode takes POST",
            "look the path up in /openapi.json",
        )
    }

    /// The body is too large.
    pub fn too_large(most: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "The request is too large",
            format!("the body has more than {most} bytes"),
            "send one extrinsic at a time",
        )
    }

    /// The node does not answer, or not as it should.
    pub fn node(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_GATEWAY,
            "node",
            "The node behind this service has a problem",
            detail,
            hint,
        )
    }

    /// Too much to do.
    pub fn busy(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "Too much to do",
            detail,
            "try again in a second, with smaller pages",
        )
    }

    /// The chain's data does not have the shape that this program knows.
    pub(crate) fn shape(what: impl Into<String>) -> Self {
        Self::node(
            format!("cannot understand {} as the chain stores it", what.into()),
            "use a service of the same release as the chain's runtime",
        )
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        let detail = error.to_string();
        match error {
            QueryError::Unreachable(_) => {
                Self::node(detail, "try again; whoever runs this service should look at its node")
            }
            QueryError::NoState { .. } => Self::absent(
                "no-state",
                detail,
                "ask for a later block, or ask a service whose node keeps all states (--state-pruning archive)",
            ),
            QueryError::Node { .. } => Self::node(
                detail,
                "try again; whoever runs this service should look at the node's log",
            ),
            QueryError::Incompatible { .. } => {
                Self::node(detail, "use a service of the same release as the chain's runtime")
            }
        }
    }
}

impl From<CallError> for Problem {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Query(error) => error.into(),
            error => Self::bad(
                "undecodable",
                error.to_string(),
                "send the whole extrinsic, as it was signed for this chain",
            ),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
