//! A little chain made of keys: blocks, changes of authorities, votes, states.

use blocs_light::{
    Bundle, FORMAT, Fragment, Header, Justification, Question, Start, Trust, VERSION, WarpProof, key, prove,
};
use blocs_primitives::Hash;
use codec::{Compact, Encode};
use finality_grandpa::{Commit, Message, Precommit, SignedPrecommit};
use sp_consensus_grandpa::{AuthorityId, AuthorityList, ConsensusLog, GRANDPA_ENGINE_ID, ScheduledChange};
use sp_core::{Bytes, Pair as _, crypto::AccountId32, ed25519::Pair};
use sp_runtime::{Digest, DigestItem, traits::Header as _};
use std::collections::BTreeMap;

pub(crate) type State = BTreeMap<Vec<u8>, Vec<u8>>;

/// Blocks that change the authorities, and the last block.
pub(crate) const CHANGES: [u32; 2] = [4, 8];
pub(crate) const TIP: u32 = 12;

pub(crate) fn pair(name: &str) -> Pair {
    Pair::from_string(&format!("//{name}"), None).unwrap()
}

pub(crate) fn authorities(names: &[&str]) -> AuthorityList {
    names
        .iter()
        .map(|name| (AuthorityId::from(pair(name).public()), 1))
        .collect()
}

/// Digest item that schedules these authorities.
pub(crate) fn change(names: &[&str], delay: u32) -> DigestItem {
    let next_authorities = authorities(names);
    log(ConsensusLog::ScheduledChange(ScheduledChange {
        next_authorities,
        delay,
    }))
}

pub(crate) fn log(log: ConsensusLog<u32>) -> DigestItem {
    DigestItem::Consensus(GRANDPA_ENGINE_ID, log.encode())
}

/// A precommit, signed by `name` for this set.
pub(crate) fn vote(
    name: &str,
    (hash, number): (Hash, u32),
    round: u64,
    set_id: u64,
) -> SignedPrecommit<Hash, u32, sp_consensus_grandpa::AuthoritySignature, AuthorityId> {
    let precommit = Precommit::new(hash, number);
    let message = Message::Precommit(precommit.clone());
    let signed = sp_consensus_grandpa::localized_payload(round, set_id, &message);
    let pair = pair(name);
    SignedPrecommit {
        precommit,
        signature: pair.sign(&signed).into(),
        id: pair.public().into(),
    }
}

/// Votes of `names` for exactly this block.
pub(crate) fn justify(header: &Header, set_id: u64, names: &[&str]) -> Justification {
    let target = (header.hash(), *header.number());
    Justification {
        round: 7,
        commit: Commit {
            target_hash: target.0,
            target_number: target.1,
            precommits: names.iter().map(|name| vote(name, target, 7, set_id)).collect(),
        },
        votes_ancestries: Vec::new(),
    }
}

pub(crate) struct Chain {
    /// By height.
    pub(crate) headers: Vec<Header>,
    /// State of the first block.
    pub(crate) first: State,
    /// State of all others.
    pub(crate) state: State,
    /// Names of the authorities by number of the set.
    pub(crate) sets: [Vec<&'static str>; 3],
}

pub(crate) const OWNER: AccountId32 = AccountId32::new([7; 32]);
pub(crate) const DEAL: Hash = Hash::repeat_byte(9);

impl Chain {
    pub(crate) fn new() -> Self {
        Self::with_state(|_| {})
    }

    /// The chain whose later blocks have a state that differs.
    pub(crate) fn with_state(alter: impl Fn(&mut State)) -> Self {
        let sets = [
            vec!["A", "B", "C", "D"],
            vec!["A", "B", "C", "E"],
            vec!["E", "F", "G", "H"],
        ];
        let mut first = State::new();
        first.insert(key("Grandpa", "Authorities"), authorities(&sets[0]).encode());
        for number in 0..50u8 {
            first.insert(vec![number; 40], vec![number; 50]);
        }
        let mut state = first.clone();
        state.insert(
            key("System", "LastRuntimeUpgrade"),
            (Compact(3u32), "blocs".to_owned()).encode(),
        );
        state.insert(key("Timestamp", "Now"), 1_800_000_000_000u64.encode());
        for account in 0..60u8 {
            let question = Question::Account(AccountId32::new([account; 32]));
            let balances = (u128::from(account) * 1000, 5u128, 3u128, 1u128 << 127);
            state.insert(
                question.key(),
                (u32::from(account), 1u32, 2u32, 0u32, balances).encode(),
            );
        }
        let deal = (
            OWNER,
            Hash::repeat_byte(1),
            4u16,
            6u16,
            10u32,
            20u32,
            6u16,
            77u128,
            0u128,
            vec![1u8, 2],
        );
        state.insert(Question::Deal(DEAL).key(), deal.encode());
        for index in 0..6u16 {
            let provider = AccountId32::new([u8::try_from(index).unwrap(); 32]);
            let slot = (provider, [5u8; 32], 1_000_000u64, 33u128, 10u32, 20u32, 2u32, 0u8);
            state.insert(Question::Slot { deal: DEAL, index }.key(), slot.encode());
        }
        alter(&mut state);

        let roots = [prove(&first, &[]).unwrap().0, prove(&state, &[]).unwrap().0];
        let mut headers: Vec<Header> = Vec::new();
        for number in 0..=TIP {
            let parent = headers.last().map(Header::hash).unwrap_or_default();
            let set = CHANGES.iter().position(|height| *height == number);
            let logs = set.map(|set| vec![change(&sets[set + 1], 0)]).unwrap_or_default();
            let root = roots[usize::from(number > 0)];
            headers.push(Header::new(number, Hash::zero(), root, parent, Digest { logs }));
        }
        Self {
            headers,
            first,
            state,
            sets,
        }
    }

    pub(crate) fn genesis(&self) -> Hash {
        self.headers[0].hash()
    }

    pub(crate) fn trust(&self) -> Trust {
        Trust::Genesis(self.genesis())
    }

    pub(crate) fn at(&self, number: u32) -> &Header {
        &self.headers[usize::try_from(number).unwrap()]
    }

    /// The step at this block, voted by three of the four authorities.
    pub(crate) fn fragment(&self, number: u32) -> Fragment {
        let set = CHANGES.iter().filter(|change| **change < number).count();
        let header = self.at(number).clone();
        Fragment {
            justification: justify(&header, set as u64, &self.sets[set][..3]),
            header,
        }
    }

    pub(crate) fn warp(&self) -> WarpProof {
        WarpProof {
            fragments: vec![self.fragment(4), self.fragment(8), self.fragment(TIP)],
            is_finished: true,
        }
    }

    pub(crate) fn start(&self) -> Start {
        let (_, nodes) = prove(&self.first, &[key("Grandpa", "Authorities")]).unwrap();
        Start::Genesis {
            header: Bytes(self.headers[0].encode()),
            authorities: nodes.into_iter().map(Bytes).collect(),
        }
    }

    /// The whole proof, of the state two blocks below the tip.
    pub(crate) fn bundle(&self, question: Question) -> Bundle {
        let (_, nodes) = prove(&self.state, &question.keys()).unwrap();
        Bundle {
            format: FORMAT.into(),
            version: VERSION,
            question,
            start: self.start(),
            warp: Bytes(self.warp().encode()),
            headers: [TIP, TIP - 1, TIP - 2]
                .map(|number| Bytes(self.at(number).encode()))
                .to_vec(),
            state: nodes.into_iter().map(Bytes).collect(),
        }
    }
}
