//! The economics page says what the code does.

use crate::{
    Balance, Runtime,
    configs::{
        DealWithFees, HISTORY_DEPTH, Inflation, MAX_CANDIDATES, MAX_EXPOSURE_PAGE, MAX_NOMINATIONS, MAX_VALIDATORS,
        TransactionByteFee, TreasuryInflation, WeightToFee, YEAR_MILLIS,
    },
    genesis::{
        MAX_POOL_COMMISSION, MAX_POOLS, MIN_NOMINATOR_BOND, MIN_POOL_BOND, MIN_POOL_JOIN, MIN_VALIDATOR_BOND,
        SLASH_REWARD,
    },
    timing, units,
    weights::ExtrinsicBaseWeight,
};
use frame_support::{
    traits::{Get, fungible::Balanced},
    weights::WeightToFee as _,
};
use pallet_babe::EquivocationOffence;
use pallet_storage_market::Params;
use serde_json::json;
use sp_runtime::Perbill;
use sp_staking::{EraPayout, offence::Offence};

const PAGE: &str = include_str!("../../../docs/guides/economics.md");

/// Fails unless the page has this row of a table, or this sentence.
#[track_caller]
fn says(text: impl AsRef<str>) {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = words(text.as_ref());
    assert!(
        words(PAGE).contains(&text),
        "docs/guides/economics.md does not say: {text}"
    );
}

/// An amount as the page writes it.
fn bloc(planck: Balance) -> String {
    let whole = planck / units::BLOC;
    let rest = format!("{:012}", planck % units::BLOC);
    let rest = rest.trim_end_matches('0');
    let whole = thousands(whole);
    if rest.is_empty() {
        format!("{whole} BLOC")
    } else {
        format!("{whole}.{rest} BLOC")
    }
}

fn thousands(number: u128) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap())
        .collect();
    groups.join(",")
}

/// A share in per cent, with so many decimals.
fn percent(part: Perbill, decimals: usize) -> String {
    format!("{:.decimals$} %", f64::from(part.deconstruct()) / 1e7)
}

fn short(part: Perbill) -> String {
    percent(part, 6).replace(".000000", "").replace("00000 ", " ")
}

#[test]
fn the_page_has_the_curve_of_inflation() {
    super::state_of("testnet", json!({})).execute_with(|| {
        const ISSUANCE: Balance = 1_000_000_000 * units::BLOC;
        for staked in [10, 25, 50, 60, 75] {
            let at_stake = Perbill::from_percent(staked) * ISSUANCE;
            let era = timing::EraMillis::<Runtime>::get();
            let (stakers, treasury) = Inflation::era_payout(at_stake, ISSUANCE, era);
            let year = |amount: Balance| amount * Balance::from(YEAR_MILLIS) / Balance::from(era);
            let of = |amount: Balance, whole| percent(Perbill::from_rational(year(amount), whole), 1);
            says(format!(
                "| {staked} % | {} | {} | {} | {} |",
                of(stakers, ISSUANCE),
                of(stakers, at_stake),
                of(treasury, ISSUANCE),
                of(stakers + treasury, ISSUANCE)
            ));
        }
        says(format!("cap of {} a year", short(TreasuryInflation::get())));
        says(format!(
            "within {HISTORY_DEPTH} eras; one payout pays {MAX_EXPOSURE_PAGE} nominators"
        ));
    });
}

#[test]
fn the_page_has_the_numbers_of_staking() {
    let row = |what: &str, value: String| says(format!("| {what} | {value} |"));
    row("least own stake of a validator", bloc(MIN_VALIDATOR_BOND));
    row("least stake of a nominator", bloc(MIN_NOMINATOR_BOND));
    row("validators that a nominator may name", MAX_NOMINATIONS.to_string());
    row("most validators", MAX_VALIDATORS.to_string());
    row("most candidates", MAX_CANDIDATES.to_string());
    row(
        "bonding after `unbond`",
        format!("{} eras", timing::DEFAULT_BONDING_ERAS),
    );
    row(
        "an offence is slashed after",
        format!("{} eras", timing::DEFAULT_SLASH_DEFER_ERAS),
    );
    row(
        "era",
        format!(
            "{} sessions of {} blocks of {} s",
            timing::DEFAULT_SESSIONS_PER_ERA,
            thousands(timing::DEFAULT_EPOCH_BLOCKS.into()),
            timing::DEFAULT_SLOT_MILLIS / 1_000
        ),
    );
    row(
        "deposit for session keys",
        bloc(<Runtime as pallet_session::Config>::KeyDeposit::get()),
    );
    row("to make a pool", bloc(MIN_POOL_BOND));
    row("to join a pool", bloc(MIN_POOL_JOIN));
    row("most pools", MAX_POOLS.to_string());
    row("a pool's commission, at most", short(MAX_POOL_COMMISSION));
    says(format!("{} of a slash are the reporters'", short(SLASH_REWARD)));
    for (validators, offenders) in [(100, 1), (100, 10), (100, 34), (10, 1), (4, 1)] {
        let offence = EquivocationOffence {
            slot: 0.into(),
            session_index: 0,
            validator_set_count: validators,
            offender: (),
        };
        let loss = percent(offence.slash_fraction(offenders), 2);
        says(format!("| {validators} | {offenders} | {loss} |"));
    }
}

#[test]
fn the_page_has_the_fees_and_deposits() {
    use frame_support::traits::OnUnbalanced;

    let row = |what: &str, value: String| says(format!("| {what} | {value} |"));
    says(format!(
        "an account exists from {} on",
        bloc(units::EXISTENTIAL_DEPOSIT)
    ));
    let base = WeightToFee::weight_to_fee(&ExtrinsicBaseWeight::get());
    row("computing, for what the emptiest transaction takes", bloc(base));
    row("a byte of a transaction", bloc(TransactionByteFee::get()));
    super::state_of("development", json!({})).execute_with(|| {
        super::blocks::start_block();
        let fee = crate::Balances::issue(100 * units::BLOC);
        let issued = pallet_balances::TotalIssuance::<Runtime>::get();
        DealWithFees::on_unbalanceds(core::iter::once(fee));
        let burnt = (issued - pallet_balances::TotalIssuance::<Runtime>::get()) / units::BLOC;
        row("burnt", format!("{burnt} %"));
        row("to the block's author", format!("{} %, and the whole tip", 100 - burnt));
    });
    let market = Params::default();
    row(
        "preimages",
        format!("{} | {}", bloc(units::deposit(1, 0)), bloc(units::deposit(0, 1))),
    );
    row(
        "deals",
        format!("{} | {}", bloc(market.deposit_per_item), bloc(market.deposit_per_byte)),
    );
    says(format!("gets {} of its deposit", short(market.cleanup_bounty)));
}

#[test]
fn the_page_has_the_markets_numbers() {
    let row = |what: &str, value: String| says(format!("| {what} | {value} |"));
    let market = Params::default();
    super::state_of("testnet", json!({})).execute_with(|| {
        let period = pallet_storage_market::PeriodLength::<Runtime>::get();
        row("proving period", format!("{period} blocks"));
    });
    row("treasury's cut of pay", short(market.treasury_cut));
    row(
        "bond",
        format!(
            "{} per GiB, at least {}",
            bloc(market.bond_per_gib),
            bloc(market.min_bond)
        ),
    );
    row("a missed period costs, of the required bond", short(market.miss_slash));
    row("a lost or faulted slot costs, of its bond", short(market.loss_slash));
    row("a loss that the provider declares first", short(market.declared_slash));
    row(
        "misses in a row that make a provider faulted",
        market.misses_to_fault.to_string(),
    );
    row(
        "a terminated deal runs at least",
        format!("{} periods", market.min_termination),
    );
    row(
        "longest deal",
        format!("{} periods", thousands(market.max_duration.into())),
    );
}
