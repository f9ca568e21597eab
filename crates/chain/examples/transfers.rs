//! Sends several transfers of one account at once and shows what came of each, then follows finalized blocks.
//!
//! ```text
//! cargo run --release -p blocs-chain --example transfers -- ws://127.0.0.1:9944 //Alice //Bob 3
//! ```

use blocs_chain::{At, ChainClient, ConnectOptions, MarketCall, Signer, WaitFor, connect};
use futures::{StreamExt, future::join_all};
use std::time::Instant;

/// One BLOC in planck.
const BLOC: u128 = 1_000_000_000_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let (url, from, to) = (next("ws://127.0.0.1:9944"), next("//Alice"), next("//Bob"));
    let count: u128 = next("3").parse()?;
    let chain = connect(&url, ConnectOptions::default()).await?;
    println!("{:#?}", chain.properties());
    let (from, to) = (Signer::from_suri(&from)?, Signer::from_suri(&to)?.account());
    println!(
        "{} holds {:?}",
        from.account(),
        chain.balance(&from.account(), At::Best).await?
    );

    let started = Instant::now();
    let transfers = (1..=count).map(|amount| {
        let call = MarketCall::Transfer {
            to: to.clone(),
            amount: amount * BLOC,
        };
        chain.submit(&from, call, WaitFor::Finalized)
    });
    for outcome in join_all(transfers).await {
        match outcome {
            Ok(report) => println!(
                "in block {} for {} planck after {:?}",
                report.block.number,
                report.fee,
                started.elapsed()
            ),
            Err(error) => println!("failed: {error}"),
        }
    }
    let mut blocks = chain.finalized_blocks(None).take(3);
    while let Some(block) = blocks.next().await {
        println!("finalized {:?}", block?);
    }
    Ok(())
}
