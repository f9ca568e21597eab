//! `blocs contract events`

use super::{answer, given};
use crate::{
    commands::Context,
    exit::{Status, error},
};
use blocs_chain::{At, BlockRef, ChainClient, SubxtChain};
use blocs_contract::{Bundle, chain};
use blocs_primitives::{AccountId, BlockNumber};
use clap::Args;
use futures::StreamExt;
use std::path::PathBuf;

/// Arguments of `contract events`.
#[derive(Debug, Args)]
pub(crate) struct EventsArgs {
    /// The contract's address [default: all contracts]
    #[arg(value_name = "ADDRESS")]
    contract: Option<String>,
    /// The contract's bundle, to read the events by; without it their bytes are shown
    #[arg(long, env = "BLOCS_BUNDLE", hide_env_values = true, value_name = "PATH")]
    bundle: Option<PathBuf>,
    /// Only events of this name
    #[arg(long, value_name = "NAME", requires = "bundle")]
    event: Option<String>,
    /// The first block
    #[arg(long, value_name = "BLOCK", conflicts_with = "last")]
    from: Option<BlockNumber>,
    /// The last block [default: the last final one]
    #[arg(long, value_name = "BLOCK", conflicts_with = "follow")]
    to: Option<BlockNumber>,
    /// So many blocks before the last one
    #[arg(long, value_name = "BLOCKS", default_value_t = 100)]
    last: BlockNumber,
    /// Wait for further ones, until the command is interrupted
    #[arg(long)]
    follow: bool,
}

impl EventsArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let chain = context.chain().await?;
        let contract = self.contract.as_ref().map(|text| context.resolve(text)).transpose()?;
        let bundle = self.bundle.as_ref().map(|path| given::read(path, &chain)).transpose()?;
        let name = match (&bundle, &self.event) {
            (Some(bundle), Some(name)) => Some(bundle.abi().event(name)?.name.clone()),
            _ => None,
        };
        let head = chain.block(At::Finalized).await?;
        let last = match self.to {
            Some(to) if to > head.number => {
                let message = format!("block {to} is not final yet: the last final one is {}", head.number);
                return Err(error(Status::Usage, message));
            }
            Some(to) => to,
            None => head.number,
        };
        let first = self.from.unwrap_or_else(|| last.saturating_sub(self.last));
        let wanted = Wanted {
            chain: &chain,
            contract,
            bundle,
            name,
        };
        if !self.follow {
            let mut found = 0;
            for number in first..=last {
                let hash = chain.block_hash(number).await?;
                let Some(hash) = hash else { continue };
                found += wanted.show(context, BlockRef { number, hash }).await?;
            }
            if found == 0 {
                context
                    .output
                    .note(format!("no event of a contract in the blocks from {first} to {last}"));
            }
            return Ok(());
        }
        let from = self.from.unwrap_or(first);
        let mut blocks = chain.finalized_blocks(Some(from));
        while let Some(block) = blocks.next().await {
            match block {
                Ok(block) => {
                    wanted.show(context, block).await?;
                }
                Err(failure) => context.output.note(failure.to_string()),
            }
        }
        Ok(())
    }
}

/// Which events to show.
struct Wanted<'a> {
    chain: &'a SubxtChain,
    contract: Option<AccountId>,
    bundle: Option<Bundle>,
    name: Option<String>,
}

impl Wanted<'_> {
    /// Shows the events of a block; how many there were.
    async fn show(&self, context: &Context, block: BlockRef) -> anyhow::Result<usize> {
        let abi = self.bundle.as_ref().map(Bundle::abi);
        let mut shown = 0;
        for event in chain::emitted_in(self.chain, block.hash).await? {
            if self
                .contract
                .as_ref()
                .is_some_and(|contract| contract != &event.contract)
            {
                continue;
            }
            let answer::Shown { mut json, text } = answer::event(self.chain, &event, None, abi);
            let name = json.get("event").and_then(|name| name.as_str());
            if self.name.is_some() && self.name.as_deref() != name {
                continue;
            }
            if let Some(all) = json.as_object_mut() {
                all.insert("block".to_owned(), block.number.into());
                all.insert("extrinsic".to_owned(), event.extrinsic.into());
            }
            let number = block.number;
            context.output.record(json, || format!("{number} {text}"))?;
            shown += 1;
        }
        Ok(shown)
    }
}
