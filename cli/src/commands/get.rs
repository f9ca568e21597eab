//! `blocs get`

use super::{Context, bad_value, show_bad, show_deal, target};
use crate::{
    progress::{Display, Words},
    units::bytes,
};
use blocs_client::{GetRequest, Target};
use clap::Args;
use serde_json::json;
use std::{ops::Range, path::PathBuf, time::Instant};

/// Arguments of `get`.
#[derive(Debug, Args)]
pub(crate) struct GetArgs {
    /// Name or deal
    #[arg(value_name = "NAME|DEAL", value_parser = target)]
    target: Target,
    /// Where to write it [default: its name, in this folder]
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Only the bytes A to B, B not included
    #[arg(long, value_name = "A-B", value_parser = range)]
    range: Option<Range<u64>>,
}

impl GetArgs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<()> {
        let session = context.client().await?;
        let output = match self.output {
            Some(output) => output,
            None => PathBuf::from("."),
        };
        let request = GetRequest {
            target: self.target,
            output,
            range: self.range,
        };
        let started = Instant::now();
        let report = Display::during(
            context.output,
            Words {
                read: "fetched",
                placed: "written",
            },
            |progress| session.client.get(&request, progress),
        )
        .await?;
        show_bad(context, &report.bad_providers);
        let seconds = started.elapsed().as_secs_f64();
        let value = json!({
            "name": report.name,
            "deal": show_deal(report.deal),
            "files": report.files,
            "bytes": report.bytes,
            "bad_providers": report.bad_providers.iter().map(bad_value).collect::<Vec<_>>(),
            "seconds": seconds,
        });
        context.output.record(value, || {
            let size = bytes(report.bytes);
            match report.files.as_slice() {
                [file] => format!("wrote {} ({size}) in {seconds:.1} s", file.display()),
                files => format!("wrote {} files ({size}) in {seconds:.1} s", files.len()),
            }
        })?;
        Ok(())
    }
}

fn range(text: &str) -> Result<Range<u64>, String> {
    let wrong = || format!("{text:?} is not a range: write 0-1024 for the first 1024 bytes");
    let (from, to) = text.split_once('-').ok_or_else(wrong)?;
    let (from, to): (u64, u64) = (from.parse().map_err(|_| wrong())?, to.parse().map_err(|_| wrong())?);
    if from < to { Ok(from..to) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_not_empty() {
        assert_eq!(range("0-10"), Ok(0..10));
        for wrong in ["", "5", "5-5", "9-3", "a-b", "-3"] {
            assert!(range(wrong).is_err(), "{wrong}");
        }
    }
}
