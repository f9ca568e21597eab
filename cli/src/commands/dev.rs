//! `blocs dev …`: a chain and providers on this machine.

mod process;
mod state;
mod up;

use super::Context;
use crate::exit::{Status, error};
use anyhow::Context as _;
use blocs_chain::{At, ChainClient, ConnectOptions, connect};
use clap::{Args, Subcommand};
use serde_json::json;
use state::DevState;
use std::{fs, path::PathBuf};

/// What to do with the development chain.
#[derive(Debug, Subcommand)]
pub(crate) enum DevCommand {
    /// Start a chain and providers, and make an account with tokens
    Up(UpArgs),
    /// Stop them and remove their data
    Down(DownArgs),
    /// Show what runs
    Status(StatusArgs),
}

/// The folder of the development chain.
#[derive(Clone, Debug, Args)]
pub(crate) struct FolderArgs {
    /// Folder for all data [default: ~/.local/share/blocs/dev]
    #[arg(long, value_name = "DIR", env = "BLOCS_DEV_DIR", hide_env_values = true)]
    dir: Option<PathBuf>,
}

/// Arguments of `dev up`.
#[derive(Debug, Args)]
pub(crate) struct UpArgs {
    /// Number of providers [default: 6]
    #[arg(long, value_parser = clap::value_parser!(u8).range(0..=64))]
    providers: Option<u8>,
    #[command(flatten)]
    folder: FolderArgs,
    /// Port of the node's JSON-RPC [default: 9944 when free, else any]
    #[arg(long)]
    rpc_port: Option<u16>,
    /// Bytes that each provider offers
    #[arg(long, default_value = "64GiB", value_name = "SIZE")]
    capacity: String,
}

/// Arguments of `dev down`.
#[derive(Debug, Args)]
pub(crate) struct DownArgs {
    #[command(flatten)]
    folder: FolderArgs,
    /// Keep the data: the next `dev up` goes on with it
    #[arg(long)]
    keep: bool,
}

/// Arguments of `dev status`.
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    folder: FolderArgs,
}

impl DevCommand {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Up(args) => up::run(context, args).await,
            Self::Down(args) => down(context, args).await,
            Self::Status(args) => status(context, args).await,
        }
    }
}

impl FolderArgs {
    fn resolve(&self, context: &Context) -> anyhow::Result<PathBuf> {
        let folder = self.dir.clone().unwrap_or_else(|| context.settings.dev.clone());
        std::path::absolute(&folder).with_context(|| format!("cannot find the folder {}", folder.display()))
    }
}

async fn down(context: &Context, args: DownArgs) -> anyhow::Result<()> {
    let folder = args.folder.resolve(context)?;
    let Some(state) = DevState::load(&folder)? else {
        context.output.note(format!(
            "No development chain was started in {}: nothing to stop.",
            folder.display()
        ));
        return Ok(());
    };
    let running = state.running();
    if !process::stop(&running).await {
        let message = format!(
            "some processes of {} do not end: see `blocs dev status`",
            folder.display()
        );
        return Err(error(Status::Error, message));
    }
    if !args.keep {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    let value = json!({ "stopped": running.len(), "removed": !args.keep });
    context.output.record(value, || match args.keep {
        true => format!("stopped {} processes, kept {}", running.len(), folder.display()),
        false => format!("stopped {} processes, removed {}", running.len(), folder.display()),
    })?;
    Ok(())
}

async fn status(context: &Context, args: StatusArgs) -> anyhow::Result<()> {
    let folder = args.folder.resolve(context)?;
    let Some(state) = DevState::load(&folder)? else {
        let message = format!(
            "no development chain was started in {}: start one with `blocs dev up`",
            folder.display()
        );
        return Err(error(Status::NotFound, message));
    };
    let url = state.url();
    let chain = connect(&url, ConnectOptions::default()).await?;
    let (best, finalized) = (chain.block(At::Best).await?, chain.block(At::Finalized).await?);
    let registered = chain.all_providers(At::Finalized).await?;
    let alive = |process: &Option<process::Started>| process.as_ref().is_some_and(process::Started::is_alive);
    let mut rows = Vec::new();
    for (index, provider) in state.providers.iter().enumerate() {
        let account = up::provider_signer(index)?.account();
        let on_chain = registered.iter().find(|record| record.account == account);
        let ready = alive(&provider.process) && up::answers(provider.http_port, "/readyz").await;
        rows.push((index, account, alive(&provider.process), ready, on_chain));
    }
    let value = json!({
        "url": url,
        "folder": folder,
        "config": folder.join(up::CONFIG_FILE),
        "node": { "alive": alive(&state.node), "pid": state.node.as_ref().map(|node| node.pid) },
        "best": best.number,
        "finalized": finalized.number,
        "period": finalized.number / chain.period_length(),
        "providers": rows.iter().map(|(index, account, alive, ready, on_chain)| json!({
            "index": index,
            "account": account.to_string(),
            "alive": alive,
            "ready": ready,
            "registered": on_chain.is_some(),
            "pid": state.providers[*index].process.as_ref().map(|process| process.pid),
            "data": state::provider_folder(&folder, *index),
            "http": format!("http://127.0.0.1:{}", state.providers[*index].http_port),
            "proven": on_chain.map(|record| record.provider.proven),
            "misses": on_chain.map(|record| record.provider.misses),
            "used": on_chain.map(|record| record.provider.used),
            "accrued": on_chain.map(|record| record.provider.accrued.to_string()),
        })).collect::<Vec<_>>(),
    });
    context.output.record(value, || {
        let mut lines = vec![
            format!(
                "node        {url}, {}",
                if alive(&state.node) { "running" } else { "not ours" }
            ),
            format!("best        {}", best.number),
            format!(
                "finalized   {}, period {}",
                finalized.number,
                finalized.number / chain.period_length()
            ),
        ];
        lines.extend(rows.iter().map(|(index, account, alive, ready, on_chain)| {
            let process = match (alive, ready) {
                (false, _) => "not running",
                (true, false) => "starting",
                (true, true) => "ready",
            };
            let record = on_chain.map_or("not registered".to_owned(), |record| {
                let provider = &record.provider;
                let used = crate::units::bytes(provider.used);
                format!(
                    "{used} kept, {} periods proved, {} missed in a row",
                    provider.proven, provider.misses
                )
            });
            format!("provider {index:<2} {process}, {record}, {account}")
        }));
        lines.join("\n")
    })?;
    Ok(())
}
