//! The end-to-end tests: one binary, so that it links once and its scenarios share one chain.

use blocs_tests::{
    Workspace,
    network::namespaces,
    scenarios::{self, Scenario, Stage, Verdict},
};
use libtest_mimic::{Arguments, Failed, Trial};
use std::{
    process::ExitCode,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use tokio::{runtime::Runtime, sync::Semaphore};

/// Longest time for one scenario: for the longest one, when it builds the next runtime on a machine that has built nothing yet. Each wait in
/// a scenario has a limit of its own.
const LIMIT: Duration = Duration::from_secs(1_800);
/// Scenarios mostly wait for blocks, so many may play at the same time, but a machine that is overloaded makes no blocks. So each scenario has
/// a weight, about the number of its nodes (`scenarios::all`), and those that play together weigh no more than this for each core of the
/// machine. The others wait, first come first served, and their time does not run meanwhile. How many threads there are does not matter then,
/// as long as they are enough; `--test-threads` can only lower what plays together.
const WEIGHT_PER_CORE: u32 = 4;
/// Scenarios that wait for room, so that there is always one to take it.
const SPARE_THREADS: usize = 2;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
    let room = WEIGHT_PER_CORE.saturating_mul(u32::try_from(cores).unwrap_or(1));
    arguments
        .test_threads
        .get_or_insert(usize::try_from(room).unwrap_or(1).saturating_add(SPARE_THREADS));
    match play(&arguments, room) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("the end-to-end tests cannot run: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn play(arguments: &Arguments, room: u32) -> anyhow::Result<ExitCode> {
    let runtime = Arc::new(Runtime::new()?);
    let workspace = Workspace::new("blocs-e2e-")?;
    let path = workspace.path().to_owned();
    // Children die with this process; what is left is what was meant to outlive it, and the folder.
    runtime.spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            scenarios::stop_dev_chains(&path);
            namespaces::remove_own();
            std::fs::remove_dir_all(path).ok();
            std::process::exit(130);
        }
    });
    let stage = Arc::new(Stage::new(workspace));
    let machine = Arc::new(Machine {
        room,
        free: Semaphore::new(usize::try_from(room)?),
    });
    let trials = scenarios::all()
        .into_iter()
        .map(|scenario| trial(scenario, &runtime, &stage, &machine))
        .collect();
    let conclusion = libtest_mimic::run(arguments, trials);

    let stage = last(stage)?;
    let workspace = stage.close();
    if conclusion.has_failed() {
        workspace.keep_logs();
    }
    if let Some(logs) = workspace.close()? {
        eprintln!("logs of all programs: {}", logs.display());
    }
    Ok(if conclusion.has_failed() {
        ExitCode::from(101)
    } else {
        ExitCode::SUCCESS
    })
}

/// The stage, once the threads that played have let go of it.
fn last(mut stage: Arc<Stage>) -> anyhow::Result<Stage> {
    let started = Instant::now();
    loop {
        match Arc::try_unwrap(stage) {
            Ok(stage) => return Ok(stage),
            Err(shared) => stage = shared,
        }
        anyhow::ensure!(started.elapsed() < Duration::from_secs(10), "a scenario still runs");
        thread::yield_now();
    }
}

/// What the machine has room for, by weight.
struct Machine {
    room: u32,
    free: Semaphore,
}

fn trial(scenario: Scenario, runtime: &Arc<Runtime>, stage: &Arc<Stage>, machine: &Arc<Machine>) -> Trial {
    let (runtime, stage, machine) = (runtime.clone(), stage.clone(), machine.clone());
    Trial::test(scenario.name, move || {
        // What is heavier than a small machine plays alone there.
        let _place = runtime.block_on(machine.free.acquire_many(scenario.weight.min(machine.room)))?;
        let started = Instant::now();
        let result = runtime.block_on(async { tokio::time::timeout(LIMIT, (scenario.play)(&stage)).await });
        let seconds = started.elapsed().as_secs();
        match result {
            Ok(Ok(Verdict::Passed)) => {
                eprintln!("{}: {seconds} s", scenario.name);
                Ok(())
            }
            Ok(Ok(Verdict::Skipped(reason))) => {
                eprintln!("{}: skipped, {reason}", scenario.name);
                Ok(())
            }
            Ok(Err(error)) => Err(Failed::from(format!("after {seconds} s: {error:#}"))),
            Err(_) => Err(Failed::from(format!("had not ended after {} s", LIMIT.as_secs()))),
        }
    })
}
