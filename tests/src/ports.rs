//! Free ports.

use anyhow::{Result, bail};
use std::{
    net::{Ipv4Addr, Ipv6Addr, TcpListener, UdpSocket},
    process,
    sync::{Mutex, PoisonError},
};

/// The ports that are given out: below those from which Linux takes the other end of a connection. A program may listen on its port only half
/// a minute after it was given, and until then no connection of anybody may have it.
const FIRST: u16 = 11_000;
const COUNT: u16 = 20_000;
/// Distance of the places at which processes begin to look, so that two test runs do not look at the same ports at the same time.
const STRIDE: u32 = 487;

static GIVEN: Mutex<u16> = Mutex::new(0);

/// A port that is free for TCP and UDP on the loopback addresses and has not been given out by this process before.
pub fn free_port() -> Result<u16> {
    let begin = u16::try_from(process::id().wrapping_mul(STRIDE) % u32::from(COUNT))?;
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    while *given < COUNT {
        let offset = (u32::from(begin) + u32::from(*given)) % u32::from(COUNT);
        *given += 1;
        let port = FIRST + u16::try_from(offset)?;
        if is_free(port) {
            return Ok(port);
        }
    }
    bail!("no port from {FIRST} to {} is free on 127.0.0.1", FIRST + (COUNT - 1))
}

fn is_free(port: u16) -> bool {
    // Some machines have no second address; what cannot be listened on for another reason than that it is taken does not count.
    let taken = |error: std::io::Error| error.kind() == std::io::ErrorKind::AddrInUse;
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
        && UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
        && !TcpListener::bind((Ipv6Addr::LOCALHOST, port)).is_err_and(taken)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
    use super::*;

    #[test]
    fn ports_are_given_once_and_are_none_of_those_of_connections() {
        let ports: std::collections::HashSet<u16> = (0..50).map(|_| free_port().unwrap()).collect();
        assert_eq!(ports.len(), 50);
        assert!(ports.iter().all(|port| (FIRST..FIRST + COUNT).contains(port)));
    }
}
