//! The file's values as a patch of the genesis preset.

use super::{Market, Network, Pools, Staking, Timing, Validator};
use crate::{amount::Amount, key::PublicKey};
use serde_json::{Map, Value, json};

impl Network {
    /// What the file changes of the preset, in the names of the runtime's genesis configuration.
    pub(super) fn patch(&self) -> Value {
        let balances: Vec<_> = self
            .accounts
            .iter()
            .map(|account| json!([key(account.address), account.balance.0]))
            .collect();
        let session: Vec<_> = self.validators.iter().map(session_keys).collect();
        let validators = self.validators.iter().map(|validator| {
            let stash = key(validator.stash);
            json!([stash, stash, validator.bond.0, "Validator"])
        });
        let nominators = self.nominators.iter().map(|nominator| {
            let stash = key(nominator.stash);
            let targets: Vec<_> = nominator.targets.iter().copied().map(key).collect();
            json!([stash, stash, nominator.bond.0, { "Nominator": targets }])
        });
        // Targets must be validators when they are nominated.
        let stakers: Vec<_> = validators.chain(nominators).collect();
        let collective: Vec<_> = self.technical_collective.iter().copied().map(key).collect();
        json!({
            "balances": { "balances": balances },
            "session": { "keys": session },
            "staking": self.staking.patch(stakers),
            "timing": self.timing.patch(),
            "storageMarket": self.market.patch(),
            "nominationPools": self.pools.patch(),
            "technicalCollective": { "members": collective },
        })
    }
}

fn key(key: PublicKey) -> Value {
    Value::String(key.to_string())
}

fn session_keys(validator: &Validator) -> Value {
    let stash = key(validator.stash);
    json!([stash, stash, {
        "babe": key(validator.babe),
        "grandpa": key(validator.grandpa),
        "authority_discovery": key(validator.authority_discovery),
    }])
}

/// Those entries that are given.
fn given<const N: usize>(entries: [(&str, Option<Value>); N]) -> Value {
    let given = entries
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(Map::from_iter(given))
}

fn planck(amount: Option<Amount>) -> Option<Value> {
    amount.map(|amount| json!(amount.0))
}

impl Timing {
    fn patch(&self) -> Value {
        given([
            ("slotMillis", self.slot_millis.map(Value::from)),
            ("epochBlocks", self.epoch_blocks.map(Value::from)),
            ("sessionsPerEra", self.sessions_per_era.map(Value::from)),
            ("bondingEras", self.bonding_eras.map(Value::from)),
            ("slashDeferEras", self.slash_defer_eras.map(Value::from)),
            ("fastGovernance", self.fast_governance.map(Value::from)),
        ])
    }
}

impl Market {
    fn patch(&self) -> Value {
        let params = given([
            ("piecesPerChallenge", self.pieces_per_challenge.map(Value::from)),
            ("missesToFault", self.misses_to_fault.map(Value::from)),
            ("minTermination", self.min_termination.map(Value::from)),
            ("cleanupGrace", self.cleanup_grace.map(Value::from)),
            ("bondPerGib", planck(self.bond_per_gib)),
            ("minBond", planck(self.min_bond)),
        ]);
        given([("period", self.period.map(Value::from)), ("params", Some(params))])
    }
}

impl Staking {
    fn patch(&self, stakers: Vec<Value>) -> Value {
        json!({
            "validatorCount": self.validator_count,
            "minimumValidatorCount": self.minimum_validator_count,
            "minValidatorBond": self.min_validator_bond.0,
            "minNominatorBond": self.min_nominator_bond.0,
            "stakers": stakers,
        })
    }
}

impl Pools {
    fn patch(&self) -> Value {
        given([
            ("minJoinBond", planck(self.min_join_bond)),
            ("minCreateBond", planck(self.min_create_bond)),
        ])
    }
}
