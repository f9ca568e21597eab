//! One reading of the files, sent to the providers of some or all slots at once.

use crate::{Piece, Progress, ProviderError, PutError, PutSession, SlotContent, files::Sources, providers::SlotPart};
use blocs_erasure::{Coder, ContentKey, EncodeError, EncodeOptions, Manifest, MasterKey, Segment};
use blocs_primitives::{DealId, Period, Root, SlotOffer};
use futures::future::{join, join_all};
use std::{io, sync::Arc};
use tokio::sync::mpsc::Sender;

/// What is put, measured: the same every time that it is encoded.
#[derive(Clone)]
pub(crate) struct Parcel {
    pub(crate) sources: Arc<Sources>,
    pub(crate) master: MasterKey,
    pub(crate) key: ContentKey,
    pub(crate) options: EncodeOptions,
    pub(crate) deal: DealId,
    pub(crate) manifest: Arc<Manifest>,
    /// The encrypted manifest.
    pub(crate) sealed: Arc<Vec<u8>>,
    pub(crate) slot_bytes: u64,
    pub(crate) periods: Period,
    pub(crate) progress: Arc<dyn Progress>,
}

/// What has become of one slot: the quote, and the root of the bytes that were sent.
pub(crate) type Sent = (Result<SlotOffer, ProviderError>, Option<Root>);

impl Parcel {
    /// Measures and encrypts the manifest. Blocks; not for an executor's thread.
    pub(crate) fn measure(
        sources: Arc<Sources>,
        master: MasterKey,
        options: EncodeOptions,
        deal: DealId,
        periods: Period,
        progress: Arc<dyn Progress>,
    ) -> Result<Self, PutError> {
        let key = ContentKey::random();
        let measuring = EncodeOptions {
            measure: true,
            ..options.clone()
        };
        let manifest = sources.encode(&master, &key, &measuring, &crate::Silent, |_| Ok(()))?;
        let sealed = manifest.seal(&master, deal.0.as_bytes())?;
        let slot_bytes = manifest.slot_bytes(u64::try_from(sealed.len()).unwrap_or(u64::MAX));
        let (manifest, sealed) = (Arc::new(manifest), Arc::new(sealed));
        Ok(Self {
            sources,
            master,
            key,
            options,
            deal,
            manifest,
            sealed,
            slot_bytes,
            periods,
            progress,
        })
    }

    /// Slots in all.
    pub(crate) fn n(&self) -> usize {
        self.options.k + self.options.m
    }

    /// Encodes and sends; entry `i` of `sessions` and of the result is slot `i`. An error means that the files, not the providers, failed.
    pub(crate) async fn send(&self, sessions: Vec<Option<Box<dyn PutSession>>>) -> Result<Vec<Option<Sent>>, PutError> {
        let mut senders = Vec::new();
        let mut sends = Vec::new();
        for session in sessions {
            let (sender, send) = match session {
                Some(session) => {
                    let (sender, content) = SlotContent::channel();
                    (Some(sender), Some(session.send(content)))
                }
                None => (None, None),
            };
            senders.push(sender);
            sends.push(async move {
                match send {
                    Some(send) => Some(send.await),
                    None => None,
                }
            });
        }
        let feed = Feed::new(self.clone(), senders);
        let feed = tokio::task::spawn_blocking(move || feed.run());
        let (quotes, fed) = join(join_all(sends), feed).await;
        let roots = fed.map_err(|error| PutError::Internal(error.to_string()))??;
        Ok(quotes
            .into_iter()
            .zip(roots)
            .map(|(quote, root)| quote.map(|quote| (quote, root)))
            .collect())
    }
}

/// The blocking side of an upload: hands every segment's shards to the slots that still take them.
struct Feed {
    parcel: Parcel,
    senders: Vec<Option<Sender<SlotPart>>>,
    hashers: Vec<blake3::Hasher>,
    segments: u32,
    changed: bool,
}

impl Feed {
    fn new(parcel: Parcel, senders: Vec<Option<Sender<SlotPart>>>) -> Self {
        let hashers = vec![blake3::Hasher::new(); senders.len()];
        Self {
            parcel,
            senders,
            hashers,
            segments: 0,
            changed: false,
        }
    }

    /// Roots of the slots that were sent to their end.
    fn run(mut self) -> Result<Vec<Option<Root>>, PutError> {
        let Parcel {
            sources,
            master,
            key,
            options,
            progress,
            ..
        } = self.parcel.clone();
        let coder = Coder::new(options.k, options.m)?;
        let encoded = sources.encode(&master, &key, &options, progress.as_ref(), |segment| {
            let planned = self.parcel.manifest.shard_bytes(self.segments);
            self.segments = self.segments.saturating_add(1);
            self.changed |= u64::try_from(segment.shard_bytes()).ok() != Some(planned);
            if self.changed {
                return Err(io::Error::other("the files have changed"));
            }
            self.push(segment)
        });
        let manifest = match encoded {
            _ if self.changed => return Err(PutError::SourceChanged),
            Ok(manifest) => manifest,
            Err(EncodeError::Sink(_)) => return Ok(vec![None; self.senders.len()]),
            Err(error) => return Err(error.into()),
        };
        let measured = &self.parcel.manifest;
        if manifest.segments != measured.segments
            || manifest.chunks != measured.chunks
            || manifest.objects != measured.objects
        {
            return Err(PutError::SourceChanged);
        }
        let sealed = Arc::clone(&self.parcel.sealed);
        if self.push(Segment::code(&coder, &sealed)).is_err() {
            return Ok(vec![None; self.senders.len()]);
        }
        let ends = self.senders.into_iter().zip(&self.hashers).map(|(sender, hasher)| {
            let root = Root(*hasher.finalize().as_bytes());
            sender?.blocking_send(SlotPart::End(root)).ok().map(|()| root)
        });
        Ok(ends.collect())
    }

    fn push(&mut self, segment: Segment) -> io::Result<()> {
        let segment = Arc::new(segment);
        for (index, (sender, hasher)) in self.senders.iter_mut().zip(&mut self.hashers).enumerate() {
            let Some(open) = sender else { continue };
            let piece = Piece::new(Arc::clone(&segment), index);
            hasher.update(piece.as_ref());
            let bytes = u64::try_from(piece.as_ref().len()).unwrap_or(u64::MAX);
            if open.blocking_send(SlotPart::Piece(piece)).is_ok() {
                self.parcel.progress.placed(bytes);
            } else {
                // Its provider has failed; the others go on, and the slot is made anew for another one.
                *sender = None;
            }
        }
        if self.senders.iter().any(Option::is_some) {
            Ok(())
        } else {
            Err(io::Error::other("no provider is left"))
        }
    }
}
