//! What a running daemon tells other programs: one line on stdout, and a file in its data folder.

use serde::{Deserialize, Serialize};
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Where a running daemon can be reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFile {
    /// Always `ready`.
    pub event: String,
    /// Process id.
    pub pid: u32,
    /// Account, as an address.
    pub account: String,
    /// libp2p peer id.
    pub peer_id: String,
    /// Multiaddresses of the data port, with `/p2p/<peer id>`.
    pub addresses: Vec<String>,
    /// Address of the administration RPC.
    pub admin: String,
    /// Address of metrics and health.
    pub http: String,
}

fn path(data: &Path) -> PathBuf {
    data.join("run.json")
}

impl RunFile {
    /// The one line of JSON.
    pub fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Writes the file, whole or not at all.
    pub fn write(&self, data: &Path) -> io::Result<()> {
        let temporary = data.join("run.json.tmp");
        fs::write(&temporary, self.line() + "\n")?;
        fs::rename(temporary, path(data))
    }

    /// Reads the file; `None` when no daemon has written one.
    pub fn read(data: &Path) -> io::Result<Option<Self>> {
        match fs::read_to_string(path(data)) {
            Ok(text) => Ok(Some(serde_json::from_str(&text)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes the file.
    pub fn remove(data: &Path) {
        if let Err(error) = fs::remove_file(path(data)) {
            tracing::debug!(%error, "cannot remove run.json");
        }
    }
}
