//! What `dev up` has started, kept in a file so that `dev down` finds it.

use super::process::Started;
use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::{self, Write},
    net::{TcpListener, UdpSocket},
    path::{Path, PathBuf},
};

/// Name of the file.
const FILE: &str = "dev.json";

/// A development chain with its providers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DevState {
    pub(super) version: u8,
    /// Port of the node's JSON-RPC.
    pub(super) rpc_port: u16,
    /// Port of the node's network.
    pub(super) p2p_port: u16,
    pub(super) node: Option<Started>,
    pub(super) providers: Vec<DevProvider>,
}

/// One of its providers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DevProvider {
    /// Port for data, TCP and UDP.
    pub(super) data_port: u16,
    /// Port of the administration RPC.
    pub(super) admin_port: u16,
    /// Port of metrics and health.
    pub(super) http_port: u16,
    pub(super) process: Option<Started>,
}

impl DevState {
    /// A plan with free ports.
    pub(super) fn plan(providers: usize, rpc_port: Option<u16>) -> anyhow::Result<Self> {
        let mut ports = Ports::default();
        let rpc_port = match rpc_port {
            Some(port) => ports.given(port)?,
            None => ports.given(9944).or_else(|_| ports.free())?,
        };
        let p2p_port = ports.free()?;
        let provider = |ports: &mut Ports| {
            let (data_port, admin_port, http_port) = (ports.free()?, ports.free()?, ports.free()?);
            Ok(DevProvider {
                data_port,
                admin_port,
                http_port,
                process: None,
            })
        };
        let providers = (0..providers)
            .map(|_| provider(&mut ports))
            .collect::<anyhow::Result<_>>()?;
        Ok(Self {
            version: 1,
            rpc_port,
            p2p_port,
            node: None,
            providers,
        })
    }

    /// The state in `folder`; `None` when there is none.
    pub(super) fn load(folder: &Path) -> anyhow::Result<Option<Self>> {
        let path = folder.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e).with_context(|| format!("cannot read {}", path.display())),
        };
        let state: Self = serde_json::from_str(&text)
            .ok()
            .filter(|state: &Self| state.version == 1)
            .with_context(|| {
                format!(
                    "cannot understand {}: it is of another release; remove its folder",
                    path.display()
                )
            })?;
        Ok(Some(state))
    }

    /// Writes the state, whole or not at all.
    pub(super) fn save(&self, folder: &Path) -> anyhow::Result<()> {
        let path = folder.join(FILE);
        let write = || -> io::Result<()> {
            let temporary = folder.join("dev.json.new");
            let mut file = fs::File::create(&temporary)?;
            file.write_all(serde_json::to_string_pretty(self).map_err(io::Error::other)?.as_bytes())?;
            file.sync_all()?;
            fs::rename(&temporary, &path)
        };
        write().with_context(|| format!("cannot write {}", path.display()))
    }

    /// Removes the state's file.
    pub(super) fn forget(folder: &Path) -> anyhow::Result<()> {
        let path = folder.join(FILE);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                Err(e).with_context(|| format!("cannot remove {}", path.display()))
            }
            _ => Ok(()),
        }
    }

    /// The node's WebSocket.
    pub(super) fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.rpc_port)
    }

    /// Processes that still run; the node last.
    pub(super) fn running(&self) -> Vec<Started> {
        let all = self
            .providers
            .iter()
            .filter_map(|provider| provider.process.as_ref())
            .chain(&self.node);
        all.filter(|process| process.is_alive()).cloned().collect()
    }
}

/// Folder of a provider's data.
pub(super) fn provider_folder(folder: &Path, index: usize) -> PathBuf {
    folder.join(format!("provider-{index}"))
}

/// Keeps every port that it has given bound until all are chosen, so that none is given twice.
#[derive(Default)]
struct Ports {
    taken: Vec<(TcpListener, UdpSocket)>,
}

impl Ports {
    fn given(&mut self, port: u16) -> anyhow::Result<u16> {
        let context = || format!("the port {port} is taken: choose another with --rpc-port");
        let tcp = TcpListener::bind(("127.0.0.1", port)).with_context(context)?;
        let port = tcp.local_addr()?.port();
        let udp = UdpSocket::bind(("127.0.0.1", port)).with_context(context)?;
        self.taken.push((tcp, udp));
        Ok(port)
    }

    fn free(&mut self) -> anyhow::Result<u16> {
        let mut last = None;
        for _ in 0..16 {
            match self.given(0) {
                Ok(port) => return Ok(port),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| anyhow::anyhow!("no port is free")))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_plan_has_distinct_ports_and_survives_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(DevState::load(folder.path()).unwrap(), None);
        let plan = DevState::plan(3, None).unwrap();
        let mut ports: BTreeSet<u16> = plan
            .providers
            .iter()
            .flat_map(|p| [p.data_port, p.admin_port, p.http_port])
            .collect();
        ports.extend([plan.rpc_port, plan.p2p_port]);
        assert_eq!(ports.len(), 11);
        plan.save(folder.path()).unwrap();
        assert_eq!(DevState::load(folder.path()).unwrap(), Some(plan));
    }
}
