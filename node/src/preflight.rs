//! What is checked before the node starts, so that the most common mistakes end with a sentence that helps.

use sc_network::{
    config::{NodeKeyConfig, Secret},
    multiaddr::Protocol,
};
use sc_service::Configuration;
use std::{
    fs, io,
    net::{IpAddr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
};

/// Why the node does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PreflightError {
    #[error(
        "cannot write the node's folder {path}: {source}; choose another with `--base-path`, or run with `--tmp` to keep nothing"
    )]
    Folder { path: PathBuf, source: io::Error },
    #[error("cannot listen on {address} for {purpose}: {source}; {advice}")]
    Port {
        address: SocketAddr,
        purpose: &'static str,
        source: io::Error,
        advice: &'static str,
    },
    #[error(
        "cannot read or make the network key {path}: {source}; check the file and its folder, or name another with `--node-key-file`"
    )]
    NetworkKey { path: PathBuf, source: io::Error },
}

impl From<PreflightError> for sc_cli::Error {
    fn from(error: PreflightError) -> Self {
        Self::Application(Box::new(error))
    }
}

/// The node's folder can be written.
pub(crate) fn folder(path: &Path) -> Result<(), PreflightError> {
    let failed = |source| PreflightError::Folder {
        path: path.to_owned(),
        source,
    };
    fs::create_dir_all(path).map_err(failed)?;
    let probe = path.join(".writable");
    fs::write(&probe, []).map_err(failed)?;
    fs::remove_file(&probe).map_err(failed)
}

/// The ports that the node was told to use are free.
pub(crate) fn ports(config: &Configuration) -> Result<(), PreflightError> {
    for endpoint in config
        .rpc
        .addr
        .iter()
        .flatten()
        .filter(|endpoint| !endpoint.retry_random_port && !endpoint.is_optional)
    {
        free(
            endpoint.listen_addr,
            "JSON-RPC",
            "choose another port with `--rpc-port`, or 0 for any free one",
        )?;
    }
    for address in config.network.listen_addresses.iter().filter_map(tcp_address) {
        free(
            address,
            "the network",
            "is another node running? Choose another port with `--port`, or 0 for any free one",
        )?;
    }
    if let Some(prometheus) = &config.prometheus_config {
        free(
            prometheus.port,
            "Prometheus",
            "choose another port with `--prometheus-port`, or none with `--no-prometheus`",
        )?;
    }
    Ok(())
}

fn free(address: SocketAddr, purpose: &'static str, advice: &'static str) -> Result<(), PreflightError> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        // A machine without IPv6 is no reason not to start.
        Err(error) if address.is_ipv6() && error.kind() != io::ErrorKind::AddrInUse => Ok(()),
        Err(source) => Err(PreflightError::Port {
            address,
            purpose,
            source,
            advice,
        }),
    }
}

/// The address of `/ip4/…/tcp/…` or `/ip6/…/tcp/…`.
fn tcp_address(address: &sc_network::Multiaddr) -> Option<SocketAddr> {
    let mut parts = address.iter();
    let ip = match parts.next()? {
        Protocol::Ip4(ip) => IpAddr::V4(ip),
        Protocol::Ip6(ip) => IpAddr::V6(ip),
        _ => return None,
    };
    match parts.next()? {
        Protocol::Tcp(port) => Some(SocketAddr::new(ip, port)),
        _ => None,
    }
}

/// Makes the network key when there is none, and says so: other nodes know this one by the identity that follows from it.
pub(crate) fn network_key(config: &Configuration) -> Result<(), PreflightError> {
    let NodeKeyConfig::Ed25519(Secret::File(path)) = &config.network.node_key else {
        return Ok(());
    };
    let is_new = !path.exists();
    let key = config
        .network
        .node_key
        .clone()
        .into_keypair()
        .map_err(|source| PreflightError::NetworkKey {
            path: path.clone(),
            source,
        })?;
    if is_new {
        log::info!(
            "made a new network key {}: this node's identity is {}. Keep the file, or other nodes will not find this one again",
            path.display(),
            key.public().to_peer_id(),
        );
    }
    Ok(())
}
