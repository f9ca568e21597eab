//! What the program prints, as the tables of docs/benchmarks.md, and writes as JSON.

use crate::measure::Spread;
use serde::Serialize;
use std::fmt;

/// A call in the three engines. Times in microseconds.
#[derive(Clone, Debug, Serialize)]
pub struct CallRow {
    /// What is called.
    pub name: String,
    /// Computing time that the call was charged for, in picoseconds; without what each transaction is charged for.
    pub ref_time: u64,
    /// Bytes of proof that the call was charged for.
    pub proof_size: u64,
    /// Picoseconds that a transaction of this call declares: the above, and the pallet's price for any call.
    pub declared: u64,
    /// As a node runs it: in the runtime's WASM.
    pub wasm: Spread,
    /// In the runtime compiled for the machine.
    pub native: Spread,
    /// The contract alone, compiled for the machine, its module cached.
    pub engine: Option<Spread>,
    /// How often a node could do it in a second, one after the other.
    pub calls_a_second: f64,
    /// Nanoseconds declared for each one that it took as a node runs it.
    pub declared_by_taken: Spread,
    /// How much longer the runtime compiled to WASM takes than the one compiled for the machine.
    pub wasm_by_native: Spread,
}

/// One compression of SHA-256.
#[derive(Clone, Debug, Serialize)]
pub struct ComputeRow {
    /// Who computes.
    pub engine: String,
    /// Microseconds for one.
    pub micros: Spread,
    /// How many times as long as plain Rust.
    pub by_rust: Spread,
    /// How many times as fast as the interpreter in the runtime's WASM.
    pub gain: Spread,
}

/// Where the time of a call goes: differences of calls.
#[derive(Clone, Debug, Serialize)]
pub struct PartRow {
    /// What of it.
    pub name: String,
    /// Microseconds as a node runs it.
    pub wasm: Spread,
    /// In the runtime compiled for the machine.
    pub native: Spread,
}

/// Making a module ready for the native engine.
#[derive(Clone, Debug, Serialize)]
pub struct ColdRow {
    /// Which module.
    pub name: String,
    /// Its bytes, as stored.
    pub bytes: usize,
    /// Its bytes when instrumented.
    pub instrumented_bytes: usize,
    /// Microseconds to instrument it.
    pub instrument: Spread,
    /// Microseconds to compile it, on one core.
    pub compile: Spread,
}

/// All that was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Processor.
    pub machine: String,
    /// Load average before and after.
    pub load: [String; 2],
    /// Rounds measured.
    pub rounds: usize,
    /// Calls whose answer, events and storage were compared between the three engines, and were the same.
    pub compared: usize,
    /// Calls.
    pub calls: Vec<CallRow>,
    /// Where their time goes.
    pub parts: Vec<PartRow>,
    /// Computing alone.
    pub compute: Vec<ComputeRow>,
    /// What comes before the first call in the native engine.
    pub cold: Vec<ColdRow>,
}

/// Three figures that count.
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.abs() {
            size if size >= 100.0 => write!(f, "{:.0}", self.0),
            size if size >= 10.0 => write!(f, "{:.1}", self.0),
            _ => write!(f, "{:.2}", self.0),
        }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({} to {})",
            Short(self.median),
            Short(self.low),
            Short(self.high)
        )
    }
}

#[allow(clippy::cast_precision_loss, reason = "shown with three figures")]
fn micros(picoseconds: u64) -> Short {
    Short(picoseconds as f64 / 1e6)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [before, after] = &self.load;
        writeln!(
            f,
            "{}; load average {before} before, {after} after; {} rounds, medians (quartiles)",
            self.machine, self.rounds
        )?;
        writeln!(
            f,
            "{} calls had the same answer, events and storage in all engines\n",
            self.compared
        )?;

        writeln!(
            f,
            "| call | gas: µs, proof KiB | declared, µs | in the runtime's WASM, µs | a second | declared / taken | runtime compiled, µs | native engine, µs |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|")?;
        for row in &self.calls {
            let engine = row.engine.map(|spread| spread.to_string()).unwrap_or_default();
            writeln!(
                f,
                "| {} | {}, {} | {} | {} | {} | {} | {} | {engine} |",
                row.name,
                micros(row.ref_time),
                row.proof_size.div_ceil(1024),
                micros(row.declared),
                row.wasm,
                Short(row.calls_a_second),
                row.declared_by_taken,
                row.native,
            )?;
        }

        writeln!(
            f,
            "\n| part of a call | in the runtime's WASM, µs | runtime compiled, µs |\n|---|---|---|"
        )?;
        for row in &self.parts {
            writeln!(f, "| {} | {} | {} |", row.name, row.wasm, row.native)?;
        }

        writeln!(
            f,
            "\n| a compression of SHA-256 | µs | times plain Rust | times as fast as now |\n|---|---|---|---|"
        )?;
        for row in &self.compute {
            writeln!(
                f,
                "| {} | {} | {} | {} |",
                row.engine, row.micros, row.by_rust, row.gain
            )?;
        }

        writeln!(
            f,
            "\n| module, cold | bytes | instrumented | instrument, µs | compile, µs |\n|---|---|---|---|---|"
        )?;
        for row in &self.cold {
            writeln!(
                f,
                "| {} | {} | {} | {} | {} |",
                row.name, row.bytes, row.instrumented_bytes, row.instrument, row.compile
            )?;
        }
        Ok(())
    }
}
