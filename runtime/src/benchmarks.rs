//! Which pallets can be benchmarked in this runtime, for `frame-omni-bencher`.

mod contracts;

use crate::{AccountId, AllPalletsWithSystem, Runtime, SessionKeys};
use alloc::{string::String, vec::Vec};
use codec::Encode;
use frame_benchmarking::{
    BenchmarkBatch, BenchmarkConfig, BenchmarkList, baseline::Pallet as Baseline, define_benchmarks,
};
use frame_support::traits::{StorageInfo, StorageInfoTrait, WhitelistedStorageKeys};
use frame_system_benchmarking::{Pallet as SystemBench, extensions::Pallet as SystemExtensionsBench};
use pallet_election_provider_support_benchmarking::Pallet as ElectionBench;
use pallet_session_benchmarking::Pallet as SessionBench;

impl frame_system_benchmarking::Config for Runtime {}
impl frame_benchmarking::baseline::Config for Runtime {}
impl pallet_election_provider_support_benchmarking::Config for Runtime {}
impl pallet_transaction_payment::BenchmarkConfig for Runtime {}

impl pallet_session_benchmarking::Config for Runtime {
    fn generate_session_keys_and_proof(owner: AccountId) -> (SessionKeys, Vec<u8>) {
        let generated = SessionKeys::generate(&owner.encode(), None);
        (generated.keys, generated.proof.encode())
    }
}

define_benchmarks!(
    [frame_benchmarking, Baseline::<Runtime>]
    [frame_system, SystemBench::<Runtime>]
    [frame_system_extensions, SystemExtensionsBench::<Runtime>]
    [pallet_assets, crate::Assets]
    [pallet_bags_list, crate::VoterList]
    [pallet_balances, crate::Balances]
    [pallet_bounties, crate::Bounties]
    [pallet_collective, crate::TechnicalCollective]
    [pallet_contracts, crate::Contracts]
    [pallet_conviction_voting, crate::ConvictionVoting]
    [frame_election_provider_support, ElectionBench::<Runtime>]
    [pallet_identity, crate::Identity]
    [pallet_multisig, crate::Multisig]
    [pallet_preimage, crate::Preimage]
    [pallet_proxy, crate::Proxy]
    [pallet_referenda, crate::Referenda]
    [pallet_safe_mode, crate::SafeMode]
    [pallet_scheduler, crate::Scheduler]
    [pallet_session, SessionBench::<Runtime>]
    [pallet_staking, crate::Staking]
    [pallet_timestamp, crate::Timestamp]
    [pallet_transaction_payment, crate::TransactionPayment]
    [pallet_treasury, crate::Treasury]
    [pallet_tx_pause, crate::TxPause]
    [pallet_utility, crate::Utility]
    [pallet_vesting, crate::Vesting]
    [pallet_whitelist, crate::Whitelist]
    [pallet_storage_market, crate::StorageMarket]
    [pallet_market_contracts, contracts::Pallet::<Runtime>]
);

/// What can be benchmarked, and how much each storage item may hold.
pub(crate) fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
    let mut list = Vec::new();
    list_benchmarks!(list, extra);
    (list, AllPalletsWithSystem::storage_info())
}

/// Runs one benchmark.
pub(crate) fn run(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
    let whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
    let mut batches = Vec::new();
    let params = (&config, &whitelist);
    add_benchmarks!(params, batches);
    Ok(batches)
}
