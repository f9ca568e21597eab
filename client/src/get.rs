//! Get: look up, read any k slots, decode, check, rename.

use crate::{Client, GetError, GetReport, GetRequest, Progress, fetch::Slots};
use blocs_erasure::{DecodeError, Decoder, Object, SegmentPlan};
use futures::{StreamExt, TryStreamExt, stream};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Read},
    os::unix::fs::{FileExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

/// Segments fetched and decoded at a time: bounds the memory.
const SEGMENTS_AT_ONCE: usize = 3;

/// A file being written, under a temporary name.
#[derive(Debug)]
struct Target {
    /// Its place in the manifest.
    object: usize,
    path: PathBuf,
    temporary: PathBuf,
    bytes: u64,
    /// Whether it is the whole file, so that its hash can be checked.
    whole: bool,
}

/// Removes what is unfinished when dropped.
#[derive(Debug, Default)]
struct Targets(Vec<Target>);

impl Drop for Targets {
    fn drop(&mut self) {
        for target in &self.0 {
            // Gone already when the file was finished.
            let _ = fs::remove_file(&target.temporary);
        }
    }
}

impl Client {
    pub(crate) async fn do_get(
        &self,
        request: &GetRequest,
        progress: Arc<dyn Progress>,
    ) -> Result<GetReport, GetError> {
        progress.step("looking it up");
        let found = self.find(&request.target).await?;
        let what = found.label.name.clone();
        let slots = Slots::find(self, found.id, &found.deal, what.clone()).await?;
        let known = self.known_manifest(found.id, &found.deal);
        let sealed = match known {
            Some(sealed) => sealed,
            None => slots.sealed_manifest(&found.deal, &found.label).await?,
        };
        let manifest = slots.open_manifest(&sealed, found.id)?;
        let master = self.identity.master_of(&manifest);
        let decoder = Decoder::new(manifest, master).map_err(|error| GetError::Key {
            what: what.clone(),
            reason: error.to_string(),
        })?;

        let decoder = Arc::new(decoder);
        let (targets, by_segment) = lay_out(&decoder, request)?;
        let targets = Arc::new(targets);
        let bytes = targets.0.iter().map(|target| target.bytes).sum();
        let k = u64::try_from(decoder.coder().k()).unwrap_or(u64::MAX);
        let shard_bytes = |segment: &u32| {
            let range = decoder.shard_range(*segment);
            (range.end - range.start).saturating_mul(k)
        };
        progress.total(by_segment.keys().map(shard_bytes).sum(), bytes);
        progress.step("fetching");
        let segments = stream::iter(by_segment).map(|(segment, plans)| {
            let (slots, decoder, targets, progress) = (&slots, &decoder, &targets, &progress);
            let what = what.clone();
            async move {
                let needed: BTreeSet<usize> = plans.iter().flat_map(|(_, plan)| decoder.data_shards(plan)).collect();
                let needed: Vec<usize> = needed.into_iter().collect();
                let shards = slots.read(decoder.shard_range(segment), &needed).await?;
                progress.read(
                    shards
                        .iter()
                        .flatten()
                        .map(|shard| u64::try_from(shard.len()).unwrap_or(0))
                        .sum(),
                );
                let (decoder, targets, progress) = (Arc::clone(decoder), Arc::clone(targets), Arc::clone(progress));
                let decode = move || {
                    let shards = complete(&decoder, shards, &needed, &what)?;
                    decode(&decoder, &shards, plans, &targets, progress.as_ref(), &what)
                };
                tokio::task::spawn_blocking(decode)
                    .await
                    .map_err(|error| GetError::Internal(error.to_string()))?
            }
        });
        segments.buffer_unordered(SEGMENTS_AT_ONCE).try_collect::<()>().await?;

        progress.step("checking");
        let name = what.clone();
        let finish = move || finish(&decoder, &targets, &name);
        let files = tokio::task::spawn_blocking(finish)
            .await
            .map_err(|error| GetError::Internal(error.to_string()))??;
        Ok(GetReport {
            name: what,
            deal: found.id,
            files,
            bytes,
            bad_providers: slots.bad(),
        })
    }
}

/// What each segment gives to which target.
type BySegment = BTreeMap<u32, Vec<(usize, SegmentPlan)>>;

/// Decides where the files go, and makes them empty.
fn lay_out(decoder: &Decoder, request: &GetRequest) -> Result<(Targets, BySegment), GetError> {
    let objects = &decoder.manifest().objects;
    let single = match objects.as_slice() {
        [only] if !only.path.contains('/') => Some(only),
        _ => None,
    };
    if request.range.is_some() && single.is_none() {
        let reason = "a range can be read of an object that is one file only".to_owned();
        return Err(GetError::BadRequest { reason });
    }
    let mut targets = Targets::default();
    let mut by_segment = BySegment::new();
    for (number, object) in objects.iter().enumerate() {
        let path = match single {
            Some(_) if !request.output.is_dir() => request.output.clone(),
            _ => request.output.join(&object.path),
        };
        let range = request.range.clone().unwrap_or(0..object.size);
        let range = range.start.min(object.size)..range.end.min(object.size).max(range.start.min(object.size));
        let bytes = range.end - range.start;
        let plans = decoder
            .plan(number, range.clone())
            .map_err(|error| GetError::BadRequest {
                reason: error.to_string(),
            })?;
        for plan in plans {
            by_segment
                .entry(plan.segment)
                .or_default()
                .push((targets.0.len(), plan));
        }
        let temporary = temporary(&path);
        create(&path, &temporary, bytes).map_err(|source| write_error(&path, source))?;
        let whole = range == (0..object.size);
        targets.0.push(Target {
            object: number,
            path,
            temporary,
            bytes,
            whole,
        });
    }
    Ok((targets, by_segment))
}

/// `.name.part-` and a random number, beside the file.
fn temporary(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    path.with_file_name(format!(".{name}.part-{:08x}", rand::random::<u32>()))
}

fn create(path: &Path, temporary: &Path, bytes: u64) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    // Nobody else reads it before it has its own mode.
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(temporary)?;
    file.set_len(bytes)
}

fn write_error(path: &Path, source: io::Error) -> GetError {
    GetError::Write {
        path: path.to_owned(),
        source,
    }
}

/// Restores the data shards when not all that are needed are there.
fn complete(
    decoder: &Decoder,
    mut shards: Vec<Option<Vec<u8>>>,
    needed: &[usize],
    what: &str,
) -> Result<Vec<Option<Vec<u8>>>, GetError> {
    let is_there = |index: &usize| shards.get(*index).is_some_and(Option::is_some);
    if !needed.iter().all(is_there) {
        let restored = decoder.coder().restore(&mut shards, &[]);
        restored.map_err(|error| GetError::Integrity {
            what: what.to_owned(),
            reason: error.to_string(),
        })?;
    }
    Ok(shards)
}

/// Decodes one segment into all files that have a part in it.
fn decode(
    decoder: &Decoder,
    shards: &[Option<Vec<u8>>],
    plans: Vec<(usize, SegmentPlan)>,
    targets: &Targets,
    progress: &dyn Progress,
    what: &str,
) -> Result<(), GetError> {
    let integrity = |error: DecodeError| GetError::Integrity {
        what: what.to_owned(),
        reason: error.to_string(),
    };
    for (number, plan) in plans {
        let Some(target) = targets.0.get(number) else { continue };
        let file = OpenOptions::new().write(true).open(&target.temporary);
        let file = file.map_err(|source| write_error(&target.path, source))?;
        let written = decoder.extract(&plan, shards, &mut |at, bytes| {
            file.write_all_at(bytes, at)?;
            progress.placed(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
            Ok(())
        });
        match written {
            Err(DecodeError::Write(source)) => return Err(write_error(&target.path, source)),
            other => other.map_err(integrity)?,
        }
    }
    Ok(())
}

/// Checks the hashes, gives the files times, modes and names.
fn finish(decoder: &Decoder, targets: &Targets, what: &str) -> Result<Vec<PathBuf>, GetError> {
    for target in &targets.0 {
        let Some(object) = decoder.manifest().objects.get(target.object) else {
            continue;
        };
        let failed = |source| write_error(&target.path, source);
        if target.whole && hash(&target.temporary).map_err(failed)? != object.hash {
            let reason = format!("{} has another hash than when it was stored", object.path);
            return Err(GetError::Integrity {
                what: what.to_owned(),
                reason,
            });
        }
        restore_attributes(target, object).map_err(failed)?;
    }
    for target in &targets.0 {
        fs::rename(&target.temporary, &target.path).map_err(|source| write_error(&target.path, source))?;
    }
    Ok(targets.0.iter().map(|target| target.path.clone()).collect())
}

fn hash(path: &Path) -> io::Result<[u8; 32]> {
    let mut file = File::open(path)?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(*hasher.finalize().as_bytes());
        }
        hasher.update(&buffer[..read]);
    }
}

fn restore_attributes(target: &Target, object: &Object) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(&target.temporary)?;
    let since_1970 = Duration::from_secs(object.modified.unsigned_abs());
    let modified = if object.modified < 0 {
        UNIX_EPOCH.checked_sub(since_1970)
    } else {
        UNIX_EPOCH.checked_add(since_1970)
    };
    if let Some(modified) = modified.filter(|_| target.whole) {
        file.set_modified(modified)?;
    }
    // Set-id bits are not brought back.
    file.set_permissions(Permissions::from_mode(object.mode & 0o777))
}
