//! Benchmarks of the data path, the proofs and the market.
