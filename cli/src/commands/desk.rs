//! What the commands that send a call have in common: the account, the chain, trying out, sending, saying what came of it.

use super::{Context, gov, tx};
use crate::{
    exit::{Status, error},
    units::bloc,
};
use blocs_chain::{
    CallError, ChainClient, DecodedEvent, InclusionReport, RawCall, Signer, SubxtChain, TxOptions, Value, WaitFor,
    value,
};
use blocs_primitives::AccountId;
use clap::Args;
use serde_json::{Value as Json, json};

/// How a call is sent.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Sending {
    /// Say what it would cost and do, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// A call as it is written on the command line.
#[derive(Clone, Debug, Args)]
pub(crate) struct WrittenCall {
    /// The call: `pallet.call`, or its encoding as 0x and hexadecimal digits
    #[arg(value_name = "CALL")]
    call: String,
    /// Its arguments, in order or as name=value (see `blocs tx call --help`)
    #[arg(value_name = "ARGUMENT", allow_negative_numbers = true)]
    args: Vec<String>,
}

impl WrittenCall {
    pub(crate) fn new(call: String, args: Vec<String>) -> Self {
        Self { call, args }
    }
}

/// What came of a call.
pub(crate) struct Done {
    pub(crate) report: InclusionReport,
    pub(crate) events: Vec<DecodedEvent>,
}

impl Done {
    /// The first event of this name.
    pub(crate) fn event(&self, pallet: &str, name: &str) -> Option<&DecodedEvent> {
        let mut events = self.events.iter();
        events.find(|event| event.pallet == pallet && event.event == name)
    }
}

/// The current account at a chain.
pub(crate) struct Desk {
    pub(crate) chain: SubxtChain,
    pub(crate) account: AccountId,
    signer: Signer,
}

impl Desk {
    pub(crate) async fn open(context: &Context) -> anyhow::Result<Self> {
        let signer = context.account()?.signer;
        Ok(Self {
            chain: context.chain().await?,
            account: signer.account(),
            signer,
        })
    }

    /// A call by names, with arguments by name.
    pub(crate) async fn call(&self, pallet: &str, call: &str, fields: Vec<(&str, Value)>) -> anyhow::Result<RawCall> {
        self.chain.call_from_values(pallet, call, fields).await.map_err(usage)
    }

    /// The call that was written on the command line.
    pub(crate) async fn written(&self, written: &WrittenCall) -> anyhow::Result<RawCall> {
        let WrittenCall { call, args } = written;
        let Some(digits) = call.strip_prefix("0x") else {
            let args: Vec<String> = args
                .iter()
                .map(|word| gov::from_file(word))
                .collect::<anyhow::Result<_>>()?;
            return self.chain.call_from_text(call, &args).await.map_err(usage);
        };
        if !args.is_empty() {
            let message = "a call that is encoded has its arguments in it: give no others";
            return Err(error(Status::Usage, message));
        }
        let bytes = hex::decode(digits).map_err(|reason| {
            let message = format!("{call:?} is no encoded call: {reason}");
            error(Status::Usage, message)
        })?;
        self.chain.call_from_bytes(&bytes).await.map_err(usage)
    }

    /// All of these calls in one transaction, or none.
    pub(crate) async fn batch(&self, mut calls: Vec<RawCall>) -> anyhow::Result<RawCall> {
        if calls.len() == 1 {
            return Ok(calls.remove(0));
        }
        let calls = Value::unnamed_composite(calls.iter().map(value::call));
        self.call("Utility", "batch_all", vec![("calls", calls)]).await
    }

    /// Sends a call and waits until it is final; `None` when it was only tried out. An error when what it carries failed.
    pub(crate) async fn send(
        &self,
        context: &Context,
        call: RawCall,
        sending: &Sending,
    ) -> anyhow::Result<Option<Done>> {
        if sending.dry_run {
            tx::try_out(context, &self.chain, &self.signer, &call, &TxOptions::default()).await?;
            return Ok(None);
        }
        let name = call.name();
        let options = TxOptions::default();
        let report = self
            .chain
            .submit_raw(&self.signer, call, options, WaitFor::Finalized)
            .await?;
        let events = self.chain.events_of(&report).await?;
        if let Some(reason) = self.chain.inner_failure(&events).await? {
            let block = report.block.number;
            let fee = bloc(report.fee);
            let message = format!(
                "{name} was included in block {block} for {fee}, but the call that it carries failed: {reason}"
            );
            return Err(error(Status::ExtrinsicFailed, message));
        }
        Ok(Some(Done { report, events }))
    }

    /// Sends a call and says what came of it. `more` are further members of the JSON object.
    pub(crate) async fn send_and_say(
        &self,
        context: &Context,
        call: RawCall,
        sending: &Sending,
        more: Json,
        text: &str,
    ) -> anyhow::Result<()> {
        if let Some(done) = self.send(context, call, sending).await? {
            self.say(context, &done.report, more, text)?;
        }
        Ok(())
    }

    /// Says what came of a call.
    pub(crate) fn say(
        &self,
        context: &Context,
        report: &InclusionReport,
        more: Json,
        text: &str,
    ) -> std::io::Result<()> {
        let mut value = json!({
            "account": self.address(&self.account),
            "fee": report.fee.to_string(),
            "block": report.block.number,
            "finalized": report.finalized,
        });
        if let (Some(all), Json::Object(more)) = (value.as_object_mut(), more) {
            all.extend(more);
        }
        context.output.record(value, || {
            let (block, fee) = (report.block.number, bloc(report.fee));
            format!("{text}: finalized in block {block}, fee {fee}")
        })
    }

    /// An account's address on this chain.
    pub(crate) fn address(&self, account: &AccountId) -> String {
        value::address(account, self.chain.properties())
    }
}

/// The account that a command is about: the one that is named, or the current one.
pub(crate) fn named_or_own(context: &Context, name: Option<&String>) -> anyhow::Result<AccountId> {
    match name {
        Some(name) => context.resolve(name),
        None => Ok(context.account()?.signer.account()),
    }
}

/// A call that cannot be made of what was written.
pub(crate) fn usage(failure: CallError) -> anyhow::Error {
    match failure {
        CallError::Query(failure) => failure.into(),
        failure => error(Status::Usage, failure.to_string()),
    }
}
