//! One connection to a node, opened again when it breaks.

use crate::{At, QueryError, Unreachable};
use blocs_primitives::Hash;
use std::{collections::VecDeque, fmt, sync::Arc, time::Duration};
use subxt::{
    OnlineClient, OnlineClientAtBlock, SubstrateConfig,
    backend::LegacyBackend,
    config::RpcConfigFor,
    error::{EventsError, OnlineClientAtBlockError, StorageError, StorageKeyError, StorageValueError},
    rpcs::{LegacyRpcMethods, RpcClient},
};
use tokio::{sync::Mutex, time::timeout};
use tracing::{info, warn};

/// Longest time to open a connection.
const OPEN_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time to wait for the answer that shows whether a connection lives.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);
/// Blocks of which number and runtime are remembered.
const RECENT: usize = 32;

pub(crate) type Methods = LegacyRpcMethods<RpcConfigFor<SubstrateConfig>>;
pub(crate) type AtBlock = OnlineClientAtBlock<SubstrateConfig>;

/// An open connection.
pub(crate) struct Live {
    pub(crate) rpc: RpcClient,
    pub(crate) methods: Methods,
    api: OnlineClient<SubstrateConfig>,
    /// The blocks that were looked at last: number and runtime of a block never change, and cost two questions.
    recent: parking_lot::Mutex<VecDeque<AtBlock>>,
}

impl Live {
    /// The state of the block that `at` names.
    pub(crate) async fn at(&self, at: At) -> Result<AtBlock, Failure> {
        let hash = match at {
            At::Best => self
                .methods
                .chain_get_block_hash(None)
                .await?
                .ok_or_else(|| Failure::Node("the node has no best block".into()))?,
            At::Finalized => self.methods.chain_get_finalized_head().await?,
            At::Block(hash) => hash.0.into(),
        };
        let known = self.recent.lock().iter().find(|at| at.block_hash() == hash).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let at = self.api.at_block(hash).await?;
        let mut recent = self.recent.lock();
        recent.push_front(at.clone());
        recent.truncate(RECENT);
        Ok(at)
    }
}

/// The node's address and the present connection to it.
pub(crate) struct Connection {
    url: String,
    genesis: Option<Hash>,
    current: Mutex<Option<Arc<Live>>>,
}

impl Connection {
    pub(crate) fn new(url: String, genesis: Option<Hash>) -> Self {
        Self {
            url,
            genesis,
            current: Mutex::new(None),
        }
    }

    /// A connection to the chain `genesis` that is open already.
    pub(crate) fn with_live(url: String, genesis: Hash, live: Arc<Live>) -> Self {
        Self {
            url,
            genesis: Some(genesis),
            current: Mutex::new(Some(live)),
        }
    }

    pub(crate) fn unreachable(&self, reason: impl fmt::Display) -> Unreachable {
        Unreachable {
            url: self.url.clone(),
            reason: reason.to_string(),
        }
    }

    /// The present connection; opens one when there is none, in one attempt.
    pub(crate) async fn live(&self) -> Result<Arc<Live>, Unreachable> {
        let mut current = self.current.lock().await;
        if let Some(live) = current.as_ref() {
            return Ok(live.clone());
        }
        let live = timeout(OPEN_TIMEOUT, self.open())
            .await
            .map_err(|_| self.unreachable(format!("no answer within {} s", OPEN_TIMEOUT.as_secs())))??;
        info!(url = self.url, "connected to the node");
        let live = Arc::new(live);
        *current = Some(live.clone());
        Ok(live)
    }

    async fn open(&self) -> Result<Live, Unreachable> {
        let rpc = RpcClient::from_insecure_url(&self.url)
            .await
            .map_err(|e| self.unreachable(innermost(&e)))?;
        let methods = Methods::new(rpc.clone());
        let backend = LegacyBackend::<SubstrateConfig>::builder().build(rpc.clone());
        let api = OnlineClient::from_backend_with_config(SubstrateConfig::new(), Arc::new(backend))
            .await
            .map_err(|e| self.unreachable(innermost(&e)))?;
        let found = Hash::from(api.genesis_hash().0);
        match self.genesis {
            Some(expected) if expected != found => {
                Err(self.unreachable(format!("the chain there has genesis {found:?} instead of {expected:?}")))
            }
            _ => Ok(Live {
                rpc,
                methods,
                api,
                recent: parking_lot::Mutex::default(),
            }),
        }
    }

    /// Whether the connection still carries answers. A dead one is forgotten, so that [`Self::live`] opens another.
    pub(crate) async fn is_alive(&self, live: &Arc<Live>) -> bool {
        let alive = match timeout(PROBE_TIMEOUT, live.methods.chain_get_block_hash(Some(0u32.into()))).await {
            Ok(Ok(_)) | Ok(Err(subxt::rpcs::Error::User(_))) => true,
            Ok(Err(_)) | Err(_) => false,
        };
        if !alive {
            let mut current = self.current.lock().await;
            if current.as_ref().is_some_and(|present| Arc::ptr_eq(present, live)) {
                warn!(url = self.url, "lost the connection to the node");
                *current = None;
            }
        }
        alive
    }
}

/// The cause at the bottom of an error: the outer layers say little.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text.trim_start_matches("RPC error: client error: ").to_owned()
}

/// Growing pauses between attempts.
pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    const FIRST: Duration = Duration::from_millis(100);
    const LONGEST: Duration = Duration::from_secs(3);

    pub(crate) fn new() -> Self {
        Self { next: Self::FIRST }
    }

    pub(crate) fn reset(&mut self) {
        self.next = Self::FIRST;
    }

    pub(crate) async fn pause(&mut self) {
        tokio::time::sleep(self.next).await;
        self.next = self.next.saturating_mul(2).min(Self::LONGEST);
    }
}

/// Why one attempt at a read failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The node did not answer, or answered with an error.
    Node(String),
    /// The node does not have the block or its state.
    NoState(String),
    /// The answer, or the metadata, has another shape than expected.
    Shape(String),
}

impl Failure {
    pub(crate) fn reason(&self) -> &str {
        match self {
            Self::Node(reason) | Self::NoState(reason) | Self::Shape(reason) => reason,
        }
    }

    pub(crate) fn shape(error: impl fmt::Display) -> Self {
        Self::Shape(error.to_string())
    }

    fn node(reason: String) -> Self {
        let absent = [
            "State already discarded",
            "UnknownBlock",
            "Unknown block",
            "Header was not found",
            "not found in db",
        ];
        if absent.iter().any(|sign| reason.contains(sign)) {
            Self::NoState(reason)
        } else {
            Self::Node(reason)
        }
    }

    pub(crate) fn into_query(self, what: &str) -> QueryError {
        let what = what.to_owned();
        match self {
            Self::Node(reason) => QueryError::Node { what, reason },
            Self::NoState(reason) => QueryError::NoState { what, reason },
            Self::Shape(reason) => QueryError::Incompatible { what, reason },
        }
    }
}

impl From<subxt::rpcs::Error> for Failure {
    fn from(error: subxt::rpcs::Error) -> Self {
        match &error {
            subxt::rpcs::Error::Deserialization(_) | subxt::rpcs::Error::Decode(_) => Self::shape(error),
            _ => Self::node(error.to_string()),
        }
    }
}

impl From<OnlineClientAtBlockError> for Failure {
    fn from(error: OnlineClientAtBlockError) -> Self {
        use OnlineClientAtBlockError as E;
        match &error {
            E::BlockNotFound { .. } | E::BlockHeaderNotFound { .. } => Self::NoState(error.to_string()),
            E::CannotGetCurrentBlock { .. }
            | E::CannotGetBlockHash { .. }
            | E::CannotGetBlockHeader { .. }
            | E::CannotGetSpecVersion { .. } => Self::node(error.to_string()),
            _ => Self::shape(error),
        }
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        match &error {
            StorageError::CannotFetchValue(_)
            | StorageError::CannotIterateValues(_)
            | StorageError::StreamFailure(_) => Self::node(error.to_string()),
            _ => Self::shape(error),
        }
    }
}

impl From<EventsError> for Failure {
    fn from(error: EventsError) -> Self {
        match &error {
            EventsError::CannotFetchEventBytes(_) => Self::node(error.to_string()),
            _ => Self::shape(error),
        }
    }
}

impl From<StorageValueError> for Failure {
    fn from(error: StorageValueError) -> Self {
        Self::shape(error)
    }
}

impl From<StorageKeyError> for Failure {
    fn from(error: StorageKeyError) -> Self {
        Self::shape(error)
    }
}

impl From<subxt::error::ConstantError> for Failure {
    fn from(error: subxt::error::ConstantError) -> Self {
        Self::shape(error)
    }
}

impl From<subxt::error::RuntimeApiError> for Failure {
    fn from(error: subxt::error::RuntimeApiError) -> Self {
        Self::node(error.to_string())
    }
}
