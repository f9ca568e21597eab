//! Waiting for a condition.

use anyhow::{Result, bail};
use std::{
    future::Future,
    time::{Duration, Instant},
};

/// Time between two looks at a condition.
const PAUSE: Duration = Duration::from_millis(200);

/// Looks until `poll` gives a value, and fails after `limit` with what was waited for. An error of `poll` ends the wait.
pub async fn until<T, F>(what: &str, limit: Duration, mut poll: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<Option<T>>>,
{
    let started = Instant::now();
    loop {
        if let Some(value) = poll().await? {
            return Ok(value);
        }
        if started.elapsed() > limit {
            bail!("waited {} s in vain until {what}", limit.as_secs());
        }
        tokio::time::sleep(PAUSE).await;
    }
}
