//! The transfers: derived accounts, and extrinsics signed before the clock runs.

use anyhow::{Context, Result};
use blocs_runtime::{
    AccountId, Address, Hash, RuntimeCall, Signature, SignedPayload, TxExtension, UncheckedExtrinsic, VERSION,
};
use codec::Encode;
use sp_core::{Pair, crypto::Ss58Codec, sr25519};
use sp_runtime::generic::Era;
use std::{collections::HashMap, thread};

/// What each transfer moves, in the smallest unit: more than the existential deposit, less than all that anybody has.
const AMOUNT: u128 = 1_000_000;

/// First bytes of a signature: they tell transfers apart.
pub(crate) type Key = [u8; 8];

/// Where the signature lies in a signed extrinsic, behind the length: version, kind of address, account, kind of signature.
const SIGNATURE_AT: usize = 1 + 1 + 32 + 1;

/// The accounts that send and receive.
pub(crate) struct Accounts(Vec<sr25519::Pair>);

impl Accounts {
    /// `count` accounts, always the same ones.
    pub(crate) fn derive(count: usize) -> Self {
        let pair = |number: usize| {
            sr25519::Pair::from_seed(&sp_io::hashing::blake2_256(
                &(b"bench-chain", number.to_le_bytes()).encode(),
            ))
        };
        Self(in_parallel(count, pair))
    }

    /// Their addresses, for the genesis.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = String> + '_ {
        self.0.iter().map(|pair| pair.public().to_ss58check())
    }
}

/// Signed transfers in the order of submission: one of each account, then the next of each.
pub(crate) struct Transfers {
    /// `0x` and the extrinsic in hexadecimal.
    texts: Vec<String>,
    by_key: HashMap<Key, usize>,
}

impl Transfers {
    /// Signs `count` transfers for the chain with this first block.
    pub(crate) fn sign(accounts: &Accounts, count: usize, genesis: Hash) -> Result<Self> {
        let size = accounts.0.len();
        let make = |index: usize| {
            let (sender, nonce) = (index % size, index / size);
            // Any other account; the step is prime to the usual counts, so that receivers spread.
            let receiver = (sender + 7_919 * (nonce + 1)) % size;
            transfer(&accounts.0, sender, receiver, nonce, genesis).encode()
        };
        let encoded = in_parallel(count, make);
        let keyed = |(index, bytes): (usize, &Vec<u8>)| Some((key(bytes)?, index));
        let by_key = encoded.iter().enumerate().map(keyed).collect::<Option<_>>();
        Ok(Self {
            by_key: by_key.context("a transfer of this runtime has no signature where it is expected")?,
            texts: in_parallel(count, |index| {
                encoded
                    .get(index)
                    .map(|bytes| format!("0x{}", hex::encode(bytes)))
                    .unwrap_or_default()
            }),
        })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// One of them, as it is submitted.
    pub(crate) fn text(&self, index: usize) -> Option<&str> {
        self.texts.get(index).map(String::as_str)
    }

    /// Which of them an extrinsic of a block is, given in hexadecimal.
    pub(crate) fn find(&self, extrinsic: &str) -> Option<usize> {
        // 200 characters reach beyond the key; an inherent may be shorter.
        let head = extrinsic.get(2..extrinsic.len().min(202))?;
        let bytes = hex::decode(head.get(..head.len() & !1)?).ok()?;
        self.by_key.get(&key(&bytes)?).copied()
    }
}

/// First bytes of the signature of an encoded extrinsic.
fn key(extrinsic: &[u8]) -> Option<Key> {
    // The two lowest bits of a compact number tell how many bytes it takes.
    let length = match extrinsic.first()? & 0b11 {
        0 => 1,
        1 => 2,
        _ => 4,
    };
    let signed = *extrinsic.get(length)? == 0x84;
    let at = length + SIGNATURE_AT;
    signed.then(|| extrinsic.get(at..at + 8)?.try_into().ok()).flatten()
}

fn transfer(
    pairs: &[sr25519::Pair],
    sender: usize,
    receiver: usize,
    nonce: usize,
    genesis: Hash,
) -> UncheckedExtrinsic {
    let account = |index: usize| {
        pairs
            .get(index)
            .map(|pair| AccountId::from(pair.public()))
            .expect("an index of theirs")
    };
    let call = RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
        dest: Address::Id(account(receiver)),
        value: AMOUNT,
    });
    let nonce = u32::try_from(nonce).expect("nobody signs four billion transfers");
    let implicit = (
        (),
        (),
        VERSION.spec_version,
        VERSION.transaction_version,
        genesis,
        genesis,
        (),
        (),
        (),
        None,
        (),
    );
    let payload = SignedPayload::from_raw(call, extension(nonce), implicit);
    let pair = pairs.get(sender).expect("an index of theirs");
    let signature = payload.using_encoded(|bytes| pair.sign(bytes));
    let (call, extension, _) = payload.deconstruct();
    UncheckedExtrinsic::new_signed(
        call,
        Address::Id(account(sender)),
        Signature::Sr25519(signature),
        extension,
    )
}

fn extension(nonce: u32) -> TxExtension {
    (
        frame_system::AuthorizeCall::new(),
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckMortality::from(Era::Immortal),
        frame_system::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(0),
        frame_metadata_hash_extension::CheckMetadataHash::new(false),
        frame_system::WeightReclaim::new(),
    )
}

/// `make` of every number below `count`, in order, on all cores.
fn in_parallel<T: Send>(count: usize, make: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let part = count.div_ceil(cores).max(1);
    thread::scope(|scope| {
        let make = &make;
        let parts: Vec<_> = (0..count)
            .step_by(part)
            .map(|from| scope.spawn(move || (from..count.min(from + part)).map(make).collect::<Vec<_>>()))
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().expect("no part panics"))
            .collect()
    })
}

/// Signatures that one core checks in a second, natively: nothing on one core can include more transfers.
pub(crate) fn verification_ceiling(accounts: &Accounts) -> Result<f64> {
    const SAMPLE: usize = 2_000;
    const LOOK: std::time::Duration = std::time::Duration::from_secs(2);
    let size = accounts.0.len();
    let sample: Vec<_> = (0..SAMPLE)
        .map(|index| transfer(&accounts.0, index % size, (index + 1) % size, index, Hash::zero()).encode())
        .zip(accounts.0.iter().cycle())
        .map(|(message, pair)| (pair.sign(&message), message, pair.public()))
        .collect();
    let started = std::time::Instant::now();
    let mut checked = 0_u32;
    while started.elapsed() < LOOK {
        for (signature, message, public) in &sample {
            anyhow::ensure!(
                sr25519::Pair::verify(signature, message, public),
                "a true signature was refused"
            );
            checked += 1;
        }
    }
    Ok(f64::from(checked) / started.elapsed().as_secs_f64())
}
