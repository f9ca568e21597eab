//! What was compiled, by the code's hash and the engine's configuration.

use anyhow::Result;
use foldhash::HashMap;
use std::{
    collections::{VecDeque, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::{Arc, Mutex, PoisonError},
};
use wasmtime::Engine;

/// Modules kept. A compiled contract takes some hundred kilobytes.
const KEPT: usize = 256;

/// A module's code, and everything of the engine that decides what it compiles to: version, machine, settings.
type Key = ([u8; 32], u64);

struct Kept<T> {
    modules: HashMap<Key, Arc<T>>,
    oldest_first: VecDeque<Key>,
}

/// The last [`KEPT`] modules. What it holds decides how long a call takes, never what it does.
pub(super) struct Cache<T> {
    engine: u64,
    kept: Mutex<Kept<T>>,
}

impl<T> Cache<T> {
    pub(super) fn new(engine: &Engine) -> Self {
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let kept = Kept {
            modules: HashMap::default(),
            oldest_first: VecDeque::new(),
        };
        Self {
            engine: hasher.finish(),
            kept: Mutex::new(kept),
        }
    }

    /// The module of this code, compiled by `compile` if it is not here. Two callers may compile the same one at the same time.
    pub(super) fn get_or_insert(&self, code_hash: [u8; 32], compile: impl FnOnce() -> Result<T>) -> Result<Arc<T>> {
        let key = (code_hash, self.engine);
        let lock = || self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(module) = lock().modules.get(&key) {
            return Ok(module.clone());
        }
        let module = Arc::new(compile()?);
        let mut kept = lock();
        if kept.modules.insert(key, module.clone()).is_none() {
            kept.oldest_first.push_back(key);
        }
        if kept.oldest_first.len() > KEPT
            && let Some(oldest) = kept.oldest_first.pop_front()
        {
            kept.modules.remove(&oldest);
        }
        Ok(module)
    }
}
