//! Networks with validators, lengths and accounts of a test's own choice.
//!
//! Keys are derived from the development phrase (`//BLOCS test//3//babe`), so that a failed run can be looked into afterwards, and the
//! chain is of the type `Local`: nothing of this may ever be a public network.

use crate::{
    process::{Launch, run, tail},
    program::binary,
};
use anyhow::{Context, Result, ensure};
use sp_core::{Pair, crypto::Ss58Codec, ed25519, sr25519};
use std::{
    fmt::Write as _,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long it may take to write a chain specification.
const EXPORT: Duration = Duration::from_secs(300);
/// Key types of sessions, as the keystore's files are named for them.
const SESSION_KEYS: [(&str, Scheme); 3] = [
    ("babe", Scheme::Sr25519),
    ("gran", Scheme::Ed25519),
    ("audi", Scheme::Sr25519),
];

/// What the network is like. Fewer than four validators stop finality when one of them fails.
#[derive(Clone, Debug)]
pub struct NetworkSpec {
    /// Identifier of the chain: lower-case letters, digits, `-`.
    pub id: String,
    /// Validators of the first era.
    pub validators: u32,
    /// Most validators that an election picks; at least `validators`.
    pub validator_count: u32,
    /// With fewer candidates there is no election.
    pub minimum_validator_count: u32,
    /// Length of a slot in milliseconds: even, at least 200.
    pub slot_millis: u64,
    /// Slots in an epoch.
    pub epoch_blocks: u64,
    /// Epochs in an era.
    pub sessions_per_era: u32,
    /// Eras that tokens stay bonded.
    pub bonding_eras: u32,
    /// Eras between an offence and its slash: fewer than `bonding_eras`.
    pub slash_defer_eras: u32,
    /// Whether votes take blocks instead of days.
    pub fast_governance: bool,
    /// Blocks in a proving period of the market.
    pub market_period: u32,
    /// Accounts with tokens and without a part in staking: `//BLOCS test//account//0` and so on.
    pub accounts: u32,
    /// Further accounts with tokens, each as the URI of its secret: `//Alice`.
    pub endowed: Vec<String>,
}

impl Default for NetworkSpec {
    /// As the chain `local`: four validators, a block in three seconds, an epoch a minute, an era in three.
    fn default() -> Self {
        Self {
            id: "blocs-test".into(),
            validators: 4,
            validator_count: 10,
            minimum_validator_count: 1,
            slot_millis: 3_000,
            epoch_blocks: 20,
            sessions_per_era: 3,
            bonding_eras: 3,
            slash_defer_eras: 2,
            fast_governance: true,
            market_period: 16,
            accounts: 4,
            endowed: Vec::new(),
        }
    }
}

/// Balance of every account, in BLOC.
pub const BALANCE: u64 = 1_000_000;
/// What a validator of the first era has bonded of it, in BLOC.
pub const BOND: u64 = 100_000;

/// A network that nodes can be started for.
#[derive(Clone, Debug)]
pub struct TestNetwork {
    /// Identifier of the chain.
    pub id: String,
    /// The description from which the specification was made.
    pub toml: PathBuf,
    /// The raw specification: for `--chain`.
    pub raw: PathBuf,
    /// The validators of the first era.
    pub validators: Vec<ValidatorKeys>,
    /// The accounts with tokens: first the numbered ones, then those that were named.
    pub accounts: Vec<TestKey>,
}

/// A key pair.
#[derive(Clone, Debug)]
pub struct TestKey {
    /// URI of the secret, as `--suri` and signers take it.
    pub suri: String,
    /// The public key.
    pub public: [u8; 32],
    /// The public key as address.
    pub address: String,
}

/// Keys of a validator.
#[derive(Clone, Debug)]
pub struct ValidatorKeys {
    /// The account that has bonded.
    pub stash: TestKey,
    /// Session key with which it makes blocks.
    pub babe: TestKey,
    /// Session key with which it votes for finality.
    pub grandpa: TestKey,
    /// Session key with which it says where it is.
    pub authority_discovery: TestKey,
}

#[derive(Clone, Copy)]
enum Scheme {
    Sr25519,
    Ed25519,
}

impl TestKey {
    /// The sr25519 key of a URI.
    pub fn sr25519(suri: &str) -> Result<Self> {
        let pair = sr25519::Pair::from_string(suri, None).with_context(|| format!("no secret follows from {suri}"))?;
        let public = pair.public();
        Ok(Self {
            suri: suri.to_owned(),
            public: public.0,
            address: public.to_ss58check(),
        })
    }

    /// The ed25519 key of a URI.
    pub fn ed25519(suri: &str) -> Result<Self> {
        let pair = ed25519::Pair::from_string(suri, None).with_context(|| format!("no secret follows from {suri}"))?;
        let public = pair.public();
        Ok(Self {
            suri: suri.to_owned(),
            public: public.0,
            address: public.to_ss58check(),
        })
    }
}

impl ValidatorKeys {
    /// The keys with a number. Those beyond the validators of the first era are for candidates that join later.
    pub fn number(number: u32) -> Result<Self> {
        let suri = |role: &str| format!("//BLOCS test//{number}//{role}");
        let [babe, grandpa, authority_discovery] = SESSION_KEYS.map(|(role, scheme)| match scheme {
            Scheme::Sr25519 => TestKey::sr25519(&suri(role)),
            Scheme::Ed25519 => TestKey::ed25519(&suri(role)),
        });
        Ok(Self {
            stash: TestKey::sr25519(&suri("stash"))?,
            babe: babe?,
            grandpa: grandpa?,
            authority_discovery: authority_discovery?,
        })
    }

    /// Puts the session keys into the keystore of a node that will run the chain `id` with its data in `base_path`.
    pub fn insert(&self, base_path: &Path, id: &str) -> Result<()> {
        let keystore = base_path.join("chains").join(id).join("keystore");
        fs::create_dir_all(&keystore).with_context(|| format!("cannot create {}", keystore.display()))?;
        let keys = [&self.babe, &self.grandpa, &self.authority_discovery];
        for ((key_type, _), key) in SESSION_KEYS.iter().zip(keys) {
            // As sc-keystore names and writes them: type and public key in hexadecimal, the secret as a JSON string.
            let file = keystore.join(format!("{}{}", hex::encode(key_type), hex::encode(key.public)));
            let secret = serde_json::to_string(&key.suri)?;
            fs::write(&file, secret).with_context(|| format!("cannot write {}", file.display()))?;
            fs::set_permissions(&file, Permissions::from_mode(0o600))?;
        }
        Ok(())
    }
}

impl NetworkSpec {
    /// Writes `<id>.toml` into `folder`, and makes the raw specification `<id>.json` of it with `blocs-node`.
    pub async fn build(&self, folder: &Path) -> Result<TestNetwork> {
        let validators = (0..self.validators)
            .map(ValidatorKeys::number)
            .collect::<Result<Vec<_>>>()?;
        let numbered = (0..self.accounts).map(|number| format!("//BLOCS test//account//{number}"));
        let accounts = numbered
            .chain(self.endowed.iter().cloned())
            .map(|suri| TestKey::sr25519(&suri))
            .collect::<Result<Vec<_>>>()?;
        let network = TestNetwork {
            id: self.id.clone(),
            toml: folder.join(format!("{}.toml", self.id)),
            raw: folder.join(format!("{}.json", self.id)),
            validators,
            accounts,
        };
        fs::write(&network.toml, self.description(&network)?)
            .with_context(|| format!("cannot write {}", network.toml.display()))?;
        network.export(&network.raw).await?;
        Ok(network)
    }

    /// The network as the TOML file that `--chain` takes.
    fn description(&self, network: &TestNetwork) -> Result<String> {
        let mut text = format!(
            "name = \"BLOCS Test\"\nid = \"{}\"\nchain_type = \"Local\"\n\n\
             [timing]\nslot_millis = {}\nepoch_blocks = {}\nsessions_per_era = {}\nbonding_eras = {}\nslash_defer_eras = {}\nfast_governance = {}\n\n\
             [market]\nperiod = {}\nmisses_to_fault = 3\nmin_termination = 1\ncleanup_grace = 1\n\n\
             [staking]\nvalidator_count = {}\nminimum_validator_count = {}\n\
             min_validator_bond = \"10000\"\nmin_nominator_bond = \"10\"\n",
            self.id,
            self.slot_millis,
            self.epoch_blocks,
            self.sessions_per_era,
            self.bonding_eras,
            self.slash_defer_eras,
            self.fast_governance,
            self.market_period,
            self.validator_count,
            self.minimum_validator_count,
        );
        let stashes = network.validators.iter().map(|validator| &validator.stash);
        for account in stashes.chain(&network.accounts) {
            write!(
                text,
                "\n[[accounts]]\naddress = \"{}\"\nbalance = \"{BALANCE}\"\n",
                account.address
            )?;
        }
        for validator in &network.validators {
            write!(
                text,
                "\n[[validators]]\nstash = \"{}\"\nbond = \"{BOND}\"\nbabe = \"{}\"\ngrandpa = \"{}\"\nauthority_discovery = \"{}\"\n",
                validator.stash.address,
                validator.babe.address,
                validator.grandpa.address,
                validator.authority_discovery.address,
            )?;
        }
        Ok(text)
    }
}

impl TestNetwork {
    /// Makes the raw specification of the description, once more if need be: the same bytes each time.
    pub async fn export(&self, to: &Path) -> Result<()> {
        let log = to.with_extension("log");
        let mut launch = Launch::new(
            &binary("blocs-node")?,
            [
                "export-chain-spec",
                "--raw",
                "--chain",
                &self.toml.display().to_string(),
            ],
            log.clone(),
        );
        launch.stdout = Some(to.to_owned());
        let status = run(launch, EXPORT).await?;
        ensure!(
            status.success(),
            "export-chain-spec of {} ended with {status}: {}",
            self.toml.display(),
            tail(&log)
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[tokio::test]
    async fn a_network_of_ten_has_one_specification_whichever_process_makes_it() {
        let folder = tempfile::tempdir().unwrap();
        let spec = NetworkSpec {
            validators: 10,
            slot_millis: 1_000,
            endowed: vec!["//Alice".into()],
            ..NetworkSpec::default()
        };

        let network = spec.build(folder.path()).await.unwrap();
        let again = folder.path().join("again.json");
        network.export(&again).await.unwrap();

        let bytes = fs::read(&network.raw).unwrap();
        assert!(bytes == fs::read(&again).unwrap(), "two processes, two specifications");
        let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(json["id"], "blocs-test");
        assert_eq!(json["chainType"], "Local");
        assert!(json["telemetryEndpoints"].is_null());
        assert!(json["genesis"]["raw"]["top"]["0x3a636f6465"].is_string());
        assert_eq!((network.validators.len(), network.accounts.len()), (10, 5));

        // And a node finds its keys where sc-keystore looks for them.
        let validator = &network.validators[3];
        validator.insert(folder.path(), &network.id).unwrap();
        let name = format!("62616265{}", hex::encode(validator.babe.public));
        let file = folder.path().join("chains/blocs-test/keystore").join(name);
        assert_eq!(fs::read_to_string(file).unwrap(), "\"//BLOCS test//3//babe\"");
    }
}
