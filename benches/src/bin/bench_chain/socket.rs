//! JSON-RPC over a WebSocket, as thin as it can be: the generator shares its cores with the node that it measures.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::value::RawValue;
use soketto::{
    connection,
    handshake::{Client, ServerResponse},
};
use std::collections::VecDeque;
use tokio::net::TcpStream;
use tokio_util::compat::{Compat, TokioAsyncReadCompatExt};

/// The half that sends.
pub(crate) type Sender = connection::Sender<Compat<TcpStream>>;
/// The half that receives.
pub(crate) type Receiver = connection::Receiver<Compat<TcpStream>>;

/// Largest answer that is taken: a block of 20 MiB in hexadecimal.
const MAX_ANSWER: usize = 48 << 20;

/// Connects to the node on this port.
pub(crate) async fn connect(port: u16) -> Result<(Sender, Receiver)> {
    let address = format!("127.0.0.1:{port}");
    let socket = TcpStream::connect(&address)
        .await
        .with_context(|| format!("cannot connect to the node on {address}"))?;
    socket.set_nodelay(true)?;
    let mut client = Client::new(socket.compat(), &address, "/");
    match client.handshake().await? {
        ServerResponse::Accepted { .. } => {
            let mut builder = client.into_builder();
            builder.set_max_message_size(MAX_ANSWER);
            builder.set_max_frame_size(MAX_ANSWER);
            Ok(builder.finish())
        }
        ServerResponse::Redirect { status_code, .. } | ServerResponse::Rejected { status_code } => {
            bail!("the node on {address} refused the WebSocket: status {status_code}")
        }
    }
}

/// A message of the server: an answer has an id, a notification has parameters.
#[derive(Debug, Deserialize)]
pub(crate) struct Message<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<Failure>,
    #[serde(borrow)]
    params: Option<Notification<'a>>,
}

/// Why a call failed.
#[derive(Debug, Deserialize)]
pub(crate) struct Failure {
    /// The error's number, such as 1016 for a full pool.
    pub(crate) code: i64,
    /// The error in words.
    pub(crate) message: String,
}

#[derive(Debug, Deserialize)]
struct Notification<'a> {
    #[serde(borrow)]
    subscription: &'a RawValue,
    #[serde(borrow)]
    result: &'a RawValue,
}

/// An answer to a submission: which one, and why it was refused if it was.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    /// Number of the call.
    pub(crate) id: Option<u64>,
    /// Its failure.
    pub(crate) error: Option<Failure>,
}

/// One call after another, and notifications in between.
#[derive(Debug)]
pub(crate) struct Rpc {
    sender: Sender,
    receiver: Receiver,
    next: u64,
    buffer: Vec<u8>,
    notifications: VecDeque<(String, String)>,
}

impl Rpc {
    /// Connects to the node on this port.
    pub(crate) async fn connect(port: u16) -> Result<Self> {
        let (sender, receiver) = connect(port).await?;
        Ok(Self {
            sender,
            receiver,
            next: 0,
            buffer: Vec::new(),
            notifications: VecDeque::new(),
        })
    }

    /// The result of a call, as JSON text.
    pub(crate) async fn call(&mut self, method: &str, params: &str) -> Result<String> {
        self.next += 1;
        let id = self.next;
        let request = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#);
        self.sender.send_text(request).await?;
        self.sender.flush().await?;
        loop {
            self.buffer.clear();
            self.receiver.receive_data(&mut self.buffer).await?;
            let message: Message<'_> = serde_json::from_slice(&self.buffer)
                .with_context(|| format!("{method}: the node's answer is not JSON-RPC"))?;
            if let Some(notification) = message.params {
                self.notifications.push_back(notification.owned());
            } else if message.id == Some(id) {
                if let Some(Failure { code, message }) = message.error {
                    bail!("{method} failed: {code} {message}");
                }
                return Ok(message.result.map_or("null", RawValue::get).to_owned());
            }
        }
    }

    /// The result of a call, decoded.
    pub(crate) async fn get<T: for<'de> Deserialize<'de>>(&mut self, method: &str, params: &str) -> Result<T> {
        let text = self.call(method, params).await?;
        serde_json::from_str(&text).with_context(|| format!("{method}: the result is not what was expected"))
    }

    /// The next notification: the subscription's id and the result, as JSON text.
    pub(crate) async fn notification(&mut self) -> Result<(String, String)> {
        loop {
            if let Some(notification) = self.notifications.pop_front() {
                return Ok(notification);
            }
            self.buffer.clear();
            self.receiver.receive_data(&mut self.buffer).await?;
            let message: Message<'_> =
                serde_json::from_slice(&self.buffer).context("the node's notification is not JSON-RPC")?;
            if let Some(notification) = message.params {
                self.notifications.push_back(notification.owned());
            }
        }
    }
}

impl Notification<'_> {
    fn owned(&self) -> (String, String) {
        (self.subscription.get().to_owned(), self.result.get().to_owned())
    }
}
