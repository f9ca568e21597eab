//! A running node, asked over JSON-RPC.

use codec::Decode;
use jsonrpsee::{
    core::{
        client::{ClientT, Error as CallError, Subscription, SubscriptionClientT},
        params::ArrayParams,
    },
    rpc_params,
    ws_client::{WsClient, WsClientBuilder},
};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Where a node on this machine listens when nobody said otherwise.
pub(crate) const DEFAULT_URL: &str = "ws://127.0.0.1:9944";

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a node did not answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RemoteError {
    #[error("cannot reach a node at {url}: {reason}; is it running? Name its JSON-RPC port with `--url`")]
    Connect { url: String, reason: String },
    #[error(
        "{method} was refused: the node offers it to its own machine only; run this command there, against 127.0.0.1 (a node that \
         listens with `--rpc-external` needs a second endpoint for that, see docs/guides/security.md)"
    )]
    Unsafe { method: &'static str },
    #[error("{method} failed: {reason}; look at the node's log")]
    Call { method: &'static str, reason: String },
    #[error(
        "cannot read the node's answer to {method}: {reason}; is it a node of this chain, of the same version as this program?"
    )]
    Answer { method: &'static str, reason: String },
}

impl From<RemoteError> for sc_cli::Error {
    fn from(error: RemoteError) -> Self {
        Self::Application(Box::new(error))
    }
}

/// A connection to a node.
pub(crate) struct Remote {
    client: WsClient,
    url: String,
}

impl Remote {
    /// Connects. `http` is as good as `ws`: a node answers both on the same port.
    pub(crate) async fn connect(url: &str) -> Result<Self, RemoteError> {
        let url = url
            .strip_prefix("http")
            .map_or_else(|| url.to_owned(), |rest| format!("ws{rest}"));
        let client = WsClientBuilder::new()
            .connection_timeout(PATIENCE)
            .request_timeout(PATIENCE)
            .build(&url)
            .await;
        match client {
            Ok(client) => Ok(Self { client, url }),
            Err(error) => Err(RemoteError::Connect {
                url,
                reason: error.to_string(),
            }),
        }
    }

    /// Address of the node.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Calls a method.
    pub(crate) async fn call<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: ArrayParams,
    ) -> Result<T, RemoteError> {
        self.client
            .request(method, params)
            .await
            .map_err(|error| failed(method, &error))
    }

    /// Subscribes.
    pub(crate) async fn subscribe<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: ArrayParams,
        unsubscribe: &'static str,
    ) -> Result<Subscription<T>, RemoteError> {
        self.client
            .subscribe(method, params, unsubscribe)
            .await
            .map_err(|error| failed(method, &error))
    }

    /// A value of the state, in the best block or the one named.
    pub(crate) async fn storage<T: Decode>(&self, key: &[u8], at: Option<&str>) -> Result<Option<T>, RemoteError> {
        const METHOD: &str = "state_getStorage";
        let value: Option<String> = self.call(METHOD, rpc_params![to_hex(key), at]).await?;
        value.map(|value| decode(METHOD, &value)).transpose()
    }
}

fn failed(method: &'static str, error: &CallError) -> RemoteError {
    match error {
        CallError::ParseError(error) => RemoteError::Answer {
            method,
            reason: error.to_string(),
        },
        CallError::Call(refusal) if refusal.message().contains("unsafe") => RemoteError::Unsafe { method },
        CallError::Call(refusal) => RemoteError::Call {
            method,
            reason: match refusal.data() {
                Some(data) => format!("{} ({data})", refusal.message()),
                None => refusal.message().to_owned(),
            },
        },
        other => RemoteError::Call {
            method,
            reason: other.to_string(),
        },
    }
}

/// Bytes as JSON-RPC writes them.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// Bytes from what JSON-RPC writes.
pub(crate) fn from_hex(method: &'static str, text: &str) -> Result<Vec<u8>, RemoteError> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    hex::decode(digits).map_err(|error| RemoteError::Answer {
        method,
        reason: error.to_string(),
    })
}

/// A value in the chain's encoding, from what JSON-RPC writes.
pub(crate) fn decode<T: Decode>(method: &'static str, text: &str) -> Result<T, RemoteError> {
    let bytes = from_hex(method, text)?;
    T::decode(&mut bytes.as_slice()).map_err(|error| RemoteError::Answer {
        method,
        reason: error.to_string(),
    })
}
