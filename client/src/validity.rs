//! How long a provider's quote can be used.

use crate::ProviderError;
use blocs_primitives::BlockNumber;

/// Blocks that a quote must still be usable when it is sent to the chain.
pub(crate) const MARGIN_BLOCKS: BlockNumber = 3;

/// Blocks that a provider's node may be ahead of this one.
const AHEAD_BLOCKS: BlockNumber = 3;

/// Refuses a quote that is valid for longer than the chain takes, which is one proving period from its newest block: the chain
/// would refuse the whole transaction for it, and with it the quotes of all other providers. `best` is the newest block known when
/// the quote had come.
pub(crate) fn check(
    valid_until: BlockNumber,
    best: BlockNumber,
    period_length: BlockNumber,
) -> Result<(), ProviderError> {
    let latest = best.saturating_add(period_length);
    if valid_until <= latest.saturating_add(AHEAD_BLOCKS) {
        return Ok(());
    }
    let reason = format!("its quote is valid until block {valid_until}, and the chain takes none beyond {latest} now");
    Err(ProviderError::Lied(reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_good_for_one_period_and_not_for_longer() {
        for good in [0, 100, 116, 119] {
            assert_eq!(check(good, 100, 16), Ok(()), "{good}");
        }
        for bad in [120, u32::MAX] {
            assert!(matches!(check(bad, 100, 16), Err(ProviderError::Lied(_))), "{bad}");
        }
        assert_eq!(check(u32::MAX, u32::MAX - 1, 16), Ok(()));
    }
}
