//! Providers over the shard protocol.

use crate::{Offer, ProviderError, Providers, PutSession, SlotContent, SlotRef};
use async_trait::async_trait;
use blocs_chain::ProviderRecord;
use blocs_primitives::{Balance, BlockNumber, ExtensionQuote, Hash, SlotExtension, SlotOffer};
use blocs_wire::{CallError, Client, Keypair, Multiaddr, Node, NodeConfig, Peer, PeerId, PutOffer, StartError};
use sp_core::sr25519;
use std::{
    fmt,
    ops::Range,
    time::{SystemTime, UNIX_EPOCH},
};

/// The providers of a chain, found at the addresses that the chain tells.
pub struct WireProviders {
    /// Keeps the connections.
    node: Node,
    client: Client,
    genesis: Hash,
}

impl WireProviders {
    /// Starts a network node with a fresh identity that listens nowhere. `genesis` is the hash of the chain's first block.
    pub async fn start(genesis: Hash) -> Result<Self, StartError> {
        let node = Node::start(NodeConfig::new(Keypair::generate_ed25519(), Vec::new())).await?;
        let client = node.client();
        Ok(Self { node, client, genesis })
    }

    /// Closes all connections.
    pub async fn shutdown(self) {
        self.node.shutdown().await;
    }
}

impl fmt::Debug for WireProviders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireProviders")
            .field("genesis", &self.genesis)
            .finish_non_exhaustive()
    }
}

/// Where the chain says that the provider is.
fn peer(provider: &ProviderRecord) -> Result<Peer, ProviderError> {
    let odd = |what: &str| ProviderError::Unreachable(format!("the chain has no usable {what} of it"));
    let id = PeerId::from_bytes(&provider.info.peer_id).map_err(|_| odd("peer id"))?;
    let addresses: Vec<Multiaddr> = provider
        .info
        .addresses
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect();
    if addresses.is_empty() {
        Err(odd("address"))
    } else {
        Ok(Peer { id, addresses })
    }
}

fn failure(error: CallError) -> ProviderError {
    match error {
        error if error.is_not_found() => ProviderError::NotFound,
        // It may take it a little later: as if it could not be reached now.
        CallError::Refused { refusal, .. } if refusal.code.is_temporary() => {
            ProviderError::Unreachable(refusal.to_string())
        }
        CallError::Refused { refusal, .. } => ProviderError::Refused(refusal.to_string()),
        CallError::Lied { what, .. } => ProviderError::Lied(what),
        CallError::BadRequest { what, .. } => ProviderError::Refused(what),
        CallError::Unreachable { reason, .. } => ProviderError::Unreachable(short(&reason)),
        CallError::TimedOut { step, .. } => ProviderError::Unreachable(format!("it took too long {step}")),
        CallError::Broken { step, source, .. } => {
            ProviderError::Unreachable(format!("the connection broke {step}: {source}"))
        }
    }
}

/// The first words of what may be a very long text: libp2p tells of every address that it tried.
fn short(text: &str) -> String {
    const MOST: usize = 100;
    let mut short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

struct Session {
    session: blocs_wire::PutSession,
    operator: sr25519::Public,
}

#[async_trait]
impl Providers for WireProviders {
    async fn offer(&self, provider: &ProviderRecord, offer: &Offer) -> Result<Box<dyn PutSession>, ProviderError> {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let put = PutOffer {
            genesis: self.genesis,
            provider: provider.account.clone(),
            owner: offer.owner.clone(),
            uploader: offer.uploader.account(),
            deal: offer.deal,
            index: offer.index,
            size: offer.size,
            duration: offer.duration,
            issued_at: since_1970.as_secs(),
        };
        let signed = put.sign(|payload| offer.uploader.sign(payload));
        let session = self.client.offer(&peer(provider)?, &signed).await.map_err(failure)?;
        Ok(Box::new(Session {
            session,
            operator: provider.provider.operator,
        }))
    }

    async fn get(
        &self,
        provider: &ProviderRecord,
        slot: &SlotRef,
        range: Range<u64>,
    ) -> Result<Vec<u8>, ProviderError> {
        let stream = self
            .client
            .get(&peer(provider)?, slot.id, &slot.root, slot.size, range)
            .await;
        stream.map_err(failure)?.collect().await.map_err(failure)
    }

    async fn has(&self, provider: &ProviderRecord, slot: &SlotRef) -> Result<bool, ProviderError> {
        let held = self.client.has(&peer(provider)?, &[slot.id]).await.map_err(failure)?;
        Ok(held
            .into_iter()
            .flatten()
            .any(|held| held.root == slot.root && held.size == slot.size))
    }

    async fn extend(&self, provider: &ProviderRecord, wanted: &ExtensionQuote) -> Result<SlotExtension, ProviderError> {
        let operator = &provider.provider.operator;
        let signed = self.client.extend(&peer(provider)?, wanted, operator).await;
        let signed = signed.map_err(failure)?;
        Ok(SlotExtension {
            index: signed.quote.index,
            valid_until: signed.quote.valid_until,
            signature: signed.signature,
        })
    }
}

#[async_trait]
impl PutSession for Session {
    fn rate(&self) -> Balance {
        self.session.rate()
    }

    fn valid_until(&self) -> BlockNumber {
        self.session.valid_until()
    }

    async fn send(mut self: Box<Self>, mut content: SlotContent) -> Result<SlotOffer, ProviderError> {
        while let Some(piece) = content.next().await {
            self.session.write(piece.as_ref()).await.map_err(failure)?;
        }
        let root = content.root().ok_or(ProviderError::Stopped)?;
        let signed = self.session.finish(root, &self.operator).await.map_err(failure)?;
        let quote = signed.quote;
        Ok(SlotOffer {
            provider: quote.provider,
            root: quote.root,
            size: quote.size,
            rate: quote.rate,
            valid_until: quote.valid_until,
            signature: signed.signature,
        })
    }
}
