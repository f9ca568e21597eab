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
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

/// Longest time for one scenario.
const LIMIT: Duration = Duration::from_secs(600);
/// Scenarios at the same time: they mostly wait for blocks.
const THREADS: usize = 4;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(THREADS);
    match play(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("the end-to-end tests cannot run: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn play(arguments: &Arguments) -> anyhow::Result<ExitCode> {
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
    let trials = scenarios::all()
        .into_iter()
        .map(|scenario| trial(scenario, &runtime, &stage))
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
        std::thread::yield_now();
    }
}

fn trial(scenario: Scenario, runtime: &Arc<Runtime>, stage: &Arc<Stage>) -> Trial {
    let (runtime, stage) = (runtime.clone(), stage.clone());
    Trial::test(scenario.name, move || {
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
