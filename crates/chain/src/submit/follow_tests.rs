#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use super::{super::launch::Rejection, *};
use crate::BlockRef;
use blocs_primitives::AccountId;
use std::sync::Mutex;

const ACCOUNT: AccountId = AccountId::new([1; 32]);

/// A transaction of `ACCOUNT`, signed for version `spec` of the runtime; its bytes say both.
fn signed(nonce: u32, spec: u32) -> Transaction {
    let bytes = vec![u8::try_from(nonce).unwrap(), u8::try_from(spec).unwrap()];
    Transaction::new(bytes, 10, 64, Some((ACCOUNT, nonce))).for_version(spec)
}

/// What the pool says about the bytes that it watches.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pool {
    /// Takes them into the next block.
    Includes,
    /// Drops them when the next block comes.
    Drops,
    /// Keeps them and says nothing.
    IsSilent,
    /// Says that it has something with the same nonce.
    HasOther,
}

/// A chain of one account, in which every wait is a block.
struct State {
    height: BlockNumber,
    spec: u32,
    /// The account's next nonce, in the best and the finalized block.
    nonce: u32,
    /// What each block but the first has.
    blocks: Vec<Option<Vec<u8>>>,
    pool: Pool,
    sent: Vec<Vec<u8>>,
    /// What happens when a block comes.
    story: fn(&mut State),
}

struct Fake(Mutex<State>);

impl Fake {
    fn new(pool: Pool, story: fn(&mut State)) -> Self {
        Self(Mutex::new(State {
            height: 10,
            spec: 1,
            nonce: 5,
            blocks: Vec::new(),
            pool,
            sent: Vec::new(),
            story,
        }))
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn block(&self, content: Option<Vec<u8>>) {
        let mut state = self.state();
        state.height += 1;
        state.nonce += u32::from(content.is_some());
        state.blocks.push(content);
        (state.story)(&mut state);
    }

    async fn follow(&self, transaction: Transaction) -> Result<InclusionReport, FollowError> {
        let bytes = transaction.bytes.clone();
        self.state().sent.push(bytes.clone());
        Following::new(self, transaction, Some(bytes), WaitFor::InBlock)
            .end()
            .await
    }
}

#[async_trait]
impl Chain for Fake {
    type Watch = Vec<u8>;

    async fn watch(&self, watch: Vec<u8>, versions: &Versions, _: WaitFor) -> Watched {
        loop {
            let (pool, fits, gap) = {
                let state = self.state();
                (
                    state.pool,
                    u32::from(watch[1]) == state.spec,
                    u32::from(watch[0]) > state.nonce,
                )
            };
            match pool {
                Pool::Includes if fits && !gap => {
                    self.block(Some(watch));
                    let number = self.state().height;
                    let block = Hash::from_low_u64_be(number.into());
                    return Watched::Included {
                        block,
                        finalized: false,
                    };
                }
                Pool::Drops | Pool::Includes => {
                    self.block(None);
                    return Watched::Gone("the pool dropped it".into());
                }
                Pool::IsSilent | Pool::HasOther => {
                    self.block(None);
                    if self.is_void(&versions.present).await {
                        return Watched::Lost;
                    }
                }
            }
        }
    }

    async fn locate(&self, versions: &Versions, _: &mut BlockNumber) -> Result<Place, QueryError> {
        let state = self.state();
        let found = state.blocks.iter().zip(11u64..).find_map(|(content, number)| {
            versions.find(content.as_ref()?)?;
            Some(Hash::from_low_u64_be(number))
        });
        Ok(found.map_or(Place::Nowhere(state.height), Place::Finalized))
    }

    async fn report(
        &self,
        versions: &Versions,
        block: Hash,
        finalized: bool,
    ) -> Result<Option<InclusionReport>, FollowError> {
        let number = u32::try_from(block.to_low_u64_be()).unwrap();
        let content = self.state().blocks[usize::try_from(number - 11).unwrap()].clone();
        Ok(content.and_then(|bytes| {
            Some(InclusionReport {
                block: BlockRef { number, hash: block },
                finalized,
                extrinsic: versions.find(&bytes)?.hash,
                fee: 0,
                events: Vec::new(),
            })
        }))
    }

    async fn nonce(&self, _: &Transaction, _: At) -> Result<Option<u32>, QueryError> {
        Ok(Some(self.state().nonce))
    }

    async fn is_void(&self, transaction: &Transaction) -> bool {
        transaction.spec_version != Some(self.state().spec)
    }

    async fn sign_anew(&self, transaction: &Transaction) -> Result<Option<Transaction>, QueryError> {
        let (_, nonce) = transaction.sender.clone().unwrap();
        let state = self.state();
        let anew = signed(nonce, state.spec);
        Ok(Some(Transaction {
            death: state.height + 64,
            ..anew
        }))
    }

    async fn send(&self, transaction: &Transaction) -> Sent<Vec<u8>> {
        let pool = self.state().pool;
        if pool == Pool::HasOther {
            self.block(None);
            return Sent::Rejected(Rejection {
                kind: RejectionKind::Nonce,
                reason: "Priority is too low".into(),
            });
        }
        self.state().sent.push(transaction.bytes.clone());
        Sent::Watching(transaction.bytes.clone())
    }

    async fn next_block(&self) {
        self.block(None);
    }
}

/// Version 2 comes with block 12.
fn upgrade(state: &mut State) {
    if state.height == 12 {
        state.spec = 2;
        state.pool = Pool::Includes;
    }
}

#[tokio::test]
async fn what_an_upgrade_made_void_is_signed_anew_with_the_same_nonce() {
    let chain = Fake::new(Pool::IsSilent, upgrade);
    let report = chain.follow(signed(5, 1)).await.unwrap();
    assert_eq!(report.extrinsic, signed(5, 2).hash);
    assert_eq!(chain.state().sent, [vec![5, 1], vec![5, 2]]);
}

#[tokio::test]
async fn a_pool_that_still_has_the_void_one_gets_the_new_one_when_it_has_let_go() {
    let chain = Fake::new(Pool::HasOther, |state| match state.height {
        12 => state.spec = 2,
        15 => state.pool = Pool::Includes,
        _ => {}
    });
    let report = chain.follow(signed(5, 1)).await.unwrap();
    assert_eq!(report.block.number, 16);
    assert_eq!(chain.state().sent, [vec![5, 1], vec![5, 2]]);
}

#[tokio::test]
async fn the_void_one_counts_when_a_fork_without_the_upgrade_has_it() {
    let chain = Fake::new(Pool::IsSilent, |state| match state.height {
        12 => {
            state.spec = 2;
            state.pool = Pool::HasOther;
        }
        // The fork wins.
        14 => {
            state.spec = 1;
            state.nonce += 1;
            *state.blocks.last_mut().unwrap() = Some(vec![5, 1]);
        }
        _ => {}
    });
    let report = chain.follow(signed(5, 1)).await.unwrap();
    assert_eq!(report.extrinsic, signed(5, 1).hash);
    assert_eq!(report.block.number, 14);
}

#[tokio::test]
async fn what_waits_for_an_earlier_transaction_is_sent_as_often_as_the_pool_drops_it() {
    let chain = Fake::new(Pool::Includes, |state| {
        // The earlier one needs thirty blocks.
        if state.height == 40 {
            state.nonce = 6;
        }
    });
    let report = chain.follow(signed(6, 1)).await.unwrap();
    assert_eq!(report.extrinsic, signed(6, 1).hash);
    assert!(report.block.number > 40);
}

#[tokio::test]
async fn a_pool_that_drops_it_again_and_again_is_an_error_that_says_why() {
    let chain = Fake::new(Pool::Drops, |_| {});
    match chain.follow(signed(5, 1)).await {
        Err(FollowError::Refused(reason)) => assert_eq!(reason, "the pool dropped it"),
        other => panic!("{other:?}"),
    }
    assert!(chain.state().height < 20, "it gives up soon");
}

#[tokio::test]
async fn what_waits_for_an_earlier_transaction_in_vain_expires() {
    let chain = Fake::new(Pool::Drops, |_| {});
    assert!(matches!(chain.follow(signed(6, 1)).await, Err(FollowError::Expired)));
}

#[tokio::test]
async fn a_nonce_that_another_transaction_has_used_is_told() {
    let chain = Fake::new(Pool::Drops, |state| state.nonce = 6);
    assert!(matches!(chain.follow(signed(5, 1)).await, Err(FollowError::Superseded)));
}
