//! How lists are read: `limit` items at a time, going on where the last page ended.

use crate::{moment::Moment, problem::Problem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Items in a page when nothing is said.
pub const DEFAULT_LIMIT: u32 = 20;
/// Most items in a page.
pub const MAX_LIMIT: u32 = 100;

/// Which part of a list, at which block.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Most items in the answer: 1 to 100, 20 when not given.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<u32>,
    /// `next` of the answer before.
    pub after: Option<String>,
    /// The block whose state is read: `finalized` (when not given), `best`, a number or a hash. Give the `at.hash` of the first page
    /// with the pages that follow, and they all show the same state.
    pub at: Option<String>,
}

impl PageQuery {
    /// The limit, checked.
    pub fn limit(&self) -> Result<u32, Problem> {
        limit(self.limit)
    }
}

/// The limit, checked.
pub(crate) fn limit(limit: Option<u32>) -> Result<u32, Problem> {
    match limit.unwrap_or(DEFAULT_LIMIT) {
        limit @ 1..=MAX_LIMIT => Ok(limit),
        other => Err(Problem::bad(
            "limit",
            format!("a page of {other} items is not possible"),
            format!("give a limit from 1 to {MAX_LIMIT}, and read on with `after`"),
        )),
    }
}

/// A part of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T: ToSchema> {
    /// The block whose state is shown.
    pub at: Moment,
    /// The items. There may be fewer than asked for, even none, although more follow: only `next` tells.
    pub items: Vec<T>,
    /// Give it as `after` to read on; null when nothing follows.
    #[schema(required)]
    pub next: Option<String>,
}

/// A cursor that is a number.
pub(crate) fn number(after: Option<&str>) -> Result<Option<u32>, Problem> {
    after.map(|text| text.parse().map_err(|_| cursor(text))).transpose()
}

/// A cursor that is a key of the chain's storage.
pub(crate) fn key(after: Option<&str>) -> Result<Option<Vec<u8>>, Problem> {
    let decode = |text: &str| {
        let digits = text.strip_prefix("0x").ok_or_else(|| cursor(text))?;
        hex::decode(digits).map_err(|_| cursor(text))
    };
    after.map(decode).transpose()
}

/// The cursor does not belong to this list.
pub(crate) fn cursor(text: &str) -> Problem {
    Problem::bad(
        "cursor",
        format!("{text:?} is no place in this list"),
        "give `after` as `next` of the page before said it, or leave it out to begin",
    )
}
