//! The next runtime by referendum, on a network that goes on working: no fork, no restart, no proof missed.
//!
//! | step | what |
//! |---|---|
//! | given | four validators, transfers, three providers with a file; the next version of the runtime, built from this checkout |
//! | refused | the code before anybody has voted; after a vote, another code than the one that was voted for, and one of the same version |
//! | when | a referendum of root authorizes the code's hash, and an account without any power sends the code |
//! | then | all nodes run it, the market's records are migrated, and transfers, finality, proofs and the file know nothing of it |

use super::{
    deals::fund,
    fleet::Fleet,
    offline,
    rehearsal::{Rehearsal, bytes, state_at},
    report::Section,
    spec::NetworkSpec,
    transfers::Transfers,
    watch::{Millis, Watch, now},
};
use crate::{BLOC, EventLog, Node, Offer, Provider, User, Workspace, random_file, sha256, until};
use anyhow::{Context, Result, anyhow, bail, ensure};
use blocs_chain::{
    At, ChainClient, ConnectOptions, DecodedEvent, InclusionReport, MarketEvent, RawCall, Signer, SubmitError,
    SubxtChain, TxOptions, WaitFor, connect, value,
};
use codec::Encode;
use futures::future::try_join_all;
use serde_json::json;
use sp_core::storage::Storage;
use sp_crypto_hashing::twox_128;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

/// What it shows.
pub const TITLE: &str = "The next runtime by referendum, under transfers and proofs";

/// Accounts that vote, each with [`VOTE`] at the lowest conviction.
const VOTERS: u32 = 4;
const VOTE: &str = "900_000BLOC";
/// Providers of the file, and how it is cut for them.
const PROVIDERS: u32 = 3;
const CODE: &str = "2+1";
const FILE: &str = "kept-through-the-upgrade";
const SIZE: u64 = 1 << 20;
const PROVIDER_FUNDS: u128 = 20_000 * BLOC;
const USER_FUNDS: u128 = 5_000 * BLOC;
/// How long a vote may take from its deposit until the call is enacted, and a period until it is proved: half a minute on a machine that
/// does nothing else.
const VOTE_LIMIT: Duration = Duration::from_secs(300);
const PROOF_LIMIT: Duration = Duration::from_secs(240);
/// How long nodes may take until all of them run the new code, which each compiles first.
const ADOPTED: Duration = Duration::from_secs(180);
/// Blocks that must become final under the new runtime.
const BLOCKS_AFTER: u64 = 10;

/// How long it plays.
#[derive(Clone, Copy, Debug)]
pub struct UpgradeOptions {
    /// Transfers a second.
    pub transfers: f64,
    /// Periods that each provider proves under the new runtime.
    pub periods: u32,
}

/// The network with all that goes on in it.
struct Town {
    fleet: Fleet,
    chains: Vec<SubxtChain>,
    faucet: Signer,
    voters: Vec<Signer>,
    user: User,
    providers: Vec<Provider>,
    source: PathBuf,
}

/// Plays it; everything lies in `workspace`.
pub async fn play(workspace: &Workspace, options: UpgradeOptions, section: &mut Section) -> Result<()> {
    // Given the next runtime, and a network that keeps a file
    let folder = workspace.folder("upgrade")?;
    let started = Instant::now();
    let next = Rehearsal::build(&folder).await?;
    let built = started.elapsed().as_secs_f64();
    let kib = next.code.len() >> 10;
    section.figure(
        "the next runtime",
        format!("built in {built:.0} s, {kib} KiB compressed"),
        json!({ "seconds": built, "KiB": kib }),
    );
    let mut town = Town::start(&folder).await?;
    let chain = town.chain()?.clone();
    let events = EventLog::follow(Arc::new(chain.clone()));
    let transfers = Transfers::start(&town.chains, &town.faucet, options.transfers).await?;
    let watch = town.fleet.watch();
    let begun = now();
    town.proves(1).await?;

    // What is not authorized, is not the code that was voted for, or is of no higher version is refused, and changes nothing
    let present = present_code(town.fleet.node(0)?).await?;
    let before = spec_versions(&town.fleet).await?;
    let early = town.refusal(&present).await?;
    town.vote(&authorize(&chain, &present).await?).await?;
    let other = town.refusal(&next.code).await?;
    section.check(
        "a code that nobody or somebody else voted for is refused",
        early == "System::NothingAuthorized" && other == "System::Unauthorized",
        format!("{early} before the vote, {other} for another code than the one that was voted for"),
    );
    let report = town.apply(&present).await?;
    let rejected = rejection(&chain, &report).await?;
    let unchanged = spec_versions(&town.fleet).await? == before;
    section.check(
        "a code of the same version is rejected although it was voted for, and nothing changes",
        rejected.is_some() && unchanged,
        rejected.unwrap_or_else(|| "the chain said nothing".into()),
    );
    ensure!(
        town.refusal(&present).await? == "System::NothingAuthorized",
        "the authorization outlives its rejection"
    );

    // When a referendum authorizes the next version, and somebody sends it
    let voting = Instant::now();
    let hash = town.vote(&authorize(&chain, &next.code).await?).await?;
    ensure!(hash == next.hash(), "another hash was authorized");
    section.figure(
        "from preimage to authorization",
        format!("{:.0} s", voting.elapsed().as_secs_f64()),
        json!(voting.elapsed().as_secs_f64()),
    );
    let state_before = finalized_state(town.fleet.node(0)?).await?;
    let proven = town.proven().await?;
    let sent = now();
    let report = town.apply(&next.code).await?;

    // Then all nodes run it, and go on finalizing
    let versions = town.adopted(next.version.spec_version).await?;
    section.check(
        "every node runs the next version",
        before.iter().all(|before| before + 1 == next.version.spec_version),
        format!("{before:?} before, {versions:?} after"),
    );
    let upgraded = u64::from(report.block.number);
    town.fleet.finalizes(upgraded + BLOCKS_AFTER, ADOPTED).await?;
    finality(section, &watch, sent);

    // And the market's records are of the next layout, and all pallets find the state in order
    let state_after = finalized_state(town.fleet.node(0)?).await?;
    town.migrated(report.block.number, &state_before, &state_after, section)
        .await?;
    for (when, state) in [("before", state_before), ("after", state_after)] {
        let checked = next.check(state).await;
        let seen = checked.as_ref().err().map(|error| format!("{error:#}"));
        section.check(
            &format!("the state of {when} the upgrade passes the checks of all pallets"),
            checked.is_ok(),
            seen.unwrap_or_else(|| "pre_upgrade, post_upgrade and try_state".into()),
        );
    }

    // And the programs that were running notice nothing
    let expected: Vec<_> = proven.iter().map(|proven| proven + options.periods).collect();
    town.proves_up_to(&expected).await?;
    let missed = events
        .all(|(_, event)| matches!(event, MarketEvent::Missed { .. }).then_some(()))
        .len();
    section.check(
        "every proof is accepted, before and after",
        missed == 0,
        format!(
            "{:?} periods proved at the upgrade, {:?} at the end, {missed} missed",
            proven,
            town.proven().await?
        ),
    );
    let copy = folder.join("copy.bin");
    town.user.get(FILE, &copy).await?.expect(0)?;
    section.check(
        "the file comes back",
        sha256(&town.source)? == sha256(&copy)?,
        format!("{SIZE} bytes from three providers that were not restarted"),
    );
    metadata_hash(&town, &next, section).await?;
    transfers.finish(section).await?;
    watch.summary(begun, now()).show(section);
    let height = town.fleet.node(0)?.finalized_height().await?;
    town.fleet.agree(section, height).await?;
    town.fleet.check()
}

/// Four validators, votes that take blocks, and proving periods of half a minute: a node that compiles the new code stands still for a part
/// of that, on a machine where all of them do so at once.
fn spec() -> NetworkSpec {
    NetworkSpec {
        id: "upgrade".into(),
        slot_millis: 2_000,
        // Longer than the nodes can stand still while they compile the new code.
        epoch_blocks: 120,
        accounts: VOTERS,
        endowed: vec!["//Alice".into()],
        ..NetworkSpec::default()
    }
}

impl Town {
    async fn start(folder: &Path) -> Result<Self> {
        let fleet = Fleet::of_spec(folder, &spec(), 0).await?;
        let urls: Vec<_> = fleet.nodes().map(|(_, node)| node.url()).collect();
        let chains = try_join_all(urls.iter().map(|url| connect(url, ConnectOptions::default()))).await?;
        let faucet = Signer::from_suri("//Alice")?;
        let voters = (0..VOTERS)
            .map(|number| Signer::from_suri(&format!("//BLOCS test//account//{number}")))
            .collect::<Result<Vec<_>, _>>()?;
        let url = |number: usize| urls.get(number % urls.len().max(1)).context("there are no nodes");
        let user = User::create(&folder.join("user-owner"), url(0)?).await?;
        let bank = chains.first().context("there are no nodes")?;
        let mut funds = vec![(user.account().clone(), USER_FUNDS)];
        for number in 0..PROVIDERS {
            funds.push((Provider::signer(number)?.account(), PROVIDER_FUNDS));
        }
        try_join_all(funds.into_iter().map(|(to, amount)| fund(bank, &faucet, to, amount))).await?;
        let mut providers = Vec::new();
        for number in 0..PROVIDERS {
            let mut provider = Provider::create(folder, number, url(number as usize)?, &Offer::default()).await?;
            provider.register_and_run().await?;
            providers.push(provider);
        }
        let source = folder.join("source.bin");
        random_file(&source, SIZE, 4)?;
        user.put(&source, FILE, &["--ec", CODE]).await?.expect(0)?;
        Ok(Self {
            fleet,
            chains,
            faucet,
            voters,
            user,
            providers,
            source,
        })
    }

    fn chain(&self) -> Result<&SubxtChain> {
        self.chains.first().context("there are no nodes")
    }

    /// An account that has nothing to say, and sends codes.
    fn anybody(&self) -> &Signer {
        &self.faucet
    }

    /// Sends a call by name, and waits until it is in a block.
    async fn send(&self, signer: &Signer, path: &str, args: &[String]) -> Result<InclusionReport> {
        let chain = self.chain()?;
        let call = chain.call_from_text(path, args).await?;
        let sent = chain
            .submit_raw(signer, call, TxOptions::default(), WaitFor::InBlock)
            .await;
        sent.with_context(|| format!("{path} fails"))
    }

    /// Has root do `call` by a referendum, and waits until it is enacted. Returns the hash that is authorized then.
    async fn vote(&self, call: &RawCall) -> Result<[u8; 32]> {
        let chain = self.chain()?;
        let proposer = self.voters.first().context("there are no voters")?;
        let noted = [format!("0x{}", hex::encode(&call.bytes))];
        self.send(proposer, "preimage.notePreimage", &noted).await?;
        let (hash, length) = (call.hash(), call.bytes.len());
        let proposal = [
            "system(Root)".to_owned(),
            format!("Lookup{{hash: {hash:?}, len: {length}}}"),
            "After(1)".to_owned(),
        ];
        let report = self.send(proposer, "referenda.submit", &proposal).await?;
        let index = find(&chain.events(report.block.hash).await?, "Referenda", "Submitted")
            .and_then(|event| value::as_u128(value::field(&event.fields, "index")?))
            .context("nothing was submitted")?;
        self.send(proposer, "referenda.placeDecisionDeposit", &[index.to_string()])
            .await?;
        let aye = [index.to_string(), format!("Standard{{vote: 0x81, balance: {VOTE}}}")];
        try_join_all(
            self.voters
                .iter()
                .map(|voter| self.send(voter, "convictionVoting.vote", &aye)),
        )
        .await?;
        until(&format!("referendum {index} is enacted"), VOTE_LIMIT, || async {
            let authorized = chain.read(At::Finalized, "System", "AuthorizedUpgrade", vec![]).await?;
            let hash = authorized.as_ref().and_then(|value| value::field(value, "code_hash"));
            Ok(hash.and_then(value::as_bytes).and_then(|hash| hash.try_into().ok()))
        })
        .await
    }

    /// Sends a code, and waits until that is in a block.
    async fn apply(&self, code: &[u8]) -> Result<InclusionReport> {
        let chain = self.chain()?;
        let call = with_code(chain, code).await?;
        let sent = chain
            .submit_raw(self.anybody(), call, TxOptions::default(), WaitFor::Finalized)
            .await;
        sent.context("the code is not applied")
    }

    /// Why the chain does not take a code.
    async fn refusal(&self, code: &[u8]) -> Result<String> {
        let chain = self.chain()?;
        let call = with_code(chain, code).await?;
        match chain
            .submit_raw(self.anybody(), call, TxOptions::default(), WaitFor::InBlock)
            .await
        {
            Err(SubmitError::Dispatch { pallet, error, .. }) => Ok(format!("{pallet}::{error}")),
            Err(error) => Err(anyhow!(error).context("the code is refused in another way")),
            Ok(_) => bail!("a code that must be refused is taken"),
        }
    }

    /// Periods that each provider has proved.
    async fn proven(&self) -> Result<Vec<u32>> {
        let chain = self.chain()?;
        let records = self.providers.iter().map(|provider| async {
            let record = chain.provider(provider.account(), At::Finalized).await?;
            let record = record.with_context(|| format!("provider {} is gone", provider.number()))?;
            Ok::<_, anyhow::Error>(record.proven)
        });
        try_join_all(records).await
    }

    /// Waits until each provider has proved so many periods.
    async fn proves(&self, periods: u32) -> Result<()> {
        self.proves_up_to(&vec![periods; self.providers.len()]).await
    }

    async fn proves_up_to(&self, periods: &[u32]) -> Result<()> {
        until(
            &format!("the providers have proved {periods:?} periods"),
            PROOF_LIMIT,
            || async {
                let proven = self.proven().await?;
                let enough = proven.iter().zip(periods).all(|(proven, wanted)| proven >= wanted);
                Ok(enough.then_some(()))
            },
        )
        .await
    }

    /// Waits until all nodes run this version; returns what each says.
    async fn adopted(&self, version: u32) -> Result<Vec<u32>> {
        until(&format!("all nodes run version {version}"), ADOPTED, || async {
            let versions = spec_versions(&self.fleet).await?;
            Ok(versions.iter().all(|found| *found == version).then_some(versions))
        })
        .await
    }

    /// Compares the providers' records of before and after.
    async fn migrated(&self, upgraded: u32, before: &Storage, after: &Storage, section: &mut Section) -> Result<()> {
        let versions = (market_version(before)?, market_version(after)?);
        let chain = self.chain()?;
        let mut joined = Vec::new();
        for provider in &self.providers {
            let key = vec![value::account(provider.account())];
            let record = chain.read(At::Finalized, "StorageMarket", "Providers", key).await?;
            let record = record.with_context(|| format!("provider {} is gone", provider.number()))?;
            joined.push(value::field(&record, "joined").and_then(value::as_u128));
        }
        section.check(
            "the market's state is migrated",
            versions == (1, 2) && joined.iter().all(|block| *block == Some(upgraded.into())),
            format!(
                "version {} before, {} after; the providers' new field is {joined:?}, the upgrade was in block {upgraded}",
                versions.0, versions.1
            ),
        );
        Ok(())
    }
}

/// `system.authorizeUpgrade` of a code.
async fn authorize(chain: &SubxtChain, code: &[u8]) -> Result<RawCall> {
    let hash = format!("0x{}", hex::encode(sp_crypto_hashing::blake2_256(code)));
    Ok(chain.call_from_text("system.authorizeUpgrade", &[hash]).await?)
}

/// `system.applyAuthorizedUpgrade` with a code.
async fn with_code(chain: &SubxtChain, code: &[u8]) -> Result<RawCall> {
    let mut call = chain
        .call_from_text("system.applyAuthorizedUpgrade", &["0x".to_owned()])
        .await?;
    // Pallet and call, then the code with its length.
    call.bytes.truncate(2);
    code.encode_to(&mut call.bytes);
    Ok(call)
}

fn find<'a>(events: &'a [DecodedEvent], pallet: &str, name: &str) -> Option<&'a DecodedEvent> {
    events
        .iter()
        .find(|event| event.pallet == pallet && event.event == name)
}

/// Why the runtime found an authorized code unfit, if it did.
async fn rejection(chain: &SubxtChain, report: &InclusionReport) -> Result<Option<String>> {
    let events = chain.events(report.block.hash).await?;
    let rejected = find(&events, "System", "RejectedInvalidAuthorizedUpgrade");
    Ok(rejected.map(|event| event.to_json(chain.properties()).to_string()))
}

async fn present_code(node: &Node) -> Result<Vec<u8>> {
    let code = node.rpc("state_getStorage", json!(["0x3a636f6465"])).await?;
    code.as_str().and_then(bytes).context("the chain has no code")
}

async fn spec_versions(fleet: &Fleet) -> Result<Vec<u32>> {
    let versions = fleet.nodes().map(|(name, node)| async move {
        let version = node.rpc("state_getRuntimeVersion", json!([])).await?;
        let version = version.get("specVersion").and_then(|version| version.as_u64());
        let version = version.with_context(|| format!("{name} has no version"))?;
        anyhow::Ok(u32::try_from(version)?)
    });
    try_join_all(versions).await
}

async fn finalized_state(node: &Node) -> Result<Storage> {
    let head = node.rpc("chain_getFinalizedHead", json!([])).await?;
    state_at(node, head.as_str().context("no finalized head")?).await
}

/// Version of the layout of the market's state.
fn market_version(state: &Storage) -> Result<u16> {
    let key = [twox_128(b"StorageMarket"), twox_128(b":__STORAGE_VERSION__:")].concat();
    let version = state.top.get(&key).context("the market's state has no version")?;
    Ok(u16::from_le_bytes(version.as_slice().try_into()?))
}

fn finality(section: &mut Section, watch: &Watch, sent: Millis) {
    let longest = watch.longest_without_finality(sent, now()).as_secs_f64();
    section.figure(
        "longest time between two steps of finality",
        format!("{longest:.1} s, from the sending of the code on; each node compiles it"),
        json!(longest),
    );
    let conflicts = watch.conflicts();
    section.check(
        "finality goes on, and no two final blocks have one height",
        conflicts.is_empty(),
        conflicts
            .first()
            .cloned()
            .unwrap_or_else(|| format!("{BLOCKS_AFTER} blocks under the new runtime")),
    );
}

/// An offline signer that signs the metadata's hash is understood, and its signature is worth nothing under other metadata.
async fn metadata_hash(town: &Town, next: &Rehearsal, section: &mut Section) -> Result<()> {
    let (chain, node) = (town.chain()?, town.fleet.node(0)?);
    let signer = town.voters.first().context("there are no voters")?;
    let to = [
        value::address(&signer.account(), chain.properties()),
        "1BLOC".to_owned(),
    ];
    let call = chain.call_from_text("balances.transferKeepAlive", &to).await?;
    let genesis = chain.genesis_hash();
    let sender = offline::Sender::new("//BLOCS test//account//0", genesis, &next.version)?;
    let nonce = sender.next_nonce(node).await?;
    let wrong = sender.send(node, &call, nonce, [7; 32]).await;
    let refused = wrong.err().map(|error| format!("{error:#}")).unwrap_or_default();
    sender.send(node, &call, nonce, next.metadata_hash).await?;
    until(
        "the transfer with the metadata's hash is in a block",
        ADOPTED,
        || async { Ok((sender.next_nonce(node).await? > nonce).then_some(())) },
    )
    .await?;
    section.check(
        "a transfer signed over the hash of the new metadata is taken, over another hash refused",
        refused.to_lowercase().contains("bad signature"),
        refused,
    );
    Ok(())
}
