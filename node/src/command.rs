//! What each command does.

use crate::{
    cli::{Cli, Key, Subcommand},
    compiled, limits, logging, preflight, service,
};
use blocs_runtime::opaque::Block;
use sc_cli::{CliConfiguration, SubstrateCli};
use sc_network::config::NetworkBackendType;
use sc_service::{BasePath, PartialComponents};
use std::{path::Path, sync::mpsc};

/// Parses the command line and runs what it names.
pub(crate) fn run() -> sc_cli::Result<()> {
    let cli = Cli::from_args();
    match &cli.subcommand {
        None => run_node(cli),
        Some(Subcommand::Key(Key::Standard(command))) => command.run(&cli),
        Some(Subcommand::Key(Key::Rotate(command))) => command.run(),
        Some(Subcommand::Doctor(command)) => command.run(&cli),
        Some(Subcommand::ExportChainSpec(command)) => command.run(cli.load_spec(&command.chain)?),
        Some(Subcommand::CheckBlock(command)) => cli.create_runner(command)?.async_run(|config| {
            let PartialComponents {
                client,
                task_manager,
                import_queue,
                ..
            } = service::new_partial(&config, None)?;
            Ok((command.run(client, import_queue), task_manager))
        }),
        Some(Subcommand::ExportBlocks(command)) => cli.create_runner(command)?.async_run(|config| {
            let PartialComponents {
                client, task_manager, ..
            } = service::new_partial(&config, None)?;
            Ok((command.run(client, config.database), task_manager))
        }),
        Some(Subcommand::ImportBlocks(command)) => cli.create_runner(command)?.async_run(|config| {
            let PartialComponents {
                client,
                task_manager,
                import_queue,
                ..
            } = service::new_partial(&config, None)?;
            Ok((command.run(client, import_queue), task_manager))
        }),
        Some(Subcommand::PurgeChain(command)) => cli.create_runner(command)?.sync_run(|config| {
            let database = config.database.path().map(Path::to_owned);
            command.run(config.database)?;
            // It is still there when the answer was no.
            if database.is_none_or(|path| !path.exists())
                && let Some(removed) = compiled::purge(&config.data_path)?
            {
                println!("{removed:?} removed.");
            }
            Ok(())
        }),
        Some(Subcommand::Revert(command)) => cli.create_runner(command)?.async_run(|config| {
            let PartialComponents {
                client,
                task_manager,
                backend,
                ..
            } = service::new_partial(&config, None)?;
            Ok((
                command.run(client, backend, Some(Box::new(service::revert_consensus))),
                task_manager,
            ))
        }),
        Some(Subcommand::ChainInfo(command)) => cli
            .create_runner(command)?
            .sync_run(|config| command.run::<Block>(&config)),
    }
}

fn run_node(mut cli: Cli) -> sc_cli::Result<()> {
    // A validator makes its network key as every node does; `preflight::network_key` says so in the log.
    cli.run.network_params.node_key_params.unsafe_force_node_key_generation = true;
    limits::apply(&mut cli.run);
    let names_a_chain = cli.run.shared_params.chain.is_some() || cli.run.shared_params.dev;
    let rpc_port_is_fixed = cli.run.rpc_params.rpc_port.is_some_and(|port| port != 0);

    let base_path = cli
        .run
        .base_path()?
        .unwrap_or_else(|| BasePath::from_project("", "", &Cli::executable_name()));
    preflight::folder(base_path.path())?;

    let (runner, spans) = logging::create_runner(&cli)?;
    let spans_are_sent = spans.are_sent();
    let place = cli.compiled_code();
    let (opened, parts) = mpsc::channel();
    let outcome = runner.run_node_until_exit(|mut config| async move {
        if !names_a_chain {
            log::info!(
                "no chain named: running `{}` (there is no public network yet; `--dev` runs a chain of one node)",
                blocs_chain_spec::DEFAULT_CHAIN
            );
        }
        if rpc_port_is_fixed {
            // A port that was asked for is used or refused, never silently replaced.
            config
                .rpc
                .addr
                .iter_mut()
                .flatten()
                .for_each(|endpoint| endpoint.retry_random_port = false);
        }
        preflight::ports(&config)?;
        preflight::network_key(&config)?;

        let cache = place.folder(&config.data_path);
        let (task_manager, left) = match config.network.network_backend {
            NetworkBackendType::Libp2p => {
                service::new_full::<sc_network::NetworkWorker<_, _>>(config, cache.as_deref(), spans_are_sent)
            }
            NetworkBackendType::Litep2p => {
                service::new_full::<sc_network::Litep2pNetworkBackend>(config, cache.as_deref(), spans_are_sent)
            }
        }
        .map_err(sc_cli::Error::Service)?;
        opened
            .send(left)
            .map_err(|_| sc_cli::Error::Input("the node was stopped while it started".into()))?;
        Ok(task_manager)
    });
    if let Ok(left) = parts.recv() {
        service::close(left);
    }
    spans.flush();
    outcome
}
