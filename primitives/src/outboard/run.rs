//! A run of groups with the nodes that prove them, each once: what a reader asks for and checks as it arrives.
//!
//! Both sides walk the same tree in pre-order, so nothing but the bytes travels: sender and receiver derive from (size, groups)
//! alone which nodes a batch needs. This is the order of a Bao slice, with groups in the place of chunks.

use super::{Expected, GROUP_BYTES, NODE_BYTES, Subtree, groups, in_range};
use crate::Root;
use alloc::vec::Vec;
use core::{fmt, ops::Range};

/// Groups that travel together, after the nodes that are needed to check them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The groups.
    pub groups: Range<u64>,
    /// Their bytes in the slot.
    pub content: Range<u64>,
    /// The nodes, as byte offsets into the outboard, in the order in which they travel.
    pub nodes: Vec<u64>,
}

impl Batch {
    /// Bytes that its nodes take.
    pub fn node_bytes(&self) -> usize {
        self.nodes.len() * NODE_BYTES
    }

    /// Bytes that its groups take.
    pub fn content_bytes(&self) -> usize {
        usize::try_from(self.content.end - self.content.start).unwrap_or(usize::MAX)
    }
}

/// Splits a run of groups into batches.
#[derive(Clone, Debug)]
pub struct Run {
    size: u64,
    walk: Walk,
    next: u64,
    batch_groups: u64,
}

impl Run {
    /// A run over `groups` of a slot of `size` bytes, in batches of at most `batch_groups` that end at multiples of it.
    pub fn new(size: u64, run: Range<u64>, batch_groups: u64) -> Result<Self, RunError> {
        if !in_range(size) {
            return Err(RunError::SizeOutOfRange);
        }
        if run.start >= run.end || run.end > groups(size) {
            return Err(RunError::NoSuchGroups);
        }
        let next = run.start;
        Ok(Self {
            size,
            walk: Walk {
                stack: Vec::from([Subtree::whole(size)]),
                run,
            },
            next,
            batch_groups: batch_groups.max(1),
        })
    }
}

impl Iterator for Run {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        let first = self.next;
        if first >= self.walk.run.end {
            return None;
        }
        let border = (first / self.batch_groups)
            .saturating_add(1)
            .saturating_mul(self.batch_groups);
        let end = border.min(self.walk.run.end);
        let mut nodes = Vec::new();
        while self.next < end {
            match self.walk.next()? {
                Step::Node { offset, .. } => nodes.push(offset),
                Step::Group { group } => self.next = group + 1,
            }
        }
        Some(Batch {
            groups: first..end,
            content: first * GROUP_BYTES..self.size.min(end * GROUP_BYTES),
            nodes,
        })
    }
}

/// Checks a run as it arrives, batch by batch.
#[derive(Clone, Debug)]
pub struct RunVerifier {
    size: u64,
    walk: Walk,
    /// What the subtrees on the walk's stack must hash to.
    expected: Vec<Expected>,
    failed: bool,
}

impl RunVerifier {
    /// A verifier of `run` of the slot of `size` bytes whose BLAKE3 hash is `root`.
    pub fn new(root: &Root, size: u64, run: Range<u64>) -> Result<Self, RunError> {
        let Run { walk, .. } = Run::new(size, run, 1)?;
        Ok(Self {
            size,
            walk,
            expected: Vec::from([Expected::Root(root.0)]),
            failed: false,
        })
    }

    /// Checks the next batch: `nodes` in order, `content` of its groups. Batches must come in order, as [`Run`] gives them.
    ///
    /// After an error it accepts nothing more.
    pub fn accept(&mut self, nodes: &[u8], content: &[u8]) -> Result<(), RunError> {
        if self.failed {
            return Err(RunError::WrongLength);
        }
        let outcome = self.check(nodes, content);
        self.failed = outcome.is_err();
        outcome
    }

    /// Whether the whole run has been accepted.
    pub fn is_complete(&self) -> bool {
        !self.failed && self.walk.stack.is_empty()
    }

    fn check(&mut self, mut nodes: &[u8], mut content: &[u8]) -> Result<(), RunError> {
        while !content.is_empty() {
            let step = self.walk.next().ok_or(RunError::WrongLength)?;
            let expected = self.expected.pop().ok_or(RunError::WrongLength)?;
            match step {
                Step::Node { offset, left, right } => {
                    let (node, rest) = nodes.split_first_chunk::<NODE_BYTES>().ok_or(RunError::WrongLength)?;
                    nodes = rest;
                    let (left_cv, right_cv) = expected.open(node).ok_or(RunError::WrongNode { offset })?;
                    if right {
                        self.expected.push(Expected::Inner(right_cv));
                    }
                    if left {
                        self.expected.push(Expected::Inner(left_cv));
                    }
                }
                Step::Group { group } => {
                    let start = group * GROUP_BYTES;
                    let length =
                        usize::try_from((self.size - start).min(GROUP_BYTES)).map_err(|_| RunError::WrongLength)?;
                    let (bytes, rest) = content.split_at_checked(length).ok_or(RunError::WrongLength)?;
                    content = rest;
                    if !expected.is_group(start, bytes) {
                        return Err(RunError::WrongGroup { group });
                    }
                }
            }
        }
        if nodes.is_empty() {
            Ok(())
        } else {
            Err(RunError::WrongLength)
        }
    }
}

/// Why a run cannot be sent, or is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunError {
    /// No slot has this size.
    SizeOutOfRange,
    /// The slot does not have these groups, or there are none.
    NoSuchGroups,
    /// More or fewer bytes than the run has.
    WrongLength,
    /// A node does not hash to what its parent says.
    WrongNode {
        /// Its place in the outboard, in bytes.
        offset: u64,
    },
    /// A group does not hash to what its parent says.
    WrongGroup {
        /// The group.
        group: u64,
    },
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SizeOutOfRange => f.write_str("no slot has this size"),
            Self::NoSuchGroups => f.write_str("the slot does not have these bytes"),
            Self::WrongLength => f.write_str("more or fewer bytes than were asked for"),
            Self::WrongNode { offset } => write!(f, "the hash tree is wrong at byte {offset} of the outboard"),
            Self::WrongGroup { group } => write!(f, "group {group} is not what was committed to"),
        }
    }
}

impl core::error::Error for RunError {}

/// What comes next on the walk.
enum Step {
    /// A node; and which of its children the run reaches.
    Node { offset: u64, left: bool, right: bool },
    /// A group.
    Group { group: u64 },
}

/// Walks the part of a tree that a run reaches, in pre-order.
#[derive(Clone, Debug)]
struct Walk {
    stack: Vec<Subtree>,
    run: Range<u64>,
}

impl Walk {
    fn reaches(&self, subtree: &Subtree) -> bool {
        let covered = subtree.covers();
        covered.start < self.run.end && self.run.start < covered.end
    }
}

impl Iterator for Walk {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let subtree = self.stack.pop()?;
        let Some((left, right)) = subtree.children() else {
            return Some(Step::Group { group: subtree.first });
        };
        let (reaches_left, reaches_right) = (self.reaches(&left), self.reaches(&right));
        if reaches_right {
            self.stack.push(right);
        }
        if reaches_left {
            self.stack.push(left);
        }
        Some(Step::Node {
            offset: subtree.node_offset(),
            left: reaches_left,
            right: reaches_right,
        })
    }
}
