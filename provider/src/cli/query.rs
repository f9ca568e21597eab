//! `blocs-provider status | slots | proofs | earnings | stop`: what the running daemon answers.

use super::{Failure, NOT_FOUND, Options, RETRYABLE, account, connect, running};
use crate::{
    admin::{AdminClient, status_word},
    shared::bloc,
};
use blocs_chain::{At, ChainClient};
use clap::Args;
use jsonrpsee::http_client::{HttpClient, HttpClientBuilder};
use serde_json::json;
use std::{fmt::Write as _, path::Path, time::Duration};

/// How many lines to show.
#[derive(Debug, Args)]
pub(super) struct Limit {
    /// Most lines to show.
    #[arg(long, short, default_value_t = 100)]
    number: usize,
}

fn client(data: &Path) -> anyhow::Result<HttpClient> {
    let Some(run) = running(data)? else {
        let text = format!(
            "no daemon runs with the data folder {}: start `blocs-provider run`",
            data.display()
        );
        return Err(Failure::new(NOT_FOUND, text).into());
    };
    Ok(HttpClientBuilder::default()
        .request_timeout(Duration::from_secs(10))
        .build(format!("http://{}", run.admin))?)
}

fn unreachable(error: jsonrpsee::core::ClientError) -> Failure {
    Failure::new(
        RETRYABLE,
        format!("the daemon does not answer: {error}; is it running?"),
    )
}

/// Amounts travel as text.
fn amount(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), bloc)
}

/// Shows the daemon's state, and the registration as the chain has it even when the daemon is down.
pub(super) async fn status(options: &Options) -> anyhow::Result<()> {
    let (data, config) = options.load()?;
    let daemon = match client(&data) {
        Ok(client) => client.status().await.map_err(unreachable),
        Err(error) => Err(Failure::new(NOT_FOUND, error.to_string())),
    };
    let signer = account(&data, &config)?;
    let on_chain = async {
        let chain = connect(&config).await?;
        let provider = chain.provider(&signer.account(), At::Finalized).await?;
        let balance = chain.balance(&signer.account(), At::Finalized).await?;
        anyhow::Ok((provider, balance))
    };
    let on_chain = on_chain.await;
    let mut text = format!("account     {}\n", signer.account());
    let mut value = json!({ "account": signer.account().to_string() });
    match &daemon {
        Ok(status) => {
            let height = |number: Option<u32>| number.map_or("none".to_owned(), |number| number.to_string());
            writeln!(text, "daemon      running, peer {}", status.peer_id)?;
            writeln!(
                text,
                "chain       {}, best {}, applied {}",
                status.chain,
                height(status.best),
                height(status.applied)
            )?;
            writeln!(
                text,
                "slots       {} live, {} quoted, {} closing",
                status.live_slots, status.quoted_slots, status.closing_slots
            )?;
            writeln!(
                text,
                "bytes       {} of {} held, {} reserved",
                status.held, status.capacity, status.reserved
            )?;
            if let Some(reason) = &status.stopped {
                writeln!(text, "STOPPED     {reason}")?;
            }
            value["daemon"] = serde_json::to_value(status)?;
        }
        Err(error) => writeln!(text, "daemon      {error}")?,
    }
    match &on_chain {
        Ok((Some(provider), balance)) => {
            let word = status_word(provider.status);
            writeln!(
                text,
                "registered  {word}, bond {}, {} periods proved, {} missed in a row",
                bloc(provider.bond),
                provider.proven,
                provider.misses
            )?;
            writeln!(
                text,
                "earnings    {} to claim, {} a period; balance {}",
                bloc(provider.accrued),
                bloc(provider.rate),
                bloc(balance.transferable)
            )?;
            value["registered"] = json!({
                "status": word, "bond": provider.bond.to_string(), "capacity": provider.capacity, "used": provider.used,
                "price": provider.price.to_string(), "rate": provider.rate.to_string(), "accrued": provider.accrued.to_string(),
                "proven": provider.proven, "misses": provider.misses, "period": provider.period,
                "balance": balance.transferable.to_string(),
            });
        }
        Ok((None, balance)) => {
            writeln!(
                text,
                "registered  no; balance {}; run `blocs-provider register`",
                bloc(balance.transferable)
            )?;
        }
        Err(error) => writeln!(text, "chain       {}", super::describe(error))?,
    }
    options.print(&value, &text)?;
    match (daemon, on_chain) {
        (Err(failure), Err(_)) => Err(failure.into()),
        _ => Ok(()),
    }
}

/// Lists slots.
pub(super) async fn slots(options: &Options, limit: &Limit) -> anyhow::Result<()> {
    let slots = client(&options.data()?)?
        .slots(limit.number)
        .await
        .map_err(unreachable)?;
    for slot in slots {
        let until = slot.until.map_or(String::new(), |until| until.to_string());
        let text = format!(
            "{}  {:8} {:>12}  {:>8}  {}\n",
            slot.slot,
            slot.state,
            slot.size,
            until,
            amount(&slot.rate)
        );
        options.print(&slot, &text)?;
    }
    Ok(())
}

/// Lists proving periods.
pub(super) async fn proofs(options: &Options, limit: &Limit) -> anyhow::Result<()> {
    let proofs = client(&options.data()?)?
        .proofs(limit.number)
        .await
        .map_err(unreachable)?;
    for line in &proofs.periods {
        let text = format!(
            "period {:>8}  {:7} block {:>9}  {}\n",
            line.period,
            line.outcome,
            line.block,
            amount(&line.amount)
        );
        options.print(line, &text)?;
    }
    for line in &proofs.submissions {
        let reason = line.reason.as_deref().unwrap_or("");
        let text = format!(
            "proof of {:>6}  {:9} made at {:>7}, {} pieces  {reason}\n",
            line.period, line.state, line.made_at, line.pieces
        );
        options.print(line, &text)?;
    }
    Ok(())
}

/// Shows earnings.
pub(super) async fn earnings(options: &Options) -> anyhow::Result<()> {
    let earned = client(&options.data()?)?.earnings().await.map_err(unreachable)?;
    let text = format!(
        "to claim    {}\na period    {}\npaid        {} in {} periods\nslashed     {} in {} missed periods\n",
        amount(&earned.accrued),
        amount(&earned.rate),
        amount(&earned.paid),
        earned.proved,
        amount(&earned.slashed),
        earned.missed,
    );
    options.print(&earned, &text)
}

/// Stops the daemon.
pub(super) async fn stop(options: &Options) -> anyhow::Result<()> {
    client(&options.data()?)?.stop().await.map_err(unreachable)?;
    options.print(&json!({ "stopping": true }), "stopping\n")
}
