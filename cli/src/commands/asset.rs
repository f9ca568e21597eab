//! `blocs asset …`

mod holdings;
mod issue;
mod show;
mod units;

use super::Context;
use crate::exit::{Status, error};
use blocs_chain::{At, Decoded, SubxtChain, Value, value};
use blocs_primitives::{AccountId, Balance};
use clap::Subcommand;
use units::Denomination;

/// What to do with tokens other than the chain's own.
#[derive(Debug, Subcommand)]
pub(crate) enum AssetCommand {
    /// Make an asset; the current account owns it
    Create(issue::CreateArgs),
    /// Give an asset name, symbol and decimals, or change them
    Metadata(issue::MetadataArgs),
    /// Make new units of an asset
    Mint(issue::MintArgs),
    /// Destroy units of an asset
    Burn(issue::BurnArgs),
    /// Send units of an asset
    Transfer(holdings::TransferArgs),
    /// Show how much of an asset an account holds
    Balance(holdings::BalanceArgs),
    /// Show one asset
    Show(show::ShowArgs),
    /// List all assets
    Ls,
}

impl AssetCommand {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Create(args) => args.run(context).await,
            Self::Metadata(args) => args.run(context).await,
            Self::Mint(args) => args.run(context).await,
            Self::Burn(args) => args.run(context).await,
            Self::Transfer(args) => args.run(context).await,
            Self::Balance(args) => args.run(context).await,
            Self::Show(args) => args.run(context).await,
            Self::Ls => show::ls(context).await,
        }
    }
}

/// An asset.
struct Asset {
    id: u32,
    owner: Option<AccountId>,
    issuer: Option<AccountId>,
    admin: Option<AccountId>,
    supply: Balance,
    min_balance: Balance,
    deposit: Balance,
    accounts: Balance,
    status: String,
    name: String,
    denomination: Denomination,
}

impl Asset {
    /// The asset of this number; an error when there is none.
    async fn read(chain: &SubxtChain, id: u32) -> anyhow::Result<Self> {
        let key = || vec![Value::u128(id.into())];
        let details = chain.read(At::Best, "Assets", "Asset", key()).await?.ok_or_else(|| {
            let message = format!("there is no asset {id}: `blocs asset ls` lists all");
            error(Status::NotFound, message)
        })?;
        let metadata = chain.read(At::Best, "Assets", "Metadata", key()).await?;
        Ok(Self::decode(id, &details, metadata.as_ref()))
    }

    fn decode(id: u32, details: &Decoded, metadata: Option<&Decoded>) -> Self {
        let number = |name: &str| value::field(details, name).and_then(value::as_u128).unwrap_or_default();
        let who = |name: &str| value::field(details, name).and_then(value::as_account);
        let text = |name: &str| {
            let field = metadata.and_then(|metadata| value::field(metadata, name));
            field.and_then(value::as_text).unwrap_or_default()
        };
        let status = value::field(details, "status").and_then(value::variant);
        let decimals = metadata
            .and_then(|metadata| value::field(metadata, "decimals"))
            .and_then(value::as_u128);
        Self {
            id,
            owner: who("owner"),
            issuer: who("issuer"),
            admin: who("admin"),
            supply: number("supply"),
            min_balance: number("min_balance"),
            deposit: number("deposit"),
            accounts: number("accounts"),
            status: status.map(|(name, _)| name.to_lowercase()).unwrap_or_default(),
            name: text("name"),
            denomination: Denomination {
                symbol: text("symbol"),
                decimals: decimals
                    .and_then(|decimals| u8::try_from(decimals).ok())
                    .unwrap_or_default(),
            },
        }
    }
}

/// Number of an asset as the chain wants it.
fn id_value(id: u32) -> Value {
    Value::u128(id.into())
}
