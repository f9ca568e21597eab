//! The shard protocol between client and provider over libp2p.
//!
//! [`Node`] runs the network: TCP and QUIC, noise, yamux, identify, ping, connection limits. [`Node::serve`] answers the protocol
//! [`PROTOCOL`] from a [`ShardService`], which the provider implements ([`MemoryService`] is one in memory); [`Client`] asks.
//!
//! # Protocol
//!
//! One request per stream. A message is a frame: its length (u32, little endian, at most [`MAX_FRAME_BYTES`]), a version byte
//! ([`VERSION`]), and a SCALE value. [`message::Response::Refused`] keeps its shape in every version, so a peer of any version
//! understands the refusal of another.
//!
//! ```text
//! put    Put(SignedOffer) ->             <- Go { rate, valid_until } | Refused
//!        `size` bytes, then root (32) -> <- Quoted(SignedQuote) | Refused (at any moment)
//! get    Get { slot, root, groups } ->   <- Reading { size } | Refused
//!                                        <- data frames: node bytes (u32), content bytes (u32), nodes, content;
//!                                           0 and 0 announce a Refused that ends the reading
//! has    Has(slots) ->                   <- Held
//! stat   Stat ->                         <- Stat
//! extend Extend { slot, end } ->         <- Extended(SignedExtension) | Refused
//! ```
//!
//! What a reader gets is checked against the slot's root batch by batch, as [`blocs_primitives::outboard::Run`] orders it. What an
//! uploader gets is a quote, checked field by field and by its signature. Every wait has a limit ([`Timeouts`]).

mod channel;
mod client;
mod error;
mod get;
mod memory;
pub mod message;
mod node;
mod put;
mod server;
mod service;

pub use client::Client;
pub use error::CallError;
pub use get::SlotStream;
pub use libp2p::{Multiaddr, PeerId, identity::Keypair};
pub use memory::MemoryService;
pub use message::{Held, PutOffer, Refusal, RefusalCode, SignedExtension, SignedOffer, SignedQuote, Stat};
pub use node::{Node, NodeConfig, Peer, StartError};
pub use put::PutSession;
pub use server::{ServeLimits, Server};
pub use service::{Accepted, ShardService, SlotSink, SlotSource};

use std::time::Duration;

/// Name of the stream protocol.
pub const PROTOCOL: &str = "/blocs/shard/1";

/// Version of the messages, the first byte of each. Since version 2 an offer names its uploader beside the deal's owner.
pub const VERSION: u8 = 2;

/// Largest message; slot content is not a message.
pub const MAX_FRAME_BYTES: usize = 16 * 1024;

/// Most slots in one question [`Client::has`].
pub const MAX_SLOTS_ASKED: usize = 256;

/// Bytes of slot content that are read or written at a time.
pub const CHUNK_BYTES: usize = 256 * 1024;

/// Most bytes of content in a data frame of a reading: 64 groups.
pub const MAX_DATA_BYTES: usize = 1024 * 1024;

/// Age that an offer may have, or be ahead of the provider's clock, in seconds.
pub const MAX_OFFER_AGE_SECS: u64 = 600;

/// Limits of the waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection to be made.
    pub connect: Duration,
    /// For a message, and for the answer to a request.
    pub answer: Duration,
    /// For a chunk of content ([`CHUNK_BYTES`] sent, up to [`MAX_DATA_BYTES`] received) to pass: the least speed of a peer.
    pub chunk: Duration,
    /// For the quote, after the last byte: the provider syncs its disk.
    pub quote: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(20),
            chunk: Duration::from_secs(60),
            quote: Duration::from_secs(180),
        }
    }
}
