//! Providers of the storage market, played by the kit: they sign quotes, keep bytes and prove them.

use crate::{AccountId, Balance, Failure, Hash, Runtime, RuntimeCall, RuntimeOrigin, Sandbox};
use blocs_primitives::{
    Answer, BlockNumber, Concession, DealId, ExtensionQuote, Period, PieceChallenge, Quote, Root, SlotId, SlotIndex,
    SlotOffer,
    outboard::{Outboard, OutboardBuilder, group_of, group_range, prove},
    proof::PieceProof,
    rate,
};
use blocs_runtime::{
    System,
    units::{BLOC, MILLI},
};
use frame_support::{BoundedVec, traits::Authorize};
use pallet_storage_market::{
    Call, Challenges, Deals, PeriodLength, Providers, Slots,
    types::{Deal, DealExtension, DealOffer, Provider, Registration, Slot, SlotExtension, Terms, Tier},
};
use sp_core::{Pair, sr25519};
use sp_io::hashing::blake2_256;
use sp_runtime::transaction_validity::TransactionSource;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Bytes that each provider of the kit offers: a TiB.
pub const CAPACITY: u64 = 1 << 40;
/// What each provider of the kit asks per GiB and period, in planck.
pub const PRICE: Balance = MILLI;
/// Bond of each provider of the kit, in planck.
pub const BOND: Balance = 1_000 * BLOC;

/// What the kit knows of its providers.
#[derive(Clone, Default)]
pub(crate) struct Knowledge {
    providers: Vec<AccountId>,
    silent: BTreeSet<AccountId>,
    conceding: BTreeSet<AccountId>,
    contents: BTreeMap<Root, Arc<Content>>,
}

/// Bytes of a slot, with the tree over them.
struct Content {
    bytes: Vec<u8>,
    outboard: Outboard,
}

/// The storage market of a sandbox: from [`Sandbox::market`].
///
/// Its providers are honest: in every block they prove what they are asked, unless a test makes them [silent](Market::silence) or lets them
/// [lose](Market::lose) what they keep. Their accounts are ordinary ones: [`Sandbox::dispatch`] claims their pay or announces their exit.
pub struct Market<'a> {
    sandbox: &'a mut Sandbox,
}

impl<'a> Market<'a> {
    pub(crate) fn new(sandbox: &'a mut Sandbox) -> Self {
        Self { sandbox }
    }

    /// Registers `count` more providers, each in a zone of its own, and gives their accounts.
    ///
    /// # Panics
    ///
    /// When the chain refuses one.
    pub fn register(&mut self, count: usize) -> Vec<AccountId> {
        (0..count)
            .map(|_| {
                let number = self.sandbox.notes.market.providers.len() + 1;
                let zone = format!("zone-{number}");
                let terms = Terms {
                    capacity: CAPACITY,
                    price: PRICE,
                    zone: zone.into_bytes().try_into().expect("a short name; qed"),
                    tier: Tier::Hot,
                    peer_id: Default::default(),
                    addresses: Default::default(),
                };
                self.register_as(&format!("provider-{number}"), terms, BOND)
                    .unwrap_or_else(|error| panic!("provider {number} cannot register: {error}"))
            })
            .collect()
    }

    /// Registers the account of a name as a provider, with terms and bond of choice.
    pub fn register_as(&mut self, name: &str, terms: Terms, bond: Balance) -> Result<AccountId, Failure> {
        let account = self.sandbox.account(name);
        let registration = Registration {
            operator: self.operator(&account).public(),
            bond,
            terms,
        };
        self.sandbox
            .dispatch(&account, RuntimeCall::StorageMarket(Call::register { registration }))?;
        self.sandbox.notes.market.providers.push(account.clone());
        Ok(account)
    }

    /// The providers that were registered here, in order.
    pub fn providers(&self) -> &[AccountId] {
        &self.sandbox.notes.market.providers
    }

    /// The key with which a provider of the kit signs quotes and concessions.
    pub fn operator(&self, provider: &AccountId) -> sr25519::Pair {
        operator(provider)
    }

    /// Gives the providers bytes to keep: whoever takes a slot of this root can prove it.
    pub fn keep(&mut self, bytes: &[u8]) -> Root {
        let mut builder = OutboardBuilder::new();
        builder.push(bytes);
        let (root, outboard) = builder.finish();
        let content = Content {
            bytes: bytes.to_vec(),
            outboard,
        };
        self.sandbox.notes.market.contents.insert(root, Arc::new(content));
        root
    }

    /// The offer of a deal that `owner` (an account, or a contract) can open with this salt: slot `i` holds `slots[i]` and is quoted by
    /// `providers[i]`, any `k` slots give the content back, and it is paid for `duration` periods. The quotes are good for half a period.
    pub fn offer(
        &mut self,
        owner: &AccountId,
        salt: [u8; 32],
        providers: &[AccountId],
        k: u16,
        duration: Period,
        slots: &[&[u8]],
    ) -> DealOffer {
        let deal = DealId::derive(owner, &salt);
        let offers: Vec<SlotOffer> = (0u16..)
            .zip(providers.iter().zip(slots))
            .map(|(index, (provider, bytes))| self.quote(owner, deal, SlotIndex(index), provider, duration, bytes))
            .collect();
        DealOffer {
            salt,
            manifest: Hash::repeat_byte(7),
            k,
            duration,
            label: Default::default(),
            slots: offers.try_into().expect("a deal has few slots"),
        }
    }

    /// A provider's signed quote for one slot, at its price; the provider keeps the bytes from now on.
    pub fn quote(
        &mut self,
        owner: &AccountId,
        deal: DealId,
        index: SlotIndex,
        provider: &AccountId,
        duration: Period,
        bytes: &[u8],
    ) -> SlotOffer {
        let root = self.keep(bytes);
        let size = u64::try_from(bytes.len()).expect("a slot fits the memory; qed");
        let price = self.provider(provider).map_or(PRICE, |provider| provider.price);
        let quote = Quote {
            genesis: self.sandbox.genesis(),
            provider: provider.clone(),
            owner: owner.clone(),
            deal,
            index,
            root,
            size,
            rate: rate(price, size).expect("a price of the kit times a slot fits; qed"),
            duration,
            valid_until: self.valid_until(),
        };
        SlotOffer {
            provider: provider.clone(),
            root,
            size,
            rate: quote.rate,
            valid_until: quote.valid_until,
            signature: operator(provider).sign(&quote.signing_payload()),
        }
    }

    /// The signed quotes of all live slots of a deal for keeping them until `end`, the first period that is no longer paid.
    ///
    /// # Panics
    ///
    /// When there is no such deal.
    pub fn extension(&mut self, deal: DealId, end: Period) -> DealExtension {
        let owner = self.deal(deal).expect("there is such a deal").owner;
        let genesis = self.sandbox.genesis();
        let valid_until = self.valid_until();
        let slots: Vec<SlotExtension> = self
            .slots(deal)
            .into_iter()
            .filter(|(_, slot)| slot.status == pallet_storage_market::types::SlotStatus::Live)
            .map(|(index, slot)| {
                let quote = ExtensionQuote {
                    genesis,
                    provider: slot.provider.clone(),
                    owner: owner.clone(),
                    deal,
                    index,
                    rate: slot.rate,
                    from: slot.end,
                    to: end,
                    valid_until,
                };
                SlotExtension {
                    index,
                    valid_until,
                    signature: operator(&slot.provider).sign(&quote.signing_payload()),
                }
            })
            .collect();
        DealExtension {
            deal,
            end,
            slots: slots.try_into().expect("a deal has few slots; qed"),
        }
    }

    /// From now on the provider proves nothing: it misses its periods.
    pub fn silence(&mut self, provider: &AccountId) {
        self.sandbox.notes.market.silent.insert(provider.clone());
    }

    /// The provider proves again what it keeps.
    pub fn wake(&mut self, provider: &AccountId) {
        self.sandbox.notes.market.silent.remove(provider);
    }

    /// The provider has lost what it keeps: it concedes every slot that it is asked for.
    pub fn lose(&mut self, provider: &AccountId) {
        self.sandbox.notes.market.conceding.insert(provider.clone());
    }

    /// A provider as the chain has it.
    pub fn provider(&self, account: &AccountId) -> Option<Provider> {
        self.sandbox.view(|| Providers::<Runtime>::get(account))
    }

    /// A deal as the chain has it; `None` before it is opened and once it is closed.
    pub fn deal(&self, deal: DealId) -> Option<Deal> {
        self.sandbox.view(|| Deals::<Runtime>::get(deal))
    }

    /// The slots of a deal that are not closed, in order.
    pub fn slots(&self, deal: DealId) -> Vec<(SlotIndex, Slot)> {
        self.sandbox.view(|| {
            let mut slots: Vec<_> = Slots::<Runtime>::iter_prefix(deal).collect();
            slots.sort_by_key(|(index, _)| *index);
            slots
        })
    }

    /// The proving period that runs.
    pub fn period(&self) -> Period {
        self.sandbox.view(blocs_runtime::StorageMarket::current_period)
    }

    /// Blocks in a proving period.
    pub fn period_blocks(&self) -> BlockNumber {
        self.sandbox.view(PeriodLength::<Runtime>::get)
    }

    /// Until when a quote of now is good: a while, and no longer than the chain allows.
    fn valid_until(&self) -> BlockNumber {
        self.sandbox.block() + self.period_blocks() / 2
    }
}

impl Sandbox {
    /// Lets every provider answer its open challenge, if it can and will.
    pub(crate) fn prove_all(&mut self) {
        let market = &self.notes.market;
        let willing: Vec<_> = market
            .providers
            .iter()
            .filter(|provider| !market.silent.contains(provider))
            .cloned()
            .collect();
        for provider in willing {
            let Some(call) = self.proof(&provider) else { continue };
            let authorized = self.inside(|| call.authorize(TransactionSource::Local));
            assert!(
                matches!(authorized, Some(Ok(_))),
                "the kit's proof of {provider} is right: {authorized:?}"
            );
            self.dispatch_as(RuntimeOrigin::from(frame_system::RawOrigin::Authorized), call)
                .unwrap_or_else(|error| panic!("the proof of {provider} was authorized: {error}"));
        }
    }

    /// The transaction that answers a provider's open challenge. `None` when there is none, or when it names bytes that the kit does not have.
    fn proof(&self, provider: &AccountId) -> Option<RuntimeCall> {
        let challenge = self.view(|| Challenges::<Runtime>::get(provider))?;
        let conceding = self.notes.market.conceding.contains(provider);
        let mut conceded: Vec<SlotId> = Vec::new();
        let answers: Option<Vec<Answer>> = challenge
            .pieces
            .iter()
            .map(|piece| {
                if conceding {
                    conceded.push(piece.slot);
                    return Some(Answer::Conceded);
                }
                self.piece_proof(piece).map(Answer::Piece)
            })
            .collect();
        let answers = BoundedVec::try_from(answers?).ok()?;
        let concession = (!conceded.is_empty()).then(|| {
            let statement = Concession {
                genesis: self.view(|| System::block_hash(0)),
                provider: provider.clone(),
                period: challenge.period,
                slots: conceded,
            };
            operator(provider).sign(&statement.signing_payload())
        });
        Some(RuntimeCall::StorageMarket(Call::prove {
            provider: provider.clone(),
            period: challenge.period,
            answers,
            concession,
        }))
    }

    fn piece_proof(&self, piece: &PieceChallenge) -> Option<PieceProof> {
        let content = self.notes.market.contents.get(&piece.root)?;
        let range = group_range(piece.size, group_of(piece.piece))?;
        let bytes = content
            .bytes
            .get(usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?)?;
        prove(&piece.root, piece.size, piece.piece, bytes, |at| {
            content.outboard.node(at)
        })
        .ok()
    }
}

/// The operator key of a provider of the kit.
fn operator(provider: &AccountId) -> sr25519::Pair {
    let account: &[u8; 32] = provider.as_ref();
    sr25519::Pair::from_seed(&blake2_256(&[b"blocs/kit/operator/".as_slice(), account].concat()))
}
