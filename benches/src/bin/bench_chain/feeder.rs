//! Submitting: a few connections, a bounded number of calls in flight on each.

use crate::{
    progress::Progress,
    socket::{self, Answer, Receiver, Sender},
    transfers::Transfers,
};
use anyhow::{Context, Result};
use std::{
    collections::VecDeque,
    fmt::Write as _,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, sleep, sleep_until},
};

/// The node's word for a full pool: "immediately dropped".
const POOL_FULL: i64 = 1016;

/// How long a full pool is left alone.
const PATIENCE: Duration = Duration::from_millis(250);

/// How to submit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feed {
    /// Connections, spread over the nodes.
    pub(crate) connections: usize,
    /// Calls that may be unanswered on each.
    pub(crate) in_flight: usize,
    /// Calls in one message.
    pub(crate) batch: usize,
    /// Transfers a second; as many as find room when `None`.
    pub(crate) rate: Option<u32>,
}

/// Everything that the connections share.
struct Work {
    feed: Feed,
    transfers: Arc<Transfers>,
    progress: Arc<Progress>,
    next: AtomicUsize,
    again: Mutex<VecDeque<usize>>,
    started: Instant,
}

/// Submits the transfers to the nodes on these ports until they are used up, or for ever when it is dropped before.
pub(crate) async fn feed(ports: &[u16], feed: Feed, transfers: Arc<Transfers>, progress: Arc<Progress>) -> Result<()> {
    let work = Arc::new(Work {
        feed,
        transfers,
        progress,
        next: AtomicUsize::new(0),
        again: Mutex::default(),
        started: Instant::now(),
    });
    let mut tasks = JoinSet::new();
    for port in ports.iter().cycle().take(feed.connections.max(1)) {
        let (sender, receiver) = socket::connect(*port).await?;
        let window = Arc::new(Semaphore::new(feed.in_flight));
        tasks.spawn(receive(receiver, work.clone(), window.clone()));
        tasks.spawn(send(sender, work.clone(), window));
    }
    while let Some(ended) = tasks.join_next().await {
        ended.context("a connection's task failed")??;
    }
    Ok(())
}

async fn send(mut sender: Sender, work: Arc<Work>, window: Arc<Semaphore>) -> Result<()> {
    let batch = u32::try_from(work.feed.batch.max(1))?;
    loop {
        let mut chosen = Vec::with_capacity(work.feed.batch);
        // A batch goes out when it is full, or when there is no room for more.
        while chosen.len() < work.feed.batch {
            let Some(index) = work.choose(chosen.is_empty()).await else {
                break;
            };
            chosen.push(index);
        }
        if chosen.is_empty() {
            sender.close().await.ok();
            return Ok(());
        }
        let calls = u32::try_from(chosen.len()).unwrap_or(batch);
        window.acquire_many(calls).await?.forget();
        let message = work.message(&chosen);
        for index in &chosen {
            work.progress.submit(*index);
        }
        sender
            .send_text(message)
            .await
            .context("the node closed a connection")?;
        sender.flush().await?;
    }
}

async fn receive(mut receiver: Receiver, work: Arc<Work>, window: Arc<Semaphore>) -> Result<()> {
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match receiver.receive_data(&mut buffer).await {
            Ok(_) => {}
            Err(soketto::connection::Error::Closed) => return Ok(()),
            Err(error) => return Err(error).context("a connection to the node broke"),
        }
        let answers: Vec<Answer> = if buffer.first() == Some(&b'[') {
            serde_json::from_slice(&buffer)
        } else {
            serde_json::from_slice(&buffer).map(|answer| vec![answer])
        }
        .context("an answer to a submission is not JSON-RPC")?;
        window.add_permits(answers.len());
        for answer in answers {
            work.take(answer)?;
        }
    }
}

impl Work {
    /// The next transfer to submit, when there is room. Waits for it only if `wait`.
    async fn choose(&self, wait: bool) -> Option<usize> {
        if let Some(index) = self.again.lock().unwrap_or_else(PoisonError::into_inner).pop_front() {
            return Some(index);
        }
        match self.feed.rate {
            Some(rate) => {
                let index = self.next.fetch_add(1, Ordering::Relaxed);
                let due = Duration::from_secs_f64(index as f64 / f64::from(rate.max(1)));
                sleep_until(self.started + due).await;
                (index < self.transfers.len()).then_some(index)
            }
            None => {
                if wait {
                    self.progress.room.acquire().await.ok()?.forget();
                } else {
                    self.progress.room.try_acquire().ok()?.forget();
                }
                let index = self.next.fetch_add(1, Ordering::Relaxed);
                (index < self.transfers.len()).then_some(index)
            }
        }
    }

    fn message(&self, chosen: &[usize]) -> String {
        let mut message = String::with_capacity(chosen.len() * 400);
        let many = chosen.len() > 1;
        for (place, index) in chosen.iter().enumerate() {
            message.push(match (many, place) {
                (true, 0) => '[',
                (true, _) => ',',
                (false, _) => ' ',
            });
            let text = self.transfers.text(*index).unwrap_or_default();
            // Writing to a string cannot fail.
            write!(
                message,
                r#"{{"jsonrpc":"2.0","id":{index},"method":"author_submitExtrinsic","params":["{text}"]}}"#
            )
            .ok();
        }
        if many {
            message.push(']');
        }
        message
    }

    fn take(self: &Arc<Self>, answer: Answer) -> Result<()> {
        let Some(failure) = answer.error else { return Ok(()) };
        let index = usize::try_from(answer.id.with_context(|| {
            format!(
                "the node refused a message as a whole: {} {}",
                failure.code, failure.message
            )
        })?)?;
        if failure.code == POOL_FULL {
            self.progress.pool_full.fetch_add(1, Ordering::Relaxed);
            let work = self.clone();
            tokio::spawn(async move {
                sleep(PATIENCE).await;
                work.again
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push_back(index);
            });
        } else {
            let before = self.progress.refused.fetch_add(1, Ordering::Relaxed);
            if before == 0 {
                eprintln!("transfer {index} was refused: {} {}", failure.code, failure.message);
            }
            self.progress.room.add_permits(1);
        }
        Ok(())
    }
}
