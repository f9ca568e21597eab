//! The log's format, and spans for an OpenTelemetry collector.
//!
//! sc-cli sets up the log itself, in one format. When another is asked for, or spans are, it is set up here instead, from the same
//! filters; then the JSON-RPC method `system_addLogFilter` and `--tracing-targets` have no effect.

mod json;
mod otlp;

use crate::cli::Cli;
use opentelemetry_sdk::trace::SdkTracerProvider;
use sc_cli::{CliConfiguration, Runner, Signals, SubstrateCli};
use sc_tracing::logging::{EventFormat, FastLocalTime};
use std::io::{self, IsTerminal};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    filter::{LevelFilter, ParseError},
    layer::SubscriberExt as _,
};

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object on each line: `timestamp`, `level`, `target`, `message`.
    Json,
}

/// What the command line says about logging beyond sc-cli's own flags.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogOptions<'a> {
    pub(crate) format: LogFormat,
    pub(crate) otlp_endpoint: Option<&'a str>,
    pub(crate) otlp_filter: &'a str,
}

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogError {
    #[error("cannot use the log filter `{filter}`: {source}; write `TARGET=LEVEL`, several separated by commas")]
    Filter { filter: String, source: ParseError },
    #[error(transparent)]
    Otlp(#[from] otlp::OtlpError),
    #[error("cannot set up the log: {0}")]
    Taken(String),
}

impl From<LogError> for sc_cli::Error {
    fn from(error: LogError) -> Self {
        Self::Application(Box::new(error))
    }
}

/// Sends the spans that still wait when the node stops.
#[derive(Debug, Default)]
pub(crate) struct Spans(Option<SdkTracerProvider>);

impl Spans {
    /// Whether spans are sent at all.
    pub(crate) fn are_sent(&self) -> bool {
        self.0.is_some()
    }

    /// Sends what waits.
    pub(crate) fn flush(self) {
        if let Some(Err(error)) = self.0.map(|provider| provider.shutdown()) {
            log::warn!("cannot send the last spans to the collector: {error}");
        }
    }
}

/// The filters that sc-tracing has without being asked: dependencies that talk too much.
const QUIET: [&str; 10] = [
    "info",
    "ws=off",
    "yamux=off",
    "regalloc=off",
    "cranelift_codegen=off",
    "cranelift_wasm=warn",
    "hyper=warn",
    "hickory_proto=off",
    "libp2p_mdns::behaviour::iface=off",
    "rustls=off",
];

/// As `create_runner` of sc-cli, with the log that the options ask for.
pub(crate) fn create_runner(cli: &Cli) -> sc_cli::Result<(Runner<Cli>, Spans)> {
    let options = cli.log_options();
    if options.format == LogFormat::Text && options.otlp_endpoint.is_none() {
        return Ok((cli.create_runner(&cli.run)?, Spans::default()));
    }
    let runtime = sc_cli::build_runtime()?;
    let signals = runtime.block_on(async { Signals::capture() })?;
    sp_panic_handler::set(&Cli::support_url(), &Cli::impl_version());
    let filters = [
        std::env::var("RUST_LOG").unwrap_or_default(),
        CliConfiguration::<()>::log_filters(&cli.run)?,
    ];
    let colours = !CliConfiguration::<()>::disable_log_color(&cli.run)?
        && options.format == LogFormat::Text
        && io::stderr().is_terminal();
    let spans = start(options, &filters, colours)?;
    if let Err(error) = fdlimit::raise_fd_limit() {
        log::warn!("cannot raise the limit of open files: {error}; raise it with `ulimit -n 10000`");
    }
    let config = cli.create_configuration(&cli.run, runtime.handle().clone())?;
    Ok((Runner::new(config, runtime, signals)?, spans))
}

fn start(options: LogOptions<'_>, filters: &[String], colours: bool) -> Result<Spans, LogError> {
    let taken = |error: &dyn std::fmt::Display| LogError::Taken(error.to_string());
    let filter = filter(QUIET.into_iter().chain(filters.iter().map(String::as_str)))?;
    let level = filter.max_level_hint();
    let detailed = level.is_none_or(|level| level > LevelFilter::INFO);
    // Blocks are imported a thousand times a minute: a span that nobody looks at costs one comparison.
    let (exported, provider) = match options.otlp_endpoint {
        Some(endpoint) => {
            let wanted = self::filter([options.otlp_filter])?;
            let provider = otlp::provider(endpoint)?;
            (Some(otlp::layer(&provider).with_filter(wanted)), Some(provider))
        }
        None => (None, None),
    };
    console::set_colors_enabled(colours);
    console::set_colors_enabled_stderr(colours);
    let lines = match options.format {
        LogFormat::Json => json::layer(io::stderr),
        LogFormat::Text => tracing_subscriber::fmt::layer()
            .event_format(EventFormat {
                timer: FastLocalTime {
                    with_fractional: detailed,
                },
                display_target: detailed,
                display_level: detailed,
                display_thread_name: detailed,
                dup_to_stdout: false,
            })
            .with_writer(io::stderr)
            .boxed(),
    };
    tracing_log::LogTracer::builder()
        .with_interest_cache(tracing_log::InterestCacheConfig::default())
        .with_max_level(log_level(level))
        .init()
        .map_err(|error| taken(&error))?;
    let subscriber = Registry::default().with(lines.with_filter(filter)).with(exported);
    tracing::subscriber::set_global_default(subscriber).map_err(|error| taken(&error))?;
    Ok(Spans(provider))
}

/// Later filters win.
fn filter<'a>(filters: impl IntoIterator<Item = &'a str>) -> Result<EnvFilter, LogError> {
    let mut directives = filters
        .into_iter()
        .flat_map(|filter| filter.split(','))
        .filter(|directive| !directive.is_empty());
    directives.try_fold(EnvFilter::default(), |filter, directive| {
        let parsed = directive.parse().map_err(|source| LogError::Filter {
            filter: directive.to_owned(),
            source,
        })?;
        Ok(filter.add_directive(parsed))
    })
}

/// The same level for the crates that use `log`.
fn log_level(level: Option<LevelFilter>) -> log::LevelFilter {
    match level {
        Some(LevelFilter::OFF) => log::LevelFilter::Off,
        Some(LevelFilter::ERROR) => log::LevelFilter::Error,
        Some(LevelFilter::WARN) => log::LevelFilter::Warn,
        Some(LevelFilter::INFO) => log::LevelFilter::Info,
        Some(LevelFilter::DEBUG) => log::LevelFilter::Debug,
        Some(LevelFilter::TRACE) | None => log::LevelFilter::Trace,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;

    #[test]
    fn a_filter_that_makes_no_sense_is_named() {
        let error = filter(["info,sync=loud"]).unwrap_err().to_string();
        assert!(error.contains("sync=loud") && error.contains("TARGET=LEVEL"), "{error}");
    }
}
