//! Why a call to a peer failed.

use crate::{
    Refusal, RefusalCode,
    channel::{Failure, Fault},
};
use libp2p::PeerId;

/// Why a call failed. Names the peer, so that it can be avoided.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No connection.
    #[error("cannot reach peer {peer}: {reason}; try another provider, or again later")]
    Unreachable {
        /// The peer.
        peer: PeerId,
        /// What was tried, and why it failed.
        reason: String,
    },
    /// It said no.
    #[error("peer {peer} refused: {refusal}")]
    Refused {
        /// The peer.
        peer: PeerId,
        /// Its reason.
        refusal: Refusal,
    },
    /// It was too slow.
    #[error("peer {peer} took too long {step}; try another provider, or again later")]
    TimedOut {
        /// The peer.
        peer: PeerId,
        /// What was waited for.
        step: &'static str,
    },
    /// The connection broke.
    #[error("the connection to peer {peer} broke {step}: {source}; try again")]
    Broken {
        /// The peer.
        peer: PeerId,
        /// What was going on.
        step: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// It sent something wrong: bytes that do not hash to the root, a quote for something else, a malformed message.
    #[error("peer {peer} sent something wrong: {what}; use another provider")]
    Lied {
        /// The peer.
        peer: PeerId,
        /// What was wrong.
        what: String,
    },
    /// The caller asked for something impossible.
    #[error("cannot ask peer {peer} for this: {what}")]
    BadRequest {
        /// The peer.
        peer: PeerId,
        /// What is wrong.
        what: String,
    },
}

impl CallError {
    /// The peer.
    pub fn peer(&self) -> PeerId {
        match self {
            Self::Unreachable { peer, .. }
            | Self::Refused { peer, .. }
            | Self::TimedOut { peer, .. }
            | Self::Broken { peer, .. }
            | Self::Lied { peer, .. }
            | Self::BadRequest { peer, .. } => *peer,
        }
    }

    /// Whether the peer does not have the slot.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { refusal, .. } if refusal.code == RefusalCode::NotFound)
    }

    pub(crate) fn from_failure(peer: PeerId, failure: Failure) -> Self {
        let step = failure.step;
        match failure.fault {
            Fault::TimedOut => Self::TimedOut { peer, step },
            Fault::Io(source) => Self::Broken { peer, step, source },
            Fault::TooLarge { .. } | Fault::Malformed | Fault::UnknownVersion { .. } => Self::Lied {
                peer,
                what: format!("{step}, {}", failure.fault),
            },
        }
    }
}
