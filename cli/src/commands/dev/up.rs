//! `blocs dev up`

use super::{
    UpArgs,
    process::{self, Daemon, find, run as run_program, start},
    state::{DevProvider, DevState, provider_folder},
};
use crate::{
    accounts::Accounts,
    commands::Context,
    exit::{Status, error},
    settings::Settings,
    units::bloc,
};
use anyhow::Context as _;
use blocs_chain::{At, ChainClient, ConnectOptions, MarketCall, Signer, SubxtChain, WaitFor, connect};
use blocs_primitives::{AccountId, Balance};
use futures::future::try_join_all;
use serde_json::json;
use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// The configuration that `dev up` writes for `blocs`.
pub(super) const CONFIG_FILE: &str = "config.toml";
/// Name of the account made.
const ACCOUNT: &str = "dev";
/// One BLOC in planck.
const BLOC: Balance = 1_000_000_000_000;
/// How many providers there are unless asked otherwise: as many as 4+2 needs.
const PROVIDERS: usize = 6;
/// What the account gets.
const ACCOUNT_FUNDS: Balance = 10_000 * BLOC;
/// What a provider gets beyond its bond.
const PROVIDER_FUNDS: Balance = 1_000 * BLOC;
/// How long the node may take to answer, and the providers to be ready.
const PATIENCE: Duration = Duration::from_secs(180);
/// How often a condition is looked at.
const POLL: Duration = Duration::from_millis(200);

/// The account of provider number `index`.
pub(super) fn provider_signer(index: usize) -> anyhow::Result<Signer> {
    Ok(Signer::from_suri(&format!("//Provider//{index}"))?)
}

pub(super) async fn run(context: &Context, args: UpArgs) -> anyhow::Result<()> {
    let folder = args.folder.resolve(context)?;
    let before = DevState::load(&folder)?;
    if before.as_ref().is_some_and(|state| !state.running().is_empty()) {
        let message = format!(
            "a development chain runs in {} already: see `blocs dev status`",
            folder.display()
        );
        return Err(error(
            Status::Error,
            format!("{message}, stop it with `blocs dev down`"),
        ));
    }
    private_folder(&folder)?;
    let fresh = before.is_none();
    let mut state = match before {
        Some(state) => going_on(state, &args, &folder)?,
        None => DevState::plan(args.providers.map_or(PROVIDERS, usize::from), args.rpc_port)?,
    };
    let started = Instant::now();
    let outcome = tokio::select! {
        outcome = bring_up(context, &folder, &mut state, &args.capacity) => outcome,
        _ = tokio::signal::ctrl_c() => Err(error(Status::Interrupted, "interrupted: what had been started is stopped")),
    };
    match outcome {
        Ok(address) => tell(context, &folder, &state, &address, started.elapsed()),
        Err(failure) => {
            process::stop(&state.running()).await;
            if fresh {
                // The next attempt plans anew; logs and data stay for whoever looks for the cause.
                DevState::forget(&folder)?;
            }
            Err(failure)
        }
    }
}

/// The plan of a chain that was stopped with `--keep`: another number of providers or another port needs another chain.
fn going_on(state: DevState, args: &UpArgs, folder: &Path) -> anyhow::Result<DevState> {
    let providers = args.providers.map_or(state.providers.len(), usize::from);
    let rpc_port = args.rpc_port.unwrap_or(state.rpc_port);
    if providers == state.providers.len() && rpc_port == state.rpc_port {
        return Ok(state);
    }
    let (count, port) = (state.providers.len(), state.rpc_port);
    let message = format!(
        "the chain kept in {} has {count} providers and the port {port}",
        folder.display()
    );
    Err(error(
        Status::Usage,
        format!("{message}: start it without these options, or remove it with `blocs dev down`"),
    ))
}

/// Starts everything; returns the address of the account made.
async fn bring_up(context: &Context, folder: &Path, state: &mut DevState, capacity: &str) -> anyhow::Result<AccountId> {
    let (node, provider) = (find("blocs-node")?, find("blocs-provider")?);
    context
        .output
        .note(format!("starting the chain in {}", folder.display()));
    let mut node = start_node(&node, folder, state)?;
    state.node = Some(node.started.clone());
    state.save(folder)?;
    let chain = answering(&mut node, &state.url()).await?;

    context
        .output
        .note(format!("starting {} providers", state.providers.len()));
    let address = write_config(folder, &state.url())?;
    fund(&chain, &address, state.providers.len(), capacity).await?;
    let mut daemons = Vec::new();
    for index in 0..state.providers.len() {
        let data = provider_folder(folder, index);
        init_provider(&provider, &data, &state.providers[index], index, &state.url(), capacity).await?;
        let mut command = Command::new(&provider);
        command.args(["run", "--data"]).arg(&data);
        let daemon = start(&mut command, &folder.join(format!("provider-{index}.log")))?;
        state.providers[index].process = Some(daemon.started.clone());
        state.save(folder)?;
        daemons.push(daemon);
    }
    let each = daemons.into_iter().enumerate().map(|(index, daemon)| {
        let data = provider_folder(folder, index);
        ready_provider(&provider, data, state.providers[index].http_port, daemon, index)
    });
    try_join_all(each).await?;
    registered(&chain, state.providers.len()).await?;
    Ok(address)
}

fn start_node(program: &Path, folder: &Path, state: &DevState) -> anyhow::Result<Daemon> {
    let mut command = Command::new(program);
    command
        .args(["--dev", "--no-prometheus", "--no-telemetry", "--no-mdns", "--base-path"])
        .arg(folder.join("node"));
    command.args(["--listen-addr", &format!("/ip4/127.0.0.1/tcp/{}", state.p2p_port)]);
    command.args(["--rpc-port", &state.rpc_port.to_string()]);
    start(&mut command, &folder.join("node.log"))
}

/// The chain, once the node answers and has made its first block.
async fn answering(node: &mut Daemon, url: &str) -> anyhow::Result<SubxtChain> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        node.check().context("the node does not run")?;
        let reason = match connect(url, ConnectOptions::default()).await {
            Ok(chain) => match chain.block(At::Best).await {
                Ok(block) if block.number > 0 => return Ok(chain),
                Ok(_) => "it has made no block yet".to_owned(),
                Err(error) => error.to_string(),
            },
            Err(error @ blocs_chain::ConnectError::Incompatible { .. }) => return Err(error.into()),
            Err(error) => error.to_string(),
        };
        if Instant::now() >= deadline {
            let log = node.tail();
            return Err(anyhow::anyhow!(
                "the node was not ready within {} s: {reason}\n{log}",
                PATIENCE.as_secs()
            ));
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Makes the account and the configuration for `blocs`, unless they are there; returns the account's address.
fn write_config(folder: &Path, url: &str) -> anyhow::Result<AccountId> {
    let data = folder.join("client");
    let settings = Settings {
        url: url.to_owned(),
        account: Some(ACCOUNT.to_owned()),
        data,
        genesis: None,
        dev: PathBuf::new(),
        password_file: None,
    };
    let accounts = Accounts::new(&settings);
    let account = match accounts.address(ACCOUNT)? {
        Some(_) => accounts.open(ACCOUNT)?,
        None => {
            let mnemonic = bip39::Mnemonic::generate(12).context("cannot make a new mnemonic")?;
            accounts.store(ACCOUNT, &zeroize::Zeroizing::new(mnemonic.to_string()), None)?
        }
    };
    let path = folder.join(CONFIG_FILE);
    let quoted = |text: String| toml::Value::String(text).to_string();
    let data = quoted(settings.data.display().to_string());
    let text = format!(
        "url = {}\naccount = {}\ndata = {data}\n",
        quoted(url.to_owned()),
        quoted(ACCOUNT.to_owned())
    );
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(account.signer.account())
}

/// Gives tokens to the account and to the providers that have too few.
async fn fund(chain: &SubxtChain, account: &AccountId, providers: usize, capacity: &str) -> anyhow::Result<()> {
    let alice = &Signer::from_suri("//Alice")?;
    let params = chain.params(At::Best).await?;
    let gib = u128::from(gib_of(capacity)?);
    let bond = params.bond_per_gib.saturating_mul(gib).max(params.min_bond);
    let mut wanted = vec![(account.clone(), ACCOUNT_FUNDS)];
    for index in 0..providers {
        let account = provider_signer(index)?.account();
        if chain.provider(&account, At::Best).await?.is_none() {
            wanted.push((account, bond.saturating_add(PROVIDER_FUNDS)));
        }
    }
    let transfers = wanted.into_iter().map(|(to, amount)| async move {
        let held = chain.balance(&to, At::Best).await?.transferable;
        if held < amount / 2 {
            chain
                .submit(alice, MarketCall::Transfer { to, amount }, WaitFor::InBlock)
                .await?;
        }
        anyhow::Ok(())
    });
    try_join_all(transfers)
        .await
        .context("cannot give the accounts tokens")?;
    Ok(())
}

/// Makes a provider's keys and configuration, unless they are there.
async fn init_provider(
    program: &Path,
    data: &Path,
    plan: &DevProvider,
    index: usize,
    url: &str,
    capacity: &str,
) -> anyhow::Result<()> {
    if data.join("provider.toml").exists() {
        return Ok(());
    }
    let keys = data.join("keys");
    private_folder(data)?;
    private_folder(&keys)?;
    let secret = keys.join("account.suri");
    let write = || -> io::Result<()> {
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&secret)?;
        io::Write::write_all(&mut file, format!("//Provider//{index}\n").as_bytes())
    };
    write().with_context(|| format!("cannot write {}", secret.display()))?;
    let local = |port: u16| format!("127.0.0.1:{port}");
    let mut command = tokio::process::Command::new(program);
    command
        .arg("init")
        .arg("--data")
        .arg(data)
        .args(["--url", url, "--capacity", capacity, "--listen", "127.0.0.1"]);
    command.args([
        "--zone",
        &format!("zone-{index}"),
        "--port",
        &plan.data_port.to_string(),
    ]);
    command.args(["--admin", &local(plan.admin_port), "--http", &local(plan.http_port)]);
    run_program(command, &format!("set up provider {index}")).await
}

/// Waits until the daemon runs, registers it, and waits until it is ready.
async fn ready_provider(
    program: &Path,
    data: PathBuf,
    port: u16,
    mut daemon: Daemon,
    index: usize,
) -> anyhow::Result<()> {
    wait_for(&mut daemon, port, "/healthz", index).await?;
    let mut command = tokio::process::Command::new(program);
    command.arg("register").arg("--yes").arg("--data").arg(&data);
    run_program(command, &format!("register provider {index}")).await?;
    wait_for(&mut daemon, port, "/readyz", index).await
}

async fn wait_for(daemon: &mut Daemon, port: u16, path: &str, index: usize) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while !answers(port, path).await {
        daemon
            .check()
            .with_context(|| format!("provider {index} does not run"))?;
        if Instant::now() >= deadline {
            let log = daemon.tail();
            return Err(anyhow::anyhow!(
                "provider {index} was not ready within {} s\n{log}",
                PATIENCE.as_secs()
            ));
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}

/// Waits until the finalized state has all providers.
async fn registered(chain: &SubxtChain, count: usize) -> anyhow::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = chain.all_providers(At::Finalized).await?.len();
        if found >= count {
            return Ok(());
        }
        if Instant::now() >= deadline {
            return Err(anyhow::anyhow!(
                "{found} of {count} providers are registered after {} s",
                PATIENCE.as_secs()
            ));
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Whether HTTP on this machine answers `GET path` with 200.
pub(super) async fn answers(port: u16, path: &str) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = [0u8; 12];
        stream.read_exact(&mut answer).await?;
        io::Result::Ok(answer.ends_with(b" 200"))
    };
    matches!(timeout(Duration::from_secs(2), ask).await, Ok(Ok(true)))
}

/// Whole GiB of a size such as `64GiB`, rounded up.
fn gib_of(capacity: &str) -> anyhow::Result<u64> {
    let wrong = || {
        error(
            Status::Usage,
            format!("{capacity:?} is not a capacity: write it in GiB, such as 64GiB"),
        )
    };
    let number = capacity.trim().strip_suffix("GiB").ok_or_else(wrong)?;
    number.trim().parse().ok().filter(|gib| *gib > 0).ok_or_else(wrong)
}

fn private_folder(folder: &Path) -> anyhow::Result<()> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.with_context(|| format!("cannot make the folder {}: choose another with --dir", folder.display()))
}

fn tell(context: &Context, folder: &Path, state: &DevState, account: &AccountId, took: Duration) -> anyhow::Result<()> {
    let config = folder.join(CONFIG_FILE);
    let value = json!({
        "url": state.url(),
        "folder": folder,
        "config": config,
        "account": account.to_string(),
        "providers": state.providers.len(),
        "seconds": took.as_secs_f64(),
    });
    context.output.record(value, || {
        format!(
            "A chain and {} providers run ({}). The account {ACCOUNT} ({account}) was given {}.\n\n\
             Type next:\n  export BLOCS_CONFIG={}\n  blocs put FILE\n  blocs ls\n  blocs get NAME -o COPY\n  \
             blocs dev status\n  blocs dev down",
            state.providers.len(),
            state.url(),
            bloc(ACCOUNT_FUNDS),
            config.display(),
        )
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capacities_are_whole_gibibytes() {
        assert_eq!(gib_of("64GiB").ok(), Some(64));
        assert_eq!(gib_of("2 GiB").ok(), Some(2));
        for wrong in ["", "64", "0GiB", "1.5GiB", "64GB"] {
            assert!(gib_of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_configuration_is_one_that_the_program_reads() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let account = write_config(folder.path(), "ws://127.0.0.1:1234")?;
        let global = crate::args::Global {
            config: Some(folder.path().join(CONFIG_FILE)),
            ..Default::default()
        };
        let settings = Settings::load(&global)?;
        assert_eq!(settings.url, "ws://127.0.0.1:1234");
        assert_eq!(Accounts::new(&settings).current(&settings)?.signer.account(), account);
        assert_eq!(write_config(folder.path(), "ws://127.0.0.1:1234")?, account);
        Ok(())
    }
}
