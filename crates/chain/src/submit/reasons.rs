//! Why the chain does not take a transaction, in words that help.

/// What the validity errors of the runtime stand for, by name and by the words of the node.
const REASONS: [(&str, &str, &str); 8] = [
    (
        "BadProof",
        "bad signature",
        "the signature does not fit: the transaction has expired, or it was signed for another chain, another runtime \
         version or other metadata; make and sign it again",
    ),
    (
        "AncientBirthBlock",
        "ancient birth block",
        "the transaction has expired: its mortality counts from a block that is too old; make and sign it again",
    ),
    (
        "Stale",
        "Transaction is outdated",
        "its nonce is used already: leave the nonce out",
    ),
    (
        "Future",
        "will be valid in the future",
        "its nonce is too high: transactions with the nonces before it are missing; leave the nonce out",
    ),
    (
        "Call",
        "call is not expected",
        "the chain does not take this call from this sender",
    ),
    (
        "ExhaustsResources",
        "exhaust the block limits",
        "it is too large for a block; split it",
    ),
    (
        "CannotLookup",
        "Could not lookup information",
        "this runtime was built without the hash of its metadata, so it cannot check one: send it without --metadata-hash; \
         releases are built with it",
    ),
    (
        "BadSigner",
        "sending address is disabled",
        "the chain does not take transactions of this account",
    ),
];

/// What a variant of the runtime's validity errors stands for.
pub(super) fn of_variant(name: &str) -> Option<String> {
    let found = REASONS.iter().find(|(variant, ..)| *variant == name)?;
    Some(found.2.to_owned())
}

/// What the node's words stand for, with the words.
pub(super) fn of_text(text: &str) -> Option<String> {
    if text.contains("wasm trap") || text.contains("Execution failed") {
        return Some(format!("the runtime cannot decode the transaction ({text:.160})"));
    }
    let found = REASONS.iter().find(|(_, words, _)| text.contains(words))?;
    Some(format!("{} ({text})", found.2))
}

/// The documentation of a dispatch error with what to do about it.
pub(super) fn with_advice(pallet: &str, error: &str, docs: String) -> String {
    match (pallet, error) {
        ("System", "CallFiltered") => {
            "the chain does not take this call now: it is never allowed here, or it is paused, or the safe mode is on (see \
             txPause.PausedCalls and safeMode.EnteredUntil)"
                .to_owned()
        }
        ("System", "BadOrigin") => format!(
            "{}; it needs another origin, such as a referendum's or the council's",
            docs.trim_end_matches('.')
        ),
        _ => docs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_node_are_explained() {
        let text = of_text("Invalid Transaction: Transaction has an ancient birth block").unwrap_or_default();
        assert!(text.starts_with("the transaction has expired"), "{text}");
        assert!(of_variant("CannotLookup").is_some_and(|text| text.contains("--metadata-hash")));
        assert_eq!(of_text("something else"), None);
    }

    #[test]
    fn a_call_that_is_paused_says_so() {
        let docs = with_advice(
            "System",
            "CallFiltered",
            "The origin filter prevents the call.".to_owned(),
        );
        assert!(docs.contains("paused") && docs.contains("safe mode"), "{docs}");
        assert_eq!(
            with_advice("Assets", "Unknown", "No such asset.".to_owned()),
            "No such asset."
        );
    }
}
