//! Accounts, money, and what can be had back.

use super::{
    Stage, Verdict,
    loss::{comes_back, with_file},
};
use crate::{User, random_file, until};
use anyhow::{Context, Result, ensure};
use blocs_chain::{At, ChainClient};

const MIB: u64 = 1 << 20;

pub(super) async fn everything_comes_back_on_a_second_machine_from_the_words_alone(stage: &Stage) -> Result<Verdict> {
    // Given two files, and the words written down
    let cluster = stage.shared().await?;
    let (user, source, _) = with_file(cluster, "moving", 3 * MIB, &[]).await?;
    let other = user.home().join("other.txt");
    random_file(&other, 12_345, 5)?;
    user.put(&other, "letters/other.txt", &[]).await?.expect(0)?;

    // When the words are typed in on a machine that has nothing else
    let moved = user.moved_to(&cluster.folder().join("user-moved")).await?;
    moved.run(["--json", "restore"]).await?.expect(0)?;

    // Then the catalogue is there, and so are the files
    let list = moved.run(["ls"]).await?.expect(0)?;
    for name in ["file", "letters/other.txt"] {
        ensure!(list.stdout.contains(name), "{name} is not restored: {}", list.stdout);
    }
    comes_back(&moved, "file", &source).await?;
    let copy = moved.home().join("other-copy.txt");
    moved.get("letters/other.txt", &copy).await?.expect(0)?;
    ensure!(
        std::fs::read(&copy)? == std::fs::read(&other)?,
        "the second file differs"
    );

    // And the key file alone, which does not hold the words, gives the same
    let key_file = user.home().join("key.json").display().to_string();
    user.run(["account", "export", "--out", &key_file]).await?.expect(0)?;
    let by_file = User::at(&cluster.folder().join("user-moved-by-key-file"), user.url())?;
    let import = ["account", "import", "--key-file", &key_file];
    by_file.run(import).await?.expect(0)?;
    by_file
        .run(["--yes", "account", "export", "--words"])
        .await?
        .expect(4)?;
    by_file.run(["--json", "restore"]).await?.expect(0)?;
    comes_back(&by_file, "file", &source).await?;
    Ok(Verdict::Passed)
}

pub(super) async fn without_funds_put_says_what_is_needed_and_held(stage: &Stage) -> Result<Verdict> {
    // Given somebody without tokens
    let cluster = stage.shared().await?;
    let user = cluster.poor_user("poor").await?;
    let source = user.home().join("source.bin");
    random_file(&source, MIB, 11)?;

    // When they put a file, the exit code and the message say what is missing
    user.put(&source, "file", &[])
        .await?
        .expect(20)?
        .says(&["need", "held"])?;
    let deals = cluster.chain().deals_by_owner(user.account(), At::Finalized).await?;
    ensure!(deals.is_empty(), "a deal was opened without funds");
    Ok(Verdict::Passed)
}

pub(super) async fn removed_file_is_gone_and_the_rest_of_its_escrow_comes_back(stage: &Stage) -> Result<Verdict> {
    // Given a file that is paid for ten days
    let cluster = stage.shared().await?;
    let user = cluster.user("removing").await?;
    let source = user.home().join("source.bin");
    random_file(&source, 16 * MIB, 13)?;
    user.put(&source, "file", &["--for", "10d"]).await?.expect(0)?;
    let paid = cluster.chain().balance(user.account(), At::Finalized).await?.free;

    let deals = cluster.chain().deals_by_owner(user.account(), At::Finalized).await?;
    let deal = deals.first().copied().context("no deal is in a finalized block")?;
    let deposit = cluster
        .chain()
        .deal(deal, At::Finalized)
        .await?
        .context("no such deal")?
        .deposit;

    // When it is removed
    user.run(["--yes", "rm", "file"]).await?.expect(0)?;

    // Then what was not used of the escrow is back, but for the fee
    let free = cluster.chain().balance(user.account(), At::Finalized).await?.free;
    ensure!(free > paid, "nothing came back: {paid} planck before, {free} after");

    // And once the deal has run out, the file is not found, and the deposit is back too
    until("the removed file is not found", cluster.patience(6), || async {
        Ok((user.run(["stat", "file"]).await?.code == Some(4)).then_some(()))
    })
    .await?;
    let copy = user.home().join("copy.bin");
    user.get("file", &copy).await?.expect(4)?.says(&["file"])?;
    let end = cluster.chain().balance(user.account(), At::Finalized).await?.free;
    ensure!(
        end >= free + deposit,
        "the deposit of {deposit} planck did not come back: {free}, then {end}"
    );
    Ok(Verdict::Passed)
}
