//! `blocs proof …`

mod fetch;
mod show;

use super::{Context, desk, parse_deal};
use crate::exit::{Status, error};
use anyhow::Context as _;
use blocs_chain::{At, SubxtChain};
use blocs_light::{Bundle, Bytes, Checkpoint, KeyPart, MAX_FILE_BYTES, Proven, Question, Start, StorageEntry, Trust};
use blocs_primitives::Hash;
use clap::{Args, Subcommand};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
    str::FromStr,
};

/// What to prove.
#[derive(Debug, Subcommand)]
pub(crate) enum ProofCommand {
    /// Prove what an account holds
    Account(AccountArgs),
    /// Prove a deal
    Deal(DealArgs),
    /// Prove a slot of a deal
    Slot(SlotArgs),
    /// Prove any storage entry, as bytes
    Storage(StorageArgs),
    /// Verify a proof from a file; needs no node
    Verify(VerifyArgs),
}

/// Arguments of `proof account`.
#[derive(Debug, Args)]
pub(crate) struct AccountArgs {
    /// Address, or name of an account of this machine
    address: String,
    #[command(flatten)]
    fetch: FetchArgs,
}

/// Arguments of `proof deal`.
#[derive(Debug, Args)]
pub(crate) struct DealArgs {
    /// Id of the deal
    deal: String,
    #[command(flatten)]
    fetch: FetchArgs,
}

/// Arguments of `proof slot`.
#[derive(Debug, Args)]
pub(crate) struct SlotArgs {
    /// Id of the deal, a slash, and the index of the slot
    #[arg(value_name = "DEAL/INDEX")]
    slot: String,
    #[command(flatten)]
    fetch: FetchArgs,
}

/// Arguments of `proof storage`.
#[derive(Debug, Args)]
pub(crate) struct StorageArgs {
    /// Name of the pallet
    pallet: String,
    /// Name of the storage entry
    entry: String,
    /// Its keys, written as arguments of `blocs tx call`
    keys: Vec<String>,
    #[command(flatten)]
    fetch: FetchArgs,
}

/// Where from, and where to.
#[derive(Debug, Args)]
pub(crate) struct FetchArgs {
    /// Write the proof to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Prove the state of this block [default: the newest finalized one]
    #[arg(long, value_name = "HASH")]
    at: Option<String>,
    #[command(flatten)]
    checkpoints: CheckpointArgs,
}

/// Arguments of `proof verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// The proof
    file: PathBuf,
    #[command(flatten)]
    checkpoints: CheckpointArgs,
}

/// Where trust begins, and where it may begin next time.
#[derive(Debug, Args)]
struct CheckpointArgs {
    /// Trust this checkpoint in place of the first block
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// Write a checkpoint of the newest finalized block to this file
    #[arg(long, value_name = "FILE")]
    save_checkpoint: Option<PathBuf>,
}

impl ProofCommand {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Account(AccountArgs { address, fetch }) => {
                let question = Question::Account(context.resolve(&address)?);
                fetch.run(context, context.chain().await?, question).await
            }
            Self::Deal(DealArgs { deal, fetch }) => {
                let question = Question::Deal(deal_id(&deal)?);
                fetch.run(context, context.chain().await?, question).await
            }
            Self::Slot(SlotArgs { slot, fetch }) => {
                let (deal, index) = slot.split_once('/').ok_or_else(|| no_slot(&slot))?;
                let index = index.parse().map_err(|_| no_slot(&slot))?;
                let deal = deal_id(deal)?;
                fetch
                    .run(context, context.chain().await?, Question::Slot { deal, index })
                    .await
            }
            Self::Storage(StorageArgs {
                pallet,
                entry,
                keys,
                fetch,
            }) => {
                let chain = context.chain().await?;
                let question = storage(&chain, &pallet, &entry, &keys).await?;
                fetch.run(context, chain, question).await
            }
            Self::Verify(args) => args.run(context),
        }
    }
}

fn deal_id(text: &str) -> anyhow::Result<Hash> {
    let id = parse_deal(text).ok_or_else(|| {
        let message = format!("{text:?} is not the id of a deal: it has 64 hexadecimal digits (see `blocs deal ls`)");
        error(Status::Usage, message)
    })?;
    Ok(id.0)
}

fn no_slot(text: &str) -> anyhow::Error {
    error(
        Status::Usage,
        format!("{text:?} is not a slot: write DEAL/INDEX, such as 0x12…ef/0"),
    )
}

/// Names and hashers of an entry, from the node's metadata.
async fn storage(chain: &SubxtChain, pallet: &str, entry: &str, keys: &[String]) -> anyhow::Result<Question> {
    let parts = chain.storage_key_parts(At::Finalized, pallet, entry, keys).await;
    let parts = parts.map_err(desk::usage)?;
    let part = |(hasher, key): (String, Vec<u8>)| -> anyhow::Result<KeyPart> {
        let hasher = serde_json::from_value(json!(hasher)).context("the metadata names an unknown hasher")?;
        Ok(KeyPart {
            hasher,
            key: Bytes(key),
        })
    };
    Ok(Question::Storage(StorageEntry {
        pallet: parts.pallet,
        entry: parts.entry,
        keys: parts.keys.into_iter().map(part).collect::<anyhow::Result<_>>()?,
    }))
}

impl FetchArgs {
    async fn run(self, context: &Context, chain: SubxtChain, question: Question) -> anyhow::Result<()> {
        let at = match &self.at {
            Some(text) => Some(Hash::from_str(text.trim()).map_err(|_| {
                let message = format!("{text:?} is not the hash of a block: write 64 hexadecimal digits after 0x");
                error(Status::Usage, message)
            })?),
            None => None,
        };
        let trust = match self.checkpoints.read()? {
            Some(checkpoint) => Trust::Checkpoint(checkpoint),
            None => Trust::Genesis(first_block(context, &chain)),
        };
        let bundle = fetch::bundle(&chain, question, &trust, at).await?;
        let proven = bundle.verify(&trust).map_err(|wrong| {
            let message = format!(
                "what the node at {} answered does not prove it: {wrong}",
                context.settings.url
            );
            error(Status::Integrity, message)
        })?;
        if let Some(path) = &self.out {
            let text = bundle.to_json().context("cannot write the proof")?;
            fs::write(path, text).with_context(|| format!("cannot write the proof to {}", path.display()))?;
            let file = path.display();
            let genesis = format!("{:?}", proven.genesis);
            context.output.note(format!(
                "wrote {file}: anybody can check it with `blocs proof verify {file} --genesis {genesis}`"
            ));
        }
        self.checkpoints.finish(context, &proven)
    }
}

/// The first block that the user trusts, or else the node's.
fn first_block(context: &Context, chain: &SubxtChain) -> Hash {
    use blocs_chain::ChainClient as _;
    context.settings.genesis.unwrap_or_else(|| {
        let genesis = chain.genesis_hash();
        let advice = "compare it with one from a source that you trust, or give it with --genesis";
        context.output.note(format!(
            "the first block is the one that the node names, {genesis:?}: {advice}"
        ));
        genesis
    })
}

impl VerifyArgs {
    fn run(self, context: &Context) -> anyhow::Result<()> {
        let file = self.file.display();
        let size = fs::metadata(&self.file)
            .with_context(|| format!("cannot read the proof {file}"))?
            .len();
        if usize::try_from(size).is_ok_and(|size| size > MAX_FILE_BYTES) {
            let message = format!("cannot verify {file}: it has {size} bytes; at most {MAX_FILE_BYTES} are read");
            return Err(error(Status::Integrity, message));
        }
        let bytes = fs::read(&self.file).with_context(|| format!("cannot read the proof {file}"))?;
        let refused = |wrong| error(Status::Integrity, format!("the proof {file} is refused: {wrong}"));
        let bundle = Bundle::from_json(&bytes).map_err(refused)?;
        let checkpoint = self.checkpoints.read()?;
        let usage = |advice: &str| error(Status::Usage, format!("cannot verify {file}: {advice}"));
        let trust = match (&bundle.start, checkpoint, context.settings.genesis) {
            (Start::Checkpoint { .. }, Some(checkpoint), _) => Trust::Checkpoint(checkpoint),
            (Start::Checkpoint { hash }, None, _) => {
                let advice =
                    format!("it begins at the checkpoint {hash:?}: name that checkpoint's file with --checkpoint");
                return Err(usage(&advice));
            }
            (Start::Genesis { .. }, Some(_), _) => {
                let advice = "it begins at the chain's first block: leave out --checkpoint, and give --genesis";
                return Err(usage(advice));
            }
            (Start::Genesis { .. }, None, Some(genesis)) => Trust::Genesis(genesis),
            (Start::Genesis { .. }, None, None) => {
                return Err(usage("name the chain's first block that you trust with --genesis HASH"));
            }
        };
        let proven = bundle.verify(&trust).map_err(refused)?;
        self.checkpoints.finish(context, &proven)
    }
}

impl CheckpointArgs {
    fn read(&self) -> anyhow::Result<Option<Checkpoint>> {
        self.checkpoint.as_deref().map(read_checkpoint).transpose()
    }

    /// Shows what is proved, and keeps the checkpoint if that is wanted.
    fn finish(&self, context: &Context, proven: &Proven) -> anyhow::Result<()> {
        context.output.record(show::value(proven), || show::text(proven))?;
        let Some(path) = &self.save_checkpoint else {
            return Ok(());
        };
        let text = serde_json::to_string_pretty(&proven.checkpoint).context("cannot write the checkpoint")?;
        fs::write(path, text).with_context(|| format!("cannot write the checkpoint to {}", path.display()))
    }
}

fn read_checkpoint(path: &Path) -> anyhow::Result<Checkpoint> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read the checkpoint {}", path.display()))?;
    serde_json::from_str(&text).map_err(|wrong| {
        let message = format!("{} is no checkpoint: {wrong}", path.display());
        error(Status::Integrity, message)
    })
}
