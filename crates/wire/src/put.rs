//! Sends a slot to a provider and gets its quote.

use crate::{
    CHUNK_BYTES, CallError, PutOffer, SignedOffer, SignedQuote, Timeouts,
    channel::{Channel, Failure, Fault, within},
    message::Response,
};
use blocs_primitives::{Balance, BlockNumber, Quote, Root};
use libp2p::PeerId;
use sp_core::{Pair, sr25519};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt};

/// An accepted offer: the bytes go in by [`PutSession::write`], the quote comes out of [`PutSession::finish`]. Dropping it gives up.
pub struct PutSession {
    peer: PeerId,
    channel: Channel,
    timeouts: Timeouts,
    offer: PutOffer,
    rate: Balance,
    valid_until: BlockNumber,
    sent: u64,
}

impl PutSession {
    pub(crate) fn new(
        peer: PeerId,
        channel: Channel,
        timeouts: Timeouts,
        offer: &SignedOffer,
        rate: Balance,
        valid_until: BlockNumber,
    ) -> Self {
        Self {
            peer,
            channel,
            timeouts,
            offer: offer.offer.clone(),
            rate,
            valid_until,
            sent: 0,
        }
    }

    /// Price in planck per proving period.
    pub fn rate(&self) -> Balance {
        self.rate
    }

    /// Last block in which the quote will be usable; the one signed in the end may be valid longer.
    pub fn valid_until(&self) -> BlockNumber {
        self.valid_until
    }

    /// Sends bytes, as many at a time as the caller likes. Waits while the provider's disk or the network is slower. A refusal that comes
    /// meanwhile ends it at once.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), CallError> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.sent = self.sent.saturating_add(length);
        if self.sent > self.offer.size {
            let what = format!(
                "{} bytes and more for a slot offered with {}",
                self.sent, self.offer.size
            );
            return Err(CallError::BadRequest { peer: self.peer, what });
        }
        for chunk in bytes.chunks(CHUNK_BYTES) {
            self.write_chunk(chunk).await?;
        }
        Ok(())
    }

    /// Ends the slot, whose BLAKE3 hash is `root`, and waits for the quote: the provider has the bytes on its disk when it comes.
    ///
    /// The quote is checked: every field, and the signature by the provider's `operator` key.
    pub async fn finish(mut self, root: Root, operator: &sr25519::Public) -> Result<SignedQuote, CallError> {
        if self.sent != self.offer.size {
            let what = format!("{} bytes for a slot offered with {}", self.sent, self.offer.size);
            return Err(CallError::BadRequest { peer: self.peer, what });
        }
        self.write_chunk(&root.0).await?;
        let failed = |failure| CallError::from_failure(self.peer, failure);
        within(
            self.timeouts.chunk,
            "to take the last bytes",
            self.channel.writer.flush(),
        )
        .await
        .map_err(failed)?;
        let answer = self
            .channel
            .receive_answer("to store and quote", self.timeouts.quote)
            .await
            .map_err(failed)?;
        let signed = match answer {
            Response::Quoted(signed) => signed,
            Response::Refused(refusal) => {
                return Err(CallError::Refused {
                    peer: self.peer,
                    refusal,
                });
            }
            _ => return Err(self.lied("another message than a quote")),
        };
        self.check(&signed, root, operator)?;
        self.channel.close(self.timeouts.answer).await;
        Ok(signed)
    }

    /// Writes a chunk; listens meanwhile, for the provider only speaks now to refuse.
    async fn write_chunk(&mut self, chunk: &[u8]) -> Result<(), CallError> {
        const STEP: &str = "to take the slot's bytes";
        let Channel { reader, writer } = &mut self.channel;
        let spoke = within(self.timeouts.chunk, STEP, async {
            tokio::select! {
                // Nothing is lost when either branch is dropped: `fill_buf` keeps what came, and after an answer no byte is sent.
                biased;
                answer = reader.fill_buf() => answer.map(|_| true),
                written = writer.write_all(chunk) => written.map(|()| false),
            }
        })
        .await;
        match spoke {
            Ok(false) => Ok(()),
            Ok(true) => Err(self.early_answer().await),
            // A provider that refuses may close its end before we have read why.
            Err(Failure {
                step,
                fault: Fault::Io(source),
            }) => match self.early_answer().await {
                refused @ CallError::Refused { .. } => Err(refused),
                _ => Err(CallError::Broken {
                    peer: self.peer,
                    step,
                    source,
                }),
            },
            Err(failure) => Err(CallError::from_failure(self.peer, failure)),
        }
    }

    async fn early_answer(&mut self) -> CallError {
        match self
            .channel
            .receive_answer("while it took the slot's bytes", self.timeouts.answer)
            .await
        {
            Ok(Response::Refused(refusal)) => CallError::Refused {
                peer: self.peer,
                refusal,
            },
            Ok(_) => self.lied("an answer before it had all bytes"),
            Err(failure) => CallError::from_failure(self.peer, failure),
        }
    }

    fn check(&self, signed: &SignedQuote, root: Root, operator: &sr25519::Public) -> Result<(), CallError> {
        let quote = &signed.quote;
        let PutOffer {
            genesis,
            provider,
            owner,
            uploader: _,
            deal,
            index,
            size,
            duration,
            issued_at: _,
        } = self.offer.clone();
        let valid_until = quote.valid_until;
        let expected = Quote {
            genesis,
            provider,
            owner,
            deal,
            index,
            root,
            size,
            rate: self.rate,
            duration,
            valid_until,
        };
        if *quote != expected {
            return Err(self.lied("a quote for something else than was offered and sent"));
        }
        if valid_until < self.valid_until {
            return Err(self.lied("a quote that ends before the block that it had promised"));
        }
        if !sr25519::Pair::verify(&signed.signature, quote.signing_payload(), operator) {
            return Err(self.lied("a quote that its operator key did not sign"));
        }
        Ok(())
    }

    fn lied(&self, what: &str) -> CallError {
        CallError::Lied {
            peer: self.peer,
            what: what.into(),
        }
    }
}
