//! Asks providers.

use crate::{
    CallError, Held, MAX_SLOTS_ASKED, PROTOCOL, PutSession, SignedExtension, SignedOffer, SignedQuote, SlotStream,
    Stat, Timeouts,
    channel::{Channel, Failure, Fault},
    message::{Request, Response},
    node::{Dialer, Peer},
};
use blocs_primitives::{ExtensionQuote, Root, SlotId, outboard::groups_of};
use libp2p::{PeerId, StreamProtocol};
use libp2p_stream::{Control, OpenStreamError};
use rand::Rng;
use sp_core::{Pair, sr25519};
use std::{io, ops::Range, time::Duration};
use tokio::sync::mpsc;

/// How often a request is sent when the peer lets the stream fall before it answers: it takes one new stream at a time.
const ATTEMPTS: u32 = 6;

/// Asks providers. Cheap to clone; all clones share the node's connections.
#[derive(Clone)]
pub struct Client {
    control: Control,
    dialer: Dialer,
    timeouts: Timeouts,
}

impl Client {
    pub(crate) fn new(control: Control, dialer: Dialer, timeouts: Timeouts) -> Self {
        Self {
            control,
            dialer,
            timeouts,
        }
    }

    /// Makes a connection, or finds that there is one. The other methods do that by themselves.
    pub async fn connect(&self, peer: &Peer) -> Result<(), CallError> {
        let unreachable = |reason: String| CallError::Unreachable { peer: peer.id, reason };
        match tokio::time::timeout(self.timeouts.connect, self.dialer.dial(peer)).await {
            Ok(outcome) => outcome.map_err(unreachable),
            Err(_) => Err(unreachable(format!(
                "no connection within {} s",
                self.timeouts.connect.as_secs()
            ))),
        }
    }

    /// Offers a slot. When this returns, the provider has room and has named its price; nothing has been sent yet.
    pub async fn offer(&self, peer: &Peer, offer: &SignedOffer) -> Result<PutSession, CallError> {
        let (channel, answer) = self.ask(peer, &Request::Put(offer.clone())).await?;
        match answer {
            Response::Go { rate, valid_until } => Ok(PutSession::new(
                peer.id,
                channel,
                self.timeouts,
                offer,
                rate,
                valid_until,
            )),
            other => Err(unexpected(peer.id, other)),
        }
    }

    /// Offers a slot and sends what comes through `content`, hashing it on the way. Returns the quote, checked as in [`PutSession::finish`].
    pub async fn put(
        &self,
        peer: &Peer,
        offer: &SignedOffer,
        operator: &sr25519::Public,
        mut content: mpsc::Receiver<Vec<u8>>,
    ) -> Result<SignedQuote, CallError> {
        let mut session = self.offer(peer, offer).await?;
        let mut hasher = blake3::Hasher::new();
        while let Some(bytes) = content.recv().await {
            hasher.update(&bytes);
            session.write(&bytes).await?;
        }
        session.finish(Root(*hasher.finalize().as_bytes()), operator).await
    }

    /// Reads `range` of the slot of `size` bytes whose BLAKE3 hash is `root`. What comes out of the stream has been checked.
    pub async fn get(
        &self,
        peer: &Peer,
        slot: SlotId,
        root: &Root,
        size: u64,
        range: Range<u64>,
    ) -> Result<SlotStream, CallError> {
        let groups = groups_of(size, &range).ok_or_else(|| CallError::BadRequest {
            peer: peer.id,
            what: format!("bytes {} to {} of a slot of {size}", range.start, range.end),
        })?;
        let request = Request::Get {
            slot,
            root: *root,
            first: groups.start,
            count: groups.end - groups.start,
        };
        let (channel, answer) = self.ask(peer, &request).await?;
        match answer {
            Response::Reading { size: held } if held == size => {
                SlotStream::new(peer.id, channel, self.timeouts, (root, size), groups, range)
            }
            Response::Reading { size: held } => Err(CallError::Lied {
                peer: peer.id,
                what: format!("a slot of {held} bytes in place of one of {size}"),
            }),
            other => Err(unexpected(peer.id, other)),
        }
    }

    /// What the provider says that it has of each slot, in order; at most [`MAX_SLOTS_ASKED`].
    pub async fn has(&self, peer: &Peer, slots: &[SlotId]) -> Result<Vec<Option<Held>>, CallError> {
        if slots.len() > MAX_SLOTS_ASKED {
            let what = format!("{} slots at once, {MAX_SLOTS_ASKED} are the limit", slots.len());
            return Err(CallError::BadRequest { peer: peer.id, what });
        }
        match self.ask(peer, &Request::Has(slots.to_vec())).await?.1 {
            Response::Held(held) if held.len() == slots.len() => Ok(held),
            other => Err(unexpected(peer.id, other)),
        }
    }

    /// What the provider says of itself.
    pub async fn stat(&self, peer: &Peer) -> Result<Stat, CallError> {
        match self.ask(peer, &Request::Stat).await?.1 {
            Response::Stat(stat) => Ok(stat),
            other => Err(unexpected(peer.id, other)),
        }
    }

    /// Asks for the quote `wanted`, to keep a slot longer. What comes back is that quote, signed by the provider's `operator` key;
    /// it is usable until `valid_until` of the quote wanted, or longer.
    pub async fn extend(
        &self,
        peer: &Peer,
        wanted: &ExtensionQuote,
        operator: &sr25519::Public,
    ) -> Result<SignedExtension, CallError> {
        let slot = SlotId {
            deal: wanted.deal,
            index: wanted.index,
        };
        let request = Request::Extend { slot, end: wanted.to };
        let signed = match self.ask(peer, &request).await?.1 {
            Response::Extended(signed) => signed,
            other => return Err(unexpected(peer.id, other)),
        };
        let lied = |what: String| Err(CallError::Lied { peer: peer.id, what });
        let quote = &signed.quote;
        let expected = ExtensionQuote {
            valid_until: quote.valid_until,
            ..wanted.clone()
        };
        if quote.from != wanted.from {
            return lied(format!(
                "it takes the slot's end for period {}, which the chain says is {}; it may not have seen the newest blocks",
                quote.from, wanted.from
            ));
        }
        if *quote != expected || quote.valid_until < wanted.valid_until {
            return lied("a quote for something else than was asked for".into());
        }
        if !sr25519::Pair::verify(&signed.signature, quote.signing_payload(), operator) {
            return lied("a quote that its operator key did not sign".into());
        }
        Ok(signed)
    }

    /// Sends a request on a new stream and waits for the answer.
    async fn ask(&self, peer: &Peer, request: &Request) -> Result<(Channel, Response), CallError> {
        let mut attempt = 1;
        loop {
            let failure = match self.ask_once(peer, request).await? {
                Ok(answered) => return Ok(answered),
                Err(failure) => failure,
            };
            if attempt == ATTEMPTS || !matches!(failure.fault, Fault::Io(_)) {
                return Err(CallError::from_failure(peer.id, failure));
            }
            // Spread out, so that those who collided do not meet again.
            let pause = rand::thread_rng().gen_range(5..20u64 << attempt);
            tokio::time::sleep(Duration::from_millis(pause)).await;
            attempt += 1;
        }
    }

    /// The outer error is final, the inner one may be worth another attempt.
    async fn ask_once(
        &self,
        peer: &Peer,
        request: &Request,
    ) -> Result<Result<(Channel, Response), Failure>, CallError> {
        const STEP: &str = "to answer";
        self.connect(peer).await?;
        let mut control = self.control.clone();
        let opening = control.open_stream(peer.id, StreamProtocol::new(PROTOCOL));
        let stream = match tokio::time::timeout(self.timeouts.connect, opening).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(OpenStreamError::UnsupportedProtocol(_))) => {
                let reason = format!("it does not speak {PROTOCOL}; is it a BLOCS provider of this version?");
                return Err(CallError::Unreachable { peer: peer.id, reason });
            }
            Ok(Err(OpenStreamError::Io(error))) => {
                return Ok(Err(Failure {
                    step: "to open a stream",
                    fault: Fault::Io(error),
                }));
            }
            Ok(Err(error)) => {
                return Ok(Err(Failure {
                    step: "to open a stream",
                    fault: Fault::Io(io::Error::other(error.to_string())),
                }));
            }
            Err(_) => {
                return Ok(Err(Failure {
                    step: "to open a stream",
                    fault: Fault::TimedOut,
                }));
            }
        };
        let mut channel = Channel::new(stream);
        if let Err(failure) = channel.send(request, STEP, self.timeouts.answer).await {
            return Ok(Err(failure));
        }
        match channel.receive_answer(STEP, self.timeouts.answer).await {
            Ok(answer) => Ok(Ok((channel, answer))),
            Err(failure) => Ok(Err(failure)),
        }
    }
}

fn unexpected(peer: PeerId, answer: Response) -> CallError {
    match answer {
        Response::Refused(refusal) => CallError::Refused { peer, refusal },
        _ => CallError::Lied {
            peer,
            what: "an answer to another question".into(),
        },
    }
}
