//! A stream as a pair of message ends, with a limit on every wait.

use crate::{MAX_FRAME_BYTES, VERSION, message::Response};
use codec::{DecodeAll, Encode};
use libp2p::Stream;
use std::{fmt, future::Future, io, time::Duration};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader, ReadHalf, WriteHalf};
use tokio_util::compat::{Compat, FuturesAsyncReadCompatExt};

/// Read-ahead; larger reads go past it.
const READ_AHEAD_BYTES: usize = 64 * 1024;

/// What went wrong, and while doing what.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) step: &'static str,
    pub(crate) fault: Fault,
}

#[derive(Debug)]
pub(crate) enum Fault {
    TimedOut,
    Io(io::Error),
    TooLarge { bytes: usize },
    UnknownVersion { version: u8 },
    Malformed,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut => f.write_str("nothing came in time"),
            Self::Io(error) => write!(f, "{error}"),
            Self::TooLarge { bytes } => write!(f, "a message of {bytes} bytes came, the limit is {MAX_FRAME_BYTES}"),
            Self::UnknownVersion { version } => {
                write!(
                    f,
                    "a message of version {version} came, this program speaks version {VERSION}: use the newer program"
                )
            }
            Self::Malformed => f.write_str("a message came that does not decode"),
        }
    }
}

/// Both ends of a stream.
pub(crate) struct Channel {
    pub(crate) reader: BufReader<ReadHalf<Compat<Stream>>>,
    pub(crate) writer: WriteHalf<Compat<Stream>>,
}

impl Channel {
    pub(crate) fn new(stream: Stream) -> Self {
        let (reader, writer) = tokio::io::split(stream.compat());
        Self {
            reader: BufReader::with_capacity(READ_AHEAD_BYTES, reader),
            writer,
        }
    }

    /// Sends a message.
    pub(crate) async fn send(
        &mut self,
        message: &impl Encode,
        step: &'static str,
        limit: Duration,
    ) -> Result<(), Failure> {
        let mut frame = vec![0; 4];
        frame.push(VERSION);
        message.encode_to(&mut frame);
        let too_large = Failure {
            step,
            fault: Fault::TooLarge { bytes: frame.len() - 4 },
        };
        if frame.len() - 4 > MAX_FRAME_BYTES {
            return Err(too_large);
        }
        let Ok(length) = u32::try_from(frame.len() - 4) else {
            return Err(too_large);
        };
        if let Some(head) = frame.first_chunk_mut::<4>() {
            *head = length.to_le_bytes();
        }
        self.write(&frame, step, limit).await?;
        within(limit, step, self.writer.flush()).await
    }

    /// Receives a message.
    pub(crate) async fn receive<T: DecodeAll>(&mut self, step: &'static str, limit: Duration) -> Result<T, Failure> {
        let failure = |fault| Failure { step, fault };
        let (version, body) = self.receive_frame(step, limit).await?;
        if version != VERSION {
            return Err(failure(Fault::UnknownVersion { version }));
        }
        T::decode_all(&mut body.as_slice()).map_err(|_| failure(Fault::Malformed))
    }

    /// Receives an answer. A refusal is understood in every version: it says what a peer of another version has to say.
    pub(crate) async fn receive_answer(&mut self, step: &'static str, limit: Duration) -> Result<Response, Failure> {
        let failure = |fault| Failure { step, fault };
        let (version, body) = self.receive_frame(step, limit).await?;
        match Response::decode_all(&mut body.as_slice()) {
            Ok(answer) if version == VERSION || matches!(answer, Response::Refused(_)) => Ok(answer),
            _ if version != VERSION => Err(failure(Fault::UnknownVersion { version })),
            _ => Err(failure(Fault::Malformed)),
        }
    }

    /// Receives a message's version and body.
    async fn receive_frame(&mut self, step: &'static str, limit: Duration) -> Result<(u8, Vec<u8>), Failure> {
        let failure = |fault| Failure { step, fault };
        let frame = within(limit, step, async {
            let length = usize::try_from(self.reader.read_u32_le().await?).unwrap_or(usize::MAX);
            if length > MAX_FRAME_BYTES {
                return Ok(Err(length));
            }
            let mut frame = vec![0; length];
            self.reader.read_exact(&mut frame).await?;
            Ok(Ok(frame))
        })
        .await?
        .map_err(|bytes| failure(Fault::TooLarge { bytes }))?;
        let (version, body) = frame.split_first().ok_or_else(|| failure(Fault::Malformed))?;
        Ok((*version, body.to_vec()))
    }

    /// Writes bytes as they are.
    pub(crate) async fn write(&mut self, bytes: &[u8], step: &'static str, limit: Duration) -> Result<(), Failure> {
        within(limit, step, self.writer.write_all(bytes)).await
    }

    /// Reads exactly so many bytes.
    pub(crate) async fn read(
        &mut self,
        length: usize,
        step: &'static str,
        limit: Duration,
    ) -> Result<Vec<u8>, Failure> {
        let mut bytes = vec![0; length];
        within(limit, step, self.reader.read_exact(&mut bytes)).await?;
        Ok(bytes)
    }

    /// Ends our side.
    pub(crate) async fn close(&mut self, limit: Duration) {
        // The peer may be gone, which is as good as closed.
        let _ = within(limit, "while closing", self.writer.shutdown()).await;
    }
}

/// Waits for an operation, but not longer than `limit`.
pub(crate) async fn within<T>(
    limit: Duration,
    step: &'static str,
    operation: impl Future<Output = io::Result<T>>,
) -> Result<T, Failure> {
    match tokio::time::timeout(limit, operation).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Failure {
            step,
            fault: Fault::Io(error),
        }),
        Err(_) => Err(Failure {
            step,
            fault: Fault::TimedOut,
        }),
    }
}
