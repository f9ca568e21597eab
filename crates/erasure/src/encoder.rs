//! Files in, segments out.

use crate::{
    Chunk, ChunkId, ChunkProfile, Chunker, Codec, Coder, CoderError, Compression, ContentKey, MAX_MANIFEST_BYTES,
    MAX_SEGMENT_BYTES, Manifest, ManifestError, MasterKey, Object, Segment, WrappedKey,
    batch::Batch,
    keys::{Secret, TAG_BYTES},
    manifest::is_safe_path,
    segment::Pool,
    workers::{Done, Sealer, Workers},
};
use std::{
    collections::{HashMap, VecDeque},
    io::{self, Read},
    mem,
    sync::{Arc, mpsc::Receiver},
    thread,
};

/// Most chunks in a segment, so that the tags of tiny files cannot make it much larger.
const MAX_CHUNKS: usize = 1 << 16;

/// Bytes of a chunk's entry in the manifest, at most.
const CHUNK_ENTRY_BYTES: usize = 54;

/// Bytes of a file's entry in the manifest, at most, without path and list of chunks.
const OBJECT_ENTRY_BYTES: usize = 64;

/// How to encode.
#[derive(Clone, Debug)]
pub struct EncodeOptions {
    /// Data shards.
    pub k: usize,
    /// Parity shards.
    pub m: usize,
    /// What to compress.
    pub compression: Compression,
    /// Bytes of content in a segment, at most: from twice the chunker's greatest chunk up to 64 MiB. Memory follows from it: an encoder
    /// holds about `(threads + 2) * segment_bytes * (1 + n / k)`.
    pub segment_bytes: usize,
    /// Threads beside the caller's, which reads, cuts and hashes; with 0 the caller's does everything.
    pub threads: usize,
    /// Least, average and greatest chunk.
    pub chunk_bytes: (u32, u32, u32),
    /// Only measure: the sink gets nothing, nothing is encrypted or coded, and the manifest tells how long everything will be. Encoding the
    /// same content with the same options then gives the same manifest, but for the wrapping of the content key.
    pub measure: bool,
}

impl EncodeOptions {
    /// k + m, with segments of 16 MiB or less when the code is wide, and as many threads as there are processors, up to 8.
    pub fn new(k: usize, m: usize) -> Self {
        let standard = ChunkProfile::standard(0);
        let coded = (64 << 20) / (k + m).max(1) * k;
        Self {
            k,
            m,
            compression: Compression::Auto,
            segment_bytes: coded.clamp(8 << 20, 16 << 20),
            threads: thread::available_parallelism().map_or(1, |threads| threads.get().min(8)),
            chunk_bytes: (standard.min, standard.average, standard.max),
            measure: false,
        }
    }
}

/// What is known of a file besides its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// Its path below the root of what is stored, with `/` between the parts.
    pub path: String,
    /// Seconds since 1970 of the last change.
    pub modified: i64,
    /// Permission bits as on Unix.
    pub mode: u32,
}

/// Why encoding failed.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// There is no such code, or no processor for it.
    #[error(transparent)]
    Coder(#[from] CoderError),
    /// Segment or chunk lengths are out of range.
    #[error("cannot encode: segments of {segment_bytes} bytes with these chunks are out of range; use the defaults")]
    BadOptions {
        /// The length asked for.
        segment_bytes: usize,
    },
    /// The path cannot be stored.
    #[error(
        "cannot store {path:?}: the path is empty, absolute, too long, or leads outside; name files by paths below one folder"
    )]
    BadPath {
        /// The path.
        path: String,
    },
    /// The content cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The taker of the segments failed.
    #[error("cannot place the shards: {0}")]
    Sink(#[source] io::Error),
    /// Too many files.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// No memory or no threads.
    #[error("cannot start encoding: {0}; free memory or raise the limit of threads")]
    Start(#[source] io::Error),
    /// A thread has panicked.
    #[error("encoding broke off: a thread has died; this is a defect, please report it")]
    ThreadDied,
}

/// Turns files into segments. The same files, keys and options give the same segments.
pub struct Encoder<S> {
    sink: S,
    chunker: Chunker,
    profile: ChunkProfile,
    chunk_id_key: Secret,
    wrapped_key: WrappedKey,
    k: u8,
    m: u8,
    /// What cuts and hashes have been made of; becomes the next segment.
    batch: Batch,
    batches: Arc<Pool>,
    /// Used when there are no workers.
    sealer: Sealer,
    workers: Option<Workers>,
    /// Segments being made, oldest first.
    pending: VecDeque<Receiver<Done>>,
    most_pending: usize,
    known: HashMap<ChunkId, u32>,
    chunks: Vec<Chunk>,
    /// Chunks of finished segments.
    placed: usize,
    segments: Vec<u32>,
    objects: Vec<Object>,
    manifest_bytes: usize,
}

impl<S: FnMut(Segment) -> io::Result<()>> Encoder<S> {
    /// An encoder that gives every segment to `sink`, in order, on the thread that calls [`Encoder::add`] and [`Encoder::finish`].
    /// A sink that blocks holds up everything: that is the back-pressure.
    pub fn new(master: &MasterKey, key: &ContentKey, options: &EncodeOptions, sink: S) -> Result<Self, EncodeError> {
        let coder = Coder::new(options.k, options.m)?;
        let (min, average, max) = options.chunk_bytes;
        let profile = ChunkProfile {
            min,
            average,
            max,
            ..ChunkProfile::standard(master.chunker_seed())
        };
        let bad = || EncodeError::BadOptions {
            segment_bytes: options.segment_bytes,
        };
        let chunker = Chunker::new(&profile).ok_or_else(bad)?;
        if options.segment_bytes > 64 << 20 || options.segment_bytes / 2 < chunker.max() {
            return Err(bad());
        }
        let most_chunks = MAX_CHUNKS.min(options.segment_bytes);
        let coded_bytes = coder.n() * coder.shard_bytes(options.segment_bytes + most_chunks * TAG_BYTES);
        let kept = options.threads + 2;
        let batches = Arc::new(Pool::new(options.segment_bytes, kept));
        let segments = Arc::new(Pool::new(coded_bytes, kept));
        let sealer = || {
            Sealer::new(&coder, key, (options.compression, options.measure), &batches, &segments)
                .map_err(EncodeError::Start)
        };
        let workers = match options.threads {
            0 => None,
            threads => {
                let sealers = (0..threads).map(|_| sealer()).collect::<Result<_, _>>()?;
                Some(Workers::start(sealers).map_err(EncodeError::Start)?)
            }
        };
        Ok(Self {
            sink,
            chunker,
            profile,
            chunk_id_key: master.chunk_id_key(),
            wrapped_key: key.wrap(master),
            k: u8::try_from(options.k).map_err(|_| bad())?,
            m: u8::try_from(options.m).map_err(|_| bad())?,
            batch: Batch::new(batches.take()),
            sealer: sealer()?,
            batches,
            workers,
            pending: VecDeque::new(),
            most_pending: options.threads,
            known: HashMap::new(),
            chunks: Vec::new(),
            placed: 0,
            segments: Vec::new(),
            objects: Vec::new(),
            manifest_bytes: 256,
        })
    }

    /// Adds a file, reading it to its end, and returns its size.
    ///
    /// After an error the encoder is of no more use.
    pub fn add(&mut self, file: FileInfo, content: &mut dyn Read) -> Result<u64, EncodeError> {
        if !is_safe_path(&file.path) {
            return Err(EncodeError::BadPath { path: file.path });
        }
        self.grow_manifest(OBJECT_ENTRY_BYTES + file.path.len())?;
        let mut hasher = blake3::Hasher::new();
        let mut chunks = Vec::new();
        let mut size = 0u64;
        let mut ended = false;
        while !ended {
            ended = self.batch.fill(content).map_err(|source| EncodeError::Read {
                path: file.path.clone(),
                source,
            })?;
            loop {
                let uncut = self.batch.uncut();
                if uncut.is_empty() || (!ended && uncut.len() < self.chunker.max()) {
                    break;
                }
                let length = self.chunker.cut(uncut);
                let chunk = &uncut[..length];
                hasher.update(chunk);
                size += to_u64(length);
                let id = *blake3::keyed_hash(&self.chunk_id_key, chunk).as_bytes();
                chunks.push(self.keep(id, length)?);
                if self.batch.chunks.len() >= MAX_CHUNKS {
                    self.flush()?;
                }
            }
            // The next chunk must find room in the buffer, or its cut would depend on where the buffer ends.
            if self.batch.room() < self.chunker.max() {
                self.flush()?;
            }
        }
        let FileInfo { path, modified, mode } = file;
        let hash = *hasher.finalize().as_bytes();
        self.objects.push(Object {
            path,
            size,
            modified,
            mode,
            hash,
            chunks,
        });
        Ok(size)
    }

    /// Gives the last segments to the sink and returns the manifest, to be sealed and coded as the last segment of all.
    pub fn finish(mut self) -> Result<Manifest, EncodeError> {
        self.flush()?;
        self.collect(0)?;
        Ok(Manifest {
            profile: self.profile,
            k: self.k,
            m: self.m,
            key: self.wrapped_key,
            segments: self.segments,
            chunks: self.chunks,
            objects: self.objects,
        })
    }

    /// Cuts off the next chunk, to be stored unless the same one has been stored before, and returns its number.
    fn keep(&mut self, id: ChunkId, length: usize) -> Result<u32, EncodeError> {
        if let Some(number) = self.known.get(&id).copied() {
            self.grow_manifest(size_of::<u32>())?;
            self.batch.advance(length, None);
            return Ok(number);
        }
        self.grow_manifest(CHUNK_ENTRY_BYTES + size_of::<u32>())?;
        let number = to_u32(self.chunks.len());
        self.known.insert(id, number);
        self.chunks.push(Chunk {
            id,
            codec: Codec::None,
            segment: 0,
            offset: 0,
            stored: 0,
            plain: to_u32(length),
        });
        self.batch.advance(length, Some(id));
        Ok(number)
    }

    /// Starts the next segment, and waits for old ones when there are too many.
    fn flush(&mut self) -> Result<(), EncodeError> {
        if self.batch.chunks.is_empty() {
            self.batch.rewind();
            return Ok(());
        }
        let next = self.batch.split(self.batches.take());
        let batch = mem::replace(&mut self.batch, next);
        match &self.workers {
            None => {
                let done = self.sealer.seal(batch);
                self.place(done)
            }
            Some(workers) => {
                self.pending.push_back(workers.submit(batch));
                self.collect(self.most_pending)
            }
        }
    }

    /// Takes segments in order until at most `most` are being made.
    fn collect(&mut self, most: usize) -> Result<(), EncodeError> {
        while let Some(oldest) = self.pending.front() {
            let done = match oldest.try_recv() {
                Ok(done) => done,
                Err(_) if self.pending.len() <= most => return Ok(()),
                Err(_) => oldest.recv().map_err(|_| EncodeError::ThreadDied)?,
            };
            self.pending.pop_front();
            self.place(done)?;
        }
        Ok(())
    }

    /// Notes where the segment's chunks lie and passes it on.
    fn place(&mut self, done: Done) -> Result<(), EncodeError> {
        let segment = to_u32(self.segments.len());
        let length = to_u32(done.length);
        debug_assert!(
            length <= MAX_SEGMENT_BYTES,
            "a segment has at most 64 MiB and 1 MiB of tags"
        );
        let chunks = self.chunks[self.placed..].iter_mut().zip(&done.placed);
        for (chunk, (codec, offset, stored)) in chunks {
            *chunk = Chunk {
                codec: *codec,
                segment,
                offset: to_u32(*offset),
                stored: to_u32(*stored),
                ..mem::replace(chunk, EMPTY)
            };
        }
        self.placed += done.placed.len();
        self.segments.push(length);
        match done.segment {
            Some(segment) => (self.sink)(segment).map_err(EncodeError::Sink),
            None => Ok(()),
        }
    }

    /// Stops before a manifest is made that cannot be sealed.
    fn grow_manifest(&mut self, bytes: usize) -> Result<(), EncodeError> {
        self.manifest_bytes += bytes;
        if self.manifest_bytes > MAX_MANIFEST_BYTES {
            return Err(ManifestError::TooLarge {
                bytes: self.manifest_bytes,
            }
            .into());
        }
        Ok(())
    }
}

/// Stands in for a chunk while it is moved.
const EMPTY: Chunk = Chunk {
    id: [0; 32],
    codec: Codec::None,
    segment: 0,
    offset: 0,
    stored: 0,
    plain: 0,
};

/// For counts and lengths that the limits above keep far below 4 GiB.
fn to_u32(count: usize) -> u32 {
    u32::try_from(count).expect("bounded by segment and manifest size; qed")
}

fn to_u64(count: usize) -> u64 {
    u64::try_from(count).expect("usize has at most 64 bits; qed")
}
