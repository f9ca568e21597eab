//! How long contracts take here, where the time goes, and what a native engine would bring. `make bench-contracts` runs it.

use anyhow::{Context, Result, bail, ensure};
use blocs_contract_benches::{
    cases::{self, Cases},
    chain::{Chain, ChainCall, ChildStorage, Deployed, GAS, answer},
    measure::{Samples, Spread, Subject, measure},
    native::{Compiled, Metering, NativeEngine, instrument},
    report::{CallRow, ColdRow, ComputeRow, PartRow, Report},
    sha256,
};
use blocs_runtime::Runtime;
use clap::{Parser, ValueEnum};
use pallet_contracts::weights::WeightInfo;
use std::{hint::black_box, path::PathBuf, sync::Arc};

/// Measures contracts: calls in the runtime's WASM and in the runtime compiled for this machine, and the same modules compiled by wasmtime.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Rounds; each measures everything once.
    #[arg(long, default_value_t = 41)]
    rounds: usize,
    /// Write all figures to this file too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measure nothing: make the call whose name contains this again and again, for a profiler.
    #[arg(long, value_name = "CALL")]
    profile: Option<String>,
    /// Who runs the call of `--profile`.
    #[arg(long, value_enum, default_value_t = Runner::Native)]
    engine: Runner,
    /// How often `--profile` makes its call.
    #[arg(long, default_value_t = 1000)]
    times: u32,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Runner {
    /// The runtime's WASM.
    Wasm,
    /// The runtime compiled for this machine.
    Native,
    /// The contract compiled for this machine by wasmtime.
    Engine,
}

/// Modules that would say nothing about compiling.
const NOT_COMPILED: [&str; 4] = [cases::IDLE, cases::IDLE_DATA, cases::COUNTING, cases::FILLED];

type Module = Arc<Compiled<ChildStorage>>;

/// The chain's contracts, as the cases number them.
struct Stage {
    cases: Cases,
    deployed: Vec<Deployed>,
}

/// An engine, and the modules that it compiled.
struct Ready {
    name: &'static str,
    engine: NativeEngine<ChildStorage>,
    modules: Vec<Module>,
}

impl Ready {
    fn new(name: &'static str, metering: Metering, cases: &Cases) -> Result<Self> {
        let engine = NativeEngine::new(metering)?;
        let hash = sp_io::hashing::blake2_256;
        let modules = cases
            .modules
            .iter()
            .map(|module| engine.compiled(hash(&module.code), &module.code));
        let modules = modules.collect::<Result<_>>()?;
        Ok(Self { name, engine, modules })
    }
}

fn main() -> Result<()> {
    let options = Options::parse();
    let cases = cases::all()?;
    let mut chain = Chain::new()?;
    let deployed = cases
        .modules
        .iter()
        .map(|module| chain.deploy(module))
        .collect::<Result<_>>()?;
    let stage = Stage { cases, deployed };
    if let Some(name) = &options.profile {
        return profile(&mut chain, &stage, name, options.engine, options.times);
    }

    let before = load();
    let main = Ready::new("native, gas in a global, inline", Metering::Inline, &stage.cases)?;
    let compared = compare(&mut chain, &stage, &main)?;
    let mut report = calls(&mut chain, &stage, &main, options.rounds)?;
    report.cold = cold(&stage.cases, options.rounds)?;
    report.compared = compared;
    report.load = [before, load()];
    print!("{report}");
    if let Some(path) = &options.json {
        let json = serde_json::to_string_pretty(&report)?;
        std::fs::write(path, json).with_context(|| format!("cannot write the figures to {}", path.display()))?;
    }
    Ok(())
}

fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or("unknown").to_owned()
}

fn machine() -> String {
    let all = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = all
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = all.lines().filter(|line| line.starts_with("processor")).count();
    format!("{}, {cores} cores", name.map_or("unknown processor", |(_, name)| name))
}

/// Runs one call for a profiler.
fn profile(chain: &mut Chain, stage: &Stage, name: &str, engine: Runner, times: u32) -> Result<()> {
    let Some(case) = stage.cases.calls.iter().find(|case| case.name.contains(name)) else {
        let names: Vec<&str> = stage.cases.calls.iter().map(|case| case.name.as_str()).collect();
        bail!(
            "cannot profile `{name}`: no call has this in its name; there are {}",
            names.join(", ")
        );
    };
    let deployed = case.module.map(|module| &stage.deployed[module]);
    let call = ChainCall::new(deployed, &case.input, GAS);
    let ready = match engine {
        Runner::Engine => Some(Ready::new("native", Metering::Inline, &stage.cases)?),
        Runner::Wasm | Runner::Native => None,
    };
    for _ in 0..times {
        match (engine, &ready, case.module) {
            (Runner::Wasm, _, _) => drop(black_box(chain.call_wasm(&call)?)),
            (Runner::Native, _, _) => drop(black_box(chain.call_native(&call))),
            (Runner::Engine, Some(ready), Some(module)) => {
                let (compiled, deployed) = (&ready.modules[module], &stage.deployed[module]);
                drop(black_box(chain.call_engine(
                    &ready.engine,
                    compiled,
                    deployed,
                    &case.input,
                )?));
            }
            (Runner::Engine, _, _) => bail!("cannot profile `{}`: there is no contract to compile", case.name),
        }
    }
    Ok(())
}

/// Makes every call in all engines and compares what it leaves behind.
fn compare(chain: &mut Chain, stage: &Stage, ready: &Ready) -> Result<usize> {
    let mut compared = 0;
    for case in &stage.cases.calls {
        let Some(module) = case.module else { continue };
        let deployed = &stage.deployed[module];
        let call = ChainCall::new(Some(deployed), &case.input, GAS);
        let (wasm, wasm_gas) = chain.effects_wasm(&call, deployed)?;
        let (native, native_gas) = chain.effects_native(&call, deployed)?;
        let limit = u64::MAX >> 1;
        let (engine, _) = chain.effects_engine(&ready.engine, &ready.modules[module], deployed, &case.input, limit)?;
        let same = wasm == native && native == engine && wasm_gas == native_gas;
        ensure!(
            same,
            "`{}` does not do the same everywhere:\n{wasm:?}\n{native:?}\n{engine:?}",
            case.name
        );
        compared += 1;
    }
    Ok(compared)
}

/// Measures all calls, warm.
fn calls(chain: &mut Chain, stage: &Stage, main: &Ready, rounds: usize) -> Result<Report> {
    let others = [
        Ready::new("native, gas in a global, by a function", Metering::Global, &stage.cases)?,
        Ready::new("native, gas by a host function", Metering::Host, &stage.cases)?,
        Ready::new("native, wasmtime's fuel", Metering::Fuel, &stage.cases)?,
        Ready::new("native, gas not counted", Metering::None, &stage.cases)?,
    ];
    let mut subjects: Vec<Subject<'_, Chain>> = Vec::new();
    let mut gas = Vec::new();
    let (short, long) = (cases::hash(1), cases::hash(cases::BLOCKS));
    for case in &stage.cases.calls {
        let deployed = case.module.map(|module| &stage.deployed[module]);
        let call = ChainCall::new(deployed, &case.input, GAS);
        gas.push(answer(&chain.call_native(&call))?.gas_consumed);
        let same = call.clone();
        subjects.push(Subject {
            name: format!("wasm/{}", case.name),
            work: Box::new(move |chain| chain.call_wasm(&call).map(|answer| drop(black_box(answer)))),
        });
        subjects.push(Subject {
            name: format!("native/{}", case.name),
            work: Box::new(move |chain| {
                black_box(chain.call_native(&same));
                Ok(())
            }),
        });
        let Some(module) = case.module else { continue };
        let compute = case.name == short || case.name == long;
        let engines = std::iter::once(main).chain(others.iter().filter(|_| compute));
        for ready in engines {
            let (compiled, deployed) = (&ready.modules[module], &stage.deployed[module]);
            subjects.push(Subject {
                name: format!("{}/{}", ready.name, case.name),
                work: Box::new(move |chain| {
                    let outcome = chain.call_engine(&ready.engine, compiled, deployed, &case.input)?;
                    black_box(outcome);
                    Ok(())
                }),
            });
        }
    }
    subjects.push(Subject {
        name: "rust".to_owned(),
        work: Box::new(|_| {
            black_box(sha256::chain(black_box(cases::BLOCKS)));
            Ok(())
        }),
    });

    let samples = measure(chain, &mut subjects, rounds)?;
    let names: Vec<String> = subjects.iter().map(|subject| subject.name.clone()).collect();
    let find = |who: &str, case: &str| -> Option<&Samples> {
        let name = if case.is_empty() {
            who.to_owned()
        } else {
            format!("{who}/{case}")
        };
        samples.get(names.iter().position(|found| *found == name)?)
    };
    let found = |who: &str, case: &str| find(who, case).with_context(|| format!("nobody measured {who}/{case}"));

    let base = <Runtime as pallet_contracts::Config>::WeightInfo::call().ref_time();
    let mut rows = Vec::new();
    for (case, gas) in stage.cases.calls.iter().zip(gas) {
        let (wasm, native) = (found("wasm", &case.name)?, found("native", &case.name)?);
        let declared = base.saturating_add(gas.ref_time());
        #[allow(clippy::cast_precision_loss, reason = "shown with three figures")]
        let micros = declared as f64 / 1e6;
        rows.push(CallRow {
            name: case.name.clone(),
            ref_time: gas.ref_time(),
            proof_size: gas.proof_size(),
            declared,
            wasm: wasm.spread(),
            native: native.spread(),
            engine: find(main.name, &case.name).map(Samples::spread),
            calls_a_second: 1e6 / wasm.spread().median,
            declared_by_taken: wasm.with(wasm, |taken, _| micros / taken).spread(),
            wasm_by_native: wasm.with(native, |wasm, native| wasm / native).spread(),
        });
    }

    Ok(Report {
        machine: machine(),
        load: Default::default(),
        rounds,
        compared: 0,
        calls: rows,
        parts: parts(&found)?,
        compute: compute(&found, main, &others)?,
        cold: Vec::new(),
    })
}

/// Differences between calls: what each part of them takes.
fn parts<'a>(found: &impl Fn(&str, &str) -> Result<&'a Samples>) -> Result<Vec<PartRow>> {
    let difference = |name: &str, more: &str, less: Option<&str>, times: u32| -> Result<PartRow> {
        let part = |who: &str| -> Result<Spread> {
            let more = found(who, more)?;
            let less = less.map(|less| found(who, less)).transpose()?;
            let each = |time: f64| time / f64::from(times);
            Ok(less.map_or_else(
                || more.spread(),
                |less| more.with(less, |more, less| each(more - less)).spread(),
            ))
        };
        Ok(PartRow {
            name: name.to_owned(),
            wasm: part("wasm")?,
            native: part("native")?,
        })
    };
    let (hash, write, read) = (cases::hash, cases::write, cases::read);
    let (blocks, writes) = (cases::BLOCKS, cases::WRITES);
    Ok(vec![
        difference(
            "a call that finds no contract: instance of the runtime, arguments",
            cases::NOBODY,
            None,
            1,
        )?,
        difference(
            "loading a contract, setting up the interpreter",
            cases::IDLE,
            Some(cases::NOBODY),
            1,
        )?,
        difference(
            "64 KiB of functions that do not run",
            cases::IDLE_CODE,
            Some(cases::IDLE),
            1,
        )?,
        difference("64 KiB of data", cases::IDLE_DATA, Some(cases::IDLE), 1)?,
        difference(
            "what an empty ink! message does besides",
            cases::NOTHING,
            Some(cases::IDLE),
            1,
        )?,
        difference("what a flip does besides", cases::FLIP, Some(cases::IDLE), 1)?,
        difference("what a transfer does besides", cases::TRANSFER, Some(cases::IDLE), 1)?,
        difference("each compression of SHA-256", &hash(blocks), Some(&hash(1)), blocks - 1)?,
        difference("each write of 1 KiB", &write(writes), Some(&write(1)), writes - 1)?,
        difference("each read of 1 KiB", &read(writes), Some(&read(1)), writes - 1)?,
    ])
}

/// What one compression takes, from the difference between many and one.
fn compute<'a>(
    found: &impl Fn(&str, &str) -> Result<&'a Samples>,
    main: &Ready,
    others: &[Ready],
) -> Result<Vec<ComputeRow>> {
    let blocks = f64::from(cases::BLOCKS);
    let rust = found("rust", "")?;
    let rust = rust.with(rust, |time, _| time / blocks);
    let slope = |who: &str, case: fn(u32) -> String| -> Result<Samples> {
        let (long, short) = (found(who, &case(cases::BLOCKS))?, found(who, &case(1))?);
        Ok(long.with(short, |long, short| (long - short) / (blocks - 1.0)))
    };
    let now = slope("wasm", cases::hash)?;
    let row = |engine: &str, samples: &Samples| ComputeRow {
        engine: engine.to_owned(),
        micros: samples.spread(),
        by_rust: samples.with(&rust, |time, rust| time / rust).spread(),
        gain: now.with(samples, |now, time| now / time).spread(),
    };
    let mut rows = vec![
        row("wasmi in the runtime's WASM (now)", &now),
        row(
            "the same, and the module counts its gas",
            &slope("wasm", cases::counted_hash)?,
        ),
        row(
            "wasmi in the runtime compiled for the machine",
            &slope("native", cases::hash)?,
        ),
    ];
    for ready in std::iter::once(main).chain(others) {
        rows.push(row(ready.name, &slope(ready.name, cases::hash)?));
    }
    rows.push(row("plain Rust", &rust));
    Ok(rows)
}

/// Measures what comes before a first call in the native engine.
fn cold(cases: &Cases, rounds: usize) -> Result<Vec<ColdRow>> {
    let engine = NativeEngine::<ChildStorage>::new(Metering::Inline)?;
    let mut rows = Vec::new();
    for module in cases
        .modules
        .iter()
        .filter(|module| !NOT_COMPILED.contains(&module.name))
    {
        let prepared = instrument(&module.code, Metering::Inline)?;
        let mut subjects: [Subject<'_, ()>; 2] = [
            Subject {
                name: "instrument".to_owned(),
                work: Box::new(|()| instrument(&module.code, Metering::Inline).map(|module| drop(black_box(module)))),
            },
            Subject {
                name: "compile".to_owned(),
                work: Box::new(|()| engine.compile(&prepared).map(|module| drop(black_box(module)))),
            },
        ];
        let samples = measure(&mut (), &mut subjects, rounds)?;
        let [instrument, compile] = &samples[..] else {
            bail!("two were to be measured");
        };
        rows.push(ColdRow {
            name: module.name.to_owned(),
            bytes: module.code.len(),
            instrumented_bytes: prepared.len(),
            instrument: instrument.spread(),
            compile: compile.spread(),
        });
    }
    Ok(rows)
}
