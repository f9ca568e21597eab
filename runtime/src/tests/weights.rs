//! How much fits into a block by the weights that the runtime declares.

use super::{blocks::signed, state_of};
use crate::{Runtime, RuntimeCall, configs::RuntimeBlockWeights};
use frame_support::{
    dispatch::{DispatchClass, GetDispatchInfo},
    weights::{Weight, constants},
};
use serde_json::json;
use sp_keyring::Sr25519Keyring;

/// Weight that a transaction takes from a block, as `CheckWeight` counts it.
fn transfer() -> Weight {
    let call = RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
        dest: Sr25519Keyring::Bob.to_account_id().into(),
        value: 1,
    });
    // A signature names the genesis block.
    let mut state = state_of("development", json!({}));
    let info = state.execute_with(|| signed(Sr25519Keyring::Alice, 0, 0, call).get_dispatch_info());
    let base = RuntimeBlockWeights::get().get(DispatchClass::Normal).base_extrinsic;
    info.total_weight().saturating_add(base)
}

/// The same with the weights that polkadot-sdk ships.
fn transfer_by_shipped_weights() -> Weight {
    use frame_system::ExtensionsWeightInfo;
    type Extensions = ();

    [
        <() as pallet_balances::WeightInfo>::transfer_keep_alive(),
        <() as pallet_transaction_payment::WeightInfo>::charge_transaction_payment(),
        Extensions::check_non_zero_sender(),
        Extensions::check_spec_version(),
        Extensions::check_tx_version(),
        Extensions::check_genesis(),
        Extensions::check_mortality_immortal_transaction(),
        Extensions::check_nonce(),
        Extensions::check_weight(),
        Extensions::weight_reclaim(),
        constants::ExtrinsicBaseWeight::get(),
    ]
    .into_iter()
    .fold(Weight::zero(), |total, weight| total.saturating_add(weight))
}

fn in_a_block(transaction: Weight, base: Weight) -> u64 {
    let weights = RuntimeBlockWeights::get();
    let room = weights
        .get(DispatchClass::Normal)
        .max_total
        .unwrap()
        .saturating_sub(base);
    room.ref_time() / transaction.ref_time()
}

#[test]
fn a_block_holds_more_transfers_than_by_shipped_weights() {
    let measured = in_a_block(transfer(), RuntimeBlockWeights::get().base_block);
    let shipped = in_a_block(transfer_by_shipped_weights(), constants::BlockExecutionWeight::get());

    println!("transfers in a block by weight: {measured} (with polkadot-sdk's weights {shipped})");
    println!(
        "one transfer: {} ns ({} ns)",
        transfer().ref_time() / 1_000,
        transfer_by_shipped_weights().ref_time() / 1_000
    );
    assert!(measured > shipped, "{measured} is not more than {shipped}");
}

#[test]
fn the_base_weight_of_an_extrinsic_covers_what_the_extensions_compute() {
    use crate::weights::{ExtrinsicBaseWeight, RocksDbWeight, frame_system_extensions, pallet_transaction_payment};
    use ::pallet_transaction_payment::WeightInfo;
    use frame_system::ExtensionsWeightInfo;
    type System = frame_system_extensions::WeightInfo<Runtime>;
    type Payment = pallet_transaction_payment::WeightInfo<Runtime>;

    let measured = [
        Payment::charge_transaction_payment(),
        System::check_non_zero_sender(),
        System::check_spec_version(),
        System::check_tx_version(),
        System::check_genesis(),
        System::check_mortality_mortal_transaction(),
        System::check_nonce(),
        System::check_weight(),
        System::weight_reclaim(),
    ]
    .into_iter()
    .fold(Weight::zero(), |total, weight| total.saturating_add(weight));
    // The sender's account, once for its nonce and once for the fee.
    let computing = measured.saturating_sub(RocksDbWeight::get().reads_writes(2, 2));

    assert!(computing.ref_time() > 0);
    assert!(
        computing.all_lte(ExtrinsicBaseWeight::get()),
        "{computing} is above the base weight"
    );
}

#[test]
fn contracts_pay_for_what_a_look_at_the_market_reads_and_computes() {
    use pallet_market_contracts::{Formulas, WeightInfo, WorstCase};
    type Declared = WorstCase<Runtime, crate::weights::pallet_market_contracts::WeightInfo<Runtime>>;
    type Accesses = Formulas<Runtime>;

    let functions = [
        (Declared::clock(), Accesses::clock()),
        (Declared::providers(1), Accesses::providers(1)),
        (Declared::providers(32), Accesses::providers(32)),
        (Declared::provider(), Accesses::provider()),
        (Declared::deal(), Accesses::deal()),
        (Declared::slot(), Accesses::slot()),
        (Declared::standing(1), Accesses::standing(1)),
        (Declared::standing(32), Accesses::standing(32)),
        (Declared::deal_id_of(), Accesses::deal_id_of()),
    ];

    for (declared, accesses) in functions {
        assert!(
            declared.ref_time() > accesses.ref_time(),
            "{declared} does not cover {accesses} and what is computed"
        );
    }
}
