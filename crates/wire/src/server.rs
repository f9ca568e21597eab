//! Answers the protocol from a service.

use crate::{
    CHUNK_BYTES, MAX_DATA_BYTES, MAX_OFFER_AGE_SECS, MAX_SLOTS_ASKED, Refusal, RefusalCode, ShardService, SignedOffer,
    SignedQuote, SlotSink, SlotSource, Timeouts,
    channel::{Channel, Failure, Fault, within},
    message::{Request, Response},
};
use blocs_primitives::{MAX_SLOT_BYTES, Root, SlotId, outboard::groups};
use futures::StreamExt;
use libp2p::{PeerId, Stream};
use libp2p_stream::IncomingStreams;
use std::{
    collections::HashMap,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::{Notify, mpsc},
    task::{JoinHandle, JoinSet},
};
use tracing::{debug, warn};

/// Chunks that wait for the disk, per upload.
const CHUNKS_WAITING: usize = 4;
/// Batches that wait for the network, per reading.
const BATCHES_WAITING: usize = 1;
/// How long a peer that was refused may take to notice.
const DRAIN_LIMIT: Duration = Duration::from_secs(5);

/// How much is done at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServeLimits {
    /// Most streams in all; each takes at most about 4 MiB of memory.
    pub streams: usize,
    /// Most streams of one peer.
    pub streams_per_peer: usize,
}

impl Default for ServeLimits {
    fn default() -> Self {
        Self {
            streams: 128,
            streams_per_peer: 48,
        }
    }
}

/// A node's service at work. Dropping it ends it at once, uploads included.
pub struct Server {
    stop: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) fn start(
        incoming: IncomingStreams,
        service: Arc<dyn ShardService>,
        limits: ServeLimits,
        timeouts: Timeouts,
    ) -> Self {
        let stop = Arc::new(Notify::new());
        let context = Context {
            service,
            timeouts,
            limits,
            open: Arc::default(),
        };
        Self {
            task: tokio::spawn(accept(incoming, context, stop.clone())),
            stop,
        }
    }

    /// Takes no new streams, and gives those under way up to `grace` to end.
    pub async fn stop(mut self, grace: Duration) {
        self.stop.notify_one();
        if tokio::time::timeout(grace, &mut self.task).await.is_err() {
            warn!("streams were still open at the end of the grace period");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone)]
struct Context {
    service: Arc<dyn ShardService>,
    timeouts: Timeouts,
    limits: ServeLimits,
    /// Streams open, per peer.
    open: Arc<Mutex<HashMap<PeerId, usize>>>,
}

/// A peer's stream, counted as long as it lives.
struct Seat {
    open: Arc<Mutex<HashMap<PeerId, usize>>>,
    peer: PeerId,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.peer) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.peer);
            }
        }
    }
}

async fn accept(mut incoming: IncomingStreams, context: Context, stop: Arc<Notify>) {
    let mut streams = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            next = incoming.next() => {
                let Some((peer, stream)) = next else { break };
                streams.spawn(context.clone().answer(peer, stream));
            }
            () = stop.notified() => break,
            Some(_) = streams.join_next() => {}
        }
    }
    drop(incoming);
    while streams.join_next().await.is_some() {}
}

impl Context {
    /// A place for one more stream of `peer`.
    fn seat(&self, peer: PeerId) -> Result<Seat, Refusal> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let full = open.values().sum::<usize>() >= self.limits.streams;
        let count = open.entry(peer).or_default();
        if full || *count >= self.limits.streams_per_peer {
            if *count == 0 {
                open.remove(&peer);
            }
            return Err(Refusal::new(
                RefusalCode::Busy,
                "too many streams at once: try again when others have ended",
            ));
        }
        *count += 1;
        Ok(Seat {
            open: self.open.clone(),
            peer,
        })
    }

    async fn answer(self, peer: PeerId, stream: Stream) {
        let seat = self.seat(peer);
        let mut channel = Channel::new(stream);
        let request = channel.receive("to ask", self.timeouts.answer).await;
        let outcome = match (seat, request) {
            (Ok(_seat), Ok(request)) => self.handle(peer, &mut channel, request).await,
            (Err(refusal), Ok(_)) => Err(Trouble::Refused(refusal)),
            (_, Err(failure)) => Err(failure.into()),
        };
        match outcome {
            Ok(()) => channel.close(self.timeouts.answer).await,
            Err(Trouble::Refused(refusal)) => {
                debug!(%peer, code = ?refusal.code, message = refusal.message, "refused a request");
                self.refuse(&mut channel, refusal).await;
            }
            Err(Trouble::Failed(failure)) => debug!(%peer, step = failure.step, fault = %failure.fault, "stream broke"),
        }
    }

    /// Says no, then reads on for a while: closing while bytes come in would discard the refusal before it is read.
    async fn refuse(&self, channel: &mut Channel, refusal: Refusal) {
        if channel
            .send(&Response::Refused(refusal), "to hear a refusal", self.timeouts.answer)
            .await
            .is_err()
        {
            return;
        }
        channel.close(self.timeouts.answer).await;
        let mut scrap = vec![0; CHUNK_BYTES];
        let end = Instant::now() + DRAIN_LIMIT;
        while let Some(left) = end.checked_duration_since(Instant::now()) {
            match within(left, "to close", channel.reader.read(&mut scrap)).await {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            }
        }
    }

    async fn handle(&self, peer: PeerId, channel: &mut Channel, request: Request) -> Result<(), Trouble> {
        match request {
            Request::Put(offer) => self.put(peer, channel, offer).await,
            Request::Get {
                slot,
                root,
                first,
                count,
            } => {
                self.get(peer, channel, slot, root, first..first.saturating_add(count))
                    .await
            }
            Request::Has(slots) => {
                if slots.len() > MAX_SLOTS_ASKED {
                    return Err(refused(
                        RefusalCode::Malformed,
                        format!("{MAX_SLOTS_ASKED} slots at once are the limit"),
                    ));
                }
                let service = self.service.clone();
                let held = blocking(move || slots.iter().map(|slot| service.has(*slot)).collect()).await?;
                Ok(channel
                    .send(&Response::Held(held), "to hear the answer", self.timeouts.answer)
                    .await?)
            }
            Request::Extend { slot, end } => {
                let service = self.service.clone();
                let signed = blocking(move || service.extend(peer, slot, end)).await??;
                Ok(channel
                    .send(&Response::Extended(signed), "to hear the quote", self.timeouts.answer)
                    .await?)
            }
            Request::Stat => {
                let service = self.service.clone();
                let stat = blocking(move || service.stat()).await?;
                Ok(channel
                    .send(&Response::Stat(stat), "to hear the answer", self.timeouts.answer)
                    .await?)
            }
        }
    }

    async fn put(&self, peer: PeerId, channel: &mut Channel, signed: SignedOffer) -> Result<(), Trouble> {
        let (service, size) = (self.service.clone(), signed.offer.size);
        let accepted = blocking(move || {
            check(&signed, &*service)?;
            service.offer(peer, &signed.offer)
        })
        .await??;
        let go = Response::Go {
            rate: accepted.rate,
            valid_until: accepted.valid_until,
        };
        channel.send(&go, "to hear the price", self.timeouts.answer).await?;

        let (parts, inbox) = mpsc::channel(CHUNKS_WAITING);
        let sink = accepted.sink;
        let mut writing = tokio::task::spawn_blocking(move || write_all(sink, inbox));
        // When the sink refuses, it drops its end: that ends the receiving too.
        let received = self.receive_content(channel, size, parts).await;
        let quoted = (&mut writing).await;
        match (received, quoted) {
            (_, Ok(Err(refusal))) => Err(Trouble::Refused(refusal)),
            (Err(failure), _) => Err(failure.into()),
            (Ok(()), Ok(Ok(Some(quote)))) => Ok(channel
                .send(&Response::Quoted(quote), "to hear the quote", self.timeouts.answer)
                .await?),
            (Ok(()), _) => Err(broke_down()),
        }
    }

    /// Passes the slot's bytes and its root on to the sink. Stops early when the sink has stopped.
    async fn receive_content(
        &self,
        channel: &mut Channel,
        size: u64,
        parts: mpsc::Sender<Part>,
    ) -> Result<(), Failure> {
        const STEP: &str = "to send the slot's bytes";
        let mut left = size;
        while left > 0 {
            let length = usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK_BYTES);
            let bytes = tokio::select! {
                biased;
                () = parts.closed() => return Ok(()),
                bytes = channel.read(length, STEP, self.timeouts.chunk) => bytes?,
            };
            left -= u64::try_from(length).unwrap_or(left);
            if parts.send(Part::Bytes(bytes)).await.is_err() {
                return Ok(());
            }
        }
        let mut root = Root::default();
        within(
            self.timeouts.chunk,
            "to send the slot's root",
            channel.reader.read_exact(&mut root.0),
        )
        .await?;
        // A closed channel means that the sink has refused; its answer is read by the caller.
        let _ = parts.send(Part::End(root)).await;
        Ok(())
    }

    async fn get(
        &self,
        peer: PeerId,
        channel: &mut Channel,
        slot: SlotId,
        root: Root,
        run: Range<u64>,
    ) -> Result<(), Trouble> {
        const STEP: &str = "to take the slot's bytes";
        let service = self.service.clone();
        let source = blocking(move || service.open(peer, slot)).await??;
        if source.root() != root {
            return Err(refused(RefusalCode::NotFound, "the slot held here has another root"));
        }
        if run.is_empty() || run.end > groups(source.size()) {
            return Err(refused(
                RefusalCode::Malformed,
                format!("the slot has {} bytes", source.size()),
            ));
        }
        let reading = Response::Reading { size: source.size() };
        channel.send(&reading, STEP, self.timeouts.answer).await?;

        let (batches, mut inbox) = mpsc::channel(BATCHES_WAITING);
        let reading = tokio::task::spawn_blocking(move || read_all(&*source, run, batches));
        while let Some((nodes, content)) = inbox.recv().await {
            let lengths = (u32::try_from(nodes.len()), u32::try_from(content.len()));
            let (Ok(node_bytes), Ok(content_bytes)) = lengths else {
                return Err(broke_down());
            };
            let head = [node_bytes.to_le_bytes(), content_bytes.to_le_bytes()].concat();
            within(self.timeouts.chunk, STEP, async {
                channel.writer.write_all(&head).await?;
                channel.writer.write_all(&nodes).await?;
                channel.writer.write_all(&content).await
            })
            .await?;
        }
        let outcome = reading
            .await
            .unwrap_or_else(|_| Err(Refusal::new(RefusalCode::Failed, "the provider failed inside")));
        if let Err(refusal) = outcome {
            channel.write(&[0; 8], STEP, self.timeouts.chunk).await?;
            return Err(Trouble::Refused(refusal));
        }
        Ok(within(self.timeouts.chunk, STEP, channel.writer.flush()).await?)
    }
}

/// What an upload's task hands to the sink's thread.
enum Part {
    Bytes(Vec<u8>),
    End(Root),
}

/// Feeds a sink. `None` when the upload was given up.
fn write_all(mut sink: Box<dyn SlotSink>, mut parts: mpsc::Receiver<Part>) -> Result<Option<SignedQuote>, Refusal> {
    loop {
        match parts.blocking_recv() {
            Some(Part::Bytes(bytes)) => sink.write(&bytes)?,
            Some(Part::End(root)) => return sink.finish(root).map(Some),
            None => return Ok(None),
        }
    }
}

/// Reads a run from a source, as fast as the network takes it.
fn read_all(
    source: &dyn SlotSource,
    run: Range<u64>,
    batches: mpsc::Sender<(Vec<u8>, Vec<u8>)>,
) -> Result<(), Refusal> {
    let mut fitting = true;
    source.run(run, &mut |nodes, content| {
        fitting = (1..=MAX_DATA_BYTES).contains(&content.len());
        fitting && batches.blocking_send((nodes, content)).is_ok()
    })?;
    if fitting {
        Ok(())
    } else {
        Err(Refusal::new(
            RefusalCode::Failed,
            "the provider read more at a time than can be sent",
        ))
    }
}

/// Checks all of an offer that needs no policy.
fn check(signed: &SignedOffer, service: &dyn ShardService) -> Result<(), Refusal> {
    let unauthorized = |message: &str| Err(Refusal::new(RefusalCode::Unauthorized, message));
    let offer = &signed.offer;
    if !(1..=MAX_SLOT_BYTES).contains(&offer.size) {
        return Err(Refusal::new(
            RefusalCode::Malformed,
            format!("a slot has 1 to {MAX_SLOT_BYTES} bytes"),
        ));
    }
    if offer.genesis != service.genesis() {
        return unauthorized(
            "the offer is for another chain: compare the genesis hashes of your node and of the provider's",
        );
    }
    if offer.provider != service.provider() {
        return unauthorized("the offer is for another provider: look its peer id up on the chain again");
    }
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs());
    if now.abs_diff(offer.issued_at) > MAX_OFFER_AGE_SECS {
        return unauthorized("the offer is more than ten minutes old or ahead: set your clock");
    }
    if !signed.is_authentic() {
        return unauthorized("the offer is not signed by its uploader");
    }
    Ok(())
}

/// Why a stream ended early.
enum Trouble {
    /// We say no.
    Refused(Refusal),
    /// It broke.
    Failed(Failure),
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Failure> for Trouble {
    /// What the peer did wrong is answered; what cannot be answered is a failure.
    fn from(failure: Failure) -> Self {
        let code = match failure.fault {
            Fault::UnknownVersion { .. } => RefusalCode::UnknownVersion,
            Fault::TooLarge { .. } | Fault::Malformed => RefusalCode::Malformed,
            Fault::TimedOut => RefusalCode::Busy,
            Fault::Io(_) => return Self::Failed(failure),
        };
        Self::Refused(Refusal::new(code, failure.fault.to_string()))
    }
}

fn refused(code: RefusalCode, message: impl Into<String>) -> Trouble {
    Trouble::Refused(Refusal::new(code, message))
}

fn broke_down() -> Trouble {
    refused(RefusalCode::Failed, "the provider failed inside")
}

/// Runs work on a thread that may block.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Trouble> {
    tokio::task::spawn_blocking(work).await.map_err(|_| broke_down())
}
