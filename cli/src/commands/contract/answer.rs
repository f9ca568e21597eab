//! What contracts answer and emit, for people and as JSON; and what the chain says when it refuses.

use super::given::shown;
use crate::{
    commands::Context,
    exit::{Status, error},
    units::bloc,
};
use blocs_chain::{ChainClient, Decoded, SubmitError, SubxtChain, value};
use blocs_contract::{
    Abi, Bundle, Callable, Returned,
    chain::{Deposit, Emitted, Gas, Trial, explained},
};
use blocs_primitives::{AccountId, Balance};
use serde_json::{Value as Json, json};

/// The value that a trial gave. An error when the contract refused: then the error of its own, or of ink!'s, is also printed as JSON.
pub(super) fn accepted(
    context: &Context,
    chain: &SubxtChain,
    bundle: &Bundle,
    callable: &Callable,
    trial: &Trial,
) -> anyhow::Result<Decoded> {
    let output = &trial.output;
    let (kind, text, json) = match bundle.abi().decode_return(callable, output.revert, &output.data)? {
        Returned::Value(value) if !output.revert => return Ok(value),
        Returned::Value(value) => (
            "undid what it had done, and gave",
            line(&value, chain),
            value::to_json(&value, chain.properties()),
        ),
        Returned::Error(own) => (
            "refused with an error of its own",
            line(&own, chain),
            value::to_json(&own, chain.properties()),
        ),
        Returned::Lang(reason) => ("did not take the call", reason.clone(), Json::String(reason)),
    };
    if context.output.json {
        let record = json!({ "ok": false, "message": callable.label, "contract_error": json });
        context.output.record(record, String::new)?;
    }
    let message = format!(
        "{}: the contract {kind}: {text} (found out by a dry run: nothing was sent)",
        callable.label
    );
    Err(error(Status::ExtrinsicFailed, message))
}

/// A value on one line.
fn line(value: &Decoded, chain: &SubxtChain) -> String {
    let text = value::to_text(value, chain.properties());
    match text.contains('\n') {
        true => value::to_json(value, chain.properties()).to_string(),
        false => text,
    }
}

/// What the chain made of a call that was sent, with what to do next.
pub(super) fn explain(failure: anyhow::Error) -> anyhow::Error {
    let Some(SubmitError::Dispatch {
        call,
        pallet,
        error: name,
        ..
    }) = failure.downcast_ref::<SubmitError>()
    else {
        return failure;
    };
    match explained(pallet, name) {
        Some(meaning) => error(
            crate::exit::of_contracts(name),
            format!("{call} failed: {pallet}::{name}: {meaning}"),
        ),
        None => failure,
    }
}

/// Says what a call takes, before it is sent.
pub(super) fn announce(context: &Context, trial: &Trial, gas: Gas, deposit_limit: Balance) {
    let deposit = match trial.deposit {
        Deposit::Charge(0) => "no deposit".to_owned(),
        Deposit::Charge(amount) => format!("a deposit of {} (at most {})", bloc(amount), bloc(deposit_limit)),
        Deposit::Refund(amount) => format!("{} of the deposit comes back", bloc(amount)),
    };
    context
        .output
        .note(format!("gas {} (at most {gas}); {deposit}", trial.gas_required));
}

/// Gas and deposit of a call as JSON.
pub(super) fn costs(trial: &Trial, gas: Gas, deposit_limit: Balance) -> Json {
    let (charge, refund) = match trial.deposit {
        Deposit::Charge(amount) => (amount, 0),
        Deposit::Refund(amount) => (0, amount),
    };
    json!({
        "gas": { "required": gas_json(trial.gas_required), "limit": gas_json(gas) },
        "deposit": {
            "charge": charge.to_string(),
            "refund": refund.to_string(),
            "limit": deposit_limit.to_string(),
        },
    })
}

pub(super) fn gas_json(gas: Gas) -> Json {
    json!({ "ref_time": gas.ref_time.to_string(), "proof_size": gas.proof_size.to_string() })
}

/// An event that was decoded, or as it is.
pub(super) struct Shown {
    pub(super) json: Json,
    pub(super) text: String,
}

/// An event of a contract. It is decoded when it is of `contract`, or when that is not given and the metadata fits.
pub(super) fn event(chain: &SubxtChain, event: &Emitted, contract: Option<&AccountId>, abi: Option<&Abi>) -> Shown {
    let ours = contract.is_none_or(|contract| contract == &event.contract);
    let decoded = abi.filter(|_| ours).map(|abi| event.decode(abi));
    let from = shown(chain, &event.contract);
    let mut json = json!({ "contract": from });
    let (more, text) = match decoded {
        Some(Ok(decoded)) => (
            decoded.to_json(chain.properties()),
            format!("{from} {}", decoded.text(chain.properties())),
        ),
        not_decoded => {
            let topics: Vec<String> = event.topics.iter().map(|topic| hex(topic)).collect();
            let data = hex(&event.data);
            let why = not_decoded.and_then(Result::err).map(|failure| failure.to_string());
            let text = format!(
                "{from} data {data}, topics {}{}",
                topics.join(" "),
                why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default()
            );
            (json!({ "topics": topics, "data": data, "error": why }), text)
        }
    };
    if let (Some(all), Json::Object(more)) = (json.as_object_mut(), more) {
        all.extend(more);
    }
    Shown { json, text }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    format!("0x{}", hex::encode(bytes))
}
