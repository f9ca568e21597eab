//! # Storage market
//!
//! Providers keep slots of deals and prove every proving period that they still have them; the pallet holds the money
//! and pays for proven periods only. Its cost per provider and period does not depend on how many slots the provider holds.
//!
//! This file is the interface: configuration, state, calls, events, errors. The logic lies in modules named for what they do:
//!
//! | module | what |
//! |---|---|
//! | [`types`] | the records of the state |
//! | `provider` | registering, terms, bond, exit |
//! | `deal` | opening and terminating deals |
//! | `extend` | extending deals |
//! | `visit` | the block hook: settle the last period, roll into the next, draw a challenge |
//! | `prove` | checking and paying a proof; concessions |
//! | `close` | settling slots, ending deals, declaring losses, claims |
//! | `holdings` | guardian of the sum tree over a provider's slots |
//! | `ledger` | guardian of the money: pool, periods, bonds |
//! | `params` | the governed values and their bounds |
//! | `migrations` | with the feature `rehearsal`: the step to the next layout of the state, for rehearsing upgrades |
//!
//! ## Periods
//!
//! The period of block `b` is `b / P`. A provider has a place `r` on a ring of `P` buckets and is visited in the blocks with
//! `b % P == r`: the visit in period `q` settles its previous challenge, rolls it into `q` and draws the challenge of `q`, which can be
//! answered until the next visit. A deal opened in period `p` runs from `p + 1`; it is paid for the periods `start..end`.

#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]
#![allow(
    clippy::cast_possible_truncation,
    reason = "FRAME's macros number calls, events and errors with casts; ours uses none"
)]

extern crate alloc;

pub use pallet::*;
pub use params::{BrokenRule, Parameter, Params};
pub use weights::WeightInfo;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod close;
mod deal;
mod extend;
mod holdings;
mod ledger;
#[cfg(feature = "rehearsal")]
pub mod migrations;
mod params;
pub mod prove;
mod provider;
#[cfg(any(feature = "try-runtime", test))]
mod try_state;
pub mod types;
mod visit;
pub mod weights;

#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

/// The pallet's parts, as FRAME wants them.
#[frame_support::pallet]
pub mod pallet {
    use crate::{
        params::{Parameter, Params},
        types::*,
        weights::WeightInfo,
    };
    use alloc::vec::Vec;
    use blocs_primitives::{
        AccountId, Answer, Balance, Challenge, DealId, Hash, MAX_CHALLENGED_PIECES, MAX_SLOTS, Period, SlotId,
        SlotIndex,
    };
    use frame_support::{
        PalletId,
        pallet_prelude::*,
        traits::{Randomness, fungible},
    };
    use frame_system::pallet_prelude::*;
    use sp_core::sr25519;

    /// Version of the state's layout. A rehearsal of an upgrade has the next one: see `migrations`.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(if cfg!(feature = "rehearsal") { 2 } else { 1 });

    /// The storage market.
    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    /// What the runtime chooses.
    #[pallet::config]
    pub trait Config:
        frame_system::Config<AccountId = AccountId, Hash = Hash, RuntimeEvent: From<Event<Self>>>
    {
        /// The token: bonds and deposits are holds, escrow lies on the pool's account.
        type Currency: fungible::Mutate<AccountId, Balance = Balance>
            + fungible::hold::Mutate<AccountId, Reason = Self::RuntimeHoldReason>;

        /// Reasons of holds, with the pallet's [`HoldReason`] among them.
        type RuntimeHoldReason: From<HoldReason>;

        /// The parent block's randomness, `None` when there is none yet: then nothing is drawn and nobody misses.
        type Randomness: Randomness<Option<Hash>, BlockNumberFor<Self>>;

        /// Who sets [`Params`].
        type AdminOrigin: EnsureOrigin<Self::RuntimeOrigin>;

        /// Makes the pool's account.
        #[pallet::constant]
        type PalletId: Get<PalletId>;

        /// Where the treasury's share goes.
        type TreasuryAccount: Get<AccountId>;

        /// Most providers in one bucket of the ring: the number of visits that a block may have to make.
        #[pallet::constant]
        type BucketSize: Get<u32>;

        /// Weights of the calls and of a visit.
        type WeightInfo: WeightInfo;
    }

    /// Why the pallet holds an account's tokens.
    #[pallet::composite_enum]
    pub enum HoldReason {
        /// A provider's bond, from which losses and misses are paid.
        Bond,
        /// The deposit for a deal's records, returned when the deal has ended.
        Deposit,
    }

    /// Providers: the part that every visit touches.
    #[pallet::storage]
    pub type Providers<T: Config> = StorageMap<_, Blake2_128Concat, AccountId, Provider>;

    /// Providers: the part that only clients read.
    #[pallet::storage]
    pub type ProviderInfo<T: Config> = StorageMap<_, Blake2_128Concat, AccountId, Info>;

    /// Nodes of the sum trees over the providers' slots: (provider, level, index).
    #[pallet::storage]
    pub type Holdings<T: Config> = StorageNMap<
        _,
        (
            NMapKey<Blake2_128Concat, AccountId>,
            NMapKey<Twox64Concat, u8>,
            NMapKey<Twox64Concat, u32>,
        ),
        Node,
        ValueQuery,
    >;

    /// The slot at a place of a provider's sum tree.
    #[pallet::storage]
    pub type SlotAt<T: Config> = StorageDoubleMap<_, Blake2_128Concat, AccountId, Twox64Concat, u32, SlotId>;

    /// Deals.
    #[pallet::storage]
    pub type Deals<T: Config> = StorageMap<_, Blake2_128Concat, DealId, Deal>;

    /// Slots that are not closed yet.
    #[pallet::storage]
    pub type Slots<T: Config> = StorageDoubleMap<_, Blake2_128Concat, DealId, Twox64Concat, SlotIndex, Slot>;

    /// The deals of an owner: what a wallet or a restored client looks up.
    #[pallet::storage]
    pub type DealsByOwner<T: Config> = StorageDoubleMap<_, Blake2_128Concat, AccountId, Blake2_128Concat, DealId, ()>;

    /// What begins and ends in a provider's period, and how much it had proved by then.
    #[pallet::storage]
    pub type PeriodLedger<T: Config> =
        StorageDoubleMap<_, Blake2_128Concat, AccountId, Twox64Concat, Period, PeriodEntry, ValueQuery>;

    /// The providers that are visited in the blocks whose number modulo the period's length is the key.
    #[pallet::storage]
    pub type Ring<T: Config> = StorageMap<_, Twox64Concat, u32, BoundedVec<AccountId, T::BucketSize>, ValueQuery>;

    /// Providers ever placed on the ring: the next one's place follows from it.
    #[pallet::storage]
    pub type RingCounter<T: Config> = StorageValue<_, u32, ValueQuery>;

    /// Challenges that wait for an answer.
    #[pallet::storage]
    pub type Challenges<T: Config> = StorageMap<_, Blake2_128Concat, AccountId, Challenge>;

    /// Lost slots that wait for repair, with what was set aside for it.
    #[pallet::storage]
    pub type Repairs<T: Config> = StorageDoubleMap<_, Blake2_128Concat, DealId, Twox64Concat, SlotIndex, Repair>;

    /// The treasury's share of pay and slashes, in planck, as long as it lies in the pool: once in a period it moves to the treasury's
    /// account, so that proofs and slashes need not pay for a transfer each.
    #[pallet::storage]
    pub type Treasury<T: Config> = StorageValue<_, Balance, ValueQuery>;

    /// All that the pool owes, in planck. The pool's balance is this and its existential deposit.
    #[pallet::storage]
    pub type Owed<T: Config> = StorageValue<_, Balance, ValueQuery>;

    /// The governed values.
    #[pallet::storage]
    #[pallet::storage_prefix = "Params"]
    pub type ParamsValue<T: Config> = StorageValue<_, Params, ValueQuery>;

    /// Blocks in a proving period, which is also the ring's size. Set at genesis; a change would be a migration.
    #[pallet::storage]
    #[pallet::storage_prefix = "Period"]
    pub type PeriodLength<T: Config> = StorageValue<_, u32, ValueQuery, DefaultPeriodLength>;

    /// The period's length on a chain whose genesis names none: 600 blocks.
    #[pallet::type_value]
    pub fn DefaultPeriodLength() -> u32 {
        600
    }

    /// What a preset may choose.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Blocks in a proving period; the default when zero.
        pub period: u32,
        /// The governed values.
        pub params: Params,
        /// Nothing; ties the type to the runtime.
        #[serde(skip)]
        pub phantom: PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            if self.period != 0 {
                PeriodLength::<T>::put(self.period);
            }
            self.params
                .check()
                .expect("a genesis is built by hand: its parameters must keep their bounds");
            ParamsValue::<T>::put(&self.params);
            crate::ledger::endow_pool::<T>().expect("the pool's existential deposit can be minted at genesis");
        }
    }

    /// What happened.
    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A provider has registered.
        ProviderRegistered {
            /// Its account.
            provider: AccountId,
        },
        /// A provider has changed its terms.
        TermsUpdated {
            /// Its account.
            provider: AccountId,
        },
        /// A provider has raised its bond.
        BondIncreased {
            /// Its account.
            provider: AccountId,
            /// By so much, in planck.
            amount: Balance,
        },
        /// A provider takes no new slots.
        ExitAnnounced {
            /// Its account.
            provider: AccountId,
        },
        /// A provider takes new slots again.
        ProviderResumed {
            /// Its account.
            provider: AccountId,
        },
        /// A provider has left, with its bond.
        ProviderDeregistered {
            /// Its account.
            provider: AccountId,
        },
        /// A deal is open.
        DealOpened {
            /// Its id.
            deal: DealId,
            /// Who pays.
            owner: AccountId,
            /// Who keeps which slot: entry `i` keeps slot `i`.
            providers: BoundedVec<AccountId, ConstU32<MAX_SLOTS>>,
        },
        /// A provider has a new challenge: see `Challenges`.
        Challenged {
            /// Its account.
            provider: AccountId,
            /// The period that the challenge pays for.
            period: Period,
        },
        /// A provider has proved a period.
        Proved {
            /// Its account.
            provider: AccountId,
            /// The period.
            period: Period,
            /// What it was credited, in planck, the treasury's cut taken off.
            paid: Balance,
        },
        /// A provider has not answered its challenge.
        Missed {
            /// Its account.
            provider: AccountId,
            /// The period.
            period: Period,
            /// Misses in a row, this one included.
            misses: u32,
            /// Taken from its bond, in planck.
            slashed: Balance,
        },
        /// A provider has missed too often, or its bond is too low: it is no longer challenged nor paid.
        Faulted {
            /// Its account.
            provider: AccountId,
            /// Taken from its bond for the fault, in planck.
            slashed: Balance,
        },
        /// A slot is lost: conceded in a proof, or declared.
        SlotLost {
            /// Its deal.
            deal: DealId,
            /// Its place there.
            index: SlotIndex,
            /// Who kept it.
            provider: AccountId,
            /// Taken from the bond, in planck.
            slashed: Balance,
        },
        /// A slot is settled and its record removed.
        SlotClosed {
            /// Its deal.
            deal: DealId,
            /// Its place there.
            index: SlotIndex,
            /// Who kept it.
            provider: AccountId,
            /// What its proven periods cost, in planck.
            paid: Balance,
            /// What its unproven periods give back to the owner, in planck.
            refunded: Balance,
        },
        /// A deal has ended with its last slot.
        DealClosed {
            /// Its id.
            deal: DealId,
            /// Its owner, who has got deposit and refunds.
            owner: AccountId,
        },
        /// A deal ends early.
        DealTerminated {
            /// Its id.
            deal: DealId,
            /// The first period that is no longer paid.
            end: Period,
        },
        /// A provider has been paid out.
        Claimed {
            /// Its account.
            provider: AccountId,
            /// How much, in planck.
            amount: Balance,
        },
        /// The parameters have changed.
        ParamsSet {
            /// All values before.
            old: Params,
            /// All values from now on.
            new: Params,
        },
        /// A deal runs longer.
        DealExtended {
            /// Its id.
            deal: DealId,
            /// The first period that is no longer paid.
            end: Period,
            /// The live slots that end there now; the others end when they would have.
            slots: BoundedVec<SlotIndex, ConstU32<MAX_SLOTS>>,
        },
    }

    /// Why a call is refused.
    #[pallet::error]
    pub enum Error<T> {
        /// The account is a provider already: use `update_terms` or `top_up`.
        AlreadyRegistered,
        /// The account is no provider: `register` first.
        NotRegistered,
        /// The bond is below the minimum, or below what the slots held and asked for require: raise it with `top_up`.
        BondTooLow,
        /// The capacity is below what the provider already keeps.
        CapacityTooLow,
        /// The next buckets of the ring are full: the market is near its number of providers. Try again when one has left.
        RingFull,
        /// The provider takes no new slots already: it has announced its exit, or is faulted. Its slots end and are closed; then
        /// `deregister`.
        AlreadyExiting,
        /// The provider is active: there is nothing to resume.
        NotSuspended,
        /// The provider still keeps slots: close them first.
        SlotsOpen,
        /// The provider does not take new slots now: choose another.
        ProviderUnavailable,
        /// The provider has no room for this slot: choose another.
        CapacityExceeded,
        /// A deal of this owner and salt exists: draw another salt.
        DealExists,
        /// There is no such deal.
        NoSuchDeal,
        /// There is no such slot, or it is closed already.
        NoSuchSlot,
        /// Only the deal's owner may do this.
        NotOwner,
        /// Only the slot's provider may do this.
        NotProvider,
        /// `k` must be at least 1 and at most the number of slots.
        BadErasure,
        /// The duration must be at least one period and at most the maximum; an extended deal may end no later than a new one.
        BadDuration,
        /// Two slots of the deal are with the same provider.
        DuplicateProvider,
        /// A slot's size is zero or above 16 GiB.
        BadSize,
        /// A slot's rate is zero, or below the provider's price.
        BadRate,
        /// A quote has expired, or is valid for longer than one proving period: ask the provider again.
        QuoteExpired,
        /// A quote's signature is not the provider's for this chain, owner, deal, slot, content or periods, and price.
        BadQuote,
        /// Numbers too large for the ledger.
        Overflow,
        /// The deal or slot has not ended yet, or its provider has not been visited since: wait one period.
        NotEnded,
        /// The deal ends so soon that terminating would change nothing.
        AlreadyEnding,
        /// The slot is not live.
        NotLive,
        /// An open challenge names the slot: answer or concede it in the proof.
        Challenged,
        /// The provider has no open challenge for this period.
        NoChallenge,
        /// There is nothing to claim.
        NothingToClaim,
        /// `pieces_per_challenge` must be 2 to 32.
        PiecesPerChallengeOutOfBounds,
        /// `misses_to_fault` must be 1 to 1000.
        MissesToFaultOutOfBounds,
        /// `miss_slash` must be at most 10 %, and at most `loss_slash`.
        MissSlashOutOfBounds,
        /// `loss_slash` must be at most 50 %.
        LossSlashOutOfBounds,
        /// `declared_slash` must be at most `loss_slash`.
        DeclaredSlashOutOfBounds,
        /// `bond_per_gib` must be at most 1,000,000 BLOC.
        BondPerGibOutOfBounds,
        /// `min_bond` must be 1 to 1,000,000 BLOC.
        MinBondOutOfBounds,
        /// `treasury_cut` must be at most 20 %.
        TreasuryCutOutOfBounds,
        /// `min_termination` must be 1 to `max_duration`.
        MinTerminationOutOfBounds,
        /// `cleanup_grace` must be at most `max_duration`.
        CleanupGraceOutOfBounds,
        /// `cleanup_bounty` must be at most 50 %.
        CleanupBountyOutOfBounds,
        /// `max_duration` must be at most 10,000,000 periods.
        MaxDurationOutOfBounds,
        /// `deposit_per_item` must be at most 1,000 BLOC.
        DepositPerItemOutOfBounds,
        /// `deposit_per_byte` must be at most 1 BLOC.
        DepositPerByteOutOfBounds,
        /// The pallet's own records disagree. Nothing was changed; please report it.
        Corrupt,
        /// The deal, or a slot that is to be extended, is over: open a new deal.
        AlreadyEnded,
        /// The new end must be later than that of every slot that is named, and no earlier than the deal's.
        NotLater,
        /// A slot is named twice, or the slots are not in ascending order.
        DuplicateSlot,
        /// Fewer slots are extended than give the content back: bring quotes of at least `k` slots.
        TooFewSlots,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn on_initialize(now: BlockNumberFor<T>) -> Weight {
            Self::visit_bucket(now)
        }

        fn integrity_test() {
            Self::check_weights();
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Becomes a provider. Holds the bond.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::register())]
        pub fn register(origin: OriginFor<T>, registration: Registration) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_register(who, registration)
        }

        /// Changes capacity, price, zone or addresses. Slots already taken keep their rate.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::update_terms())]
        pub fn update_terms(origin: OriginFor<T>, terms: Terms) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_update_terms(who, terms)
        }

        /// Raises the bond.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::top_up())]
        pub fn top_up(origin: OriginFor<T>, amount: Balance) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_top_up(who, amount)
        }

        /// Takes no new slots from now on. Those that are kept must be proved until their end.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::announce_exit())]
        pub fn announce_exit(origin: OriginFor<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_announce_exit(who)
        }

        /// Takes new slots again after `announce_exit`, or after a fault once the bond is sufficient.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::resume())]
        pub fn resume(origin: OriginFor<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_resume(who)
        }

        /// Leaves, with bond and pay. Needs zero unclosed slots.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::deregister())]
        pub fn deregister(origin: OriginFor<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_deregister(who)
        }

        /// Opens a deal with a quote for every slot, escrows its whole price and holds a deposit for its records.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::open_deal(crate::weights::count(&offer.slots)))]
        pub fn open_deal(origin: OriginFor<T>, offer: DealOffer) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_open_deal(who, offer)
        }

        /// Answers the provider's open challenge. Needs no signature: only a proof that is right can enter a block.
        #[pallet::call_index(7)]
        #[pallet::weight((crate::prove::weight::<T>(answers), DispatchClass::Operational, Pays::No))]
        #[pallet::authorize(Self::authorize_prove)]
        #[pallet::weight_of_authorize(T::WeightInfo::authorize_prove(crate::weights::count(answers)))]
        pub fn prove(
            origin: OriginFor<T>,
            provider: AccountId,
            period: Period,
            answers: BoundedVec<Answer, ConstU32<MAX_CHALLENGED_PIECES>>,
            concession: Option<sr25519::Signature>,
        ) -> DispatchResult {
            ensure_authorized(origin)?;
            // The authorization has checked paths and signature against this very state.
            let _ = concession;
            Self::do_prove(provider, period, &answers)
        }

        /// Settles a slot whose time is over. Anyone may call it once the provider has been visited after the end.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::close_slot())]
        pub fn close_slot(origin: OriginFor<T>, slot: SlotId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_close_slot(&who, slot)
        }

        /// Settles all slots of a deal whose time is over.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::close_deal(MAX_SLOTS))]
        pub fn close_deal(origin: OriginFor<T>, deal: DealId) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            let closed = Self::do_close_deal(&who, deal)?;
            Ok(Some(T::WeightInfo::close_deal(closed)).into())
        }

        /// Ends a deal early; what is no longer needed comes back at once. For its owner.
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::terminate_deal(MAX_SLOTS))]
        pub fn terminate_deal(origin: OriginFor<T>, deal: DealId) -> DispatchResultWithPostInfo {
            let who = ensure_signed(origin)?;
            let moved = Self::do_terminate_deal(who, deal)?;
            Ok(Some(T::WeightInfo::terminate_deal(moved)).into())
        }

        /// Pays out what the provider has earned.
        #[pallet::call_index(11)]
        #[pallet::weight(T::WeightInfo::claim())]
        pub fn claim(origin: OriginFor<T>) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_claim(who)
        }

        /// Admits the loss of a slot before a challenge asks for it, which costs less than a concession.
        #[pallet::call_index(12)]
        #[pallet::weight(T::WeightInfo::declare_lost())]
        pub fn declare_lost(origin: OriginFor<T>, slot: SlotId) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_declare_lost(who, slot)
        }

        /// Sets all governed values at once; refused when one is out of its bounds.
        #[pallet::call_index(13)]
        #[pallet::weight(T::WeightInfo::set_params())]
        pub fn set_params(origin: OriginFor<T>, params: Params) -> DispatchResult {
            T::AdminOrigin::ensure_origin(origin)?;
            Self::do_change_params(|_| params)
        }

        /// Sets one governed value and leaves the others as they are then; refused when it is out of its bounds, or does not go with
        /// the others.
        #[pallet::call_index(14)]
        #[pallet::weight(T::WeightInfo::set_params())]
        pub fn set_parameter(origin: OriginFor<T>, parameter: Parameter) -> DispatchResult {
            T::AdminOrigin::ensure_origin(origin)?;
            Self::do_change_params(|params| parameter.put_into(params))
        }

        /// Keeps a deal for longer, each slot at the rate that it has, and escrows the price of the added periods. For its owner, with
        /// a quote of the provider for every slot that is to stay.
        #[pallet::call_index(15)]
        #[pallet::weight(T::WeightInfo::extend_deal(crate::weights::count(&extension.slots)))]
        pub fn extend_deal(origin: OriginFor<T>, extension: DealExtension) -> DispatchResult {
            let who = ensure_signed(origin)?;
            Self::do_extend_deal(who, extension)
        }
    }

    impl<T: Config> Pallet<T> {
        /// The period of the current block.
        pub fn current_period() -> Period {
            Self::now().checked_div(PeriodLength::<T>::get()).unwrap_or_default()
        }

        /// The account of the pool.
        pub fn pool() -> AccountId {
            sp_runtime::traits::AccountIdConversion::into_account_truncating(&T::PalletId::get())
        }

        /// Changes the governed values, if they keep all rules afterwards.
        pub(crate) fn do_change_params(change: impl FnOnce(Params) -> Params) -> DispatchResult {
            let old = ParamsValue::<T>::get();
            let new = change(old.clone());
            new.check().map_err(Error::<T>::from)?;
            ParamsValue::<T>::put(&new);
            Self::deposit_event(Event::ParamsSet { old, new });
            Ok(())
        }

        /// The current block's number.
        pub(crate) fn now() -> u32 {
            sp_runtime::SaturatedConversion::saturated_into(frame_system::Pallet::<T>::block_number())
        }

        /// Hash of the first block, which binds quotes and concessions to this chain.
        pub(crate) fn genesis_hash() -> Hash {
            frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::from(0u32))
        }

        /// The slots of a deal that are not closed, in order.
        pub fn slots_of(deal: &DealId) -> Vec<(SlotIndex, Slot)> {
            let mut slots: Vec<_> = Slots::<T>::iter_prefix(deal).collect();
            slots.sort_by_key(|(index, _)| *index);
            slots
        }
    }
}
