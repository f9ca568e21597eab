//! The node's parts and how they are put together.

use crate::{
    compiled::{self, Compiled},
    equivocation::{self, ReportEquivocations},
    genesis,
    metrics::Observer,
    opening, rpc,
};
use blocs_runtime::{BlockNumber, apis::RuntimeApi, opaque::Block};
use futures::{FutureExt, StreamExt};
use sc_client_api::Backend as _;
use sc_consensus_babe::{BabeBlockImport, BabeLink, BabeWorkerHandle, SlotProportion};
use sc_consensus_grandpa::{
    FinalityProofProvider, GrandpaBlockImport, GrandpaPruningFilter, LinkHalf, SharedVoterState,
    ThreeQuartersOfTheUnfinalizedChain, VotingRulesBuilder,
};
use sc_consensus_slots::BackoffAuthoringOnFinalizedHeadLagging;
use sc_executor::{DEFAULT_HEAP_ALLOC_STRATEGY, HeapAllocStrategy, WasmExecutor};
use sc_network::{Event, NetworkBackend, NetworkEventStream as _};
use sc_network_sync::WarpSyncConfig;
use sc_service::{Configuration, Error, GenesisBlockBuilder, TFullBackend, TFullClient, TaskManager};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_babe::inherents::BabeCreateInherentDataProviders;
use sp_runtime::traits::Block as BlockT;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

/// How often, in blocks, GRANDPA keeps a justification: what warp sync and light clients can start from.
const JUSTIFICATION_PERIOD: u32 = 512;

/// How long a vote is expected to travel. GRANDPA's timers are two and four times as long, so it decides how soon a block is final.
const GOSSIP_DURATION: Duration = Duration::from_millis(333);

/// Share of a slot in which the author fills its block; the rest is for its way to the others.
const PROPOSAL_SHARE: f32 = 2.0 / 3.0;

pub(crate) type Executor = WasmExecutor<sp_io::SubstrateHostFunctions>;
pub(crate) type Client = TFullClient<Block, RuntimeApi, Executor>;
pub(crate) type Backend = TFullBackend<Block>;
pub(crate) type SelectChain = sc_consensus::LongestChain<Backend, Block>;
pub(crate) type Pool = sc_transaction_pool::TransactionPoolHandle<Block, Client>;
type GrandpaImport = GrandpaBlockImport<Backend, Block, Client, SelectChain>;
type BabeImport = ReportEquivocations<
    BabeBlockImport<Block, Client, GrandpaImport, BabeCreateInherentDataProviders<Block>, SelectChain>,
>;

/// Consensus parts that exist before the network does.
pub(crate) struct Consensus {
    block_import: BabeImport,
    babe_link: BabeLink<Block>,
    babe_worker: BabeWorkerHandle<Block>,
    grandpa_link: LinkHalf<Block, Client, SelectChain>,
    first_authorities: rpc::light::FirstAuthorities,
    compiled: Option<Compiled>,
    telemetry: Option<Telemetry>,
}

/// What outlives the node, see [`close`].
pub(crate) struct Left {
    database: Arc<Backend>,
    compiled: Option<Compiled>,
}

type PartialComponents = sc_service::PartialComponents<
    Client,
    Backend,
    SelectChain,
    sc_consensus::DefaultImportQueue<Block>,
    Pool,
    Consensus,
>;

/// The parts that need no network: enough for commands that work on the database. Compiled code is kept in the folder `cache`.
pub(crate) fn new_partial(config: &Configuration, cache: Option<&Path>) -> Result<PartialComponents, Error> {
    // Telemetry is off unless `--telemetry-url` names a server.
    let telemetry = config
        .telemetry_endpoints
        .clone()
        .filter(|endpoints| !endpoints.is_empty())
        .map(|endpoints| {
            let worker = TelemetryWorker::new(16)?;
            let telemetry = worker.handle().new_telemetry(endpoints);
            Ok::<_, sc_telemetry::Error>((worker, telemetry))
        })
        .transpose()?;

    let mut database = config.db_config();
    // Pruned nodes keep the blocks with justifications: warp proofs are made of them.
    database.pruning_filters = vec![Arc::new(GrandpaPruningFilter)];
    let backend = sc_service::new_db_backend(database).map_err(|error| opening::cannot_open(config, &error))?;
    // After the database, which only one node can open: two with one database are not told that they share this.
    let compiled = compiled::open(cache);
    let executor = executor(config, compiled.as_ref().map(compiled::Opened::code));
    let genesis = genesis::storage(&*config.chain_spec, &executor)?;
    opening::right_chain(config, &backend, &genesis, &executor)?;
    let first_authorities =
        rpc::light::FirstAuthorities::new(&genesis).map_err(|error| Error::Other(error.to_string()))?;
    let (client, backend, keystore_container, task_manager) =
        sc_service::new_full_parts_with_genesis_builder::<Block, RuntimeApi, _, _>(
            config,
            telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
            executor.clone(),
            backend.clone(),
            GenesisBlockBuilder::new_with_storage(genesis, !config.no_genesis(), backend, executor)?,
            false,
        )?;
    let client = Arc::new(client);

    let telemetry = telemetry.map(|(worker, telemetry)| {
        task_manager
            .spawn_handle()
            .spawn("telemetry", Some("telemetry"), worker.run());
        telemetry
    });

    let select_chain = sc_consensus::LongestChain::new(backend.clone());
    let transaction_pool = Arc::new(
        sc_transaction_pool::Builder::new(
            task_manager.spawn_essential_handle(),
            client.clone(),
            config.role.is_authority().into(),
        )
        .with_options(config.transaction_pool.clone())
        .with_prometheus(config.prometheus_registry())
        .build(),
    );

    let (grandpa_import, grandpa_link) = sc_consensus_grandpa::block_import(
        client.clone(),
        JUSTIFICATION_PERIOD,
        &client,
        select_chain.clone(),
        telemetry.as_ref().map(Telemetry::handle),
    )?;

    let babe_config = sc_consensus_babe::configuration(&*client)?;
    // The runtimes of the first block and of the best one have been asked by now.
    let compiled = compiled.map(compiled::Opened::finish);
    let slot_duration = babe_config.slot_duration();
    let inherents: BabeCreateInherentDataProviders<Block> = Arc::new(|_, ()| async {
        Ok((
            equivocation::no_slot(),
            sp_timestamp::InherentDataProvider::from_system_time(),
        ))
    });
    let (block_import, babe_link) = sc_consensus_babe::block_import(
        babe_config,
        grandpa_import.clone(),
        client.clone(),
        inherents,
        select_chain.clone(),
        OffchainTransactionPoolFactory::new(transaction_pool.clone()),
    )?;

    let block_import = ReportEquivocations::new(
        block_import,
        client.clone(),
        OffchainTransactionPoolFactory::new(transaction_pool.clone()),
    );

    let (import_queue, babe_worker) = sc_consensus_babe::import_queue(sc_consensus_babe::ImportQueueParams {
        link: babe_link.clone(),
        block_import: block_import.clone(),
        justification_import: Some(Box::new(grandpa_import)),
        client: client.clone(),
        slot_duration,
        spawner: &task_manager.spawn_essential_handle(),
        registry: config.prometheus_registry(),
        telemetry: telemetry.as_ref().map(Telemetry::handle),
    })?;

    Ok(sc_service::PartialComponents {
        client,
        backend,
        task_manager,
        keystore_container,
        select_chain,
        import_queue,
        transaction_pool,
        other: Consensus {
            block_import,
            babe_link,
            babe_worker,
            grandpa_link,
            first_authorities,
            compiled,
            telemetry,
        },
    })
}

/// The whole node. It runs as long as the task manager that is returned; what else is returned outlives it, see [`close`].
///
/// With `spans`, blocks are observed even when nobody asks for metrics.
pub(crate) fn new_full<Network>(
    config: Configuration,
    cache: Option<&Path>,
    spans: bool,
) -> Result<(TaskManager, Left), Error>
where
    Network: NetworkBackend<Block, <Block as BlockT>::Hash>,
{
    let sc_service::PartialComponents {
        client,
        backend,
        mut task_manager,
        keystore_container,
        select_chain,
        import_queue,
        transaction_pool,
        other:
            Consensus {
                block_import,
                babe_link,
                babe_worker,
                grandpa_link,
                first_authorities,
                compiled,
                mut telemetry,
            },
    } = new_partial(&config, cache)?;
    let keystore = keystore_container.keystore();
    opening::session_keys(&config, &*keystore);
    opening::clock(&client);
    let prometheus = config.prometheus_registry().cloned();
    let role = config.role;
    let force_authoring = config.force_authoring;
    let node_name = config.network.node_name.clone();
    let votes = !config.disable_grandpa;
    let telemetry_handle = telemetry.as_ref().map(Telemetry::handle);
    let discovery = sc_authority_discovery::WorkerConfig {
        // Private addresses are of use on one machine or in one local network only; `--allow-private-ip` and local chains say so.
        publish_non_global_ips: config.network.allow_non_globals_in_dht,
        public_addresses: config.network.public_addresses.clone(),
        strict_record_validation: true,
        persisted_cache_directory: config.network.net_config_path.clone(),
        ..Default::default()
    };

    let mut network_config =
        sc_network::config::FullNetworkConfiguration::<_, _, Network>::new(&config.network, prometheus.clone());
    let metrics = Network::register_notification_metrics(prometheus.as_ref());
    let genesis_hash = client.chain_info().genesis_hash;
    let grandpa_protocol = sc_consensus_grandpa::protocol_standard_name(&genesis_hash, &config.chain_spec);
    let (grandpa_peers, grandpa_notifications) = sc_consensus_grandpa::grandpa_peers_set_config::<_, Network>(
        grandpa_protocol.clone(),
        metrics.clone(),
        network_config.peer_store_handle(),
    );
    network_config.add_notification_protocol(grandpa_peers);

    let warp_sync = Arc::new(sc_consensus_grandpa::warp_proof::NetworkProvider::new(
        backend.clone(),
        grandpa_link.shared_authority_set().clone(),
        Vec::new(),
    ));
    let (network, system_rpc_tx, tx_handler_controller, sync_service, _bitswap) =
        sc_service::build_network(sc_service::BuildNetworkParams {
            config: &config,
            net_config: network_config,
            client: client.clone(),
            transaction_pool: transaction_pool.clone(),
            spawn_handle: task_manager.spawn_handle(),
            spawn_essential_handle: task_manager.spawn_essential_handle(),
            import_queue,
            block_announce_validator_builder: None,
            warp_sync_config: Some(WarpSyncConfig::WithProvider(warp_sync.clone())),
            block_relay: None,
            metrics,
            gap_sync_body_policy: None,
        })?;

    if config.offchain_worker.enabled {
        let workers = sc_offchain::OffchainWorkers::new(sc_offchain::OffchainWorkerOptions {
            runtime_api_provider: client.clone(),
            keystore: Some(keystore.clone()),
            offchain_db: backend.offchain_storage(),
            transaction_pool: Some(OffchainTransactionPoolFactory::new(transaction_pool.clone())),
            network_provider: Arc::new(network.clone()),
            is_validator: role.is_authority(),
            enable_http_requests: false,
            custom_extensions: |_| Vec::new(),
        })?;
        task_manager.spawn_handle().spawn(
            "offchain-workers-runner",
            "offchain-work",
            workers.run(client.clone(), task_manager.spawn_handle()).boxed(),
        );
    }

    let voter_state = SharedVoterState::empty();
    let rpc_builder = {
        let grandpa = rpc::GrandpaDependencies {
            voter_state: voter_state.clone(),
            authority_set: grandpa_link.shared_authority_set().clone(),
            justifications: grandpa_link.justification_stream(),
            finality_proofs: FinalityProofProvider::new_for_service(
                backend.clone(),
                Some(grandpa_link.shared_authority_set().clone()),
            ),
        };
        let light = Arc::new(rpc::light::Light {
            backend: backend.clone(),
            warp: warp_sync,
            first: first_authorities,
        });
        let (client, pool) = (client.clone(), transaction_pool.clone());
        let (select_chain, keystore) = (select_chain.clone(), keystore.clone());
        move |executor| {
            let dependencies = rpc::Dependencies {
                client: client.clone(),
                pool: pool.clone(),
                select_chain: select_chain.clone(),
                keystore: keystore.clone(),
                babe_worker: babe_worker.clone(),
                grandpa: grandpa.clone(),
                light: light.clone(),
            };
            rpc::create(dependencies, executor).map_err(|error| Error::Other(error.to_string()))
        }
    };
    // The server stops when its handle is dropped, so the task manager keeps it.
    sc_service::spawn_tasks(sc_service::SpawnTasksParams {
        config,
        backend: backend.clone(),
        client: client.clone(),
        keystore: keystore.clone(),
        network: network.clone(),
        sync_service: sync_service.clone(),
        rpc_builder: Box::new(rpc_builder),
        transaction_pool: transaction_pool.clone(),
        task_manager: &mut task_manager,
        system_rpc_tx,
        tx_handler_controller,
        telemetry: telemetry.as_mut(),
        tracing_execute_block: None,
    })?;

    if spans || prometheus.is_some() {
        let observer = Observer::new(client.clone(), prometheus.as_ref())?;
        task_manager.spawn_handle().spawn_blocking(
            "market-metrics",
            Some("metrics"),
            observer.run(sync_service.clone()),
        );
    }

    if role.is_authority() {
        // Validators find each other's addresses in the network's directory, and publish their own, signed by their session key.
        let events = network
            .event_stream("authority-discovery")
            .filter_map(|event| async move {
                match event {
                    Event::Dht(event) => Some(event),
                    _ => None,
                }
            });
        let (worker, _) = sc_authority_discovery::new_worker_and_service_with_config(
            discovery,
            client.clone(),
            Arc::new(network.clone()),
            Box::pin(events),
            sc_authority_discovery::Role::PublishAndDiscover(keystore.clone()),
            prometheus.clone(),
            task_manager.spawn_handle(),
        );
        task_manager
            .spawn_handle()
            .spawn("authority-discovery", Some("authority-discovery"), worker.run());

        let slot_duration = babe_link.config().slot_duration();
        let babe = sc_consensus_babe::start_babe(sc_consensus_babe::BabeParams {
            keystore: keystore.clone(),
            client: client.clone(),
            select_chain,
            env: sc_basic_authorship::ProposerFactory::new(
                task_manager.spawn_handle(),
                client.clone(),
                transaction_pool.clone(),
                prometheus.as_ref(),
                telemetry_handle.clone(),
            ),
            block_import,
            sync_oracle: sync_service.clone(),
            justification_sync_link: sync_service.clone(),
            create_inherent_data_providers: move |_, ()| async move { Ok(babe_inherents(slot_duration)) },
            force_authoring,
            backoff_authoring_blocks: Some(BackoffAuthoringOnFinalizedHeadLagging::<BlockNumber>::default()),
            babe_link,
            block_proposal_slot_portion: SlotProportion::new(PROPOSAL_SHARE),
            max_block_proposal_slot_portion: None,
            telemetry: telemetry_handle.clone(),
        })?;
        task_manager
            .spawn_essential_handle()
            .spawn_blocking("babe", Some("block-authoring"), babe);
    }

    if votes {
        // Every node takes part in GRANDPA's gossip; only validators have a key to vote with.
        let voter = sc_consensus_grandpa::run_grandpa_voter(sc_consensus_grandpa::GrandpaParams {
            config: sc_consensus_grandpa::Config {
                gossip_duration: GOSSIP_DURATION,
                justification_generation_period: JUSTIFICATION_PERIOD,
                observer_enabled: false,
                local_role: role,
                name: Some(node_name),
                keystore: role.is_authority().then_some(keystore),
                telemetry: telemetry_handle.clone(),
                protocol_name: grandpa_protocol,
            },
            link: grandpa_link,
            network,
            sync: sync_service,
            notification_service: grandpa_notifications,
            // Not `BeforeBestBlockBy(2)`, the other default: it would hold finality back by two blocks for ever.
            voting_rule: VotingRulesBuilder::new()
                .add(ThreeQuartersOfTheUnfinalizedChain)
                .build(),
            prometheus_registry: prometheus,
            shared_voter_state: voter_state,
            telemetry: telemetry_handle,
            offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(transaction_pool),
        })?;
        task_manager
            .spawn_essential_handle()
            .spawn_blocking("grandpa-voter", None, voter);
    }

    let left = Left {
        database: backend,
        compiled,
    };
    Ok((task_manager, left))
}

/// Keeps the code that was compiled since the start, then closes the database once nobody else uses it, or after a while even so.
///
/// When the node has stopped, the threads of the JSON-RPC server may still drop their last references. If the process ended meanwhile,
/// RocksDB would be taken apart under them, and the process would abort instead of ending well.
pub(crate) fn close(left: Left) {
    const PATIENCE: Duration = Duration::from_secs(10);
    const INTERVAL: Duration = Duration::from_millis(5);
    let Left { database, compiled } = left;
    if let Some(compiled) = compiled {
        compiled.close();
    }
    let deadline = Instant::now() + PATIENCE;
    while Arc::strong_count(&database) > 1 {
        if Instant::now() > deadline {
            log::warn!(
                "the database is still in use after {} s: ending without closing it",
                PATIENCE.as_secs()
            );
            return;
        }
        std::thread::sleep(INTERVAL);
    }
}

/// Takes BABE's and GRANDPA's own records back together with the chain.
pub(crate) fn revert_consensus(client: Arc<Client>, backend: Arc<Backend>, blocks: BlockNumber) -> sc_cli::Result<()> {
    sc_consensus_babe::revert(client.clone(), backend, blocks)?;
    sc_consensus_grandpa::revert(client, blocks)?;
    Ok(())
}

/// Runs the runtime's WASM, as it is stored on chain, compiled by wasmtime, which keeps its code in the folder `cache`.
fn executor(config: &Configuration, cache: Option<PathBuf>) -> Executor {
    let heap = config
        .executor
        .default_heap_pages
        .and_then(|pages| u32::try_from(pages).ok())
        .map_or(DEFAULT_HEAP_ALLOC_STRATEGY, |extra_pages| HeapAllocStrategy::Static {
            extra_pages,
        });
    let builder = match cache {
        Some(cache) => Executor::builder().with_cache_path(cache),
        None => Executor::builder(),
    };
    builder
        .with_execution_method(config.executor.wasm_method)
        .with_onchain_heap_alloc_strategy(heap)
        .with_offchain_heap_alloc_strategy(heap)
        .with_max_runtime_instances(config.executor.max_runtime_instances)
        .with_runtime_cache_size(config.executor.runtime_cache_size)
        .build()
}

/// What the author of a block states: the time, and BABE's slot that follows from it.
fn babe_inherents(
    slot_duration: sp_consensus_babe::SlotDuration,
) -> (
    sp_consensus_babe::inherents::InherentDataProvider,
    sp_timestamp::InherentDataProvider,
) {
    let timestamp = sp_timestamp::InherentDataProvider::from_system_time();
    let slot =
        sp_consensus_babe::inherents::InherentDataProvider::from_timestamp_and_slot_duration(*timestamp, slot_duration);
    (slot, timestamp)
}
