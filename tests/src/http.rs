//! As much HTTP as a test needs: one request, one answer, the connection closed.

use anyhow::{Context, Result};
use std::{net::Ipv4Addr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// An answer of a node that compiles a new runtime at the moment takes long.
const LIMIT: Duration = Duration::from_secs(120);

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Body.
    pub body: String,
}

/// Asks 127.0.0.1 for a path.
pub async fn get(port: u16, path: &str) -> Result<Response> {
    request(
        Ipv4Addr::LOCALHOST,
        port,
        &format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"),
    )
    .await
}

/// Sends a body, as it is, to the root path of 127.0.0.1, declared as JSON.
pub async fn post(port: u16, body: &str) -> Result<Response> {
    post_to(Ipv4Addr::LOCALHOST, port, body).await
}

/// The same to another address.
pub(crate) async fn post_to(host: Ipv4Addr, port: u16, body: &str) -> Result<Response> {
    let head = format!(
        "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    request(host, port, &(head + body)).await
}

/// Sends a request as it is.
pub(crate) async fn request(host: Ipv4Addr, port: u16, text: &str) -> Result<Response> {
    let exchange = async {
        let mut stream = TcpStream::connect((host, port)).await?;
        stream.write_all(text.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        anyhow::Ok(answer)
    };
    let answer = timeout(LIMIT, exchange).await.context("no answer in time")??;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").context("the answer is not HTTP")?;
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .context("the answer has no status")?;
    Ok(Response {
        status,
        body: body.to_owned(),
    })
}
