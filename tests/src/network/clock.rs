//! Clocks that jump: of a provider, and of a validator. Nobody honest may lose anything by it.

use super::{
    faketime::Clock,
    observer::{Observer, Stake},
    processes::Window,
    quartet::{FAULTY, NUMBERS, Quartet},
    report::Section,
};
use crate::{Cluster, ClusterOptions, Node, Offer, Provider, Workspace, random_file, sha256, until};
use anyhow::{Context, Result, ensure};
use blocs_chain::MarketEvent;
use blocs_primitives::AccountId;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What [`provider`] shows.
pub const PROVIDER_TITLE: &str = "The clock of a provider jumps by an hour";
/// What [`validator`] shows.
pub const VALIDATOR_TITLE: &str = "The clock of a validator of four jumps by an hour";
/// An hour, in seconds.
const HOUR: i64 = 3600;
/// How long a validator may take to follow the others again.
const AGAIN: Duration = Duration::from_secs(180);
/// Slots in which it may not have seen yet that its clock has jumped: it looks once a second.
const UNSEEN: u64 = 2;
/// Time between two looks at the chain.
const PAUSE: Duration = Duration::from_millis(250);
/// What a provider gets before it registers.
const FUNDS: u128 = 20_000 * crate::BLOC;

/// A provider's clock jumps ahead and behind; it proves `periods` more periods each time. Skipped without `faketime`.
pub async fn provider(workspace: &Workspace, periods: u32, section: &mut Section) -> Result<()> {
    // Given a file on three providers, one of which goes by a clock of its own
    let folder = workspace.folder("clock-of-provider")?;
    let Some(clock) = Clock::new(&folder, "provider")? else {
        section.skip(Clock::MISSING);
        return Ok(());
    };
    let cluster = Cluster::start(workspace, ClusterOptions::new("clock-provider", 2)).await?;
    let number = 2;
    cluster.fund(&Provider::signer(number)?.account(), FUNDS).await?;
    let mut jumping = Provider::create(cluster.folder(), number, cluster.url(), &Offer::default()).await?;
    jumping.set_env(clock.environment());
    jumping.register_and_run().await?;
    let user = cluster.user("owner").await?;
    let source = user.home().join("source.bin");
    random_file(&source, 6 << 20, 23)?;
    user.put(&source, "file", &["--ec", "2+1"]).await?.expect(0)?;
    let account = jumping.account().clone();
    let limit = cluster.patience(periods + 3);
    cluster
        .proved_since(&account, cluster.current_period().await?, limit)
        .await?;
    let window = Window::open([])?;

    // When the clock jumps, it goes on proving
    for (seconds, jump) in [(HOUR, "an hour ahead"), (-HOUR, "an hour behind"), (0, "right again")] {
        let period = cluster.current_period().await?;
        clock.set(seconds)?;
        let (proved, _) = cluster.proved_since(&account, period + periods, limit).await?;
        section.check(
            &format!("{jump}, it proves"),
            true,
            format!("set in period {period}, proved period {proved}"),
        );
    }

    // And nobody is slashed, and what it keeps comes back
    let harm = cluster.events().all(|(block, event)| match event {
        MarketEvent::Missed { .. } | MarketEvent::Faulted { .. } | MarketEvent::SlotLost { .. } => {
            Some(format!("block {}: {event:?}", block.number))
        }
        _ => None,
    });
    section.check(
        "no provider misses a period",
        harm.is_empty(),
        format!("{} events of that kind: {}", harm.len(), harm.join("; ")),
    );
    cluster.provider(1).await?.kill();
    let copy = user.home().join("copy.bin");
    user.get("file", &copy).await?.expect(0)?;
    let same = sha256(&source)? == sha256(&copy)?;
    section.check("what it keeps comes back", same, "read from it and one other provider");
    section.used(&window.close()?);
    Ok(())
}

/// The clock of a validator of four jumps an hour ahead, and when `behind` an hour behind too, each for `blocks` blocks of the others.
pub async fn validator(workspace: &Workspace, blocks: u64, behind: bool, section: &mut Section) -> Result<()> {
    // Given four validators, all of which author
    let folder = workspace.folder("clock-of-validator")?;
    let Some(clock) = Clock::new(&folder, "validator")? else {
        section.skip(Clock::MISSING);
        return Ok(());
    };
    let mut quartet = Quartet::start(&folder, Some(&clock)).await?;
    let (faulty, slot) = (quartet.stash(FAULTY)?, quartet.slot());
    let observer = Observer::connect(quartet.node(0)?).await?;
    let stakes = stakes(&quartet, &observer).await?;
    let window = Window::open(quartet.processes())?;
    authored_by(&observer, quartet.node(0)?, &faulty, AGAIN).await?;

    let mut jumps = vec![(HOUR, "an hour ahead")];
    if behind {
        jumps.push((-HOUR, "an hour behind"));
    }
    for (seconds, jump) in jumps {
        // When one clock jumps, the others go on
        let witness = quartet.node(0)?;
        let jumped = Instant::now();
        clock.set(seconds)?;
        // What it authored before it saw the jump may still be on its way, and finality behind: the slots tell what came later.
        let seen = now_slot(slot)? + UNSEEN;
        let limit = AGAIN + slot * u32::try_from(blocks)? * 4;
        let from = until("a block from after the jump is final", limit, || async {
            let height = witness.finalized_height().await?;
            Ok((observer.authorship(witness, height).await?.slot > seen).then_some(height))
        })
        .await?;
        until(
            &format!("three of four finalize while one is {jump}"),
            limit,
            || async { Ok((witness.finalized_height().await? >= from + blocks).then_some(())) },
        )
        .await?;
        let took = jumped.elapsed();
        let to = witness.finalized_height().await?;
        let mut of_faulty = 0;
        for height in from..=to {
            let authorship = observer.authorship(witness, height).await?;
            let ahead = authorship.slot.saturating_sub(now_slot(slot)?);
            ensure!(
                ahead <= 1,
                "block {height} is of a slot that is {ahead} slots ahead of the time"
            );
            of_faulty += usize::from(authorship.author == faulty);
        }
        section.check(
            &format!("{jump}: the others go on without it"),
            of_faulty == 0,
            format!(
                "{} blocks finalized in {:.0} s, {of_faulty} of them its own",
                to - from,
                took.as_secs_f64()
            ),
        );

        // And when it is right again, it follows by itself
        let right = Instant::now();
        clock.set(0)?;
        follows(&quartet).await.with_context(|| format!("after {jump}"))?;
        let follows_after = right.elapsed().as_secs_f64();

        // And authors. BABE's worker takes no slot that is not later than its last one, so who was ahead starts the node again.
        let restart = seconds > 0;
        if restart {
            let node = quartet.node_mut(FAULTY)?;
            node.daemon().kill();
            node.restart().await?;
        }
        let height = authored_by(&observer, quartet.node(0)?, &faulty, AGAIN).await?;
        let how = if restart {
            "after a restart"
        } else {
            "without a restart"
        };
        section.check(
            &format!("{jump} and right again: it takes part again"),
            true,
            format!(
                "follows the others {follows_after:.1} s after, without a restart; authors again {how}, block {height}"
            ),
        );
    }

    // And nobody is slashed
    let offences = observer.offences().await?;
    section.check(
        "nobody is reported for an offence",
        offences == 0,
        format!("{offences} reports"),
    );
    let after = self::stakes(&quartet, &observer).await?;
    section.check(
        "nobody loses stake",
        after == stakes,
        format!("{} stakes compared", after.len()),
    );
    section.used(&window.close()?);
    Ok(())
}

async fn stakes(quartet: &Quartet, observer: &Observer) -> Result<Vec<Stake>> {
    let mut stakes = Vec::new();
    for number in NUMBERS {
        stakes.push(observer.stake(&quartet.stash(number)?).await?);
    }
    Ok(stakes)
}

/// The slot that it is, by the machine's clock.
fn now_slot(slot: Duration) -> Result<u64> {
    let since_1970 = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .context("the machine's clock is before 1970")?;
    Ok(u64::try_from(since_1970.as_millis() / slot.as_millis())?)
}

/// Waits until `witness` has finalized a new block of this validator; returns its height.
pub(super) async fn authored_by(
    observer: &Observer,
    witness: &Node,
    author: &AccountId,
    limit: Duration,
) -> Result<u64> {
    let (mut seen, deadline) = (witness.finalized_height().await?, Instant::now() + limit);
    loop {
        let last = witness.finalized_height().await?;
        while seen < last {
            seen += 1;
            if observer.authorship(witness, seen).await?.author == *author {
                return Ok(seen);
            }
        }
        ensure!(
            Instant::now() < deadline,
            "no block of validator {author} in {} s",
            limit.as_secs()
        );
        tokio::time::sleep(PAUSE).await;
    }
}

/// Waits until the faulty validator's node finalizes what the others do.
async fn follows(quartet: &Quartet) -> Result<()> {
    let (witness, faulty) = (quartet.node(0)?, quartet.node(FAULTY)?);
    let target = witness.finalized_height().await?;
    until("its node finalizes what the others do", AGAIN, || async {
        Ok((faulty.finalized_height().await? >= target + 3).then_some(()))
    })
    .await?;
    let hash = |node: &'static str, hash: Option<String>| hash.with_context(|| format!("{node} has no block {target}"));
    let theirs = hash("the witness", witness.block_hash(target).await?)?;
    let own = hash("the faulty validator", faulty.block_hash(target).await?)?;
    ensure!(theirs == own, "block {target} is {theirs}, and at its node {own}");
    Ok(())
}
