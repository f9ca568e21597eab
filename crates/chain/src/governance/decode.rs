//! From the chain's values to records. `None` stands for a value of another shape.

use super::{
    Bounty, Conviction, Curve, Deciding, Delegations, Deposit, Enactment, Ending, Ongoing, Outcome, Proposal,
    Referendum, ReferendumState, Share, Spend, SpendState, Tally, Track, Vote, Voting,
};
use crate::value::{as_account, as_bytes, as_text, as_u128, field, items, some, variant};
use blocs_primitives::{AccountId, Balance, BlockNumber, Hash};
use scale_value::{Composite, Primitive, ValueDef};

type Value<T> = scale_value::Value<T>;

/// A number of any width.
pub(super) fn number<T, N: TryFrom<u128>>(value: &Value<T>) -> Option<N> {
    N::try_from(as_u128(value)?).ok()
}

fn numbered<T, N: TryFrom<u128>>(value: &Value<T>, name: &str) -> Option<N> {
    number(field(value, name)?)
}

/// A hash.
pub(super) fn hash<T>(value: &Value<T>) -> Option<Hash> {
    let bytes: [u8; 32] = as_bytes(value)?.try_into().ok()?;
    Some(Hash::from(bytes))
}

fn signed<T>(value: &Value<T>) -> Option<i64> {
    match &value.value {
        ValueDef::Primitive(Primitive::I128(number)) => i64::try_from(*number).ok(),
        ValueDef::Primitive(Primitive::U128(number)) => i64::try_from(*number).ok(),
        ValueDef::Composite(_) => match items(value).as_slice() {
            [inner] => signed(inner),
            _ => None,
        },
        _ => None,
    }
}

fn flag<T>(value: &Value<T>) -> Option<bool> {
    match &value.value {
        ValueDef::Primitive(Primitive::Bool(flag)) => Some(*flag),
        _ => None,
    }
}

/// The only field of a variant.
fn inner<T>(fields: &Composite<T>) -> Option<&Value<T>> {
    fields.values().next()
}

/// All tracks, of the constant `Referenda.Tracks`.
pub(super) fn tracks<T>(value: &Value<T>) -> Option<Vec<Track>> {
    items(value).into_iter().map(track).collect()
}

fn track<T>(value: &Value<T>) -> Option<Track> {
    let parts = items(value);
    let (id, info) = (parts.first()?, parts.get(1)?);
    Some(Track {
        id: number(id)?,
        name: as_text(field(info, "name")?)?.trim_end_matches('\0').to_owned(),
        max_deciding: numbered(info, "max_deciding")?,
        decision_deposit: numbered(info, "decision_deposit")?,
        prepare_period: numbered(info, "prepare_period")?,
        decision_period: numbered(info, "decision_period")?,
        confirm_period: numbered(info, "confirm_period")?,
        min_enactment_period: numbered(info, "min_enactment_period")?,
        min_approval: curve(field(info, "min_approval")?)?,
        min_support: curve(field(info, "min_support")?)?,
    })
}

fn curve<T>(value: &Value<T>) -> Option<Curve> {
    let share = |name: &str| Some(Share::from_parts(numbered(value, name)?));
    let fixed = |name: &str| signed(field(value, name)?);
    match variant(value)?.0 {
        "LinearDecreasing" => Some(Curve::Linear {
            length: share("length")?,
            floor: share("floor")?,
            ceil: share("ceil")?,
        }),
        "SteppedDecreasing" => Some(Curve::Stepped {
            begin: share("begin")?,
            end: share("end")?,
            step: share("step")?,
            period: share("period")?,
        }),
        "Reciprocal" => Some(Curve::Reciprocal {
            factor: fixed("factor")?,
            x_offset: fixed("x_offset")?,
            y_offset: fixed("y_offset")?,
        }),
        _ => None,
    }
}

/// The call that a referendum of `Referenda.ReferendumInfoFor` holds inline, when it was taken apart already.
pub(super) fn inline_call<T>(value: &Value<T>) -> Option<&Value<T>> {
    let ("Ongoing", fields) = variant(value)? else {
        return None;
    };
    let ("Inline", fields) = variant(field(inner(fields)?, "proposal")?)? else {
        return None;
    };
    inner(fields).filter(|call| variant(call).is_some())
}

/// A referendum of `Referenda.ReferendumInfoFor`. `inline` is the encoding of its [`inline_call`].
pub(super) fn referendum<T>(index: u32, value: &Value<T>, inline: Option<Vec<u8>>) -> Option<Referendum> {
    let (name, fields) = variant(value)?;
    let ended = |kind| {
        let fields: Vec<&Value<T>> = fields.values().collect();
        let deposit = |place: usize| fields.get(place).and_then(|value| some(value)).and_then(deposit);
        Some(ReferendumState::Ended(Outcome {
            kind,
            block: number(fields.first()?)?,
            submission_deposit: deposit(1),
            decision_deposit: deposit(2),
        }))
    };
    let state = match name {
        "Ongoing" => ReferendumState::Ongoing(Box::new(ongoing(inner(fields)?, inline)?)),
        "Approved" => ended(Ending::Approved)?,
        "Rejected" => ended(Ending::Rejected)?,
        "Cancelled" => ended(Ending::Cancelled)?,
        "TimedOut" => ended(Ending::TimedOut)?,
        "Killed" => ended(Ending::Killed)?,
        _ => return None,
    };
    Some(Referendum { index, state })
}

fn ongoing<T>(status: &Value<T>, inline: Option<Vec<u8>>) -> Option<Ongoing> {
    Some(Ongoing {
        track: numbered(status, "track")?,
        origin: origin(field(status, "origin")?)?,
        proposal: proposal(field(status, "proposal")?, inline)?,
        enactment: enactment(field(status, "enactment")?)?,
        submitted: numbered(status, "submitted")?,
        submission_deposit: deposit(field(status, "submission_deposit")?)?,
        decision_deposit: optional(field(status, "decision_deposit")?, deposit)?,
        deciding: optional(field(status, "deciding")?, deciding)?,
        tally: tally(field(status, "tally")?)?,
        in_queue: flag(field(status, "in_queue")?)?,
    })
}

/// What is in an option, if anything; `None` when that has another shape.
fn optional<T, R>(value: &Value<T>, read: impl FnOnce(&Value<T>) -> Option<R>) -> Option<Option<R>> {
    match some(value) {
        Some(value) => read(value).map(Some),
        None => Some(None),
    }
}

fn origin<T>(value: &Value<T>) -> Option<String> {
    let (pallet, fields) = variant(value)?;
    let power = inner(fields).and_then(|inner| variant(inner)).map(|(name, _)| name);
    Some(match (pallet, power) {
        ("system", Some("Root")) => "root".to_owned(),
        ("Origins", Some(power)) => power.to_owned(),
        (pallet, Some(power)) => format!("{pallet}.{power}"),
        (pallet, None) => pallet.to_owned(),
    })
}

fn proposal<T>(value: &Value<T>, inline: Option<Vec<u8>>) -> Option<Proposal> {
    let (name, fields) = variant(value)?;
    match name {
        "Inline" => match inline {
            Some(bytes) => Some(Proposal::Inline(bytes)),
            None => Some(Proposal::Inline(as_bytes(inner(fields)?)?)),
        },
        "Lookup" => Some(Proposal::Lookup {
            hash: hash(field(value, "hash")?)?,
            len: Some(numbered(value, "len")?),
        }),
        "Legacy" => Some(Proposal::Lookup {
            hash: hash(field(value, "hash")?)?,
            len: None,
        }),
        _ => None,
    }
}

fn enactment<T>(value: &Value<T>) -> Option<Enactment> {
    let (name, fields) = variant(value)?;
    let block = number(inner(fields)?)?;
    match name {
        "At" => Some(Enactment::At(block)),
        "After" => Some(Enactment::After(block)),
        _ => None,
    }
}

fn deposit<T>(value: &Value<T>) -> Option<Deposit> {
    Some(Deposit {
        who: as_account(field(value, "who")?)?,
        amount: numbered(value, "amount")?,
    })
}

fn deciding<T>(value: &Value<T>) -> Option<Deciding> {
    Some(Deciding {
        since: numbered(value, "since")?,
        confirming: optional(field(value, "confirming")?, number)?,
    })
}

fn tally<T>(value: &Value<T>) -> Option<Tally> {
    Some(Tally {
        ayes: numbered(value, "ayes")?,
        nays: numbered(value, "nays")?,
        support: numbered(value, "support")?,
    })
}

fn delegations<T>(value: &Value<T>) -> Option<Delegations> {
    Some(Delegations {
        votes: numbered(value, "votes")?,
        capital: numbered(value, "capital")?,
    })
}

/// What an account does on a track, of `ConvictionVoting.VotingFor`: how it votes, what was delegated to it, and its prior lock.
pub(super) fn voting<T>(value: &Value<T>) -> Option<(Voting, Delegations, (BlockNumber, Balance))> {
    let (name, fields) = variant(value)?;
    let record = inner(fields)?;
    let voting = match name {
        "Casting" => Voting::Casting {
            votes: items(field(record, "votes")?)
                .into_iter()
                .map(indexed_vote)
                .collect::<Option<_>>()?,
        },
        "Delegating" => Voting::Delegating {
            to: as_account(field(record, "target")?)?,
            amount: numbered(record, "balance")?,
            conviction: Conviction::of_variant(variant(field(record, "conviction")?)?.0)?,
        },
        _ => return None,
    };
    let prior = items(field(record, "prior")?);
    let prior = (number(prior.first()?)?, number(prior.get(1)?)?);
    Some((voting, delegations(field(record, "delegations")?)?, prior))
}

fn indexed_vote<T>(value: &Value<T>) -> Option<(u32, Vote)> {
    let parts = items(value);
    Some((number(parts.first()?)?, vote(parts.get(1)?)?))
}

fn vote<T>(value: &Value<T>) -> Option<Vote> {
    match variant(value)?.0 {
        "Standard" => {
            let byte: u8 = numbered(value, "vote")?;
            Some(Vote::Standard {
                aye: byte & 0x80 != 0,
                conviction: Conviction::new(byte & 0x7f)?,
                amount: numbered(value, "balance")?,
            })
        }
        "Split" => Some(Vote::Split {
            aye: numbered(value, "aye")?,
            nay: numbered(value, "nay")?,
        }),
        "SplitAbstain" => Some(Vote::SplitAbstain {
            aye: numbered(value, "aye")?,
            nay: numbered(value, "nay")?,
            abstain: numbered(value, "abstain")?,
        }),
        _ => None,
    }
}

/// Locked amounts by track, of `ConvictionVoting.ClassLocksFor`.
pub(super) fn class_locks<T>(value: &Value<T>) -> Option<Vec<(u16, Balance)>> {
    let pair = |value: &Value<T>| {
        let parts = items(value);
        Some((number(parts.first()?)?, number(parts.get(1)?)?))
    };
    items(value).into_iter().map(pair).collect()
}

/// A spend of `Treasury.Spends`.
pub(super) fn spend<T>(index: u32, value: &Value<T>) -> Option<Spend> {
    Some(Spend {
        index,
        amount: numbered(value, "amount")?,
        to: as_account(field(value, "beneficiary")?)?,
        valid_from: numbered(value, "valid_from")?,
        expires: numbered(value, "expire_at")?,
        state: match variant(field(value, "status")?)?.0 {
            "Pending" => SpendState::Pending,
            "Attempted" => SpendState::Attempted,
            "Failed" => SpendState::Failed,
            _ => return None,
        },
    })
}

/// A bounty of `Bounties.Bounties`.
pub(super) fn bounty<T>(index: u32, value: &Value<T>, description: String) -> Option<Bounty> {
    let status = field(value, "status")?;
    let account = |name: &str| field(status, name).and_then(as_account);
    Some(Bounty {
        index,
        description,
        proposer: as_account(field(value, "proposer")?)?,
        value: numbered(value, "value")?,
        fee: numbered(value, "fee")?,
        status: variant(status)?.0.to_owned(),
        curator: account("curator"),
        beneficiary: account("beneficiary"),
        unlock_at: numbered(status, "unlock_at"),
    })
}

/// Accounts in a list.
pub(super) fn accounts<T>(value: &Value<T>) -> Option<Vec<AccountId>> {
    items(value).into_iter().map(as_account).collect()
}

/// A motion's number, threshold, ayes, nays and end.
type Ballot = (u32, u32, Vec<AccountId>, Vec<AccountId>, BlockNumber);

/// A motion's record of `TechnicalCollective.Voting`.
pub(super) fn ballot<T>(value: &Value<T>) -> Option<Ballot> {
    Some((
        numbered(value, "index")?,
        numbered(value, "threshold")?,
        accounts(field(value, "ayes")?)?,
        accounts(field(value, "nays")?)?,
        numbered(value, "end")?,
    ))
}

/// Who put down a deposit for a preimage, its length, and how many need it, of `Preimage.RequestStatusFor`.
pub(super) fn preimage<T>(value: &Value<T>) -> Option<(Option<AccountId>, Option<u32>, u32)> {
    let ticket = |value: &Value<T>| items(value).first().and_then(|who| as_account(who));
    match variant(value)?.0 {
        "Unrequested" => Some((ticket(field(value, "ticket")?), Some(numbered(value, "len")?), 0)),
        "Requested" => Some((
            some(field(value, "maybe_ticket")?).and_then(ticket),
            optional(field(value, "maybe_len")?, number)?,
            numbered(value, "count")?,
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Plain = scale_value::Value<()>;

    fn number_of(value: u128) -> Plain {
        Plain::u128(value)
    }

    fn nothing() -> Plain {
        Plain::unnamed_variant("None", Vec::<Plain>::new())
    }

    #[test]
    fn curves_keep_their_signs() {
        let value = Plain::named_variant(
            "Reciprocal",
            [
                ("factor", Plain::i128(5)),
                ("x_offset", number_of(7)),
                ("y_offset", Plain::i128(-9)),
            ],
        );
        let expected = Curve::Reciprocal {
            factor: 5,
            x_offset: 7,
            y_offset: -9,
        };
        assert_eq!(curve(&value), Some(expected));
        assert_eq!(curve(&nothing()), None);
    }

    #[test]
    fn votes_are_read_as_they_are_written() {
        let standard = |aye, number| Vote::Standard {
            aye,
            conviction: Conviction::new(number).unwrap_or_default(),
            amount: 7,
        };
        for sent in [
            standard(true, 0),
            standard(true, 6),
            standard(false, 3),
            Vote::Split { aye: 1, nay: 2 },
            Vote::SplitAbstain {
                aye: 1,
                nay: 2,
                abstain: 3,
            },
        ] {
            assert_eq!(vote(&sent.to_value()), Some(sent));
        }
    }

    #[test]
    fn an_ended_referendum_tells_what_it_still_holds() {
        let deposit = Plain::named_composite([("who", Plain::from_bytes([1; 32])), ("amount", number_of(10))]);
        let value = Plain::unnamed_variant(
            "Approved",
            [number_of(44), Plain::unnamed_variant("Some", [deposit]), nothing()],
        );
        let Some(Referendum {
            state: ReferendumState::Ended(outcome),
            ..
        }) = referendum(3, &value, None)
        else {
            panic!("not read");
        };
        assert_eq!((outcome.kind, outcome.block), (Ending::Approved, 44));
        assert_eq!(outcome.submission_deposit.map(|deposit| deposit.amount), Some(10));
        assert_eq!(outcome.decision_deposit, None);
    }

    #[test]
    fn origins_have_short_names() {
        let empty = Vec::<Plain>::new;
        let root = Plain::unnamed_variant("system", [Plain::unnamed_variant("Root", empty())]);
        assert_eq!(origin(&root).as_deref(), Some("root"));
        let power = Plain::unnamed_variant("Origins", [Plain::unnamed_variant("MarketAdmin", empty())]);
        assert_eq!(origin(&power).as_deref(), Some("MarketAdmin"));
    }
}
