//! What to do when the chain refuses a call of governance.

/// The next step for an error of the pallets; `None` when the error's own words have to do.
pub(super) fn advice(pallet: &str, name: &str) -> Option<&'static str> {
    Some(match (pallet, name) {
        ("Referenda", "NotOngoing") => "it has ended, or never was: `blocs gov ls` lists those that can be voted on",
        ("Referenda", "HasDeposit") => "somebody has put the deposit down already: `blocs gov show N` says who",
        ("Referenda", "Unfinished") => "deposits come back when the referendum has ended",
        ("Referenda", "NoDeposit") => "it has been given back already: `blocs gov show N`",
        ("Referenda", "BadStatus") => "the submission deposit of a referendum that failed does not come back",
        ("Referenda", "PreimageStoredWithDifferentLength") => "the preimage on chain is another one",
        ("ConvictionVoting", "InsufficientFunds") => {
            "vote with no more than the account holds: `blocs account balance`"
        }
        ("ConvictionVoting", "AlreadyDelegating") => {
            "the account delegates on this track: end that first with `blocs gov undelegate --track T`"
        }
        ("ConvictionVoting", "AlreadyVoting") => {
            "the account votes on this track itself: take these votes back first with `blocs gov remove-vote N`, or `blocs gov unlock`"
        }
        ("ConvictionVoting", "NotDelegating") => "the account delegates nothing on this track: `blocs gov locks`",
        ("ConvictionVoting", "NotVoter") => "the account has no vote there: `blocs gov locks`",
        ("ConvictionVoting", "MaxVotesReached") => "take old votes out first: `blocs gov unlock`",
        ("ConvictionVoting", "Nonsense") => "nobody delegates to himself: name another account",
        ("Preimage", "AlreadyNoted") => "it is on chain already: propose the call without noting it again",
        ("Preimage", "NotAuthorized") => "only the account that put its deposit down can take it back",
        ("Preimage", "Requested") => "a call that is pending needs it",
        ("Treasury", "InsufficientPermission") => {
            "the track may not spend that much: choose a greater spender's track, see `blocs gov tracks`"
        }
        ("Treasury", "EarlyPayout") => "it can be paid out later: `blocs gov treasury show` says from when on",
        ("Treasury", "SpendExpired") => "nobody asked for it in time: it has to be proposed again",
        ("Treasury", "AlreadyAttempted") => "it has been paid",
        ("Treasury", "InvalidIndex") => "there is no such spend: `blocs gov treasury show` lists them",
        ("Treasury", "PayoutError") => "the treasury holds too little for it now: `blocs gov treasury show`",
        ("TechnicalCollective", "NotMember") => "only members can do that: `blocs gov collective ls` lists them",
        ("TechnicalCollective", "DuplicateProposal") => "it is being voted on already: `blocs gov collective ls`",
        ("TechnicalCollective", "DuplicateVote") => "the account has voted so already: `blocs gov collective ls`",
        ("TechnicalCollective", "TooEarly") => "it has too few votes yet, and its time is not over",
        ("TechnicalCollective", "ProposalMissing") => "it has been closed, or never was: `blocs gov collective ls`",
        ("Whitelist", "CallAlreadyWhitelisted") => "go on with the referendum: it is whitelisted already",
        ("SafeMode", "Entered") => "it is on already: `blocs gov safe-mode show`",
        ("SafeMode", "Exited") => "it is off: `blocs gov safe-mode show`",
        ("TxPause", "IsPaused") => "it is paused already: `blocs gov pause show`",
        ("TxPause", "Unpausable") => "this call can never be paused",
        ("System", "CallFiltered") => {
            "safe mode is on, or the call is paused: `blocs gov safe-mode show`, `blocs gov pause show`"
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_refusals_come_with_the_next_step() {
        for (pallet, name, step) in [
            ("ConvictionVoting", "AlreadyDelegating", "blocs gov undelegate"),
            ("Referenda", "NotOngoing", "blocs gov ls"),
            ("TechnicalCollective", "NotMember", "blocs gov collective ls"),
            ("System", "CallFiltered", "safe mode"),
        ] {
            let text = advice(pallet, name).unwrap_or_default();
            assert!(text.contains(step), "{pallet}.{name}: {text}");
        }
        assert_eq!(advice("Balances", "DeadAccount"), None);
    }
}
