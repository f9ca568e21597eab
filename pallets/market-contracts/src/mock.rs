//! A chain of the market, contracts and what they need, and two contracts that pass on what they get.

use crate::{Code, EXTENSION_ID, Function, MarketExtension, Request, v1};
use blocs_primitives::{
    AccountId, Answer, Balance, DealId, ExtensionQuote, Hash, Period, Quote, Root, SlotIndex, proof::PieceProof,
};
use codec::{Decode, Encode};
use frame_support::{
    PalletId, assert_ok, derive_impl, parameter_types,
    traits::{ConstU32, ConstU128, Contains, Currency, Hooks, Randomness},
    weights::{RuntimeDbWeight, Weight},
};
use frame_system::EnsureRoot;
use pallet_contracts::{CollectEvents, DebugInfo, Determinism, Frame, Schedule};
use pallet_storage_market::{Params, types::*};
use sp_core::{Pair, sr25519};
use sp_runtime::{BuildStorage, DispatchError, traits::IdentityLookup};
use std::{cell::Cell, collections::BTreeMap};

mod wasm;

pub(crate) use wasm::{END, messenger, window};

pub(crate) type Block = frame_system::mocking::MockBlockU32<Runtime>;
pub(crate) const UNIT: Balance = 1_000_000_000_000;
/// Blocks in a period of the mock.
pub(crate) const PERIOD: u32 = 8;
/// Gas that is enough for everything.
pub(crate) const GAS: Weight = Weight::from_parts(1_000_000_000_000, u64::MAX);

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeHoldReason,
        RuntimeFreezeReason,
        RuntimeTask
    )]
    pub struct Runtime;
    #[runtime::pallet_index(0)]
    pub type System = frame_system::Pallet<Runtime>;
    #[runtime::pallet_index(1)]
    pub type Balances = pallet_balances::Pallet<Runtime>;
    #[runtime::pallet_index(2)]
    pub type Timestamp = pallet_timestamp::Pallet<Runtime>;
    #[runtime::pallet_index(3)]
    pub type Market = pallet_storage_market::Pallet<Runtime>;
    #[runtime::pallet_index(4)]
    pub type Contracts = pallet_contracts::Pallet<Runtime>;
}

parameter_types! {
    pub const MarketPallet: PalletId = PalletId(*b"blc/mrkt");
    pub TreasuryAccount: AccountId = account(250);
    pub const DatabaseWeight: RuntimeDbWeight = RuntimeDbWeight { read: 25_000_000, write: 100_000_000 };
    pub ContractSchedule: Schedule<Runtime> = Schedule::default();
}

thread_local! {
    static PAUSED: Cell<bool> = const { Cell::new(false) };
}

/// Keeps the market's calls from everybody, or no longer.
pub(crate) fn pause(on: bool) {
    PAUSED.set(on);
}

/// What safe mode does on a real chain.
pub struct Filter;

impl Contains<RuntimeCall> for Filter {
    fn contains(call: &RuntimeCall) -> bool {
        !(PAUSED.get() && matches!(call, RuntimeCall::Market(_)))
    }
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Runtime {
    type BaseCallFilter = Filter;
    type Block = Block;
    type AccountId = AccountId;
    type Lookup = IdentityLookup<AccountId>;
    type AccountData = pallet_balances::AccountData<Balance>;
    type DbWeight = DatabaseWeight;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Runtime {
    type Balance = Balance;
    type ExistentialDeposit = ConstU128<10_000_000_000>;
    type AccountStore = System;
    type RuntimeHoldReason = RuntimeHoldReason;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Runtime {}

/// Randomness that follows from the block.
pub struct TestRandomness;

impl Randomness<Option<Hash>, u32> for TestRandomness {
    fn random(subject: &[u8]) -> (Option<Hash>, u32) {
        let now = System::block_number();
        let seed = sp_io::hashing::blake2_256(&[subject, &now.to_le_bytes()].concat());
        (Some(Hash::from(seed)), now)
    }
}

impl pallet_storage_market::Config for Runtime {
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type Randomness = TestRandomness;
    type AdminOrigin = EnsureRoot<AccountId>;
    type PalletId = MarketPallet;
    type TreasuryAccount = TreasuryAccount;
    type BucketSize = ConstU32<4>;
    type WeightInfo = pallet_storage_market::weights::Formulas<Runtime>;
}

#[derive_impl(pallet_contracts::config_preludes::TestDefaultConfig)]
impl pallet_contracts::Config for Runtime {
    type Time = Timestamp;
    type Currency = Balances;
    type ChainExtension = MarketExtension<Self>;
    type Schedule = ContractSchedule;
    type CallStack = [Frame<Self>; 5];
    type DepositPerByte = ConstU128<1>;
    type DepositPerItem = ConstU128<1>;
    type DefaultDepositLimit = ConstU128<UNIT>;
}

/// A new chain at block 1, with twenty rich accounts.
pub(crate) fn new_chain() -> sp_io::TestExternalities {
    let mut storage = frame_system::GenesisConfig::<Runtime>::default()
        .build_storage()
        .expect("genesis");
    pallet_balances::GenesisConfig::<Runtime> {
        balances: (0..20u8).map(|number| (account(number), 10_000 * UNIT)).collect(),
        ..Default::default()
    }
    .assimilate_storage(&mut storage)
    .expect("genesis");
    pallet_storage_market::GenesisConfig::<Runtime> {
        period: PERIOD,
        params: Params {
            misses_to_fault: 3,
            min_termination: 2,
            cleanup_grace: 2,
            ..Params::default()
        },
        phantom: Default::default(),
    }
    .assimilate_storage(&mut storage)
    .expect("genesis");
    let mut chain = sp_io::TestExternalities::new(storage);
    chain.execute_with(|| System::set_block_number(1));
    chain
}

pub(crate) fn account(number: u8) -> AccountId {
    AccountId::new([number; 32])
}

fn operator(provider: &AccountId) -> sr25519::Pair {
    sr25519::Pair::from_seed(provider.as_ref())
}

/// Registers a provider.
pub(crate) fn register(number: u8) -> AccountId {
    let who = account(number);
    let registration = Registration {
        operator: operator(&who).public(),
        bond: 1000 * UNIT,
        terms: Terms {
            capacity: 1 << 40,
            price: UNIT,
            zone: b"eu".to_vec().try_into().expect("short"),
            tier: Tier::Warm,
            peer_id: b"peer".to_vec().try_into().expect("short"),
            addresses: Default::default(),
        },
    };
    assert_ok!(Market::register(RuntimeOrigin::signed(who.clone()), registration));
    who
}

/// A deal of small slots with these providers for an owner, rightly signed.
pub(crate) fn offer(
    owner: &AccountId,
    salt: u8,
    providers: &[AccountId],
    duration: Period,
    rate: Balance,
) -> v1::Offer {
    let salt = [salt; 32];
    let slots = (0u16..).zip(providers).map(|(index, provider)| {
        let root = Root(sp_io::hashing::blake2_256(&(salt, index).encode()));
        let quote = Quote {
            genesis: System::block_hash(0),
            provider: provider.clone(),
            owner: owner.clone(),
            deal: DealId::derive(owner, &salt),
            index: SlotIndex(index),
            root,
            size: 1000,
            rate,
            duration,
            valid_until: System::block_number() + PERIOD,
        };
        v1::SlotOffer {
            provider: provider.clone(),
            root,
            size: quote.size,
            rate,
            valid_until: quote.valid_until,
            signature: operator(provider).sign(&quote.signing_payload()).0,
        }
    });
    v1::Offer {
        salt,
        manifest: Hash::repeat_byte(7),
        k: 1,
        duration,
        label: b"label".to_vec().try_into().expect("short"),
        slots: slots.collect::<Vec<_>>().try_into().expect("few"),
    }
}

/// An extension of all slots of a deal, rightly signed.
pub(crate) fn extension(deal: DealId, end: Period) -> v1::Extension {
    let owner = pallet_storage_market::Deals::<Runtime>::get(deal).expect("open").owner;
    let slots = Market::slots_of(&deal).into_iter().map(|(index, slot)| {
        let quote = ExtensionQuote {
            genesis: System::block_hash(0),
            provider: slot.provider.clone(),
            owner: owner.clone(),
            deal,
            index,
            rate: slot.rate,
            from: slot.end,
            to: end,
            valid_until: System::block_number() + PERIOD,
        };
        v1::SlotExtension {
            index,
            valid_until: quote.valid_until,
            signature: operator(&slot.provider).sign(&quote.signing_payload()).0,
        }
    });
    v1::Extension {
        deal,
        end,
        slots: slots.collect::<Vec<_>>().try_into().expect("few"),
    }
}

/// Goes on by whole periods; in every block the `honest` have what they are asked booked as proved.
pub(crate) fn periods(count: u32, honest: &[AccountId]) {
    for _ in 0..count * PERIOD {
        let next = System::block_number() + 1;
        System::set_block_number(next);
        Market::on_initialize(next);
        for provider in honest {
            let Some(challenge) = pallet_storage_market::Challenges::<Runtime>::get(provider) else {
                continue;
            };
            // The authorization has checked a proof before it comes here: any will do.
            let proof = || {
                Answer::Piece(PieceProof {
                    piece: vec![],
                    siblings: vec![],
                })
            };
            let answers: Vec<_> = challenge.pieces.iter().map(|_| proof()).collect();
            let authorized = frame_system::RawOrigin::Authorized.into();
            let answers = answers.try_into().expect("as many as asked");
            assert_ok!(Market::prove(
                authorized,
                provider.clone(),
                challenge.period,
                answers,
                None
            ));
        }
    }
}

/// All that the chain keeps, without its events.
pub(crate) fn state() -> BTreeMap<Vec<u8>, Vec<u8>> {
    let events = sp_io::hashing::twox_128(b"Event");
    let system = sp_io::hashing::twox_128(b"System");
    let mut entries = BTreeMap::new();
    let mut key = vec![];
    while let Some(next) = sp_io::storage::next_key(&key) {
        let value = frame_support::storage::unhashed::get_raw(&next).unwrap_or_default();
        let is_event = ["Events", "EventCount", "EventTopics"]
            .iter()
            .any(|name| next.starts_with(&[system, sp_io::hashing::twox_128(name.as_bytes())].concat()));
        if !is_event && !next.starts_with(&events) {
            entries.insert(next.clone(), value);
        }
        key = next;
    }
    entries
}

/// Puts a contract on the chain, with a balance.
pub(crate) fn deploy(code: Vec<u8>, salt: u8, balance: Balance) -> AccountId {
    let result = Contracts::bare_instantiate(
        account(19),
        0,
        GAS,
        None,
        pallet_contracts::Code::Upload(code),
        vec![],
        vec![salt],
        DebugInfo::Skip,
        CollectEvents::Skip,
    );
    let contract = result.result.expect("the contract is valid").account_id;
    let _ = Balances::deposit_creating(&contract, balance);
    contract
}

/// What a contract got from the extension, and what the call took.
pub(crate) struct Heard {
    pub(crate) status: u32,
    pub(crate) output: Vec<u8>,
    pub(crate) gas: Weight,
}

impl Heard {
    /// The result of a call that succeeded.
    pub(crate) fn ok<Output: Decode>(&self) -> Output {
        assert_eq!(self.status, Code::Success.number());
        Output::decode(&mut &self.output[..]).expect("the type of the function's result")
    }

    /// Asserts a refusal.
    pub(crate) fn is(&self, code: Code) {
        assert_eq!(self.status, code.number(), "{code:?} is {}", code.number());
    }
}

/// The bytes that make a messenger call this function.
pub(crate) fn message(id: u32, buffer: u32, argument: &[u8]) -> Vec<u8> {
    [&id.to_le_bytes()[..], &buffer.to_le_bytes()[..], argument].concat()
}

/// The extension's and the function's id in one.
pub(crate) fn id(function: Function) -> u32 {
    u32::from(EXTENSION_ID) << 16 | u32::from(function.id())
}

/// Calls a contract.
pub(crate) fn call(contract: &AccountId, input: Vec<u8>, gas: Weight) -> Result<Heard, DispatchError> {
    let result = Contracts::bare_call(
        account(18),
        contract.clone(),
        0,
        gas,
        None,
        input,
        DebugInfo::Skip,
        CollectEvents::Skip,
        Determinism::Enforced,
    );
    let data = result.result?.data;
    let (status, output) = data.split_at(4);
    Ok(Heard {
        status: u32::from_le_bytes(status.try_into().expect("four bytes")),
        output: output.to_vec(),
        gas: result.gas_consumed,
    })
}

/// Has a messenger ask for something.
pub(crate) fn ask(contract: &AccountId, request: Request) -> Heard {
    let (function, argument) = request.encode();
    send(contract, id(function), &argument)
}

/// Has a messenger call any function with any argument.
pub(crate) fn send(contract: &AccountId, id: u32, argument: &[u8]) -> Heard {
    call(contract, message(id, 16_384, argument), GAS).expect("the contract does not trap")
}
