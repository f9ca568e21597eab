//! Contracts on a chain: trying out, making the calls to send, what is stored, events.
//!
//! Whatever changes the chain is tried out first, by the runtime API for contracts, in the state of the best block: that says what it would
//! return, what it needs, and why it would fail. What fails there is not worth sending.

mod calls;
mod events;
mod failure;
mod gas;
mod stored;
mod trial;

pub use calls::{call, instantiate, remove_code, set_code, upload_code};
pub use events::{Emitted, emitted, emitted_in};
pub use failure::{ContractError, Refused, explained};
pub use gas::{Gas, most_gas};
pub use stored::{CodeInfo, ContractInfo, code, contract, contracts_with_code};
pub use trial::{
    Call, CodeSource, Deposit, Instantiation, Limits, Output, Trial, try_call, try_instantiate, try_upload,
};
