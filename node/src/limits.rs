//! What a node allows others to take from it, unless it is told otherwise by the same flags: JSON-RPC, peers, memory.
//!
//! sc-cli's own defaults suit a machine that nobody else can reach. Ours suit one that is forgotten on the internet.
//! `docs/guides/security.md` lists them all.

use sc_cli::{Cors, RunCmd};
use sc_service::config::RpcBatchRequestConfig;
use std::num::NonZeroU32;

/// Calls a minute on one connection, spent at once or over time; what is above waits, and after ten waits is refused (error −32999).
///
/// A wallet makes some hundred calls when it opens, and then a few for each block. A provider makes some ten for each block: six hundred a
/// minute on a chain of one-second blocks, a twentieth of this. One that catches up waits for each answer, so it is slowed to two hundred
/// a second, not refused.
const RPC_CALLS_A_MINUTE: &str = "12000";

/// Calls in one batch. Each counts against the rate as well. Wallets send a few dozen.
const RPC_CALLS_IN_A_BATCH: &str = "100";

/// Defaults of flags, by their id in sc-cli.
const DEFAULTS: [(&str, &str); 9] = [
    ("rpc_rate_limit", RPC_CALLS_A_MINUTE),
    ("rpc_max_batch_request_len", RPC_CALLS_IN_A_BATCH),
    ("rpc_max_connections", "100"),
    // A wallet subscribes to each balance that it shows; ours, and a provider, to a handful of things.
    ("rpc_max_subscriptions_per_connection", "256"),
    // Megabytes. A transaction that fills a block has ten when it is written in hexadecimal.
    ("rpc_max_request_size", "15"),
    ("rpc_max_response_size", "15"),
    ("in_peers", "32"),
    // sc-cli: 500. Each costs memory and takes part in nothing.
    ("in_peers_light", "100"),
    // Bytes; sc-cli: 1 GiB, which is half of a small machine's memory.
    ("trie_cache_size", "268435456"),
];

/// Origins of web pages that browsers let read answers over HTTP. The same with `--dev`, where sc-cli allows all.
const ORIGINS: [&str; 5] = [
    "http://localhost:*",
    "http://127.0.0.1:*",
    "https://localhost:*",
    "https://127.0.0.1:*",
    "https://polkadot.js.org",
];

/// Puts our defaults into the command line, where `--help` shows them.
pub(crate) fn defaults(command: clap::Command) -> clap::Command {
    let command = DEFAULTS.into_iter().fold(command, |command, (flag, value)| {
        command.mut_arg(flag, |argument| argument.default_value(value))
    });
    let rate = "JSON-RPC calls a minute on each connection; what is above waits, then is refused";
    command
        .mut_arg("rpc_rate_limit", |argument| {
            argument
                .help(rate)
                .long_help(format!("{rate}.\n\n4294967295 is as good as none."))
        })
        .mut_arg("dev", |argument| {
            argument
                .help("Run the development chain")
                .long_help("Run the development chain: the same as `--chain dev --force-authoring --alice --tmp`, unless overridden.")
        })
}

/// Sets what no default of a flag can express.
pub(crate) fn apply(run: &mut RunCmd) {
    run.rpc_params
        .rpc_cors
        .get_or_insert_with(|| Cors::List(ORIGINS.map(str::to_owned).to_vec()));
    for endpoint in &mut run.rpc_params.experimental_rpc_endpoint {
        endpoint.rate_limit = endpoint
            .rate_limit
            .or_else(|| RPC_CALLS_A_MINUTE.parse::<NonZeroU32>().ok());
        if let (RpcBatchRequestConfig::Unlimited, Ok(calls)) = (endpoint.batch_config, RPC_CALLS_IN_A_BATCH.parse()) {
            endpoint.batch_config = RpcBatchRequestConfig::Limit(calls);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use crate::cli::Cli;
    use sc_cli::{CliConfiguration as _, SubstrateCli as _};

    fn parse(flags: &[&str]) -> RunCmd {
        let mut run = Cli::try_from_iter(std::iter::once(&"blocs-node").chain(flags))
            .unwrap()
            .run;
        apply(&mut run);
        run
    }

    #[test]
    fn limits_are_on_without_a_flag() {
        let run = parse(&["--dev"]);

        assert_eq!(run.rpc_rate_limit().unwrap(), NonZeroU32::new(12_000));
        assert!(matches!(
            run.rpc_batch_config().unwrap(),
            RpcBatchRequestConfig::Limit(100)
        ));
        assert_eq!(run.rpc_max_subscriptions_per_connection().unwrap(), 256);
        assert_eq!(run.import_params.trie_cache_size, 256 * 1024 * 1024);
        assert_eq!(run.network_params.in_peers_light, 100);
        let origins = run.rpc_cors(true).unwrap().unwrap();
        assert!(origins.iter().all(|origin| origin.starts_with("http")), "{origins:?}");
    }

    #[test]
    fn every_limit_gives_way_to_its_flag() {
        let run = parse(&[
            "--rpc-rate-limit",
            "7",
            "--rpc-cors",
            "all",
            "--rpc-max-connections",
            "9",
            "--rpc-disable-batch-requests",
        ]);

        assert_eq!(run.rpc_rate_limit().unwrap(), NonZeroU32::new(7));
        assert_eq!(run.rpc_cors(false).unwrap(), None);
        assert_eq!(run.rpc_max_connections().unwrap(), 9);
        assert!(matches!(
            run.rpc_batch_config().unwrap(),
            RpcBatchRequestConfig::Disabled
        ));
    }

    #[test]
    fn an_endpoint_of_its_own_is_limited_too() {
        let run = parse(&["--experimental-rpc-endpoint", "listen-addr=127.0.0.1:1234"]);

        let endpoint = &run.rpc_addr(9944).unwrap().unwrap()[0];
        assert_eq!(endpoint.rate_limit, NonZeroU32::new(12_000));
        assert!(matches!(endpoint.batch_config, RpcBatchRequestConfig::Limit(100)));
    }
}
