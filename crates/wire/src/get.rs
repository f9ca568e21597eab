//! Reads a slot from a provider, checked as it arrives.

use crate::{
    CallError, MAX_DATA_BYTES, Timeouts,
    channel::{Channel, Failure, Fault},
    message::Response,
};
use blocs_primitives::{
    Root,
    outboard::{GROUP_BYTES, NODE_BYTES, RunVerifier},
};
use libp2p::PeerId;
use std::ops::Range;
use tokio::io::AsyncReadExt;

/// Most bytes of nodes in a data frame: one a group, and a path to the first.
const MAX_NODE_BYTES: usize = (MAX_DATA_BYTES / 16_384 + 24) * NODE_BYTES;

/// A range of a slot, as it arrives. Every byte that comes out has been checked against the slot's root.
pub struct SlotStream {
    peer: PeerId,
    channel: Channel,
    timeouts: Timeouts,
    verifier: RunVerifier,
    /// Place in the slot of the next byte that arrives.
    position: u64,
    /// Bytes that the caller asked for.
    wanted: Range<u64>,
}

impl SlotStream {
    pub(crate) fn new(
        peer: PeerId,
        channel: Channel,
        timeouts: Timeouts,
        slot: (&Root, u64),
        groups: Range<u64>,
        wanted: Range<u64>,
    ) -> Result<Self, CallError> {
        let position = groups.start * GROUP_BYTES;
        let verifier = RunVerifier::new(slot.0, slot.1, groups).map_err(|error| CallError::BadRequest {
            peer,
            what: error.to_string(),
        })?;
        Ok(Self {
            peer,
            channel,
            timeouts,
            verifier,
            position,
            wanted,
        })
    }

    /// The next bytes, at most [`MAX_DATA_BYTES`]; `None` when all that were asked for have come. After an error nothing more comes.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, CallError> {
        while !self.verifier.is_complete() {
            let (nodes, mut content) = self.receive_batch().await?;
            self.verifier
                .accept(&nodes, &content)
                .map_err(|error| CallError::Lied {
                    peer: self.peer,
                    what: format!("at byte {}, {error}", self.position),
                })?;
            let start = self.position;
            self.position += to_u64(content.len());
            content.truncate(to_usize(self.wanted.end.saturating_sub(start)));
            let skip = to_usize(self.wanted.start.saturating_sub(start)).min(content.len());
            content.drain(..skip);
            if !content.is_empty() {
                return Ok(Some(content));
            }
        }
        Ok(None)
    }

    /// All bytes that were asked for. Takes as much memory as they need.
    pub async fn collect(mut self) -> Result<Vec<u8>, CallError> {
        let mut bytes = Vec::with_capacity(to_usize(self.wanted.end - self.wanted.start));
        while let Some(part) = self.next().await? {
            bytes.extend_from_slice(&part);
        }
        Ok(bytes)
    }

    async fn receive_batch(&mut self) -> Result<(Vec<u8>, Vec<u8>), CallError> {
        const STEP: &str = "to send the slot's bytes";
        let deadline = self.timeouts.chunk;
        let reader = &mut self.channel.reader;
        let received = crate::channel::within(deadline, STEP, async {
            let nodes = usize::try_from(reader.read_u32_le().await?).unwrap_or(usize::MAX);
            let content = usize::try_from(reader.read_u32_le().await?).unwrap_or(usize::MAX);
            if content == 0 || content > MAX_DATA_BYTES || nodes > MAX_NODE_BYTES {
                return Ok(Err((nodes, content)));
            }
            let (mut node_bytes, mut bytes) = (vec![0; nodes], vec![0; content]);
            reader.read_exact(&mut node_bytes).await?;
            reader.read_exact(&mut bytes).await?;
            Ok(Ok((node_bytes, bytes)))
        })
        .await
        .map_err(|failure| CallError::from_failure(self.peer, failure))?;
        match received {
            Ok(batch) => Ok(batch),
            Err((0, 0)) => match self.channel.receive(STEP, self.timeouts.answer).await {
                Ok(Response::Refused(refusal)) => Err(CallError::Refused {
                    peer: self.peer,
                    refusal,
                }),
                Ok(_) => Err(CallError::from_failure(
                    self.peer,
                    Failure {
                        step: STEP,
                        fault: Fault::Malformed,
                    },
                )),
                Err(failure) => Err(CallError::from_failure(self.peer, failure)),
            },
            Err((nodes, content)) => {
                let what = format!("a data frame of {nodes} and {content} bytes, beyond the limits");
                Err(CallError::Lied { peer: self.peer, what })
            }
        }
    }
}

fn to_u64(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn to_usize(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
