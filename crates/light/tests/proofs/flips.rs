//! Whatever is altered in a file, it is refused, or it says the truth about what it asks; it never panics.

use crate::chain::{Chain, DEAL, OWNER, TIP};
use blocs_light::{Bundle, Question, Record};
use proptest::prelude::*;
use std::sync::LazyLock;

struct Case {
    chain: Chain,
    files: Vec<Vec<u8>>,
}

static CASE: LazyLock<Case> = LazyLock::new(|| {
    let chain = Chain::new();
    let questions = [
        Question::Account(OWNER),
        Question::Deal(DEAL),
        Question::Slot { deal: DEAL, index: 2 },
    ];
    let files = questions.map(|question| chain.bundle(question).to_json().unwrap().into_bytes());
    Case {
        chain,
        files: files.to_vec(),
    }
});

/// An accepted file tells what the chain's state really holds.
fn refused_or_true(file: &[u8]) {
    let chain = &CASE.chain;
    let Ok(bundle) = Bundle::from_json(file) else { return };
    let Ok(proven) = bundle.verify(&chain.trust()) else {
        return;
    };
    assert_eq!(proven.genesis, chain.genesis());
    assert!(proven.block.number > 0 && proven.block.number <= TIP);
    assert_eq!(proven.block.hash, chain.at(proven.block.number).hash());
    assert_eq!(proven.key, proven.question.key());
    assert_eq!(proven.value.as_ref(), chain.state.get(&proven.key));
    assert_eq!(proven.value.is_none(), proven.record == Record::Absent);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn an_altered_byte(file in 0usize..3, at in any::<prop::sample::Index>(), bits in 1u8..) {
        let mut file = CASE.files[file].clone();
        let at = at.index(file.len());
        file[at] ^= bits;
        refused_or_true(&file);
    }

    #[test]
    fn a_digit_in_place_of_another(file in 0usize..3, at in any::<prop::sample::Index>(), digit in "[0-9a-f]") {
        let mut file = CASE.files[file].clone();
        let at = at.index(file.len());
        file[at] = digit.as_bytes()[0];
        refused_or_true(&file);
    }

    #[test]
    fn a_stretch_cut_out_or_doubled(
        file in 0usize..3,
        ends in any::<(prop::sample::Index, prop::sample::Index)>(),
        double in any::<bool>(),
    ) {
        let file = &CASE.files[file];
        let (a, b) = (ends.0.index(file.len()), ends.1.index(file.len()));
        let (a, b) = (a.min(b), a.max(b));
        let altered = if double { [&file[..b], &file[a..]].concat() } else { [&file[..a], &file[b..]].concat() };
        refused_or_true(&altered);
    }
}
