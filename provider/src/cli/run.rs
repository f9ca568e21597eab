//! `blocs-provider run`

use super::{Failure, Options, RETRYABLE};
use crate::{
    config::Config,
    daemon::{Daemon, Parts, lock},
    keys::Keys,
};
use anyhow::Context as _;
use blocs_chain::{ConnectError, ConnectOptions, SubxtChain};
use blocs_store::{FileStore, SlotName, StoreConfig};
use clap::Args;
use std::{sync::Arc, time::Duration};
use tokio::signal::unix::{SignalKind, signal};
use tracing::{error, info, warn};

/// Options of `run`.
#[derive(Debug, Args)]
pub(super) struct Run {
    /// For how many seconds to try to reach the node before giving up.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    wait_for_node: u64,
}

impl Run {
    pub(super) async fn run(&self, options: &Options) -> anyhow::Result<()> {
        let (data, config) = options.load()?;
        let _lock = lock(&data)?;
        let keys = Keys::load(&data, &config.suri_file(&data))?;
        let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
        let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
        let chain = tokio::select! {
            chain = connect_patiently(&config, Duration::from_secs(self.wait_for_node)) => chain?,
            _ = interrupt.recv() => return Ok(()),
            _ = terminate.recv() => return Ok(()),
        };
        let limits = StoreConfig {
            capacity: config.storage.capacity.0,
            min_free: config.storage.min_free.0,
        };
        let folder = data.clone();
        let opened = tokio::task::spawn_blocking(move || FileStore::on_disk(&folder, limits)).await;
        let (store, report) = opened.context("cannot open the store")??;
        info!(
            slots = report.slots,
            temporaries = report.temporaries,
            orphans = report.orphans,
            "opened the store"
        );
        for (slot, reason) in &report.damaged {
            error!(slot = %SlotName(*slot), reason, "a slot is damaged");
        }
        let parts = Parts {
            data: data.clone(),
            config,
            keys,
            chain: Arc::new(chain),
            store: Arc::new(store),
        };
        let damaged = report.damaged.len();
        let mut daemon = Daemon::start(parts).await?;
        daemon
            .shared()
            .metrics
            .damaged
            .with_label_values(&["start"])
            .inc_by(u64::try_from(damaged).unwrap_or(u64::MAX));
        println!("{}", daemon.run_file().line());
        tokio::select! {
            () = daemon.stop_requested() => info!("stopping"),
            _ = interrupt.recv() => info!("stopping on SIGINT"),
            _ = terminate.recv() => info!("stopping on SIGTERM"),
        }
        let stopped = daemon.shutdown().await?;
        match stopped {
            None => Ok(()),
            Some(reason) => Err(Failure::new(
                1,
                format!("the store stopped after a failed write ({reason}); check the disk"),
            )
            .into()),
        }
    }
}

/// Connects, again and again while the node cannot be reached.
async fn connect_patiently(config: &Config, patience: Duration) -> anyhow::Result<SubxtChain> {
    let deadline = tokio::time::Instant::now() + patience;
    loop {
        match blocs_chain::connect(&config.chain.url, ConnectOptions::default()).await {
            Ok(chain) => return Ok(chain),
            Err(ConnectError::Unreachable(unreachable)) => {
                if tokio::time::Instant::now() >= deadline {
                    return Err(Failure::new(RETRYABLE, unreachable.to_string()).into());
                }
                warn!(error = %unreachable, "waiting for the node");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}
