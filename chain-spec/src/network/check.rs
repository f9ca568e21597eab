//! What must hold so that the network runs. The runtime asserts much of it too, but in WASM, where nobody sees which value was wrong.

use super::{Kind, Market, Network, NetworkError};
use crate::{amount::Amount, key::PublicKey};
use blocs_runtime::{
    Balance, Runtime,
    configs::{MAX_CANDIDATES, MAX_NOMINATIONS, MAX_VALIDATORS, MAX_VOTERS},
    timing::{
        DEFAULT_BONDING_ERAS, DEFAULT_EPOCH_BLOCKS, DEFAULT_SESSIONS_PER_ERA, DEFAULT_SLASH_DEFER_ERAS,
        DEFAULT_SLOT_MILLIS, MAX_BONDING_ERAS, MAX_SESSIONS_PER_ERA,
    },
    units::EXISTENTIAL_DEPOSIT,
};
use pallet_storage_market::Params;
use sp_core::Get;
use std::collections::{BTreeMap, BTreeSet};

/// Longest identifier: it names a folder on every node.
const MAX_ID: usize = 64;

type Checked = Result<(), NetworkError>;

/// Fails with what is wrong unless it holds.
fn ensure(holds: bool, key: &str, problem: impl Into<String>, remedy: &str) -> Checked {
    if holds {
        return Ok(());
    }
    Err(NetworkError::Value {
        key: key.to_owned(),
        problem: problem.into(),
        remedy: remedy.to_owned(),
    })
}

/// A count as the runtime counts; more than it can count is more than any limit.
fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Network {
    pub(super) fn check(&self) -> Checked {
        self.check_names()?;
        self.check_timing()?;
        self.market.check()?;
        self.check_staking()?;
        let balances = self.check_accounts()?;
        self.check_validators(&balances)?;
        self.check_nominators(&balances)?;
        self.check_collective()?;
        self.check_secrets()
    }

    fn check_names(&self) -> Checked {
        ensure(
            !self.name.trim().is_empty(),
            "name",
            "it is empty",
            "name the network as people should see it, such as \"BLOCS Testnet\"",
        )?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let first = self.id.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        ensure(
            first && self.id.len() <= MAX_ID && self.id.bytes().all(plain),
            "id",
            format!("`{}` cannot name a folder on every node", self.id),
            "use a lower-case letter, then letters, digits and `-`, at most 64 in all, such as \"blocs-testnet\"",
        )?;
        ensure(
            !["dev", "local"].contains(&self.id.as_str()),
            "id",
            format!(
                "`{}` is the built-in chain's, and their databases would share a folder",
                self.id
            ),
            "choose another id",
        )
    }

    fn check_timing(&self) -> Checked {
        let timing = &self.timing;
        let slot_millis = timing.slot_millis.unwrap_or(DEFAULT_SLOT_MILLIS);
        ensure(
            slot_millis >= 200 && slot_millis.is_multiple_of(2),
            "slot_millis in [timing]",
            format!("{slot_millis} is no slot length"),
            "give an even number of milliseconds, at least 200",
        )?;
        let epoch_blocks = timing.epoch_blocks.unwrap_or(DEFAULT_EPOCH_BLOCKS);
        ensure(
            epoch_blocks >= 2,
            "epoch_blocks in [timing]",
            format!("{epoch_blocks} is no epoch length"),
            "give at least 2 slots; 20 and more are reasonable",
        )?;
        let sessions = timing.sessions_per_era.unwrap_or(DEFAULT_SESSIONS_PER_ERA);
        ensure(
            (1..=MAX_SESSIONS_PER_ERA).contains(&sessions),
            "sessions_per_era in [timing]",
            format!("an era cannot have {sessions} sessions"),
            &format!("give 1 to {MAX_SESSIONS_PER_ERA}"),
        )?;
        let bonding = timing.bonding_eras.unwrap_or(DEFAULT_BONDING_ERAS);
        ensure(
            (1..=MAX_BONDING_ERAS).contains(&bonding),
            "bonding_eras in [timing]",
            format!("tokens cannot stay bonded for {bonding} eras"),
            &format!("give 1 to {MAX_BONDING_ERAS}"),
        )?;
        let defer = timing.slash_defer_eras.unwrap_or(DEFAULT_SLASH_DEFER_ERAS);
        ensure(
            defer < bonding,
            "slash_defer_eras in [timing]",
            format!(
                "slashes deferred for {defer} eras come too late when bonding lasts {bonding}: who is slashed has left"
            ),
            "give fewer eras than bonding_eras; the defaults are 27 and 28, so who gives one gives both",
        )?;
        ensure(
            timing.fast_governance != Some(true) || self.chain_type != Kind::Live,
            "fast_governance in [timing]",
            "on a live network nobody could read a proposal, let alone vote, before it is decided",
            "leave it out; only chain_type \"Development\" or \"Local\" may have votes that take blocks instead of days",
        )
    }

    fn check_staking(&self) -> Checked {
        let staking = &self.staking;
        ensure(
            (1..=MAX_VALIDATORS).contains(&staking.validator_count),
            "validator_count in [staking]",
            format!("the chain cannot have {} validators", staking.validator_count),
            &format!("give 1 to {MAX_VALIDATORS}"),
        )?;
        ensure(
            (1..=staking.validator_count).contains(&staking.minimum_validator_count),
            "minimum_validator_count in [staking]",
            format!(
                "{} does not go with a validator_count of {}",
                staking.minimum_validator_count, staking.validator_count
            ),
            "give 1 to validator_count; below four validators, one that fails stops finality",
        )?;
        let validators = count(self.validators.len());
        ensure(
            validators >= staking.minimum_validator_count,
            "[[validators]]",
            format!(
                "there are {validators}, but minimum_validator_count in [staking] is {}",
                staking.minimum_validator_count
            ),
            "add validators or lower the minimum",
        )?;
        ensure(
            validators <= MAX_CANDIDATES,
            "[[validators]]",
            format!("there are {validators}, but only {MAX_CANDIDATES} can stand for election"),
            "remove some",
        )?;
        let voters = validators.saturating_add(count(self.nominators.len()));
        ensure(
            voters <= MAX_VOTERS,
            "[[nominators]]",
            format!("with the validators there are {voters} voters, but an election reads only {MAX_VOTERS}"),
            "remove some",
        )
    }

    /// Checks the balances one by one and in sum, and gives them by account.
    fn check_accounts(&self) -> Result<BTreeMap<PublicKey, Amount>, NetworkError> {
        let mut balances = BTreeMap::new();
        let mut sum: Balance = 0;
        for account in &self.accounts {
            let key = format!("balance of account {}", account.address);
            ensure(
                account.balance.0 >= EXISTENTIAL_DEPOSIT,
                &key,
                format!("{} is less than an account must hold", account.balance),
                &format!("give at least {}", Amount(EXISTENTIAL_DEPOSIT)),
            )?;
            ensure(
                balances.insert(account.address, account.balance).is_none(),
                &format!("address of account {}", account.address),
                "it is there twice",
                "keep one [[accounts]] entry with the whole balance",
            )?;
            // Half of the range: fees and rewards come on top.
            let next = sum
                .checked_add(account.balance.0)
                .filter(|sum| *sum <= Balance::MAX / 2);
            ensure(
                next.is_some(),
                &key,
                "with it, all balances together are more than the chain can count",
                "give smaller amounts",
            )?;
            sum = next.unwrap_or(sum);
        }
        Ok(balances)
    }

    /// Checks what is bonded by one account.
    fn check_bond(
        &self,
        who: &str,
        stash: PublicKey,
        bond: Amount,
        least: Amount,
        balances: &BTreeMap<PublicKey, Amount>,
    ) -> Checked {
        let key = format!("bond of {who} {stash}");
        let balance = balances.get(&stash);
        ensure(
            balance.is_some(),
            &format!("stash of {who} {stash}"),
            "no [[accounts]] entry has this address",
            "add the account, with a balance above the bond",
        )?;
        ensure(
            bond >= least,
            &key,
            format!("{bond} is less than the least bond in [staking], {least}"),
            "raise the bond or lower the minimum",
        )?;
        let needed = bond.0.checked_add(EXISTENTIAL_DEPOSIT);
        let held = balance.copied().unwrap_or(Amount(0));
        ensure(
            needed.is_some_and(|needed| needed <= held.0),
            &key,
            format!("{bond} is more than the account can bond of its {held}"),
            &format!(
                "bond less or give more: {} must stay free, and fees come from what is free",
                Amount(EXISTENTIAL_DEPOSIT)
            ),
        )
    }

    fn check_validators(&self, balances: &BTreeMap<PublicKey, Amount>) -> Checked {
        let mut stashes = BTreeSet::new();
        let mut used = BTreeMap::new();
        for validator in &self.validators {
            let stash = validator.stash;
            ensure(
                stashes.insert(stash),
                &format!("stash of validator {stash}"),
                "it is there twice",
                "keep one [[validators]] entry for each stash",
            )?;
            self.check_bond(
                "validator",
                stash,
                validator.bond,
                self.staking.min_validator_bond,
                balances,
            )?;
            for (role, key, wants_sr25519) in [
                ("babe", validator.babe, true),
                ("grandpa", validator.grandpa, false),
                ("authority_discovery", validator.authority_discovery, true),
            ] {
                let name = format!("{role} of validator {stash}");
                ensure(
                    !wants_sr25519 || key.is_sr25519(),
                    &name,
                    format!("{key} is no sr25519 key"),
                    "copy it again from `blocs-node key inspect --scheme sr25519`; only grandpa is an ed25519 key",
                )?;
                let before = used.insert((role, key), stash);
                ensure(
                    before.is_none(),
                    &name,
                    format!("validator {} has the same key", before.unwrap_or(stash)),
                    "make new session keys for one of them: a key that signs on two machines is slashed",
                )?;
            }
        }
        Ok(())
    }

    fn check_nominators(&self, balances: &BTreeMap<PublicKey, Amount>) -> Checked {
        let validators: BTreeSet<_> = self.validators.iter().map(|validator| validator.stash).collect();
        let mut stashes = BTreeSet::new();
        for nominator in &self.nominators {
            let stash = nominator.stash;
            ensure(
                !validators.contains(&stash) && stashes.insert(stash),
                &format!("stash of nominator {stash}"),
                "it is there twice, or is a validator's",
                "keep one entry: an account is either a validator or a nominator",
            )?;
            self.check_bond(
                "nominator",
                stash,
                nominator.bond,
                self.staking.min_nominator_bond,
                balances,
            )?;
            let key = format!("targets of nominator {stash}");
            ensure(
                (1..=MAX_NOMINATIONS).contains(&count(nominator.targets.len())),
                &key,
                format!("there are {}", nominator.targets.len()),
                &format!("name 1 to {MAX_NOMINATIONS} validators"),
            )?;
            let mut named = BTreeSet::new();
            for target in &nominator.targets {
                ensure(
                    validators.contains(target),
                    &key,
                    format!("{target} is no validator of this file"),
                    "name stashes of [[validators]]",
                )?;
                ensure(
                    named.insert(target),
                    &key,
                    format!("{target} is there twice"),
                    "name each validator once",
                )?;
            }
        }
        Ok(())
    }

    fn check_collective(&self) -> Checked {
        let most = <Runtime as pallet_collective::Config<pallet_collective::Instance1>>::MaxMembers::get();
        ensure(
            count(self.technical_collective.len()) <= most,
            "technical_collective",
            format!("there are {} members", self.technical_collective.len()),
            &format!("name at most {most}"),
        )?;
        let mut members = BTreeSet::new();
        for member in &self.technical_collective {
            ensure(
                members.insert(member),
                "technical_collective",
                format!("{member} is there twice"),
                "name each member once: two seats would be two votes",
            )?;
        }
        Ok(())
    }

    /// No key that somebody else can sign with, and none that does two jobs, on a network that is everybody's.
    fn check_secrets(&self) -> Checked {
        if self.chain_type != Kind::Live {
            return Ok(());
        }
        let accounts = self
            .accounts
            .iter()
            .map(|account| ("address of account", account.address));
        let members = self
            .technical_collective
            .iter()
            .map(|member| ("member of technical_collective", *member));
        let session: Vec<_> = self
            .validators
            .iter()
            .flat_map(|validator| [validator.babe, validator.grandpa, validator.authority_discovery])
            .map(|key| ("session key", key))
            .collect();
        for (role, key) in accounts.chain(members).chain(session.iter().copied()) {
            ensure(
                key.well_known().is_none(),
                &format!("{role} {key}"),
                format!("everybody has the secret of {}", key.well_known().unwrap_or_default()),
                "make a key of your own with `blocs-node key generate`; only chain_type \"Development\" or \"Local\" may use this one",
            )?;
        }
        let stashes: BTreeSet<_> = self.accounts.iter().map(|account| account.address).collect();
        for (role, key) in session {
            ensure(
                !stashes.contains(&key),
                &format!("{role} {key}"),
                "it is an account of this file too: whoever breaks into the validator takes the tokens",
                "make session keys of their own",
            )?;
        }
        Ok(())
    }
}

impl Market {
    fn check(&self) -> Checked {
        ensure(
            self.period != Some(0) && self.period != Some(1),
            "period in [market]",
            "a proof needs the block of its challenge and one more",
            "give at least 2 blocks; 600 is half an hour of 3-second blocks",
        )?;
        let defaults = Params::default();
        let params = Params {
            pieces_per_challenge: self.pieces_per_challenge.unwrap_or(defaults.pieces_per_challenge),
            misses_to_fault: self.misses_to_fault.unwrap_or(defaults.misses_to_fault),
            min_termination: self.min_termination.unwrap_or(defaults.min_termination),
            cleanup_grace: self.cleanup_grace.unwrap_or(defaults.cleanup_grace),
            bond_per_gib: self.bond_per_gib.map_or(defaults.bond_per_gib, |amount| amount.0),
            min_bond: self.min_bond.map_or(defaults.min_bond, |amount| amount.0),
            ..defaults
        };
        params
            .check()
            .or_else(|broken| ensure(false, "[market]", broken.rule, "change the value that it names"))
    }
}
