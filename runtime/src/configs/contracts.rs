//! Contracts: WASM that anyone may upload, instantiate and call.
//!
//! docs/adr/0016 says why the settings are what they are.

use crate::{
    AccountId, Balances, BlockNumber, Hash, Runtime, RuntimeCall, RuntimeEvent, RuntimeHoldReason, Timestamp,
    TransactionPayment, units::deposit,
};
use core::marker::PhantomData;
use frame_support::{
    parameter_types,
    traits::{ConstBool, ConstU32, ConstU128, Contains, Randomness},
};
use frame_system::EnsureSigned;
use pallet_contracts::{Frame, InstructionWeights, Schedule};
use pallet_market_contracts::{MarketExtension, WorstCase};
use sp_runtime::Perbill;

/// Bytes of code that a contract may have.
pub const MAX_CODE_BYTES: u32 = 123 * 1024;

/// What an instruction of a contract costs, in picoseconds: 2,650 as `make bench-contracts` measures it in the runtime's WASM, and a margin. The
/// pallet's own 1,259 would let a block of instructions alone take longer than its slot.
const INSTRUCTION: u32 = 3_000;

parameter_types! {
    /// Weights of host functions, and limits of memory and values, are the pallet's own.
    pub ContractSchedule: Schedule<Runtime> = Schedule {
        instruction_weights: InstructionWeights {
            base: INSTRUCTION,
            _phantom: PhantomData,
        },
        ..Schedule::default()
    };
    /// Share of a code's deposit that each contract of this code has on hold: the code stays as long as one of them does.
    pub const CodeHashLockupDepositPercent: Perbill = Perbill::from_percent(30);
}

/// The calls that a contract may dispatch, as the account that it is: its own tokens, assets and votes.
///
/// A list of what is allowed. These calls keep their indices and their arguments as long as a contract may have them in its code; a test
/// holds on to that. The storage market has functions of its own, see `pallet_market_contracts`.
pub struct CallsOfContracts;

impl Contains<RuntimeCall> for CallsOfContracts {
    fn contains(call: &RuntimeCall) -> bool {
        use pallet_assets::Call as Assets;
        use pallet_balances::Call as Tokens;
        use pallet_conviction_voting::Call as Votes;
        matches!(
            call,
            RuntimeCall::Balances(Tokens::transfer_allow_death { .. } | Tokens::transfer_keep_alive { .. })
                | RuntimeCall::Assets(
                    Assets::transfer { .. }
                        | Assets::transfer_keep_alive { .. }
                        | Assets::approve_transfer { .. }
                        | Assets::cancel_approval { .. }
                        | Assets::transfer_approved { .. }
                )
                | RuntimeCall::ConvictionVoting(
                    Votes::vote { .. }
                        | Votes::remove_vote { .. }
                        | Votes::delegate { .. }
                        | Votes::undelegate { .. }
                        | Votes::unlock { .. }
                )
        )
    }
}

/// Code that asks for randomness is refused at its upload: the pallet has given the function up, and no block's randomness is safe from
/// whoever sends the last call that depends on it. The pallet wants the type all the same.
pub struct NoRandomness;

impl Randomness<Hash, BlockNumber> for NoRandomness {
    fn random(_: &[u8]) -> (Hash, BlockNumber) {
        Default::default()
    }
}

impl pallet_contracts::Config for Runtime {
    type Time = Timestamp;
    type Randomness = NoRandomness;
    type Currency = Balances;
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type RuntimeHoldReason = RuntimeHoldReason;
    type CallFilter = CallsOfContracts;
    type WeightPrice = TransactionPayment;
    type WeightInfo = pallet_contracts::weights::SubstrateWeight<Self>;
    type ChainExtension =
        MarketExtension<Self, WorstCase<Self, crate::weights::pallet_market_contracts::WeightInfo<Self>>>;
    type Schedule = ContractSchedule;
    // Six contracts deep. With the bound on code, this keeps the worst case within the memory that a node gives the runtime.
    type CallStack = [Frame<Self>; 5];
    type DepositPerByte = ConstU128<{ deposit(0, 1) }>;
    type DepositPerItem = ConstU128<{ deposit(1, 0) }>;
    // For callers that name none: the largest code with its records fits, a call that fills the state does not.
    type DefaultDepositLimit = ConstU128<{ deposit(64, 128 * 1024) }>;
    type CodeHashLockupDepositPercent = CodeHashLockupDepositPercent;
    type AddressGenerator = pallet_contracts::DefaultAddressGenerator;
    type MaxCodeLen = ConstU32<MAX_CODE_BYTES>;
    type MaxStorageKeyLen = ConstU32<128>;
    type MaxTransientStorageSize = ConstU32<{ 1024 * 1024 }>;
    type MaxDelegateDependencies = ConstU32<32>;
    // What is not stable may change under a contract that cannot.
    type UnsafeUnstableInterface = ConstBool<false>;
    type MaxDebugBufferLen = ConstU32<{ 2 * 1024 * 1024 }>;
    type UploadOrigin = EnsureSigned<AccountId>;
    type InstantiateOrigin = EnsureSigned<AccountId>;
    type Migrations = ();
    type Debug = ();
    type Environment = ();
    type ApiVersion = ();
    type Xcm = ();
}
