//! The network key, and the session keys: does the node have what the chain has registered?

use super::{Finding, Folders};
use crate::remote::{Remote, RemoteError, to_hex};
use blocs_primitives::AccountId;
use blocs_runtime::{Runtime, SessionKeys};
use codec::Encode;
use jsonrpsee::rpc_params;
use std::fs;

/// Most validators whose keys the node is asked for.
const MAX_VALIDATORS: usize = 200;

/// The network key is there, and nobody else can read it.
pub(super) fn network_key(folders: &Folders) -> Finding {
    let path = folders.chain.join("network/secret_ed25519");
    let metadata = match fs::metadata(&path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Finding::ok(
                "network key",
                format!(
                    "there is none at {} yet: the node makes it when it starts",
                    path.display()
                ),
            );
        }
        Err(error) => {
            return Finding::fail(
                "network key",
                format!("cannot look at {}: {error}", path.display()),
                "run this as the node's user",
            );
        }
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Finding::warn(
                "network key",
                format!("others may read {} (mode {mode:03o})", path.display()),
                "take that from them with `chmod 600`: with it, others can pass for this node",
            );
        }
    }
    if metadata.len() == 0 {
        return Finding::fail(
            "network key",
            format!("{} is empty", path.display()),
            "remove it: the node makes a new one, and has a new identity then",
        );
    }
    Finding::ok("network key", format!("{} is there, and private", path.display()))
}

/// The running node has session keys that the chain knows.
pub(super) async fn session_keys(node: &Remote, owner: Option<&AccountId>) -> Vec<Finding> {
    match look(node, owner).await {
        Ok(findings) => findings,
        Err(error @ RemoteError::Unsafe { .. }) => vec![Finding::warn(
            "session keys",
            "the node does not tell from outside which keys it has",
            error.to_string(),
        )],
        Err(error) => vec![Finding::warn(
            "session keys",
            error.to_string(),
            "look at the node's log",
        )],
    }
}

async fn look(node: &Remote, owner: Option<&AccountId>) -> Result<Vec<Finding>, RemoteError> {
    if let Some(owner) = owner {
        return Ok(vec![registered(node, owner).await?]);
    }
    let roles: Vec<String> = node.call("system_nodeRoles", rpc_params![]).await?;
    if !roles.iter().any(|role| role == "Authority") {
        return Ok(vec![Finding::ok(
            "session keys",
            "none needed: the node is no validator",
        )]);
    }
    let key = pallet_session::QueuedKeys::<Runtime>::hashed_key();
    let active: Vec<(AccountId, SessionKeys)> = node.storage(&key, None).await?.unwrap_or_default();
    for (validator, keys) in active.iter().take(MAX_VALIDATORS) {
        if has(node, keys).await? {
            return Ok(vec![Finding::ok(
                "session keys",
                format!("the node has those of the active validator {validator}"),
            )]);
        }
    }
    Ok(vec![Finding::fail(
        "session keys",
        format!(
            "the node is started as a validator, but has the keys of none of the {} active ones",
            active.len()
        ),
        "if its keys were registered lately, they work from the session after the next, and only once the account is elected: see with \
         `--owner ACCOUNT`. Otherwise make keys with `blocs-node key rotate --owner ACCOUNT` and register them",
    )])
}

/// The keys that this account has registered.
async fn registered(node: &Remote, owner: &AccountId) -> Result<Finding, RemoteError> {
    let key = pallet_session::NextKeys::<Runtime>::hashed_key_for(owner);
    let rotate = format!(
        "make keys with `blocs-node key rotate --owner {owner}`, and register them with the command that it prints"
    );
    let Some(keys) = node.storage::<SessionKeys>(&key, None).await? else {
        return Ok(Finding::fail(
            "session keys",
            format!("{owner} has registered none"),
            rotate,
        ));
    };
    Ok(if has(node, &keys).await? {
        Finding::ok(
            "session keys",
            format!("the node has those that {owner} has registered"),
        )
    } else {
        Finding::fail(
            "session keys",
            format!("the node does not have those that {owner} has registered"),
            format!("copy the keystore of the node that has them, after that one was stopped for good; or {rotate}"),
        )
    })
}

async fn has(node: &Remote, keys: &SessionKeys) -> Result<bool, RemoteError> {
    node.call("author_hasSessionKeys", rpc_params![to_hex(&keys.encode())])
        .await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::{super::Status, *};
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_network_key_is_there_private_and_not_empty() {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders {
            base: folder.path().to_owned(),
            chain: folder.path().to_owned(),
        };
        assert!(network_key(&folders).message.contains("when it starts"));

        let path = folder.path().join("network/secret_ed25519");
        fs::create_dir(folder.path().join("network")).unwrap();
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(network_key(&folders).status, Status::Fail);

        fs::write(&path, "secret").unwrap();
        assert_eq!(network_key(&folders).status, Status::Ok);

        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let finding = network_key(&folders);
        assert_eq!(finding.status, Status::Warn);
        assert!(finding.next.unwrap().contains("chmod 600"));
    }
}
