//! Providers lose or spoil what they keep.

use super::{
    Stage, Verdict,
    loss::{comes_back, with_file},
};
use crate::{Cluster, random_file};
use anyhow::{Context, Result, ensure};
use blocs_chain::{At, ChainClient, MarketEvent, ProviderStatus, SlotStatus};
use blocs_primitives::{AccountId, DealId, SlotId, SlotIndex};
use std::{
    fs::{self, OpenOptions},
    os::unix::fs::FileExt,
    path::Path,
};

const MIB: u64 = 1 << 20;

async fn holder(cluster: &Cluster, deal: DealId, index: u16) -> Result<AccountId> {
    let slot = SlotId {
        deal,
        index: SlotIndex(index),
    };
    let slot = cluster
        .chain()
        .slot(slot, At::Finalized)
        .await?
        .context("the deal lacks that slot")?;
    Ok(slot.provider)
}

async fn number_of(cluster: &Cluster, account: &AccountId) -> Result<u32> {
    for provider in cluster.providers() {
        let provider = provider.lock().await;
        if provider.account() == account {
            return Ok(provider.number());
        }
    }
    anyhow::bail!("{account} is none of the providers")
}

/// Inverts one byte in every 16 KiB.
fn spoil(path: &Path) -> Result<()> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let size = file.metadata()?.len();
    for offset in (0..size).step_by(16 << 10) {
        let mut byte = [0];
        file.read_exact_at(&mut byte, offset)?;
        file.write_all_at(&[!byte[0]], offset)?;
    }
    Ok(())
}

pub(super) async fn corrupted_bytes_are_noticed_and_the_provider_is_named(stage: &Stage) -> Result<Verdict> {
    // Given a file whose first data slot lies with a provider that spoils it
    let cluster = stage.own("corrupt", 3).await?;
    let (user, source, deal) = with_file(&cluster, "owner", 6 * MIB, &["--ec", "2+1"]).await?;
    let account = holder(&cluster, deal, 0).await?;
    // It finds the damage itself when it proves next, and concedes the slot: just after a proof there is a period until then.
    let period = cluster.current_period().await?;
    cluster.proved_since(&account, period, cluster.patience(3)).await?;
    {
        let provider = cluster.provider(number_of(&cluster, &account).await?).await?;
        let files = provider.slot_files()?;
        spoil(files.first().context("the provider has no slot on disk")?)?;
    }

    // When the file is got, it is right, and the user learns who served wrong bytes
    let outcome = comes_back(&user, "file", &source).await?;
    let named = account.to_string();
    ensure!(
        outcome.stderr.contains(&named) || outcome.stdout.contains(&named),
        "get does not name {named}: {}{}",
        outcome.stdout,
        outcome.stderr
    );
    Ok(Verdict::Passed)
}

pub(super) async fn one_lost_slot_is_conceded_and_the_others_go_on_earning(stage: &Stage) -> Result<Verdict> {
    // Given a provider with a slot of each of three deals
    let cluster = stage.own("one-lost", 3).await?;
    let (user, source, _) = with_file(&cluster, "owner", MIB, &["--ec", "2+1"]).await?;
    let (second, third) = (user.home().join("second.bin"), user.home().join("third.bin"));
    random_file(&second, 2 * MIB, 2)?;
    random_file(&third, 8 * MIB, 3)?;
    user.put(&second, "second", &["--ec", "2+1"]).await?.expect(0)?;
    let before = cluster.chain().deals_by_owner(user.account(), At::Finalized).await?;
    user.put(&third, "third", &["--ec", "2+1"]).await?.expect(0)?;
    let all = cluster.chain().deals_by_owner(user.account(), At::Finalized).await?;
    let largest = all
        .into_iter()
        .find(|deal| !before.contains(deal))
        .context("the third deal is not on chain")?;
    let account = cluster.provider(0).await?.account().clone();
    let bond = cluster
        .chain()
        .provider(&account, At::Finalized)
        .await?
        .context("no such provider")?
        .bond;

    // When the file of the largest goes
    let files = cluster.provider(0).await?.slot_files()?;
    fs::remove_file(files.first().context("the provider has no slot on disk")?)?;

    // Then it concedes that slot, which costs a part of its bond
    let limit = cluster.patience(8);
    let (block, index, slashed) = cluster
        .events()
        .first("the slot is lost", limit, |(block, event)| match event {
            MarketEvent::SlotLost {
                deal,
                index,
                provider,
                slashed,
            } if *deal == largest && *provider == account => Some((*block, *index, *slashed)),
            _ => None,
        })
        .await?;
    let slot = SlotId { deal: largest, index };
    let slot = cluster
        .chain()
        .slot(slot, At::Finalized)
        .await?
        .context("the lost slot is gone")?;
    ensure!(
        slot.status == SlotStatus::Lost,
        "the slot is {:?} in place of lost",
        slot.status
    );
    let now = cluster
        .chain()
        .provider(&account, At::Finalized)
        .await?
        .context("no such provider")?;
    ensure!(
        slashed > 0 && now.bond < bond,
        "a lost slot cost nothing: slashed {slashed}, bond {bond} then {}",
        now.bond
    );

    // And the others are live, proved and paid
    let period = block.number / cluster.chain().period_length();
    let (_, paid) = cluster.proved_since(&account, period + 1, limit).await?;
    ensure!(paid > 0, "the other slots are proved and earn nothing");
    let live = cluster.chain().slots_of_provider(&account, At::Finalized).await?;
    let live = live.iter().filter(|(_, slot)| slot.status == SlotStatus::Live).count();
    ensure!(live == 2, "{live} slots are live in place of two");
    let elsewhere = cluster.events().all(|(_, event)| match event {
        MarketEvent::SlotLost { deal, .. } if *deal != largest => Some(*deal),
        _ => None,
    });
    ensure!(
        elsewhere.is_empty(),
        "slots of other deals were lost too: {elsewhere:?}"
    );

    // And every file comes back
    for (name, source) in [("file", &source), ("second", &second), ("third", &third)] {
        comes_back(&user, name, source).await?;
    }
    Ok(Verdict::Passed)
}

pub(super) async fn provider_whose_data_was_deleted_is_slashed_and_then_faulted(stage: &Stage) -> Result<Verdict> {
    // Given a provider with slots of two deals
    let cluster = stage.own("all-lost", 3).await?;
    let (user, source, _) = with_file(&cluster, "owner", 2 * MIB, &["--ec", "2+1"]).await?;
    user.put(&source, "again", &["--ec", "2+1"]).await?.expect(0)?;
    let account = cluster.provider(0).await?.account().clone();
    let bond = cluster
        .chain()
        .provider(&account, At::Finalized)
        .await?
        .context("no such provider")?
        .bond;
    let misses_to_fault = cluster.chain().params(At::Finalized).await?.misses_to_fault;

    // When all of them go
    for file in cluster.provider(0).await?.slot_files()? {
        fs::remove_file(file)?;
    }

    // Then it misses, is slashed each time, and is faulted after the last
    let limit = cluster.patience(misses_to_fault + 4);
    let faulted = |(_, event): &(_, MarketEvent)| match event {
        MarketEvent::Faulted { provider, .. } if *provider == account => Some(()),
        _ => None,
    };
    cluster
        .events()
        .first("the provider is faulted", limit, faulted)
        .await?;
    let slashes = cluster.events().all(|(_, event)| match event {
        MarketEvent::Missed { provider, slashed, .. } if *provider == account => Some(*slashed),
        _ => None,
    });
    ensure!(
        slashes.len() >= misses_to_fault as usize,
        "it was faulted after {} misses",
        slashes.len()
    );
    ensure!(
        slashes.iter().all(|slashed| *slashed > 0),
        "a miss cost nothing: {slashes:?}"
    );
    let now = cluster
        .chain()
        .provider(&account, At::Finalized)
        .await?
        .context("no such provider")?;
    ensure!(
        now.status == ProviderStatus::Faulted,
        "it is {:?} in place of faulted",
        now.status
    );
    ensure!(now.bond < bond, "its bond is still {bond}");

    // And it has conceded nothing: when everything is gone, a volume that is not mounted is likelier than a loss
    let conceded = cluster.events().all(|(_, event)| match event {
        MarketEvent::SlotLost { provider, .. } if *provider == account => Some(()),
        _ => None,
    });
    ensure!(conceded.is_empty(), "it conceded {} slots", conceded.len());

    // And the files come back from the others
    comes_back(&user, "file", &source).await?;
    comes_back(&user, "again", &source).await?;
    Ok(Verdict::Passed)
}
