//! Background work: one trait for all long-running jobs.

use async_trait::async_trait;
use std::time::Duration;
use tokio::sync::watch;
use tracing::{debug, info, warn};

/// What a worker wants after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkerState {
    /// There is more to do at once.
    Busy,
    /// Nothing to do until [`Worker::wait_for_work`] returns.
    Idle,
    /// A pause, so that this work does not slow down other work.
    Throttled(Duration),
    /// Nothing to do ever again.
    Done,
}

/// Why a step failed. It is logged and counted; the worker runs again after a pause.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct WorkerError(pub String);

impl WorkerError {
    /// Wraps any error by its message.
    pub fn new(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// A long-running job, done in steps.
#[async_trait]
pub trait Worker: Send + 'static {
    /// Its name in logs and metrics.
    fn name(&self) -> &'static str;

    /// One step. It runs to its end, also when the daemon stops, but for [`STOP_GRACE`] at most: then it is dropped at
    /// whatever await it is at. So nothing may rest on what comes after an await; what must be kept is in the store.
    async fn work(&mut self) -> Result<WorkerState, WorkerError>;

    /// Waits until there may be work. Cancelled at any time: it must lose nothing when dropped.
    async fn wait_for_work(&mut self);
}

/// How long a step may go on when the daemon stops.
pub const STOP_GRACE: Duration = Duration::from_secs(5);
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Runs a worker until it is done or `stop` turns true. `failed` is called for each step that failed.
pub async fn run(mut worker: Box<dyn Worker>, mut stop: watch::Receiver<bool>, failed: impl Fn(&'static str) + Send) {
    let name = worker.name();
    let mut pause = FIRST_PAUSE;
    let mut failing: Option<String> = None;
    debug!(worker = name, "started");
    while !*stop.borrow_and_update() {
        let step = tokio::select! {
            step = worker.work() => step,
            () = grace_after(stop.clone()) => {
                info!(worker = name, "a step did not end in time and is dropped");
                return;
            }
        };
        let state = match step {
            Ok(state) => {
                if failing.take().is_some() {
                    info!(worker = name, "works again");
                }
                pause = FIRST_PAUSE;
                state
            }
            Err(error) => {
                // The same failure again and again is one event.
                let message = error.to_string();
                if failing.as_ref() == Some(&message) {
                    debug!(worker = name, error = message, "a step failed again");
                } else {
                    warn!(worker = name, error = message, "a step failed, trying again");
                }
                failing = Some(message);
                failed(name);
                let now = pause;
                pause = (pause * 2).min(LONGEST_PAUSE);
                WorkerState::Throttled(now)
            }
        };
        match state {
            WorkerState::Busy => {}
            WorkerState::Idle => tokio::select! {
                () = worker.wait_for_work() => {}
                () = until_true(&mut stop) => {}
            },
            WorkerState::Throttled(time) => tokio::select! {
                () = tokio::time::sleep(time) => {}
                () = until_true(&mut stop) => {}
            },
            WorkerState::Done => break,
        }
    }
    debug!(worker = name, "ended");
}

/// Waits until the flag is true, or its sender is gone: then the daemon is gone as well.
pub(crate) async fn until_true(stop: &mut watch::Receiver<bool>) {
    let _flag = stop.wait_for(|stop| *stop).await;
}

async fn grace_after(mut stop: watch::Receiver<bool>) {
    until_true(&mut stop).await;
    tokio::time::sleep(STOP_GRACE).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    struct Counter(Arc<AtomicU32>);

    #[async_trait]
    impl Worker for Counter {
        fn name(&self) -> &'static str {
            "counter"
        }

        async fn work(&mut self) -> Result<WorkerState, WorkerError> {
            match self.0.fetch_add(1, Ordering::SeqCst) {
                0 => Ok(WorkerState::Busy),
                1 => Err(WorkerError::new("once")),
                2 => Ok(WorkerState::Throttled(Duration::from_millis(1))),
                _ => Ok(WorkerState::Idle),
            }
        }

        async fn wait_for_work(&mut self) {
            std::future::pending().await
        }
    }

    #[tokio::test]
    async fn a_worker_goes_on_after_a_failure_and_ends_when_told_to() {
        let steps = Arc::new(AtomicU32::new(0));
        let (stop, stopping) = watch::channel(false);
        let failures = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&failures);
        let failed = move |_: &'static str| {
            counted.fetch_add(1, Ordering::SeqCst);
        };
        let task = tokio::spawn(run(Box::new(Counter(Arc::clone(&steps))), stopping, failed));
        while steps.load(Ordering::SeqCst) < 4 {
            tokio::task::yield_now().await;
        }
        stop.send_replace(true);
        task.await.expect("the worker ends");
        assert_eq!(failures.load(Ordering::SeqCst), 1);
    }
}
