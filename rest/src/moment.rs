//! Which block an answer is about.

use crate::{problem::Problem, state::Api};
use blocs_chain::{At, BlockRef, QueryError};
use blocs_primitives::{BlockNumber, Hash};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The block whose state an answer shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Moment {
    /// Its height.
    pub number: BlockNumber,
    /// Its hash.
    #[schema(example = "0x5d7d3a1bcb5b1c2b8f3d3c8c9b2e0b5e6c4dfd0a3ad0bbd3c9e9e1e8b2e4f6a7")]
    pub hash: String,
    /// Whether it can no longer be undone by a fork.
    pub finalized: bool,
}

/// At which block to read.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AtQuery {
    /// The block whose state is read: `finalized` (when not given), `best`, a number or a hash.
    pub at: Option<String>,
}

/// A block, and whether it is finalized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) block: BlockRef,
    pub(crate) finalized: bool,
}

impl Point {
    pub(crate) fn hash(&self) -> Hash {
        self.block.hash
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment {
            number: self.block.number,
            hash: hex_hash(self.block.hash),
            finalized: self.finalized,
        }
    }
}

/// A hash as answers write it.
pub(crate) fn hex_hash(hash: Hash) -> String {
    format!("0x{}", hex::encode(hash.as_bytes()))
}

/// How a block is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockId {
    Best,
    Finalized,
    Number(BlockNumber),
    Hash(Hash),
}

impl BlockId {
    /// `head` and `best` are the same.
    pub(crate) fn parse(text: &str) -> Result<Self, Problem> {
        let wrong = || {
            Problem::bad(
                "bad-block",
                format!("{text:?} does not name a block"),
                "give a number, a hash (0x and 64 hexadecimal digits), `finalized` or `best`",
            )
        };
        match text {
            "best" | "head" => return Ok(Self::Best),
            "finalized" => return Ok(Self::Finalized),
            _ => {}
        }
        if let Some(digits) = text.strip_prefix("0x") {
            let bytes: [u8; 32] = hex::decode(digits)
                .ok()
                .and_then(|bytes| bytes.try_into().ok())
                .ok_or_else(wrong)?;
            return Ok(Self::Hash(Hash::from(bytes)));
        }
        text.parse().map(Self::Number).map_err(|_| wrong())
    }
}

impl Api {
    /// The block that `at` names; the finalized one when nothing is said.
    pub(crate) async fn point(&self, at: Option<&str>) -> Result<Point, Problem> {
        self.find(BlockId::parse(at.unwrap_or("finalized"))?).await
    }

    /// The block of this name.
    pub(crate) async fn find(&self, id: BlockId) -> Result<Point, Problem> {
        match id {
            BlockId::Finalized => Ok(Point {
                block: self.finalized().await?,
                finalized: true,
            }),
            BlockId::Best => self.with_finality(self.best().await?).await,
            BlockId::Number(number) => self.by_number(number).await,
            BlockId::Hash(hash) => {
                if let Some(cached) = self.blocks.get(&hash) {
                    return Ok(cached.point());
                }
                let block = self.source.block(At::Block(hash)).await.map_err(|error| match error {
                    QueryError::NoState { .. } => no_block(hex_hash(hash)),
                    other => other.into(),
                })?;
                self.with_finality(block).await
            }
        }
    }

    async fn by_number(&self, number: BlockNumber) -> Result<Point, Problem> {
        let finalized = self.finalized().await?;
        let hash = if finalized.number == number {
            Some(finalized.hash)
        } else {
            self.source.block_hash(number).await?
        };
        let hash = hash.ok_or_else(|| no_block(number.to_string()))?;
        Ok(Point {
            block: BlockRef { number, hash },
            finalized: number <= finalized.number,
        })
    }

    async fn with_finality(&self, block: BlockRef) -> Result<Point, Problem> {
        let finalized = self.finalized().await?;
        let on_chain = if block.number > finalized.number {
            false
        } else if block.number == finalized.number {
            block.hash == finalized.hash
        } else {
            self.source.block_hash(block.number).await? == Some(block.hash)
        };
        Ok(Point {
            block,
            finalized: on_chain,
        })
    }
}

fn no_block(name: String) -> Problem {
    Problem::absent(
        "no-block",
        format!("the node knows no block {name}"),
        "look at /v1/blocks for those that there are",
    )
}
