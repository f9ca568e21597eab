//! What runtimes say of themselves: the reference pages, and what an upgrade changes.

use super::{Stage, Verdict};
use crate::{User, program::checkout};
use anyhow::{Context, Result, ensure};
use std::fs;

pub(super) async fn pages_in_the_documents_are_those_of_the_running_runtime(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = User::at(&stage.workspace().folder("reference")?, cluster.url())?;
    let pages = checkout().join("docs/reference").display().to_string();

    // The pages that are kept are those of this runtime
    user.run(["runtime", "reference", "--out", &pages, "--check"])
        .await?
        .expect(0)
        .context("write them again with `make reference`")?;

    // And a page that is not is named
    let own = user.home().join("pages");
    let own_pages = own.display().to_string();
    user.run(["runtime", "reference", "--out", &own_pages])
        .await?
        .expect(0)?;
    let page = own.join("balances.md");
    let text = fs::read_to_string(&page)?;
    ensure!(text.contains("transfer_keep_alive"), "{text}");
    fs::write(&page, text.replace("transfer_keep_alive", "transfer"))?;
    user.run(["runtime", "reference", "--out", &own_pages, "--check"])
        .await?
        .expect(24)?
        .says(&["balances.md"])?;
    Ok(Verdict::Passed)
}

pub(super) async fn an_upgrade_is_shown_to_voters(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let user = User::at(&stage.workspace().folder("upgrade")?, cluster.url())?;

    // Given the code of the running chain in a file
    let key = serde_json::json!(["0x3a636f6465"]);
    let code = cluster.node().await.rpc("state_getStorage", key).await?;
    let code = code.as_str().context("the chain has no code")?;
    let code = hex::decode(code.trim_start_matches("0x"))?;
    let file = user.home().join("running.wasm");
    fs::write(&file, &code)?;
    let file = file.display().to_string();

    // Then file and chain say the same of themselves, with the hash that an upgrade is authorized by
    let of_file = user
        .run(["--json", "runtime", "info", &file])
        .await?
        .expect(0)?
        .json()?;
    let of_chain = user.run(["--json", "runtime", "info"]).await?.expect(0)?.json()?;
    ensure!(of_file == of_chain, "{of_file}\n{of_chain}");
    let hash = format!("0x{}", hex::encode(sp_crypto_hashing::blake2_256(&code)));
    ensure!(
        of_file.get("code_hash").and_then(|hash| hash.as_str()) == Some(&hash),
        "{of_file}"
    );
    let same = user
        .run(["--json", "runtime", "diff", &file])
        .await?
        .expect(0)?
        .json()?;
    ensure!(same.get("same").and_then(|same| same.as_bool()) == Some(true), "{same}");

    // And code that is packed otherwise but has no higher version is refused before any vote
    let other = user.home().join("other.wasm");
    fs::write(&other, [&code[..], &[0]].concat())?;
    let other = other.display().to_string();
    let outcome = user.run(["runtime", "diff", &other]).await?;
    ensure!(matches!(outcome.code, Some(23 | 24)), "{outcome:?}");

    // And what is no runtime is named
    let wrong = user.home().join("wrong.wasm");
    fs::write(&wrong, b"hello")?;
    user.run(["runtime", "info", &wrong.display().to_string()])
        .await?
        .expect(24)?
        .says(&["wrong.wasm", "no runtime", "compact.compressed.wasm"])?;
    user.run(["runtime", "diff", &file, "--referendum", "4000000"])
        .await?
        .expect(4)?
        .says(&["no referendum 4000000"])?;
    Ok(Verdict::Passed)
}
