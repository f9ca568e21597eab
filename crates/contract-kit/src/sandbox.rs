//! The chain that a test runs on.

use crate::{
    AccountId, Balance, BlockNumber, Contract, Failure, GasReport, Hash, Market, RuntimeCall, RuntimeEvent,
    RuntimeOrigin, Weight,
    chain::{self, Beginning, Record},
    failure::Attempt,
    market::Knowledge,
};
use blocs_contract::Bundle;
use blocs_runtime::{
    Balances, Contracts, Runtime, RuntimeHoldReason, System, Timestamp, TransactionPayment, units::BLOC,
};
use frame_support::{
    storage::{TransactionOutcome, with_storage_layer, with_transaction_unchecked},
    traits::{
        GetCallMetadata,
        fungible::{Inspect, InspectHold, Mutate},
        tokens::{Fortitude, Preservation},
    },
};
use sp_core::{H256, Pair, sr25519};
use sp_io::{TestExternalities, hashing::blake2_256};
use sp_keyring::Sr25519Keyring;
use sp_runtime::{MultiAddress, traits::Dispatchable};
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What an account gets at its first use.
pub const ENDOWMENT: Balance = 1_000_000 * BLOC;

/// A chain of the real runtime in this process, with a block open. Calls go into that block, one after the other; [`Sandbox::advance_blocks`]
/// ends it and opens the next.
///
/// No transaction is signed and no fee is paid: what accounts spend is value and deposits.
pub struct Sandbox {
    state: RefCell<TestExternalities>,
    pub(crate) notes: Notes,
    gas: GasReport,
}

/// What the sandbox knows beside the chain's state.
#[derive(Clone, Default)]
pub(crate) struct Notes {
    /// Accounts that have got their endowment.
    endowed: BTreeSet<AccountId>,
    /// Contracts whose events and names are known.
    pub(crate) contracts: BTreeMap<AccountId, Arc<Bundle>>,
    /// Events of the open block.
    events: Vec<RuntimeEvent>,
    /// Contracts deployed so far, each with a salt of its own.
    pub(crate) salt: u64,
    /// The providers and what they keep.
    pub(crate) market: Knowledge,
}

/// A state to come back to: see [`Sandbox::snapshot`].
pub struct Snapshot {
    nodes: Backend,
    notes: Notes,
}

type Backend = sp_state_machine::InMemoryBackend<sp_core::Blake2Hasher>;

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}

impl Sandbox {
    /// A new chain of the preset `development`, in block 1. The first of a process builds the genesis, the others copy it.
    pub fn new() -> Self {
        Self {
            state: RefCell::new(Beginning::get().state()),
            notes: Notes::default(),
            gas: GasReport::default(),
        }
    }

    /// The account of this name, with a million BLOC at its first use. `alice` to `ferdie` are the well-known ones, in any case.
    pub fn account(&mut self, name: &str) -> AccountId {
        let account = AccountId::new(key(name).public().0);
        self.endow(&account);
        account
    }

    /// Gives an account its endowment, once.
    pub(crate) fn endow(&mut self, account: &AccountId) {
        if self.notes.endowed.insert(account.clone()) {
            self.inside(|| {
                let more = ENDOWMENT.saturating_sub(Balances::total_balance(account));
                Balances::mint_into(account, more).expect("a sandbox's tokens do not overflow");
                chain::take_events();
            });
        }
    }

    /// The key of this name's account, for contracts that check signatures.
    pub fn key(&self, name: &str) -> sr25519::Pair {
        key(name)
    }

    /// What an account holds free, in planck: without what is on hold.
    pub fn balance(&self, account: &AccountId) -> Balance {
        self.view(|| Balances::balance(account))
    }

    /// What an account can send or pay, in planck.
    pub fn spendable(&self, account: &AccountId) -> Balance {
        self.view(|| Balances::reducible_balance(account, Preservation::Preserve, Fortitude::Polite))
    }

    /// What an account has on hold for this reason, in planck: a contract's deposit, a provider's bond.
    pub fn on_hold(&self, reason: impl Into<RuntimeHoldReason>, account: &AccountId) -> Balance {
        let reason = reason.into();
        self.view(|| Balances::balance_on_hold(&reason, account))
    }

    /// The deposit for storage that a contract holds, in planck: what whoever clears its storage gets back.
    pub fn storage_deposit(&self, contract: &AccountId) -> Balance {
        self.on_hold(pallet_contracts::HoldReason::StorageDepositReserve, contract)
    }

    /// Tokens that exist, in planck.
    pub fn issuance(&self) -> Balance {
        self.view(Balances::total_issuance)
    }

    /// Number of the open block.
    pub fn block(&self) -> BlockNumber {
        self.view(System::block_number)
    }

    /// Time of the open block, in milliseconds since 1970.
    pub fn now(&self) -> u64 {
        self.view(Timestamp::get)
    }

    /// Ends the open block and opens the next, `count` times, a slot apart: all hooks run, and providers prove what they are asked (see
    /// [`Market`]).
    pub fn advance_blocks(&mut self, count: u32) {
        for _ in 0..count {
            self.next_block(None);
        }
    }

    /// Goes on until a new proving period of the market has begun, `count` times.
    pub fn advance_periods(&mut self, count: u32) {
        let length = self.view(pallet_storage_market::PeriodLength::<Runtime>::get);
        let into = self.block().checked_rem(length).unwrap_or_default();
        self.advance_blocks(length.saturating_mul(count).saturating_sub(into));
    }

    /// Opens the next block at `time` in milliseconds since 1970: as if the chain had stood still until then.
    ///
    /// # Panics
    ///
    /// When the time is not later than now by at least a slot: time goes forward only.
    pub fn set_time(&mut self, time: u64) {
        self.next_block(Some(time));
    }

    /// Opens the next block so many milliseconds after the open one.
    ///
    /// # Panics
    ///
    /// When it is less than a slot.
    pub fn advance_time(&mut self, millis: u64) {
        self.next_block(Some(self.now().saturating_add(millis)));
    }

    fn next_block(&mut self, time: Option<u64>) {
        let parent = self.inside(chain::end_block);
        chain::commit(self.state.get_mut());
        self.notes.events.clear();
        self.inside(|| chain::start_block(parent, time));
        self.note_events();
        self.prove_all();
    }

    /// Uploads the code of a bundle and gives its hash.
    pub fn upload(&mut self, bundle: &Bundle, by: &AccountId) -> Result<[u8; 32], Failure> {
        let wasm = bundle.wasm()?;
        self.upload_code(wasm, by)
    }

    /// Gives a contract another code, which must be uploaded: as root, which on the chain is a referendum. The sandbox then knows it by the new
    /// bundle.
    pub fn set_code(&mut self, contract: &Contract, bundle: &Bundle) -> Result<Contract, Failure> {
        self.as_root(RuntimeCall::Contracts(pallet_contracts::Call::set_code {
            dest: MultiAddress::Id(contract.address.clone()),
            code_hash: H256(bundle.code_hash()),
        }))?;
        Ok(self.register(bundle, &contract.address))
    }

    /// Tells the sandbox what a contract is that it has not deployed itself (one that another contract has made, or one that has changed its
    /// code), so that it can be called by name and its events are decoded.
    pub fn register(&mut self, bundle: &Bundle, address: &AccountId) -> Contract {
        let bundle = Arc::new(bundle.clone());
        self.notes.contracts.insert(address.clone(), bundle.clone());
        Contract {
            address: address.clone(),
            bundle,
        }
    }

    /// Hash of the code that a contract has now; `None` when there is no contract at this address.
    pub fn code_hash(&self, address: &AccountId) -> Option<[u8; 32]> {
        self.view(|| Contracts::code_hash(address).map(H256::to_fixed_bytes))
    }

    /// What a contract has stored under a key.
    pub fn storage(&self, address: &AccountId, key: &[u8]) -> Option<Vec<u8>> {
        self.view(|| Contracts::get_storage(address.clone(), key.to_vec()).ok().flatten())
    }

    /// Sends tokens; to a contract too, which then runs nothing.
    pub fn transfer(&mut self, from: &AccountId, to: &AccountId, amount: Balance) -> Result<(), Failure> {
        let call = pallet_balances::Call::transfer_allow_death {
            dest: MultiAddress::Id(to.clone()),
            value: amount,
        };
        self.dispatch(from, RuntimeCall::Balances(call))
    }

    /// Dispatches a call of the runtime, signed by an account. What fails leaves no trace.
    pub fn dispatch(&mut self, by: &AccountId, call: RuntimeCall) -> Result<(), Failure> {
        self.dispatch_as(RuntimeOrigin::signed(by.clone()), call)
    }

    /// Dispatches a call of the runtime as root: on the chain, a referendum does it.
    pub fn as_root(&mut self, call: RuntimeCall) -> Result<(), Failure> {
        self.dispatch_as(RuntimeOrigin::root(), call)
    }

    pub(crate) fn dispatch_as(&mut self, origin: RuntimeOrigin, call: RuntimeCall) -> Result<(), Failure> {
        let name = call.get_call_metadata();
        let name = format!("{}::{}", name.pallet_name, name.function_name);
        let result = self.inside(|| with_storage_layer(|| call.dispatch(origin).map_err(|error| error.error)));
        self.note_events();
        result.map(|_| ()).map_err(|error| Attempt::plain(name).failure(error))
    }

    /// All events of the open block so far.
    pub fn events(&self) -> &[RuntimeEvent] {
        &self.notes.events
    }

    /// What the calls of this sandbox cost so far.
    pub fn gas_report(&self) -> &GasReport {
        &self.gas
    }

    /// What this much gas adds to the fee of a transaction now, in planck. The sandbox charges none.
    pub fn fee(&self, gas: Weight) -> Balance {
        self.view(|| TransactionPayment::weight_to_fee(gas))
    }

    pub(crate) fn gas_report_mut(&mut self) -> &mut GasReport {
        &mut self.gas
    }

    /// The storage market: providers that quote and prove.
    pub fn market(&mut self) -> Market<'_> {
        Market::new(self)
    }

    /// The state as it is, to come back to: a test can try several branches. The gas report goes on over all of them.
    pub fn snapshot(&mut self) -> Snapshot {
        let state = self.state.get_mut();
        chain::commit(state);
        // Nodes that nothing refers to any more are not copied.
        state.backend.backend_storage_mut().purge();
        Snapshot {
            nodes: state.backend.clone(),
            notes: self.notes.clone(),
        }
    }

    /// Goes back to a state, as often as wanted.
    pub fn restore(&mut self, snapshot: &Snapshot) {
        let state = self.state.get_mut();
        state.reset_overlay();
        state.backend = snapshot.nodes.clone();
        self.notes = snapshot.notes.clone();
    }

    /// Runs code inside the chain's state, for what the kit has no words for: pallets can be read, and written, as in a runtime's own tests.
    pub fn execute<R>(&mut self, code: impl FnOnce() -> R) -> R {
        let result = self.inside(code);
        self.note_events();
        result
    }

    /// Runs code inside the chain's state; its events are still there.
    pub(crate) fn inside<R>(&mut self, code: impl FnOnce() -> R) -> R {
        self.state.get_mut().execute_with(code)
    }

    /// Runs code inside the chain's state; what it writes is thrown away.
    pub fn view<R>(&self, code: impl FnOnce() -> R) -> R {
        self.state
            .borrow_mut()
            .execute_with(|| with_transaction_unchecked(|| TransactionOutcome::Rollback(code())))
    }

    /// Takes over the events that the runtime has emitted.
    fn note_events(&mut self) {
        let records = self.inside(chain::take_events);
        self.add_events(&records);
    }

    /// Adds events to those of the open block.
    pub(crate) fn add_events(&mut self, records: &[Record]) {
        self.notes
            .events
            .extend(records.iter().map(|record| record.event.clone()));
    }

    /// Hash of the chain's first block, which binds quotes to it.
    pub fn genesis(&self) -> Hash {
        self.view(|| System::block_hash(0))
    }
}

/// The key of a name: the well-known one, or one made from the name.
fn key(name: &str) -> sr25519::Pair {
    use Sr25519Keyring::{Alice, Bob, Charlie, Dave, Eve, Ferdie};
    let known = [Alice, Bob, Charlie, Dave, Eve, Ferdie]
        .into_iter()
        .find(|key| key.to_string().eq_ignore_ascii_case(name));
    match known {
        Some(known) => known.pair(),
        None => sr25519::Pair::from_seed(&blake2_256(format!("blocs/kit/account/{name}").as_bytes())),
    }
}
