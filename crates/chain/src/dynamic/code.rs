//! The runtime's code.

use crate::{At, QueryError, SubxtChain, connection::Failure};

/// The storage key under which every chain of this kind keeps its runtime.
const KEY: &[u8] = b":code";

impl SubxtChain {
    /// The WASM of the chain's runtime, as it was submitted: compressed or not.
    pub async fn runtime_code(&self, at: At) -> Result<Vec<u8>, QueryError> {
        self.inner
            .read("the runtime's code", move |live| async move {
                let hash = live.at(at).await?.block_hash();
                let code = live.methods.state_get_storage(KEY, Some(hash)).await?;
                code.ok_or_else(|| Failure::shape("the chain has no code"))
            })
            .await
    }
}
