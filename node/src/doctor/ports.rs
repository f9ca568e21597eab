//! The ports that a node is to use: free, or taken by whom.

use super::Finding;
use std::{
    fs, io,
    net::{Ipv4Addr, TcpListener},
    path::Path,
};

pub(super) fn check(url: &str, network: u16, prometheus: u16) -> Vec<Finding> {
    let rpc = url
        .rsplit(':')
        .next()
        .and_then(|port| port.trim_end_matches('/').parse().ok())
        .unwrap_or(9944);
    vec![
        port("JSON-RPC", "--rpc-port", Ipv4Addr::LOCALHOST, rpc),
        port("network", "--port", Ipv4Addr::UNSPECIFIED, network),
        port("Prometheus", "--prometheus-port", Ipv4Addr::LOCALHOST, prometheus),
    ]
}

fn port(purpose: &str, flag: &str, address: Ipv4Addr, port: u16) -> Finding {
    match TcpListener::bind((address, port)) {
        Ok(_) => Finding::ok("ports", format!("{port} ({purpose}) is free")),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            let holder = holder(port).unwrap_or_else(|| "another program".to_owned());
            Finding::fail(
                "ports",
                format!("{port} ({purpose}) is taken by {holder}"),
                format!("stop it, or choose another port with `{flag}`"),
            )
        }
        Err(error) => Finding::fail(
            "ports",
            format!("{port} ({purpose}) cannot be used: {error}"),
            format!("choose another port with `{flag}`: those below 1024 need rights that a node should not have"),
        ),
    }
}

/// Name and id of the process that listens on a port, where `/proc` tells.
fn holder(port: u16) -> Option<String> {
    let socket = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .find_map(|table| listening_inode(&table, port))?;
    let link = format!("socket:[{socket}]");
    fs::read_dir("/proc").ok()?.flatten().find_map(|process| {
        let id: u32 = process.file_name().to_str()?.parse().ok()?;
        let holds = fs::read_dir(process.path().join("fd"))
            .ok()?
            .flatten()
            .any(|file| fs::read_link(file.path()).is_ok_and(|target| target == Path::new(&link)));
        let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
        holds.then(|| format!("{} (process {id})", name.trim()))
    })
}

/// The inode of the socket that listens on the port, from a table of `/proc/net`.
fn listening_inode(table: &str, port: u16) -> Option<u64> {
    const LISTENING: &str = "0A";
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let (local, state, inode) = (fields.get(1)?, fields.get(3)?, fields.get(9)?);
        let (_, digits) = local.rsplit_once(':')?;
        let matches = *state == LISTENING && u16::from_str_radix(digits, 16).ok()? == port;
        matches.then(|| inode.parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::{super::Status, *};

    #[test]
    fn a_taken_port_names_who_has_it() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let taken = listener.local_addr().unwrap().port();

        let finding = port("JSON-RPC", "--rpc-port", Ipv4Addr::LOCALHOST, taken);

        assert_eq!(finding.status, Status::Fail);
        let process = format!("process {}", std::process::id());
        assert!(finding.message.contains(&process), "{}", finding.message);
        assert!(finding.next.unwrap().contains("--rpc-port"));
        drop(listener);
        assert_eq!(
            port("JSON-RPC", "--rpc-port", Ipv4Addr::LOCALHOST, taken).status,
            Status::Ok
        );
    }

    #[test]
    fn the_rpc_port_is_that_of_the_address() {
        let findings = check("ws://127.0.0.1:12345/", 0, 0);
        assert!(findings[0].message.starts_with("12345"), "{}", findings[0].message);
    }
}
