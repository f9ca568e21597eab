//! Transactions that are in no block yet.

use super::extrinsics::ExtrinsicView;
use crate::{extract, problem::Problem, state::Shared};
use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::ToSchema;

/// An extrinsic to take apart.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Encoded {
    /// Its bytes with their length in front, as `0x` and hexadecimal digits.
    extrinsic: String,
}

/// Takes an extrinsic apart: who signed what. Nothing is sent.
///
/// `success`, `fee` and `events` say nothing here: it is in no block. The signature is not checked.
#[utoipa::path(post, path = "/v1/transactions/decode", tag = "transactions", request_body = Encoded,
    responses((status = 200, description = "The extrinsic", body = ExtrinsicView)))]
pub(crate) async fn decode(
    State(api): State<Shared>,
    extract::Json(body): extract::Json<Encoded>,
) -> Result<Json<ExtrinsicView>, Problem> {
    let digits = body.extrinsic.strip_prefix("0x").unwrap_or(&body.extrinsic);
    let bytes = hex::decode(digits).map_err(|error| {
        Problem::bad(
            "hex",
            format!("the extrinsic is not hexadecimal: {error}"),
            "send `0x` and its bytes in hexadecimal digits",
        )
    })?;
    let decoded = api.source.extrinsic(&bytes).await?;
    Ok(Json(ExtrinsicView::of(&api, 0, &bytes, Ok(decoded))))
}
