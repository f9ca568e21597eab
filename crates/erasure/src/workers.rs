//! The part of encoding that runs on several threads: compress, encrypt and code whole segments.

use crate::{
    Codec, Coder, Compression, ContentKey,
    batch::Batch,
    compress::Compressor,
    keys::TAG_BYTES,
    seal::seal_chunk,
    segment::{Pool, Segment},
};
use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, Sender},
    },
    thread::{self, JoinHandle},
};

/// Where a chunk was put in its segment: codec, offset and length with the tag.
pub(crate) type Placed = (Codec, usize, usize);

/// A segment that is done.
pub(crate) struct Done {
    /// `None` when it was only measured.
    pub(crate) segment: Option<Segment>,
    /// Bytes in the segment before coding.
    pub(crate) length: usize,
    /// In the order of the batch's chunks.
    pub(crate) placed: Vec<Placed>,
}

/// Makes segments of batches. One per thread.
pub(crate) struct Sealer {
    /// Only find out how long everything becomes.
    measure: bool,
    /// Room for a compressed chunk, when measuring.
    scratch: Vec<u8>,
    coder: Coder,
    key: ContentKey,
    compressor: Compressor,
    batches: Arc<Pool>,
    segments: Arc<Pool>,
}

impl Sealer {
    pub(crate) fn new(
        coder: &Coder,
        key: &ContentKey,
        (compression, measure): (Compression, bool),
        batches: &Arc<Pool>,
        segments: &Arc<Pool>,
    ) -> io::Result<Self> {
        Ok(Self {
            measure,
            scratch: Vec::new(),
            coder: coder.clone(),
            key: key.clone(),
            compressor: Compressor::new(compression)?,
            batches: Arc::clone(batches),
            segments: Arc::clone(segments),
        })
    }

    /// Compresses and encrypts the chunks one after another into a segment, and codes it; or only measures.
    pub(crate) fn seal(&mut self, batch: Batch) -> Done {
        let done = if self.measure {
            self.measure(&batch)
        } else {
            self.segment(&batch)
        };
        self.batches.give(batch.into_buffer());
        done
    }

    fn measure(&mut self, batch: &Batch) -> Done {
        let mut length = 0;
        let mut placed = Vec::with_capacity(batch.chunks.len());
        for (_, range) in &batch.chunks {
            let (codec, packed) = self.compressor.measure(batch.chunk(range), &mut self.scratch);
            placed.push((codec, length, packed + TAG_BYTES));
            length += packed + TAG_BYTES;
        }
        Done {
            segment: None,
            length,
            placed,
        }
    }

    fn segment(&mut self, batch: &Batch) -> Done {
        let mut bytes = self.segments.take();
        let mut length = 0;
        let mut placed = Vec::with_capacity(batch.chunks.len());
        for (id, range) in &batch.chunks {
            let chunk = batch.chunk(range);
            let (codec, packed) = self.compressor.compress(chunk, &mut bytes[length..][..chunk.len()]);
            let tag = seal_chunk(&self.key, id, codec, &mut bytes[length..][..packed]);
            bytes[length + packed..][..TAG_BYTES].copy_from_slice(&tag);
            let stored = packed + TAG_BYTES;
            placed.push((codec, length, stored));
            length += stored;
        }
        Done {
            segment: Some(Segment::of(&self.coder, bytes, length, &self.segments)),
            length,
            placed,
        }
    }
}

/// A batch, and where the segment goes.
type Job = (Batch, Sender<Done>);

/// Threads with a sealer each. Dropping it waits until they have ended.
pub(crate) struct Workers {
    jobs: Option<Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts a thread for each sealer.
    pub(crate) fn start(sealers: Vec<Sealer>) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        let mut workers = Self {
            jobs: Some(jobs),
            threads: Vec::new(),
        };
        for mut sealer in sealers {
            let queue = Arc::clone(&queue);
            let run = move || {
                while let Some((batch, reply)) = next(&queue) {
                    // Nobody waits for it when the encoder has been dropped.
                    let _ = reply.send(sealer.seal(batch));
                }
            };
            workers
                .threads
                .push(thread::Builder::new().name("blocs-encode".into()).spawn(run)?);
        }
        Ok(workers)
    }

    /// Queues a batch. The receiver gets the segment, or ends when the thread has died.
    pub(crate) fn submit(&self, batch: Batch) -> Receiver<Done> {
        let (reply, done) = mpsc::channel();
        if let Some(jobs) = &self.jobs {
            // When all threads have died, the job and its reply are dropped, and the receiver ends.
            let _ = jobs.send((batch, reply));
        }
        done
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // A panic has been reported where the segment was awaited.
            let _ = thread.join();
        }
    }
}

fn next(queue: &Mutex<Receiver<Job>>) -> Option<Job> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}
