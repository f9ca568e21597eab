//! JSON-RPC: what the node answers besides the methods that `sc-service` brings (`author`, `chain`, `state`, `system`, `chainHead_v1`, …).

pub(crate) mod light;

use blocs_primitives::{AccountId, Balance, Hash};
use blocs_runtime::{BlockNumber, Nonce, opaque::Block};
use jsonrpsee::RpcModule;
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_babe_rpc::{Babe, BabeApiServer};
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_rpc::SubscriptionTaskExecutor;
use sp_keystore::KeystorePtr;
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};

use crate::service::{Backend, Client, Pool, SelectChain};

/// What the methods need.
pub(crate) struct Dependencies {
    pub(crate) client: Arc<Client>,
    pub(crate) pool: Arc<Pool>,
    pub(crate) select_chain: SelectChain,
    pub(crate) keystore: KeystorePtr,
    pub(crate) babe_worker: BabeWorkerHandle<Block>,
    pub(crate) grandpa: GrandpaDependencies,
    pub(crate) light: Arc<light::Light>,
}

/// What the methods about finality need.
#[derive(Clone)]
pub(crate) struct GrandpaDependencies {
    pub(crate) voter_state: SharedVoterState,
    pub(crate) authority_set: SharedAuthoritySet<Hash, BlockNumber>,
    pub(crate) justifications: GrandpaJustificationStream<Block>,
    pub(crate) finality_proofs: Arc<FinalityProofProvider<Backend, Block>>,
}

/// All methods of this node.
pub(crate) fn create(
    dependencies: Dependencies,
    executor: SubscriptionTaskExecutor,
) -> Result<RpcModule<()>, jsonrpsee::core::RegisterMethodError> {
    let Dependencies {
        client,
        pool,
        select_chain,
        keystore,
        babe_worker,
        grandpa,
        light,
    } = dependencies;
    let mut module = RpcModule::new(());
    module.merge(SystemApiServer::<Hash, AccountId, Nonce>::into_rpc(System::new(
        client.clone(),
        pool,
    )))?;
    module.merge(pallet_transaction_payment_rpc::TransactionPaymentApiServer::<
        Hash,
        pallet_transaction_payment::RuntimeDispatchInfo<Balance>,
    >::into_rpc(pallet_transaction_payment_rpc::TransactionPayment::new(
        client.clone(),
    )))?;
    module.merge(Babe::new(client, babe_worker, keystore, select_chain).into_rpc())?;
    module.merge(
        Grandpa::new(
            executor,
            grandpa.authority_set,
            grandpa.voter_state,
            grandpa.justifications,
            grandpa.finality_proofs,
        )
        .into_rpc(),
    )?;
    module.merge(light::create(light)?)?;
    Ok(module)
}
