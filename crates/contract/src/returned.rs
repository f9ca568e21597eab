//! What a contract answers.

use blocs_chain::Decoded;

/// What a contract answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Returned {
    /// The value; of a message that gives a `Result`, what is in its `Ok`.
    Value(Decoded),
    /// The error of its own that it gave: what is in the `Err` of its `Result`.
    Error(Decoded),
    /// An error of ink!'s: the contract did not understand what it was asked.
    Lang(String),
}
