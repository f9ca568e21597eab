//! Wires the parts together, and takes them down in order.

use crate::{
    admin::{AdminServer, AdminServerImpl},
    closer::Closer,
    config::Config,
    follower::Follower,
    http,
    keys::Keys,
    metrics::Metrics,
    prover::Prover,
    run_file::RunFile,
    scrub::Scrubber,
    service::{ListenError, Listening},
    shared::{Shared, View},
    worker::{self, Worker},
};
use blocs_chain::{At, BlockRef, ChainClient, QueryError};
use blocs_store::{BlockEffects, CommitError, Cursor, Identity, OpenError, ShardStore};
use fs2::FileExt;
use jsonrpsee::server::{ServerBuilder, ServerHandle};
use std::{
    fs::File,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpListener, sync::watch, task::JoinSet, time::timeout};
use tracing::{info, warn};

/// How long workers and servers may take to end.
const STOP_TIME: Duration = Duration::from_secs(8);

/// What a daemon is made of.
pub struct Parts {
    /// Data folder.
    pub data: PathBuf,
    /// Settings.
    pub config: Config,
    /// Keys.
    pub keys: Keys,
    /// The chain.
    pub chain: Arc<dyn ChainClient>,
    /// The slots.
    pub store: Arc<dyn ShardStore>,
}

/// Why a daemon does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store belongs to another chain or provider.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The store cannot be written.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// The chain cannot be read.
    #[error("cannot start: {0}")]
    Chain(#[from] QueryError),
    /// A port cannot be opened.
    #[error(
        "cannot listen on {address} for {what}: {source}; is another daemon running, or does another program use the port?"
    )]
    Port {
        /// For what.
        what: &'static str,
        /// Which address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The data port cannot be opened.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The metrics cannot be registered.
    #[error("cannot make the metrics: {0}")]
    Metrics(#[from] prometheus::Error),
    /// The run file cannot be written.
    #[error("cannot write run.json in {folder}: {source}")]
    RunFile {
        /// Data folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Why a data folder cannot be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another daemon has it.
    #[error("another daemon runs with the data folder {folder}: stop it, or use another folder")]
    Taken {
        /// Data folder.
        folder: PathBuf,
    },
    /// The lock file cannot be made.
    #[error("cannot lock the data folder {folder}: {source}; run `blocs-provider init` first")]
    Io {
        /// Data folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Takes the data folder for this process, until the file is dropped or the process ends.
pub fn lock(data: &Path) -> Result<File, LockError> {
    let failed = |source| LockError::Io {
        folder: data.to_owned(),
        source,
    };
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(data.join("lock"))
        .map_err(failed)?;
    match file.try_lock_exclusive() {
        Ok(()) => Ok(file),
        Err(error) if error.kind() == fs2::lock_contended_error().kind() => Err(LockError::Taken {
            folder: data.to_owned(),
        }),
        Err(error) => Err(failed(error)),
    }
}

/// A running daemon. Dropping it without [`Daemon::shutdown`] is like a crash: nothing that was promised is lost.
pub struct Daemon {
    shared: Shared,
    data: PathBuf,
    run: RunFile,
    stop: watch::Sender<bool>,
    workers: JoinSet<()>,
    listening: Listening,
    admin: ServerHandle,
    http: tokio::task::JoinHandle<io::Result<()>>,
}

impl Daemon {
    /// Checks that the store fits the chain, opens the ports, starts the workers, writes `run.json`.
    pub async fn start(parts: Parts) -> Result<Self, StartError> {
        let Parts {
            data,
            config,
            keys,
            chain,
            store,
        } = parts;
        let shared = Shared {
            config: Arc::new(config),
            chain,
            store,
            account: keys.account,
            operator: keys.operator,
            metrics: Metrics::new()?,
            view: Arc::new(View::default()),
        };
        prepare(&shared).await?;
        let (stop, stopping) = watch::channel(false);

        let http_listener = bind("metrics and health", shared.config.network.http).await?;
        let admin_listener = bind("administration", shared.config.network.admin).await?;
        let (http_address, admin_address) = (address_of(&http_listener), address_of(&admin_listener));
        let peer_id = keys.node.public().to_peer_id().to_string();
        let listening = Listening::start(shared.clone(), keys.node).await?;

        let methods = AdminServerImpl {
            shared: shared.clone(),
            peer_id: peer_id.clone(),
            addresses: listening.finder(),
            stop: stop.clone(),
        }
        .into_rpc();
        let admin = admin_listener
            .into_std()
            .and_then(|listener| ServerBuilder::default().build_from_tcp(listener));
        let admin = admin.map_err(|source| StartError::Port {
            what: "administration",
            address: shared.config.network.admin,
            source,
        })?;
        let admin = admin.start(methods);

        let mut workers = JoinSet::new();
        let follower = Follower::start(shared.clone()).await?;
        let mut jobs: Vec<Box<dyn Worker>> = vec![
            Box::new(follower),
            Box::new(Prover::new(shared.clone())),
            Box::new(Closer::new(shared.clone())),
        ];
        if let Some(scrubber) = Scrubber::new(shared.clone()) {
            jobs.push(Box::new(scrubber));
        }
        for job in jobs {
            let (shared, stop) = (shared.clone(), stop.clone());
            let failed = move |name: &'static str| {
                shared.metrics.worker_failures.with_label_values(&[name]).inc();
                if shared.store.stopped().is_some() {
                    stop.send_replace(true);
                }
            };
            workers.spawn(worker::run(job, stopping.clone(), failed));
        }

        let run = RunFile {
            event: "ready".into(),
            pid: std::process::id(),
            account: shared.provider().to_string(),
            peer_id,
            addresses: listening.addresses(),
            admin: admin_address,
            http: http_address,
        };
        run.write(&data).map_err(|source| StartError::RunFile {
            folder: data.clone(),
            source,
        })?;
        // Last: who sees it answer can rely on run.json.
        let mut until_stop = stopping.clone();
        let end = async move {
            worker::until_true(&mut until_stop).await;
        };
        let http = tokio::spawn(http::serve(http_listener, shared.clone(), end));
        info!(account = %run.account, peer = %run.peer_id, addresses = ?run.addresses, "ready");
        Ok(Self {
            shared,
            data,
            run,
            stop,
            workers,
            listening,
            admin,
            http,
        })
    }

    /// Where it can be reached.
    pub fn run_file(&self) -> &RunFile {
        &self.run
    }

    /// Its parts.
    pub fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Waits until somebody asked it to stop over the administration RPC, or the store stopped.
    pub async fn stop_requested(&mut self) {
        worker::until_true(&mut self.stop.subscribe()).await;
    }

    /// Stops in order: no new uploads, uploads under way end, workers end, the database is closed. Returns why the store had stopped, if it had.
    pub async fn shutdown(mut self) -> Result<Option<String>, CommitError> {
        self.stop.send_replace(true);
        self.listening.stop(STOP_TIME).await;
        let ended = timeout(STOP_TIME, async { while self.workers.join_next().await.is_some() {} }).await;
        if ended.is_err() {
            warn!("some workers did not end in time");
            self.workers.abort_all();
        }
        if self.admin.stop().is_ok() {
            let _slow_client = timeout(Duration::from_secs(1), self.admin.stopped()).await;
        }
        if timeout(Duration::from_secs(1), &mut self.http).await.is_err() {
            self.http.abort();
        }
        RunFile::remove(&self.data);
        let stopped = self.shared.store.stopped();
        if stopped.is_none() {
            let store = Arc::clone(&self.shared.store);
            match tokio::task::spawn_blocking(move || store.close()).await {
                Ok(closed) => closed?,
                Err(error) => warn!(%error, "the store was not closed: the next start repairs it"),
            }
        }
        info!("stopped");
        Ok(stopped)
    }
}

/// Binds the store to chain and account, and sets its cursor before anything is promised: deals of later blocks are then seen.
async fn prepare(shared: &Shared) -> Result<(), StartError> {
    let identity = Identity {
        genesis: shared.chain.genesis_hash(),
        provider: shared.provider(),
    };
    shared.store.bind(&identity)?;
    let BlockRef { number, hash } = shared.chain.block(At::Finalized).await?;
    if shared.store.cursor().is_none() {
        let cursor = Cursor { number, hash };
        let closing_grace = shared.chain.period_length();
        shared.store.apply(&BlockEffects {
            cursor,
            changes: Vec::new(),
            closing_grace,
        })?;
    }
    let best = shared.chain.block(At::Best).await?;
    shared.view.best.send_replace(Some(best));
    *shared.view.provider.write() = shared.chain.provider(&shared.provider(), At::Finalized).await?;
    *shared.view.params.write() = Some(shared.chain.params(At::Finalized).await?);
    Ok(())
}

async fn bind(what: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| StartError::Port { what, address, source })
}

fn address_of(listener: &TcpListener) -> String {
    listener
        .local_addr()
        .map(|address| address.to_string())
        .unwrap_or_default()
}
