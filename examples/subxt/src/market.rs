//! The market's records, with those of their fields that the example prints.

use crate::Client;
use anyhow::Result;
use subxt::{
    dynamic,
    ext::scale_decode::DecodeAsType,
    utils::{AccountId32, H256},
};

#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Provider {
    capacity: u64,
    used: u64,
    status: Status,
}

#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
enum Status {
    Active,
    Draining,
    Faulted,
}

#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Deal {
    owner: AccountId32,
    k: u16,
    n: u16,
    start: u32,
    end: u32,
}

#[derive(Debug, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Slot {
    provider: AccountId32,
    size: u64,
    rate: u128,
}

/// Prints every provider, and every deal with its slots, as the newest finalized block has them.
pub(crate) async fn show(client: &Client) -> Result<()> {
    let at = client.at_current_block().await?;
    let storage = at.storage();

    let address = dynamic::storage::<([u8; 32],), Provider>("StorageMarket", "Providers");
    let mut providers = storage.iter(address, ()).await?;
    while let Some(entry) = providers.next().await {
        let entry = entry?;
        let (account,) = entry.key()?.decode()?;
        let Provider { capacity, used, status } = entry.value().decode()?;
        println!(
            "provider {} {status:?}: {used} of {capacity} bytes used",
            AccountId32(account)
        );
    }

    let address = dynamic::storage::<([u8; 32],), Deal>("StorageMarket", "Deals");
    let mut deals = storage.iter(address, ()).await?;
    while let Some(entry) = deals.next().await {
        let entry = entry?;
        let (id,) = entry.key()?.decode()?;
        let Deal {
            owner,
            k,
            n,
            start,
            end,
        } = entry.value().decode()?;
        println!(
            "deal {:?} of {owner}: {k} of {n} slots give it back, periods {start} to {end}",
            H256(id)
        );
        let address = dynamic::storage::<([u8; 32], u16), Slot>("StorageMarket", "Slots");
        let mut slots = storage.iter(address, (id,)).await?;
        while let Some(entry) = slots.next().await {
            let entry = entry?;
            let (_, index) = entry.key()?.decode()?;
            let Slot { provider, size, rate } = entry.value().decode()?;
            println!("  slot {index}: {size} bytes at {provider} for {rate} planck a period");
        }
    }
    Ok(())
}
