//! `blocs multisig …`

mod approve;
mod ls;
mod propose;

use super::{
    Context,
    desk::{Desk, Sending},
};
use crate::exit::{Status, error};
use blocs_chain::{At, Decoded, RawCall, SubxtChain, Value, multisig_account, value};
use blocs_primitives::{AccountId, Hash};
use clap::{Args, Subcommand};
use serde_json::json;
use std::str::FromStr;

/// What to do with an account that several people hold together.
#[derive(Debug, Subcommand)]
pub(crate) enum MultisigCommand {
    /// Show the address that follows from who may sign and how many must
    Address(GroupArgs),
    /// Propose a call of the multisig's; that is the first approval
    Propose(propose::ProposeArgs),
    /// Approve a proposed call; the last approval that it needs sends it
    Approve(approve::ApproveArgs),
    /// Take back what the current account proposed; its deposit comes back
    Cancel(approve::CancelArgs),
    /// List the calls that wait for approvals
    Ls(ls::LsArgs),
}

impl MultisigCommand {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        match self {
            Self::Address(args) => address(context, &args).await,
            Self::Propose(args) => args.run(context).await,
            Self::Approve(args) => args.run(context).await,
            Self::Cancel(args) => args.run(context).await,
            Self::Ls(args) => args.run(context).await,
        }
    }
}

/// Who holds the account together.
#[derive(Clone, Debug, Args)]
pub(crate) struct GroupArgs {
    /// How many of the signatories must approve
    #[arg(long, value_name = "N")]
    threshold: u16,
    /// Who may sign: an address or an account of this machine; give all of them, in any order
    #[arg(long = "signatory", value_name = "WHO", required = true)]
    signatories: Vec<String>,
}

/// Those who hold an account together.
struct Group {
    threshold: u16,
    signatories: Vec<AccountId>,
    account: AccountId,
}

impl Group {
    fn read(context: &Context, args: &GroupArgs) -> anyhow::Result<Self> {
        let mut signatories = Vec::new();
        for name in &args.signatories {
            signatories.push(context.resolve(name)?);
        }
        // The chain wants them in the order of their bytes.
        signatories.sort();
        signatories.dedup();
        let (threshold, count) = (args.threshold, signatories.len());
        if count < 2 {
            let message = "a multisig has two signatories at least: name all of them with --signatory";
            return Err(error(Status::Usage, message));
        }
        if threshold == 0 || usize::from(threshold) > count {
            let message = format!("--threshold {threshold} cannot be met by {count} signatories: choose 1 to {count}");
            return Err(error(Status::Usage, message));
        }
        Ok(Self {
            threshold,
            account: multisig_account(&signatories, threshold),
            signatories,
        })
    }

    /// All but this one, which must be one of them.
    fn others(&self, account: &AccountId) -> anyhow::Result<Value> {
        if !self.signatories.contains(account) {
            let message =
                format!("{account} is not among the signatories: act for one of them with --account, or name it too");
            return Err(error(Status::Usage, message));
        }
        let others = self.signatories.iter().filter(|other| *other != account);
        Ok(Value::unnamed_composite(others.map(value::account)))
    }
}

async fn address(context: &Context, args: &GroupArgs) -> anyhow::Result<()> {
    let group = Group::read(context, args)?;
    let account = group.account.to_string();
    let signatories: Vec<String> = group.signatories.iter().map(ToString::to_string).collect();
    let value = json!({ "account": account, "threshold": group.threshold, "signatories": signatories });
    context.output.record(value, || account.clone())?;
    Ok(())
}

/// A call that waits for approvals.
struct Waiting {
    height: u32,
    index: u32,
    deposit: u128,
    depositor: Option<AccountId>,
    approvals: Vec<AccountId>,
}

impl Waiting {
    fn decode(record: &Decoded) -> Option<Self> {
        let when = value::field(record, "when")?;
        let number = |name: &str| value::field(when, name).and_then(value::as_u128);
        let approvals = value::field(record, "approvals")?;
        Some(Self {
            height: u32::try_from(number("height")?).ok()?,
            index: u32::try_from(number("index")?).ok()?,
            deposit: value::field(record, "deposit").and_then(value::as_u128)?,
            depositor: value::field(record, "depositor").and_then(value::as_account),
            approvals: accounts(approvals),
        })
    }

    /// The approval with which it began, as the chain wants it named.
    fn timepoint(&self) -> Value {
        Value::named_composite([
            ("height", Value::u128(self.height.into())),
            ("index", Value::u128(self.index.into())),
        ])
    }
}

/// A list of accounts, also when it is wrapped.
fn accounts(list: &Decoded) -> Vec<AccountId> {
    let direct: Vec<AccountId> = value::items(list).into_iter().filter_map(value::as_account).collect();
    match value::items(list).as_slice() {
        [only] if direct.is_empty() => accounts(only),
        _ => direct,
    }
}

/// What waits under this hash; `None` when nothing does.
async fn waiting(chain: &SubxtChain, account: &AccountId, hash: Hash) -> anyhow::Result<Option<Waiting>> {
    let keys = vec![value::account(account), value::bytes(hash.as_bytes())];
    let record = chain.read(At::Best, "Multisig", "Multisigs", keys).await?;
    Ok(record.as_ref().and_then(Waiting::decode))
}

/// Weight that the call may take, as the chain wants it named.
async fn weight(chain: &SubxtChain, call: &RawCall) -> anyhow::Result<Value> {
    let length = Value::u128(u128::try_from(call.bytes.len()).unwrap_or(u128::MAX));
    let info = chain
        .runtime_call(
            At::Best,
            "TransactionPaymentCallApi",
            "query_call_info",
            vec![value::call(call), length],
        )
        .await?;
    let part = |name: &str| {
        let weight = value::field(&info, "weight")?;
        value::field(weight, name).and_then(value::as_u128)
    };
    Ok(weight_value(
        part("ref_time").unwrap_or_default(),
        part("proof_size").unwrap_or_default(),
    ))
}

fn weight_value(ref_time: u128, proof_size: u128) -> Value {
    Value::named_composite([
        ("ref_time", Value::u128(ref_time)),
        ("proof_size", Value::u128(proof_size)),
    ])
}

/// Reads a call's hash.
fn parse_hash(text: &str) -> Result<Hash, String> {
    Hash::from_str(text).map_err(|_| format!("{text:?} is no hash of a call: it has 64 hexadecimal digits"))
}

/// The call in full, as what sends it: the last approval, or the only one.
async fn whole(
    desk: &Desk,
    group: &Group,
    timepoint: Option<&Waiting>,
    call: &RawCall,
    last: bool,
) -> anyhow::Result<RawCall> {
    let others = group.others(&desk.account)?;
    if group.threshold == 1 {
        let fields = vec![("other_signatories", others), ("call", value::call(call))];
        return desk.call("Multisig", "as_multi_threshold_1", fields).await;
    }
    let weight = match last {
        true => weight(&desk.chain, call).await?,
        false => weight_value(0, 0),
    };
    let fields = vec![
        ("threshold", Value::u128(group.threshold.into())),
        ("other_signatories", others),
        ("maybe_timepoint", option(timepoint.map(Waiting::timepoint))),
        ("call", value::call(call)),
        ("max_weight", weight),
    ];
    desk.call("Multisig", "as_multi", fields).await
}

fn option(inner: Option<Value>) -> Value {
    match inner {
        Some(inner) => Value::unnamed_variant("Some", [inner]),
        None => Value::unnamed_variant("None", []),
    }
}

/// How many approvals there are and are needed, as text.
fn count(group: &Group, given: usize) -> String {
    format!("{given} of {} approvals", group.threshold)
}
