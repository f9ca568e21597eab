#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use super::*;
use clap::CommandFactory;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(line.split_whitespace())
}

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn the_help_of_the_top_level_is_the_one_in_the_file() {
    let help = Cli::command().term_width(100).render_help().to_string();
    let expected = include_str!("help.txt");
    assert_eq!(
        help.trim(),
        expected.trim(),
        "write the left side to cli/src/args/help.txt when the change is meant"
    );
}

#[test]
fn global_options_stand_before_or_after_the_command() {
    for line in [
        "blocs --json --url ws://x account ls",
        "blocs account ls --json --url ws://x",
    ] {
        let cli = parse(line).unwrap();
        assert!(cli.global.json);
        assert_eq!(cli.global.url.as_deref(), Some("ws://x"));
    }
    assert!(parse("blocs -q -v account ls").is_err());
}

#[test]
fn amounts_terms_and_codes_are_checked_when_the_line_is_read() {
    for line in [
        "blocs transfer 5G 1.5",
        "blocs dev up --providers 3 --dir /tmp/x --rpc-port 1234",
        "blocs account new me --words 24",
        "blocs deal show 0xab",
        "blocs stake bond 1.5 --rewards account",
        "blocs stake unbond all",
        "blocs stake validate --commission 2.5%",
        "blocs stake pool create 100 --name x --nominate 5G --nominate 5H",
        "blocs stake pool bond-extra rewards",
        "blocs stake rewards 5G --account me",
        "blocs multisig propose --threshold 2 --signatory 5G --signatory 5H system.remark 0x01 --dry-run",
        "blocs multisig approve --threshold 2 --signatory 5G --signatory 5H 0x0501 --json",
        "blocs proxy call --as 5G convictionVoting.vote 1 Standard{vote:128,balance:5BLOC}",
        "blocs vesting create 5G 10 --blocks 20",
        "blocs runtime diff new.wasm old.wasm",
        "blocs contract new token --folder contracts --storage --blocs ..",
        "blocs contract build -p token --package nft --features a,b --locked --offline --json",
        "blocs contract check --all --manifest-path contracts --target-dir t",
        "blocs contract test --quiet -- --nocapture transfer",
        "blocs contract instantiate x.contract true -5 --value 1.5 --salt a --gas 5_000,6 --deposit-limit 1",
        "blocs contract call 5G set count=5 --bundle x.contract --dry-run --json",
        "blocs contract read 5G get --bundle x.contract --as 5H --any-code",
        "blocs contract events --last 5 --follow",
    ] {
        parse(line).unwrap_or_else(|e| panic!("{line}: {e}"));
    }
    for line in [
        "blocs transfer 5G much",
        "blocs dev up --providers 65",
        "blocs account new --words 13",
        "blocs stake unbond half",
        "blocs stake validate",
        "blocs stake validate --commission 101",
        "blocs stake nominate",
        "blocs stake set-keys --keys 0xzz --proof 0x00",
        "blocs vesting create 5G 10",
        "blocs proxy remove",
        "blocs proxy add 5G",
        "blocs multisig approve --threshold 2 0x0501",
        "blocs contract call 5G set --bundle x.contract --gas much",
        "blocs contract new token --storage",
        "blocs contract build --all -p token",
        "blocs contract events --from 5 --last 5",
        "blocs contract events --event Noted",
        "blocs nothing",
        "blocs",
    ] {
        assert!(parse(line).is_err(), "{line}");
    }
}

#[test]
fn no_command_takes_a_global_option_away() {
    let cli = Cli::command();
    let globals: Vec<String> = cli.get_arguments().map(|option| option.get_id().to_string()).collect();
    let mut commands: Vec<clap::Command> = cli.get_subcommands().cloned().collect();
    while let Some(command) = commands.pop() {
        for argument in command.get_arguments() {
            let id = argument.get_id().to_string();
            assert!(
                !globals.contains(&id),
                "{} has an argument of its own named {id}",
                command.get_name()
            );
        }
        commands.extend(command.get_subcommands().cloned());
    }
}
