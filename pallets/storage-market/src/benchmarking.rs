//! Benchmarks of every call and of a visit, at the worst case that the bounds allow.
//!
//! Deals are opened through the pallet itself, with quotes signed by keys of the benchmark's keystore, so that every record is one that the
//! chain could have. Only challenges are written directly: their draw needs a block's randomness, which a benchmark has not.

use crate::{prove::Answers, types::*, *};
use alloc::{vec, vec::Vec};
use blake3::hazmat::{HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root};
use blocs_primitives::{
    AccountId, Answer, Balance, Challenge, Concession, DealId, ExtensionQuote, Hash, MAX_CHALLENGED_PIECES,
    MAX_SLOT_BYTES, MAX_SLOTS, PIECE_BYTES, Period, PieceChallenge, Quote, Root, SlotId, SlotIndex, SlotOffer,
    proof::{MAX_SIBLINGS, PieceProof},
};
use frame_benchmarking::v2::*;
use frame_support::{
    assert_ok,
    traits::{
        EnsureOrigin,
        fungible::{Inspect, Mutate},
    },
};
use frame_system::{Pallet as System, RawOrigin};
use sp_core::crypto::KeyTypeId;
use sp_runtime::transaction_validity::TransactionSource;

const KEYS: KeyTypeId = KeyTypeId(*b"blcs");
const RATE: Balance = 1_000_000_000;
const BYTES: u64 = 1000;

/// An account with enough of everything.
pub fn funded<T: Config>(name: &'static str, number: u32) -> AccountId {
    let who: AccountId = account(name, number, 0);
    let params = ParamsValue::<T>::get();
    T::Currency::set_balance(&who, params.min_bond.saturating_mul(1_000_000));
    who
}

fn terms() -> Terms {
    Terms {
        capacity: 1 << 50,
        price: 1,
        zone: vec![b'z'; 32].try_into().expect("32 bytes"),
        tier: Tier::Hot,
        peer_id: vec![b'p'; 64].try_into().expect("64 bytes"),
        addresses: vec![vec![b'a'; 128].try_into().expect("128 bytes"); 4]
            .try_into()
            .expect("four addresses"),
    }
}

fn registration<T: Config>() -> Registration {
    Registration {
        operator: sp_io::crypto::sr25519_generate(KEYS, None),
        bond: ParamsValue::<T>::get().min_bond.saturating_mul(100),
        terms: terms(),
    }
}

/// A provider with the longest terms.
pub fn registered<T: Config>(number: u32) -> AccountId {
    let who = funded::<T>("provider", number);
    assert_ok!(Pallet::<T>::do_register(who.clone(), registration::<T>()));
    who
}

/// A signed offer for one slot with each of the providers.
fn offer<T: Config>(owner: &AccountId, salt: u32, providers: &[AccountId], duration: Period) -> DealOffer {
    let mut salt_bytes = [0; 32];
    salt_bytes[..4].copy_from_slice(&salt.to_le_bytes());
    let slots: Vec<_> = (0u16..)
        .zip(providers)
        .map(|(index, provider)| {
            let quote = Quote {
                genesis: Pallet::<T>::genesis_hash(),
                provider: provider.clone(),
                owner: owner.clone(),
                deal: DealId::derive(owner, &salt_bytes),
                index: SlotIndex(index),
                root: Root([7; 32]),
                size: BYTES,
                rate: RATE,
                duration,
                valid_until: Pallet::<T>::now().saturating_add(PeriodLength::<T>::get()),
            };
            let operator = Providers::<T>::get(provider).expect("registered").operator;
            SlotOffer {
                provider: provider.clone(),
                root: quote.root,
                size: quote.size,
                rate: quote.rate,
                valid_until: quote.valid_until,
                signature: sp_io::crypto::sr25519_sign(KEYS, &operator, &quote.signing_payload())
                    .expect("the key was generated here"),
            }
        })
        .collect();
    DealOffer {
        salt: salt_bytes,
        manifest: Hash::repeat_byte(1),
        k: 1,
        duration,
        label: vec![0; 512].try_into().expect("512 bytes"),
        slots: slots.try_into().expect("at most 32 providers"),
    }
}

/// A deal with one slot of each of the providers, and the longest label.
pub fn opened<T: Config>(owner: &AccountId, salt: u32, providers: &[AccountId], duration: Period) -> DealId {
    let offer = offer::<T>(owner, salt, providers, duration);
    let id = DealId::derive(owner, &offer.salt);
    assert_ok!(Pallet::<T>::do_open_deal(owner.clone(), offer));
    id
}

/// An extension of the first `count` slots of a deal, signed by their providers.
fn extension<T: Config>(deal: DealId, count: u32, end: Period) -> DealExtension {
    let owner = Deals::<T>::get(deal).expect("an open deal").owner;
    let slots = Pallet::<T>::slots_of(&deal).into_iter().take(count as usize);
    let slots: Vec<_> = slots
        .map(|(index, slot)| {
            let quote = ExtensionQuote {
                genesis: Pallet::<T>::genesis_hash(),
                provider: slot.provider.clone(),
                owner: owner.clone(),
                deal,
                index,
                rate: slot.rate,
                from: slot.end,
                to: end,
                valid_until: Pallet::<T>::now().saturating_add(PeriodLength::<T>::get()),
            };
            let operator = Providers::<T>::get(slot.provider).expect("registered").operator;
            SlotExtension {
                index,
                valid_until: quote.valid_until,
                signature: sp_io::crypto::sr25519_sign(KEYS, &operator, &quote.signing_payload())
                    .expect("the key was generated here"),
            }
        })
        .collect();
    DealExtension {
        deal,
        end,
        slots: slots.try_into().expect("at most 32 slots"),
    }
}

/// Moves the chain into a period and the providers with it.
pub fn go_to<T: Config>(providers: &[AccountId], period: Period) {
    let params = ParamsValue::<T>::get();
    let from = Pallet::<T>::current_period();
    for period in from.saturating_add(1)..=period {
        let block = period.saturating_mul(PeriodLength::<T>::get());
        System::<T>::set_block_number(block.into());
        for provider in providers {
            assert_ok!(Pallet::<T>::visit(provider, period, None, &params));
        }
    }
}

/// A provider with `slots` running slots, each in a deal of its own.
fn with_slots<T: Config>(slots: u32) -> (AccountId, AccountId, Vec<SlotId>) {
    let (owner, provider) = (funded::<T>("owner", 0), registered::<T>(0));
    let ids = (0..slots)
        .map(|salt| SlotId {
            deal: opened::<T>(&owner, salt, core::slice::from_ref(&provider), 100),
            index: SlotIndex(0),
        })
        .collect();
    go_to::<T>(core::slice::from_ref(&provider), Pallet::<T>::current_period() + 1);
    (owner, provider, ids)
}

fn period_of<T: Config>(provider: &AccountId) -> Period {
    Providers::<T>::get(provider).expect("registered").period
}

/// Writes an open challenge for `pieces`.
fn challenge<T: Config>(provider: &AccountId, pieces: Vec<PieceChallenge>, drawn: u32) {
    let record = Providers::<T>::get(provider).expect("registered");
    Challenges::<T>::insert(
        provider,
        Challenge {
            period: record.period,
            pay: record.rate,
            pieces: pieces.try_into().expect("at most 64 pieces"),
            drawn,
        },
    );
}

fn named(slot: &SlotId) -> PieceChallenge {
    PieceChallenge {
        slot: *slot,
        root: Root([7; 32]),
        size: BYTES,
        piece: 0,
    }
}

/// The first piece of a slot of the largest size, its path of the largest length, and the root that it leads to.
fn longest_proof() -> (Root, PieceProof) {
    let piece = vec![5; usize::try_from(PIECE_BYTES).expect("a KiB")];
    let siblings: Vec<[u8; 32]> = (0..MAX_SIBLINGS)
        .map(|level| [u8::try_from(level).expect("few levels"); 32])
        .collect();
    let mut cv = blake3::Hasher::new().update(&piece).finalize_non_root();
    let (last, inner) = siblings.split_last().expect("many siblings");
    for sibling in inner {
        cv = merge_subtrees_non_root(&cv, sibling, Mode::Hash);
    }
    let root = Root(*merge_subtrees_root(&cv, last, Mode::Hash).as_bytes());
    (root, PieceProof { piece, siblings })
}

fn bounded(answers: Vec<Answer>) -> Answers {
    answers.try_into().expect("at most 64 answers")
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn register() {
        let caller = funded::<T>("provider", 0);
        let registration = registration::<T>();

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()), registration);

        assert!(Providers::<T>::contains_key(caller));
    }

    #[benchmark]
    fn update_terms() {
        let caller = registered::<T>(0);
        let mut terms = terms();
        terms.price = 2;

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()), terms);

        assert_eq!(Providers::<T>::get(caller).expect("registered").price, 2);
    }

    #[benchmark]
    fn top_up() {
        let caller = registered::<T>(0);
        let bond = Providers::<T>::get(&caller).expect("registered").bond;

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()), RATE);

        assert_eq!(Providers::<T>::get(caller).expect("registered").bond, bond + RATE);
    }

    #[benchmark]
    fn announce_exit() {
        let caller = registered::<T>(0);

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()));

        let status = Providers::<T>::get(caller).expect("registered").status;
        assert_eq!(status, ProviderStatus::Draining);
    }

    #[benchmark]
    fn resume() {
        let caller = registered::<T>(0);
        Providers::<T>::mutate(&caller, |provider| {
            let provider = provider.as_mut().expect("registered");
            provider.status = ProviderStatus::Faulted;
        });

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()));

        let status = Providers::<T>::get(caller).expect("registered").status;
        assert_eq!(status, ProviderStatus::Active);
    }

    #[benchmark]
    fn deregister() {
        let (_, caller, slots) = with_slots::<T>(1);
        challenge::<T>(&caller, slots.iter().map(named).collect(), 1);
        let answers = bounded(vec![Answer::Piece(longest_proof().1)]);
        let period = period_of::<T>(&caller);
        assert_ok!(Pallet::<T>::do_prove(caller.clone(), period, &answers));
        assert_ok!(Pallet::<T>::do_declare_lost(caller.clone(), slots[0]));

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()));

        assert!(!Providers::<T>::contains_key(caller));
    }

    #[benchmark]
    fn open_deal(n: Linear<1, MAX_SLOTS>) {
        let owner = funded::<T>("owner", 0);
        let providers: Vec<_> = (0..n).map(registered::<T>).collect();
        let offer = offer::<T>(&owner, 0, &providers, 100);

        #[extrinsic_call]
        _(RawOrigin::Signed(owner.clone()), offer);

        assert_eq!(DealsByOwner::<T>::iter_prefix(owner).count(), 1);
    }

    #[benchmark]
    fn authorize_prove(p: Linear<1, { MAX_CHALLENGED_PIECES }>) {
        let (_, provider, slots) = with_slots::<T>(1);
        let (root, proof) = longest_proof();
        let mut pieces = vec![
            PieceChallenge {
                slot: slots[0],
                root,
                size: MAX_SLOT_BYTES,
                piece: 0
            };
            p as usize
        ];
        pieces[0] = named(&slots[0]);
        challenge::<T>(&provider, pieces, p);
        let mut answers = vec![Answer::Piece(proof); p as usize];
        let period = period_of::<T>(&provider);
        // One concession, for the signature.
        answers[0] = Answer::Conceded;
        let statement = Concession {
            genesis: Pallet::<T>::genesis_hash(),
            provider: provider.clone(),
            period,
            slots: vec![slots[0]],
        };
        let operator = Providers::<T>::get(&provider).expect("registered").operator;
        let signature = sp_io::crypto::sr25519_sign(KEYS, &operator, &statement.signing_payload());
        let answers = bounded(answers);
        let authorized;

        #[block]
        {
            authorized =
                Pallet::<T>::authorize_prove(TransactionSource::External, &provider, &period, &answers, &signature);
        }

        assert!(authorized.is_ok());
    }

    #[benchmark]
    fn prove(c: Linear<0, { MAX_CHALLENGED_PIECES }>) {
        let (_, provider, slots) = with_slots::<T>(MAX_CHALLENGED_PIECES);
        challenge::<T>(&provider, slots.iter().map(named).collect(), MAX_CHALLENGED_PIECES / 2);
        let proof = longest_proof().1;
        let answers = (0..MAX_CHALLENGED_PIECES).map(|number| {
            if number < c {
                Answer::Conceded
            } else {
                Answer::Piece(proof.clone())
            }
        });
        let answers = bounded(answers.collect());
        let period = period_of::<T>(&provider);

        #[extrinsic_call]
        _(RawOrigin::Authorized, provider.clone(), period, answers, None);

        let record = Providers::<T>::get(provider).expect("registered");
        assert_eq!((record.proven, record.slots), (1, MAX_CHALLENGED_PIECES - c));
    }

    #[benchmark]
    fn close_slot() {
        let (owner, provider) = (funded::<T>("owner", 0), registered::<T>(0));
        let deal = opened::<T>(&owner, 0, core::slice::from_ref(&provider), 1);
        // Another slot, which moves into the place of the first.
        opened::<T>(&owner, 1, core::slice::from_ref(&provider), 200);
        let late = ParamsValue::<T>::get().cleanup_grace.saturating_add(3);
        go_to::<T>(core::slice::from_ref(&provider), late);
        let caller = funded::<T>("stranger", 0);
        let slot = SlotId {
            deal,
            index: SlotIndex(0),
        };

        #[extrinsic_call]
        _(RawOrigin::Signed(caller), slot);

        assert!(!Deals::<T>::contains_key(deal));
    }

    #[benchmark]
    fn close_deal(n: Linear<1, MAX_SLOTS>) {
        let owner = funded::<T>("owner", 0);
        let providers: Vec<_> = (0..n).map(registered::<T>).collect();
        let deal = opened::<T>(&owner, 0, &providers, 1);
        opened::<T>(&owner, 1, &providers, 200);
        let late = ParamsValue::<T>::get().cleanup_grace.saturating_add(3);
        go_to::<T>(&providers, late);
        let caller = funded::<T>("stranger", 0);

        #[extrinsic_call]
        _(RawOrigin::Signed(caller), deal);

        assert!(!Deals::<T>::contains_key(deal));
    }

    #[benchmark]
    fn terminate_deal(n: Linear<1, MAX_SLOTS>) {
        let owner = funded::<T>("owner", 0);
        let providers: Vec<_> = (0..n).map(registered::<T>).collect();
        let deal = opened::<T>(&owner, 0, &providers, 200);

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), deal);

        assert!(Deals::<T>::get(deal).expect("still open").end < 200);
    }

    #[benchmark]
    fn extend_deal(n: Linear<1, MAX_SLOTS>) {
        let owner = funded::<T>("owner", 0);
        let providers: Vec<_> = (0..MAX_SLOTS).map(registered::<T>).collect();
        let deal = opened::<T>(&owner, 0, &providers, 200);
        // The other slots of the largest deal are lost: they are written too.
        for (index, provider) in (0u16..).map(SlotIndex).zip(&providers).skip(n as usize) {
            assert_ok!(Pallet::<T>::do_declare_lost(provider.clone(), SlotId { deal, index }));
        }
        let extension = extension::<T>(deal, n, 300);

        #[extrinsic_call]
        _(RawOrigin::Signed(owner), extension);

        assert_eq!(Deals::<T>::get(deal).expect("still open").end, 300);
    }

    #[benchmark]
    fn claim() {
        let (_, caller, slots) = with_slots::<T>(1);
        challenge::<T>(&caller, slots.iter().map(named).collect(), 1);
        let answers = bounded(vec![Answer::Piece(longest_proof().1)]);
        let period = period_of::<T>(&caller);
        assert_ok!(Pallet::<T>::do_prove(caller.clone(), period, &answers));

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()));

        assert_eq!(Providers::<T>::get(caller).expect("registered").accrued, 0);
    }

    #[benchmark]
    fn declare_lost() {
        let (_, caller, slots) = with_slots::<T>(2);
        let other = named(&slots[1]);
        challenge::<T>(&caller, vec![other; MAX_CHALLENGED_PIECES as usize], 32);

        #[extrinsic_call]
        _(RawOrigin::Signed(caller.clone()), slots[0]);

        assert_eq!(Providers::<T>::get(caller).expect("registered").slots, 1);
    }

    #[benchmark]
    fn set_params() -> Result<(), BenchmarkError> {
        let origin = T::AdminOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
        let params = Params {
            misses_to_fault: 77,
            ..Params::default()
        };

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, params.clone());

        assert_eq!(ParamsValue::<T>::get(), params);
        Ok(())
    }

    #[benchmark]
    fn collect_treasury() {
        let payer = funded::<T>("payer", 0);
        let share = T::Currency::minimum_balance().saturating_mul(1000);
        assert_ok!(ledger::pay_in::<T>(&payer, share));
        assert_ok!(ledger::credit_treasury::<T>(share));

        #[block]
        {
            assert_ok!(ledger::collect_treasury::<T>());
        }

        assert_eq!(Treasury::<T>::get(), 0);
    }

    #[benchmark]
    fn visit(k: Linear<2, { MAX_CHALLENGED_PIECES / 2 }>) {
        let (_, provider, slots) = with_slots::<T>(MAX_CHALLENGED_PIECES);
        let mut params = ParamsValue::<T>::get();
        params.pieces_per_challenge = k;
        params.misses_to_fault = 2;
        let missed: Vec<_> = slots.iter().take(k as usize).map(named).collect();
        challenge::<T>(&provider, missed, k);
        let seed = Some(Hash::repeat_byte(3));
        let period = period_of::<T>(&provider) + 1;

        #[block]
        {
            assert_ok!(Pallet::<T>::visit(&provider, period, seed, &params));
        }

        let drawn = Challenges::<T>::get(provider).expect("challenged").pieces;
        assert_eq!(drawn.len(), 2 * k as usize);
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_chain(), crate::mock::Runtime);
}
