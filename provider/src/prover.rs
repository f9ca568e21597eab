//! Answers challenges: watches best blocks, reads pieces, submits the proof early, and again when a fork changes the challenge.

use crate::{
    blocks::Blocks,
    follower::blocking,
    shared::{Shared, Submission},
    worker::{Worker, WorkerError, WorkerState},
};
use async_trait::async_trait;
use blocs_chain::{At, BlockRef, ProveCall, ProveError, Sr25519Signer, WaitFor};
use blocs_primitives::{
    AccountId, Answer, BlockNumber, Challenge, Concession, Hash, PieceChallenge, SlotId, proof::PieceProof,
};
use blocs_store::{ReadError, ShardStore, SlotName, SlotState};
use std::{collections::BTreeMap, sync::Arc};
use tokio::task::JoinHandle;
use tracing::{debug, error, info, warn};

/// Blocks after which a proof that is still asked for is sent again.
const RESUBMIT_AFTER: BlockNumber = 6;
/// Times that unreadable bytes are read before they count as gone.
const READS: usize = 3;

/// The worker that answers challenges.
pub struct Prover {
    shared: Shared,
    blocks: Blocks,
    next: Option<BlockRef>,
    sent: Option<Sent>,
    /// Challenge for which no proof was made, and when: it is looked at again some blocks later.
    withheld: Option<(Challenge, BlockNumber)>,
}

struct Sent {
    challenge: Challenge,
    at: BlockNumber,
    watch: JoinHandle<Result<BlockNumber, ProveError>>,
}

impl Prover {
    /// Watches best blocks from now on.
    pub fn new(shared: Shared) -> Self {
        let blocks = Blocks::new(shared.clone(), shared.chain.best_blocks(), "best");
        Self {
            shared,
            blocks,
            next: None,
            sent: None,
            withheld: None,
        }
    }

    async fn step(&mut self, best: BlockRef) -> Result<(), WorkerError> {
        let us = self.shared.provider();
        let challenge = self
            .shared
            .chain
            .challenge(&us, At::Best)
            .await
            .map_err(WorkerError::new)?;
        self.settle(challenge.as_ref(), best.number).await;
        let Some(challenge) = challenge else { return Ok(()) };
        if self.sent.as_ref().is_some_and(|sent| sent.challenge == challenge) {
            return Ok(());
        }
        let lately = |at: BlockNumber| best.number < at.saturating_add(RESUBMIT_AFTER);
        if self
            .withheld
            .as_ref()
            .is_some_and(|(withheld, at)| *withheld == challenge && lately(*at))
        {
            return Ok(());
        }
        let (store, operator) = (Arc::clone(&self.shared.store), self.shared.operator.clone());
        let (asked, genesis, concede) = (
            challenge.clone(),
            self.shared.chain.genesis_hash(),
            self.shared.config.proofs.concede,
        );
        let account = us.clone();
        let made = blocking(move || make(store.as_ref(), &operator, genesis, account, &asked, concede)).await?;
        let mut line = Submission {
            period: challenge.period,
            made_at: best.number,
            pieces: challenge.pieces.len(),
            conceded: Vec::new(),
            state: "submitted",
            reason: None,
        };
        let proof = match made {
            Ok(proof) => proof,
            Err(withheld) => {
                error!(period = challenge.period, reason = %withheld, "no proof is made: this period will be missed");
                self.shared.metrics.proofs.with_label_values(&["withheld"]).inc();
                self.shared
                    .alert("all_slots_gone", matches!(withheld, Withheld::AllGone { .. }));
                line.state = "withheld";
                line.reason = Some(withheld.to_string());
                self.shared.view.note(line);
                self.withheld = Some((challenge, best.number));
                return Ok(());
            }
        };
        self.shared.alert("all_slots_gone", false);
        for (slot, reason) in &proof.conceded {
            error!(slot = %SlotName(*slot), reason, "conceding a slot: its bytes are gone");
            self.shared.metrics.damaged.with_label_values(&["proof"]).inc();
            self.shared.metrics.conceded.inc();
            line.conceded.push(SlotName(*slot).to_string());
        }
        debug!(
            period = challenge.period,
            pieces = line.pieces,
            at = best.number,
            "submitting a proof"
        );
        self.shared.metrics.proofs.with_label_values(&["submitted"]).inc();
        self.shared.view.note(line);
        let chain = Arc::clone(&self.shared.chain);
        let call = proof.call;
        let watch = tokio::spawn(async move {
            chain
                .submit_prove(call, WaitFor::Finalized)
                .await
                .map(|report| report.block.number)
        });
        self.sent = Some(Sent {
            challenge,
            at: best.number,
            watch,
        });
        Ok(())
    }

    /// Looks after the proof on its way: takes its result, or gives it up when the chain asks for something else or asks again.
    async fn settle(&mut self, open: Option<&Challenge>, best: BlockNumber) {
        let Some(sent) = self.sent.as_mut() else { return };
        let (state, reason) = if sent.watch.is_finished() {
            match (&mut sent.watch).await {
                Ok(Ok(block)) => {
                    info!(period = sent.challenge.period, block, "a proof is final");
                    ("finalized", None)
                }
                Ok(Err(error)) => ("failed", Some(error.to_string())),
                Err(error) => ("failed", Some(error.to_string())),
            }
        } else if open.is_some_and(|open| open.period >= sent.challenge.period && *open != sent.challenge) {
            (
                "replaced",
                Some("a fork or the next period changed the challenge".to_owned()),
            )
        } else if open == Some(&sent.challenge) && best >= sent.at.saturating_add(RESUBMIT_AFTER) {
            (
                "failed",
                Some(format!("not included within {RESUBMIT_AFTER} blocks, sending it again")),
            )
        } else {
            return;
        };
        if let Some(reason) = &reason {
            warn!(period = sent.challenge.period, reason, "a proof did not get through");
        }
        self.shared.metrics.proofs.with_label_values(&[state]).inc();
        let mut lines = self.shared.view.submissions.write();
        if let Some(line) = lines.iter_mut().find(|line| line.period == sent.challenge.period) {
            line.state = state;
            line.reason = reason;
        }
        drop(lines);
        sent.watch.abort();
        self.sent = None;
    }
}

impl Drop for Prover {
    fn drop(&mut self) {
        if let Some(sent) = &self.sent {
            sent.watch.abort();
        }
    }
}

/// A proof ready to be sent.
#[derive(Debug)]
pub struct Proof {
    /// The call.
    pub call: ProveCall,
    /// Slots conceded in it, and why.
    pub conceded: BTreeMap<SlotId, String>,
}

/// Why no proof is made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Withheld {
    /// Everything is missing: that looks like a disk that is not mounted.
    #[error(
        "the files of all {slots} slots are missing; that looks like a disk that is not mounted, so nothing is conceded. Mount it and restart. \
         If the slots are really lost, use declare_lost for each"
    )]
    AllGone {
        /// Slots that should be there.
        slots: usize,
    },
    /// Conceding is switched off.
    #[error("slot {slot} is damaged ({reason}) and `proofs.concede` is off")]
    NotAllowed {
        /// The slot.
        slot: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Makes the proof for a challenge. Blocks on the disk.
pub fn make(
    store: &dyn ShardStore,
    operator: &Sr25519Signer,
    genesis: Hash,
    provider: AccountId,
    challenge: &Challenge,
    concede: bool,
) -> Result<Proof, Withheld> {
    let mut conceded: BTreeMap<SlotId, String> = BTreeMap::new();
    let mut answers = Vec::with_capacity(challenge.pieces.len());
    for piece in &challenge.pieces {
        if conceded.contains_key(&piece.slot) {
            answers.push(Answer::Conceded);
            continue;
        }
        match read(store, piece) {
            Ok(proof) => answers.push(Answer::Piece(proof)),
            Err(reason) => {
                conceded.insert(piece.slot, reason);
                answers.push(Answer::Conceded);
            }
        }
    }
    // A slot found damaged at a later piece is conceded at its earlier ones as well.
    for (piece, answer) in challenge.pieces.iter().zip(&mut answers) {
        if conceded.contains_key(&piece.slot) {
            *answer = Answer::Conceded;
        }
    }
    if !conceded.is_empty() {
        guard(store, &conceded, concede)?;
    }
    let named = challenge
        .pieces
        .iter()
        .map(|piece| piece.slot)
        .filter(|slot| conceded.contains_key(slot));
    let slots: Vec<SlotId> = named.collect();
    let concession = (!slots.is_empty()).then(|| {
        let concession = Concession {
            genesis,
            provider: provider.clone(),
            period: challenge.period,
            slots,
        };
        operator.sign(&concession.signing_payload())
    });
    Ok(Proof {
        call: ProveCall {
            provider,
            period: challenge.period,
            answers,
            concession,
        },
        conceded,
    })
}

/// Refuses to concede when it is switched off, or when everything is missing.
fn guard(store: &dyn ShardStore, conceded: &BTreeMap<SlotId, String>, concede: bool) -> Result<(), Withheld> {
    if !concede && let Some((slot, reason)) = conceded.first_key_value() {
        return Err(Withheld::NotAllowed {
            slot: SlotName(*slot).to_string(),
            reason: reason.clone(),
        });
    }
    let mut should_be_there: Vec<SlotId> = conceded.keys().copied().collect();
    let live = store
        .slots()
        .into_iter()
        .filter(|(_, record)| matches!(record.state, SlotState::Live { .. }));
    should_be_there.extend(live.map(|(slot, _)| slot).filter(|slot| !conceded.contains_key(slot)));
    // One slot whose files are there, even with wrong bytes, shows that the disk is mounted.
    let mounted = should_be_there.iter().any(|slot| {
        !matches!(
            store.open(*slot),
            Err(ReadError::Missing { .. } | ReadError::NotHeld { .. } | ReadError::Io { .. })
        )
    });
    if mounted {
        Ok(())
    } else {
        Err(Withheld::AllGone {
            slots: should_be_there.len(),
        })
    }
}

/// Reads a piece; an error says why the slot counts as gone, after it was read again.
fn read(store: &dyn ShardStore, piece: &PieceChallenge) -> Result<PieceProof, String> {
    let mut reason = String::new();
    for _ in 0..READS {
        let read = store.open(piece.slot).and_then(|reader| {
            if reader.root() != piece.root || reader.size() != piece.size {
                let what = "the slot held under this name".to_owned();
                return Err(ReadError::Corrupt {
                    slot: SlotName(piece.slot),
                    root: piece.root,
                    what,
                });
            }
            reader.prove(piece.piece)
        });
        match read {
            Ok(proof) => return Ok(proof),
            Err(error) => reason = error.to_string(),
        }
    }
    Err(reason)
}

#[async_trait]
impl Worker for Prover {
    fn name(&self) -> &'static str {
        "prover"
    }

    async fn work(&mut self) -> Result<WorkerState, WorkerError> {
        let Some(best) = self.next.take() else {
            return Ok(WorkerState::Idle);
        };
        self.shared
            .metrics
            .heights
            .with_label_values(&["best"])
            .set(best.number.into());
        self.shared.view.best.send_replace(Some(best));
        self.step(best).await?;
        Ok(WorkerState::Idle)
    }

    async fn wait_for_work(&mut self) {
        self.next = Some(self.blocks.next().await);
    }
}

#[cfg(test)]
#[path = "prover_tests.rs"]
mod tests;
