//! The network test: what the chain does as a network of real processes.

pub mod block;
pub mod clock;
pub mod deals;
pub mod equivocation;
pub mod faketime;
pub mod figures;
pub mod fleet;
pub mod kills;
pub mod machine;
pub mod namespaces;
pub mod observer;
pub mod outage;
pub mod partition;
pub mod processes;
pub mod quartet;
pub mod report;
pub mod run;
pub mod soak;
pub mod spec;
pub mod summary;
pub mod sync;
pub mod transfers;
pub mod validators;
pub mod watch;
