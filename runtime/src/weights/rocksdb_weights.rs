//! What one key of the state costs in RocksDB. Written by `tools/storage-weights` (`make weights`).
//!
//! 1000000 keys, 20000 reads; load of the machine 6.38 6.78 6.32.
//!
//! ```text
//! nanoseconds a key                               mean       p50       p75       p95       p99
//! read: no trie cache, the disk's cache dropped    131382     84555    138215    237803   1480232
//! read: no trie cache                            37065     25448     29193     83433    113498
//! read: warm trie cache                           1305      1052      1182      1402      2283
//! write: blocks of 1 keys                        86726     70965     75672     89242    135100
//! write: blocks of 10 keys                       78088     62932     66059     99899    474511
//! write: blocks of 100 keys                     147293     83827    121711    422495    913722
//! write: blocks of 1000 keys                    176502     94887    141822    598224   1385270
//! ```

use frame_support::{
    parameter_types,
    weights::{RuntimeDbWeight, constants::WEIGHT_REF_TIME_PER_NANOS},
};

parameter_types! {
    /// Reading: the median without the trie cache. Writing: the median in blocks that change 1000 keys.
    pub const RocksDbWeight: RuntimeDbWeight = RuntimeDbWeight {
        read: 25_448 * WEIGHT_REF_TIME_PER_NANOS,
        write: 94_887 * WEIGHT_REF_TIME_PER_NANOS,
    };
}
