//! `key rotate`: new session keys for a validator, made inside its running node, and the transaction that registers them.
//!
//! The secrets never leave the node's keystore. The proof of ownership binds the new keys to the account that may register them.

use crate::remote::{DEFAULT_URL, Remote, RemoteError, decode, from_hex, to_hex};
use blocs_primitives::{AccountId, Hash};
use blocs_runtime::{
    Header, Nonce, Runtime, RuntimeCall, RuntimeEvent, SessionKeys, SignedPayload, TxExtension, VERSION,
};
use clap::Args;
use codec::{Decode, Encode};
use frame_support::{storage::storage_prefix, traits::PalletInfoAccess};
use frame_system::EventRecord;
use jsonrpsee::rpc_params;
use sc_transaction_pool_api::TransactionStatus;
use serde::Deserialize;
use sp_core::{Pair as _, sr25519};
use sp_runtime::{DispatchError, MultiAddress, MultiSignature, generic::Era, traits::OpaqueKeys};
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};
use zeroize::Zeroizing;

/// For how many blocks the transaction is valid.
const MORTAL_BLOCKS: u64 = 64;

/// How long a transaction may take until it is final.
const FINALITY: Duration = Duration::from_secs(300);

/// Arguments of `key rotate`.
#[derive(Debug, Args)]
pub(crate) struct RotateKeys {
    /// Account of the validator, which will register the keys: its address, or its public key in hexadecimal.
    #[arg(long, value_name = "ACCOUNT")]
    owner: AccountId,

    /// JSON-RPC address of the validator's node.
    #[arg(long, value_name = "URL", default_value = DEFAULT_URL)]
    url: String,

    /// Sign and send `set_keys` with the owner's secret phrase or URI (sr25519) in this file, which nobody else may read.
    #[arg(long, value_name = "FILE")]
    sign_with: Option<PathBuf>,

    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Why the keys are not registered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RotateError {
    #[error(transparent)]
    Remote(#[from] RemoteError),
    #[error("cannot read the owner's secret from {path}: {reason}; {advice}")]
    Secret {
        path: PathBuf,
        reason: String,
        advice: &'static str,
    },
    #[error(
        "the secret in {path} is that of {holder}, not of the owner {owner}: `set_keys` must be signed by the owner; name the right file, \
         or the right `--owner`"
    )]
    OtherOwner {
        path: PathBuf,
        holder: AccountId,
        owner: AccountId,
    },
    #[error(
        "the node's chain runs {spec_name} {spec_version} with transactions of version {transaction_version}, this program knows {known} with \
         version {known_version}: it cannot write `set_keys` for it; use the `blocs-node` that the validator runs"
    )]
    Version {
        spec_name: String,
        spec_version: u32,
        transaction_version: u32,
        known: String,
        known_version: u32,
    },
    #[error(
        "the node made keys without a proof that {0} owns them, or with a wrong one: the chain would refuse them; update the node and run \
         this again"
    )]
    Proof(AccountId),
    #[error(
        "the new keys are not in the keystore of the node {0}: look at its log, and whether its disk is full, and run this again"
    )]
    NotKept(String),
    #[error(
        "the transaction was not accepted: {reason}; the keys are in the node's keystore: send them with `{command}`"
    )]
    Transaction { reason: String, command: String },
    #[error("the chain refused the keys in block {block}: {reason}; {advice}")]
    Refused {
        block: String,
        reason: String,
        advice: &'static str,
    },
    #[error("cannot print the result: {0}")]
    Print(#[from] io::Error),
}

impl From<RotateError> for sc_cli::Error {
    fn from(error: RotateError) -> Self {
        Self::Application(Box::new(error))
    }
}

#[derive(Debug, Deserialize)]
struct Generated {
    keys: String,
    proof: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    spec_name: String,
    spec_version: u32,
    transaction_version: u32,
}

/// Session keys that a node has made, with the proof of who owns them.
struct Made {
    keys: Vec<u8>,
    proof: Vec<u8>,
    call: RuntimeCall,
}

impl Made {
    /// The command that registers them.
    fn command(&self) -> String {
        format!(
            "blocs stake set-keys --keys {} --proof {}",
            to_hex(&self.keys),
            to_hex(&self.proof)
        )
    }
}

impl RotateKeys {
    /// Runs the command.
    pub(crate) fn run(&self) -> sc_cli::Result<()> {
        let runtime = sc_cli::build_runtime()?;
        runtime.block_on(self.rotate(&mut io::stdout()))?;
        Ok(())
    }

    async fn rotate(&self, out: &mut impl Write) -> Result<(), RotateError> {
        // Whatever can be wrong is found before the node makes keys.
        let signer = self.sign_with.as_deref().map(|path| self.signer(path)).transpose()?;
        let node = Remote::connect(&self.url).await?;
        let version = known_version(&node).await?;

        let made = make(&node, &self.owner).await?;
        let block = match &signer {
            Some(signer) => {
                eprintln!("made new keys; sending `set_keys`, and waiting until it is final");
                Some(self.send(&node, &version, signer, &made).await?)
            }
            None => None,
        };
        self.print(out, &node, &made, block.as_deref())?;
        Ok(())
    }

    fn signer(&self, path: &Path) -> Result<sr25519::Pair, RotateError> {
        let pair = read_secret(path)?;
        let holder = AccountId::from(pair.public());
        if holder != self.owner {
            return Err(RotateError::OtherOwner {
                path: path.to_owned(),
                holder,
                owner: self.owner.clone(),
            });
        }
        Ok(pair)
    }

    fn print(&self, out: &mut impl Write, node: &Remote, made: &Made, block: Option<&str>) -> io::Result<()> {
        let (keys, proof, call) = (to_hex(&made.keys), to_hex(&made.proof), to_hex(&made.call.encode()));
        if self.json {
            let object = serde_json::json!({
                "owner": self.owner.to_string(),
                "keys": keys,
                "proof": proof,
                "call": call,
                "command": made.command(),
                "finalized_in": block,
            });
            return writeln!(out, "{object}");
        }
        writeln!(out, "owner  {}", self.owner)?;
        writeln!(out, "keys   {keys}")?;
        writeln!(out, "proof  {proof}")?;
        writeln!(out, "call   {call}")?;
        match block {
            Some(block) => eprintln!(
                "registered in the finalized block {block}. The node uses the keys from the session after the next; keep it running, and keep \
                 its keystore"
            ),
            None => {
                eprintln!(
                    "the keys are in the keystore of the node {}, and work once the chain has them; register them as the owner:",
                    node.url()
                );
                writeln!(out, "{}", made.command())?;
            }
        }
        Ok(())
    }

    async fn send(
        &self,
        node: &Remote,
        version: &Version,
        signer: &sr25519::Pair,
        made: &Made,
    ) -> Result<String, RotateError> {
        let extrinsic = self.signed(node, version, signer, made.call.clone()).await?;
        let not_accepted = |reason: String| RotateError::Transaction {
            reason,
            command: made.command(),
        };
        let submit = node.subscribe::<TransactionStatus<Hash, Hash>>(
            "author_submitAndWatchExtrinsic",
            rpc_params![to_hex(&extrinsic)],
            "author_unwatchExtrinsic",
        );
        let mut statuses = submit.await.map_err(|error| not_accepted(error.to_string()))?;
        let wait = async {
            while let Some(status) = statuses.next().await {
                match status.map_err(|error| not_accepted(error.to_string()))? {
                    TransactionStatus::Finalized((block, _)) => return Ok(block),
                    status if status.is_final() => return Err(not_accepted(format!("its last status is {status:?}"))),
                    _ => {}
                }
            }
            Err(not_accepted("the node closed the connection".into()))
        };
        let block = tokio::time::timeout(FINALITY, wait)
            .await
            .map_err(|_| not_accepted(format!("it was not final after {} s", FINALITY.as_secs())))??;
        let block = format!("{block:?}");
        outcome(node, &block, &extrinsic).await?;
        Ok(block)
    }

    async fn signed(
        &self,
        node: &Remote,
        version: &Version,
        signer: &sr25519::Pair,
        call: RuntimeCall,
    ) -> Result<Vec<u8>, RotateError> {
        let nonce: Nonce = node
            .call("system_accountNextIndex", rpc_params![self.owner.to_string()])
            .await?;
        let genesis: Hash = node.call("chain_getBlockHash", rpc_params![0]).await?;
        let head: Hash = node.call("chain_getFinalizedHead", rpc_params![]).await?;
        let header: Header = node.call("chain_getHeader", rpc_params![head]).await?;
        let era = Era::mortal(MORTAL_BLOCKS, header.number.into());

        let implicit = (
            (),
            (),
            version.spec_version,
            version.transaction_version,
            genesis,
            head,
            (),
            (),
            (),
            None,
            (),
        );
        let payload = SignedPayload::from_raw(call, extension(nonce, era), implicit);
        let signature = MultiSignature::from(payload.using_encoded(|bytes| signer.sign(bytes)));
        let (call, extension, _) = payload.deconstruct();
        let sender = MultiAddress::Id(self.owner.clone());
        Ok(blocs_runtime::UncheckedExtrinsic::new_signed(call, sender, signature, extension).encode())
    }
}

/// The checks of a transaction without a tip, as the runtime lists them.
fn extension(nonce: Nonce, era: Era) -> TxExtension {
    (
        frame_system::AuthorizeCall::new(),
        frame_system::CheckNonZeroSender::new(),
        frame_system::CheckSpecVersion::new(),
        frame_system::CheckTxVersion::new(),
        frame_system::CheckGenesis::new(),
        frame_system::CheckMortality::from(era),
        frame_system::CheckNonce::from(nonce),
        frame_system::CheckWeight::new(),
        pallet_transaction_payment::ChargeTransactionPayment::from(0),
        frame_metadata_hash_extension::CheckMetadataHash::new(false),
        frame_system::WeightReclaim::new(),
    )
}

/// The chain's runtime writes calls as this program does.
async fn known_version(node: &Remote) -> Result<Version, RotateError> {
    let version: Version = node.call("state_getRuntimeVersion", rpc_params![]).await?;
    if version.spec_name != VERSION.spec_name || version.transaction_version != VERSION.transaction_version {
        return Err(RotateError::Version {
            spec_name: version.spec_name,
            spec_version: version.spec_version,
            transaction_version: version.transaction_version,
            known: VERSION.spec_name.to_string(),
            known_version: VERSION.transaction_version,
        });
    }
    Ok(version)
}

/// Has the node make keys, and checks what it answers as the chain will.
async fn make(node: &Remote, owner: &AccountId) -> Result<Made, RotateError> {
    const METHOD: &str = "author_rotateKeysWithOwner";
    let generated: Generated = node.call(METHOD, rpc_params![to_hex(&owner.encode())]).await?;
    let keys: SessionKeys = decode(METHOD, &generated.keys)?;
    let proof = from_hex(METHOD, &generated.proof.unwrap_or_default())?;
    if !keys.ownership_proof_is_valid(&owner.encode(), &proof) {
        return Err(RotateError::Proof(owner.clone()));
    }
    let kept: bool = node.call("author_hasSessionKeys", rpc_params![generated.keys]).await?;
    if !kept {
        return Err(RotateError::NotKept(node.url().to_owned()));
    }
    Ok(Made {
        keys: keys.encode(),
        proof: proof.clone(),
        call: RuntimeCall::Session(pallet_session::Call::set_keys { keys, proof }),
    })
}

/// What became of the transaction in its block.
async fn outcome(node: &Remote, block: &str, extrinsic: &[u8]) -> Result<(), RotateError> {
    let body: serde_json::Value = node.call("chain_getBlock", rpc_params![block]).await?;
    let sent = to_hex(extrinsic);
    let index = body
        .pointer("/block/extrinsics")
        .and_then(|extrinsics| extrinsics.as_array())
        .and_then(|extrinsics| extrinsics.iter().position(|other| other.as_str() == Some(&sent)))
        .and_then(|index| u32::try_from(index).ok());
    let events: Option<Vec<EventRecord<RuntimeEvent, Hash>>> =
        node.storage(&storage_prefix(b"System", b"Events"), Some(block)).await?;
    let failure = events.unwrap_or_default().into_iter().find_map(|record| {
        let of_ours = matches!(record.phase, frame_system::Phase::ApplyExtrinsic(at) if Some(at) == index);
        match record.event {
            RuntimeEvent::System(frame_system::Event::ExtrinsicFailed { dispatch_error, .. }) if of_ours => {
                Some(dispatch_error)
            }
            _ => None,
        }
    });
    match failure {
        None => Ok(()),
        Some(error) => {
            let (reason, advice) = explain(&error);
            Err(RotateError::Refused {
                block: block.to_owned(),
                reason,
                advice,
            })
        }
    }
}

/// The error of the session pallet by its name, and what to do about it.
fn explain(error: &DispatchError) -> (String, &'static str) {
    type Error = pallet_session::Error<Runtime>;
    let session = match error {
        DispatchError::Module(module) if usize::from(module.index) == blocs_runtime::Session::index() => {
            Error::decode(&mut &module.error[..]).ok()
        }
        _ => None,
    };
    match session {
        Some(reason @ Error::NoAssociatedValidatorId) => (
            format!("{reason:?}"),
            "the owner has bonded nothing: run `blocs stake bond` first, then this again",
        ),
        Some(reason @ Error::DuplicatedKey) => (
            format!("{reason:?}"),
            "another validator has registered one of the keys: run this again",
        ),
        Some(reason) => (format!("{reason:?}"), "run this again"),
        None => (
            format!("{error:?}"),
            "look at the owner's balance: fees and the deposit for keys must be left, see `blocs account balance`",
        ),
    }
}

/// The key pair of a secret phrase or URI in a file that only its owner can read.
fn read_secret(path: &Path) -> Result<sr25519::Pair, RotateError> {
    let failed = |reason: String, advice| RotateError::Secret {
        path: path.to_owned(),
        reason,
        advice,
    };
    let there = "name a file that holds the secret phrase and nothing else";
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let metadata = fs::metadata(path).map_err(|error| failed(error.to_string(), there))?;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(failed(
                format!("others may read it (mode {mode:03o})"),
                "take that from them with `chmod 600`, and make a new account if they may have read it",
            ));
        }
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(|error| failed(error.to_string(), there))?);
    sr25519::Pair::from_string(text.trim(), None)
        .map_err(|error| failed(format!("it holds no secret phrase or URI ({error:?})"), there))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use sp_keyring::Sr25519Keyring::{Alice, Bob};
    use sp_runtime::ModuleError;

    fn secret_file(text: &str, mode: u32) -> (tempfile::TempDir, PathBuf) {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        (folder, path)
    }

    fn command(owner: AccountId, sign_with: &Path) -> RotateKeys {
        RotateKeys {
            owner,
            url: DEFAULT_URL.into(),
            sign_with: Some(sign_with.to_owned()),
            json: false,
        }
    }

    #[test]
    fn a_secret_that_others_may_read_is_not_used() {
        let (_folder, path) = secret_file("//Alice\n", 0o640);
        let error = read_secret(&path).err().unwrap().to_string();
        assert!(
            error.contains("640") && error.contains("chmod 600") && !error.contains("//Alice"),
            "{error}"
        );

        let (_folder, path) = secret_file("//Alice\n", 0o600);
        assert_eq!(read_secret(&path).unwrap().public(), Alice.public());
    }

    #[test]
    fn a_file_without_a_secret_is_named_and_not_shown() {
        let (_folder, path) = secret_file("certainly no phrase", 0o600);
        let error = read_secret(&path).err().unwrap().to_string();
        assert!(
            error.contains("secret phrase") && !error.contains("certainly"),
            "{error}"
        );
    }

    #[test]
    fn only_the_owner_may_sign() {
        let (_folder, path) = secret_file("//Alice", 0o600);

        assert!(command(Alice.to_account_id(), &path).signer(&path).is_ok());
        let error = command(Bob.to_account_id(), &path).signer(&path).err().unwrap();
        assert!(error.to_string().contains(&Bob.to_account_id().to_string()), "{error}");
    }

    #[test]
    fn a_refusal_names_the_error_and_the_next_step() {
        let module = |error: pallet_session::Error<Runtime>| {
            let mut bytes = [0; 4];
            bytes[..1].copy_from_slice(&error.encode());
            DispatchError::Module(ModuleError {
                index: 10,
                error: bytes,
                message: None,
            })
        };

        let (reason, advice) = explain(&module(pallet_session::Error::NoAssociatedValidatorId));
        assert!(reason.contains("NoAssociatedValidatorId") && advice.contains("blocs stake bond"));
        let (reason, _) = explain(&module(pallet_session::Error::InvalidProof));
        assert!(reason.contains("InvalidProof"), "{reason}");
    }
}
