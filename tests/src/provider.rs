//! A provider.

use crate::{
    http, ports,
    process::{Daemon, Launch, run, tail},
    program, until,
};
use anyhow::{Context, Result, ensure};
use blocs_chain::Signer;
use blocs_primitives::AccountId;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long it may take until it is ready.
const START: Duration = Duration::from_secs(180);
/// How long one of its commands may take.
const COMMAND: Duration = Duration::from_secs(180);

/// A provider. Killed when dropped.
#[derive(Debug)]
pub struct Provider {
    number: u32,
    account: AccountId,
    folder: PathBuf,
    log: PathBuf,
    env: Vec<(String, String)>,
    daemon: Option<Daemon>,
    http_port: u16,
    admin_port: u16,
}

impl Provider {
    /// Key of the account of provider `number`: one of the development keys.
    pub fn signer(number: u32) -> Result<Signer> {
        Ok(Signer::from_suri(&format!("//Provider//{number}"))?)
    }

    /// Makes provider `number`'s keys and settings below `folder`. Its account must have funds before it can register.
    pub async fn create(folder: &Path, number: u32, node_url: &str, offer: &Offer) -> Result<Self> {
        let data = folder.join(format!("provider-{number}"));
        let (port, admin_port, http_port) = (ports::free_port()?, ports::free_port()?, ports::free_port()?);
        fs::create_dir_all(data.join("keys"))?;
        let suri = data.join("keys/account.suri");
        fs::write(&suri, format!("//Provider//{number}\n"))?;
        fs::set_permissions(&suri, fs::Permissions::from_mode(0o600))?;
        let Offer { capacity, price, zone } = offer;
        fs::write(
            data.join("config.toml"),
            format!(
                "[chain]\nurl = \"{node_url}\"\n\n[storage]\ncapacity = \"{capacity}\"\nmin_free = \"1 MiB\"\n\n\
                 [offer]\nprice = {price}\nmax_duration = 10000000\nzone = \"{zone}\"\n\n\
                 [network]\nlisten = \"127.0.0.1\"\nport = {port}\nexternal = [\"/ip4/127.0.0.1/tcp/{port}\"]\n\
                 admin = \"127.0.0.1:{admin_port}\"\nhttp = \"127.0.0.1:{http_port}\"\n"
            ),
        )?;
        let log = folder.join(format!("provider-{number}.log"));
        let account = Self::signer(number)?.account();
        let provider = Self {
            number,
            account,
            folder: data,
            log,
            env: Vec::new(),
            daemon: None,
            http_port,
            admin_port,
        };
        provider.command("init").await?;
        Ok(provider)
    }

    /// Adds to the environment in which it will be started.
    pub fn set_env(&mut self, env: Vec<(String, String)>) {
        self.env = env;
    }

    /// Sends its registration and starts it.
    pub async fn register_and_run(&mut self) -> Result<()> {
        self.command("register").await?;
        let launch = self.launch("run")?;
        let launch = self
            .env
            .iter()
            .fold(launch, |launch, (name, value)| launch.env(name, value));
        self.daemon = Some(Daemon::start(launch)?);
        self.ready().await
    }

    /// Waits until it says that it is ready.
    pub async fn ready(&mut self) -> Result<()> {
        let (port, number) = (self.http_port, self.number);
        let daemon = self.daemon.as_mut().context("it has not been started")?;
        until(&format!("provider {number} is ready"), START, || {
            let alive = daemon.check();
            async move {
                alive?;
                Ok(http::get(port, "/readyz")
                    .await
                    .ok()
                    .filter(|answer| answer.status == 200))
            }
        })
        .await?;
        Ok(())
    }

    fn launch(&self, command: &str) -> Result<Launch> {
        let data = self.folder.display().to_string();
        let config = self.folder.join("config.toml").display().to_string();
        let args = ["--data", &data, "--config", &config, command];
        Ok(Launch::new(&program::binary("blocs-provider")?, args, self.log.clone()))
    }

    /// Runs one of its commands to the end and returns what it printed.
    pub async fn command(&self, command: &str) -> Result<String> {
        let out = self.folder.join(format!("{command}.out"));
        let mut launch = self.launch(command)?;
        launch.stdout = Some(out.clone());
        let status = run(launch, COMMAND).await?;
        ensure!(
            status.success(),
            "blocs-provider {command} ended with {status}; its log ends:\n{}",
            tail(&self.log)
        );
        fs::read_to_string(out).context("cannot read what it printed")
    }

    /// Process id, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.daemon.as_ref().and_then(Daemon::id)
    }

    /// Its number.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Its account.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// Folder with its data.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its log.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Port of its administration.
    pub fn admin_port(&self) -> u16 {
        self.admin_port
    }

    /// Port of its metrics and health.
    pub fn http_port(&self) -> u16 {
        self.http_port
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        if let Some(daemon) = &mut self.daemon {
            daemon.kill();
        }
    }

    /// SIGTERM, and waits for a clean end.
    pub async fn stop(&mut self) -> Result<()> {
        let daemon = self.daemon.as_mut().context("it has not been started")?;
        let status = daemon.terminate(Duration::from_secs(30)).await?;
        ensure!(
            status.success(),
            "provider {} ended with {status} after SIGTERM",
            self.number
        );
        Ok(())
    }

    /// Starts it again and waits until it is ready.
    pub async fn restart(&mut self) -> Result<()> {
        self.daemon.as_mut().context("it has not been started")?.restart()?;
        self.ready().await
    }

    /// The files with slot content, largest first.
    pub fn slot_files(&self) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        collect(&self.folder.join("slots"), &mut files)?;
        files.sort_by_key(|(size, _)| std::cmp::Reverse(*size));
        Ok(files.into_iter().map(|(_, path)| path).collect())
    }
}

/// What a provider takes, and for how much.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Bytes, as the configuration file writes them.
    pub capacity: String,
    /// Planck per GiB and period.
    pub price: u64,
    /// Zone.
    pub zone: String,
}

impl Default for Offer {
    fn default() -> Self {
        Self {
            capacity: "8 GiB".into(),
            price: 1_000_000_000,
            zone: "loopback".into(),
        }
    }
}

fn collect(folder: &Path, files: &mut Vec<(u64, PathBuf)>) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push((entry.metadata()?.len(), entry.path()));
        }
    }
    Ok(())
}
