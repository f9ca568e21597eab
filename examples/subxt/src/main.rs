//! How a program of one's own talks to BLOCS with subxt: a transfer, the providers and deals of the market, and its events in
//! finalized blocks. Nothing here comes from this repository but the names in the chain's metadata.
//!
//! ```text
//! cargo run --release -p blocs-example-subxt -- ws://127.0.0.1:9944
//! ```

mod market;

use anyhow::{Context, Result, bail};
use subxt::{OnlineClient, PolkadotConfig, dynamic, ext::scale_decode::DecodeAsType};
use subxt_signer::sr25519::dev;

/// One BLOC in planck.
const BLOC: u128 = 1_000_000_000_000;
/// Finalized blocks that are looked at.
const BLOCKS: usize = 3;

type Client = OnlineClient<PolkadotConfig>;

/// Only the fields that are wanted: the rest of the record is passed over.
#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Account {
    data: Balances,
}

#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Balances {
    free: u128,
}

#[tokio::main]
async fn main() -> Result<()> {
    let url = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "ws://127.0.0.1:9944".to_owned());
    let client = Client::from_insecure_url(&url).await.with_context(|| {
        format!("no node answers at {url}: start one with \"blocs-node --dev\", or name another URL")
    })?;
    transfer(&client).await?;
    market::show(&client).await?;
    watch(&client).await
}

/// Free balance in the newest finalized block.
async fn free(client: &Client, account: [u8; 32]) -> Result<u128> {
    let address = dynamic::storage::<([u8; 32],), Account>("System", "Account");
    let at = client.at_current_block().await?;
    let value = at.storage().fetch(address, (account,)).await?;
    Ok(value.decode()?.data.free)
}

async fn transfer(client: &Client) -> Result<()> {
    let (from, to) = (dev::ferdie(), dev::two());
    let before = free(client, to.public_key().0).await?;
    let call = dynamic::transaction(
        "Balances",
        "transfer_keep_alive",
        (to.public_key().to_address::<()>(), 5 * BLOC),
    );
    let sent = client
        .tx()
        .await?
        .sign_and_submit_then_watch_default(&call, &from)
        .await?
        .wait_for_finalized()
        .await?;
    // An error here names the pallet and its error.
    sent.wait_for_success().await.context("the transfer failed")?;
    let arrived = free(client, to.public_key().0).await? - before;
    if arrived != 5 * BLOC {
        bail!("{arrived} planck arrived in place of {}", 5 * BLOC);
    }
    println!("transferred {arrived} planck in block {:?}", sent.block_hash());
    Ok(())
}

/// Prints the market's events as they become final.
async fn watch(client: &Client) -> Result<()> {
    let mut blocks = client.stream_blocks().await?;
    for _ in 0..BLOCKS {
        let block = blocks.next().await.context("the node closed the connection")??;
        let events = block.at().await?.events().fetch().await?;
        println!("finalized {} with {} events", block.number(), events.len());
        for event in events.iter() {
            let event = event?;
            if event.pallet_name() == "StorageMarket" {
                let fields = event.decode_fields_unchecked_as::<dynamic::Value>()?;
                println!("  {} {fields}", event.event_name());
            }
        }
    }
    Ok(())
}
