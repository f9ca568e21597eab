//! The chain over REST: what it shows is what the chain says.

mod schema;

use super::{Stage, Verdict, loss::with_file, multisig::referendum_of};
use crate::{
    BLOC, Cluster, http, ports,
    process::{Daemon, Launch, run},
    program::{binary, checkout},
    until,
};
use anyhow::{Context, Result, ensure};
use blocs_chain::{At, ChainClient, MarketCall, Signer, TxOptions, WaitFor};
use blocs_primitives::{AccountId, Balance, Hash};
use serde_json::Value;
use sp_core::crypto::Ss58Codec;
use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    time::{Duration, Instant},
};

/// The service over a cluster's node.
struct Rest {
    daemon: Daemon,
    port: u16,
}

impl Rest {
    async fn start(cluster: &Cluster, name: &str) -> Result<Self> {
        let port = ports::free_port()?;
        let listen = format!("127.0.0.1:{port}");
        let log = cluster.folder().join(format!("rest-{name}.log"));
        let args = ["--url", cluster.url(), "--listen", &listen];
        let mut daemon = Daemon::start(Launch::new(&binary("blocs-rest")?, args, log))?;
        until("blocs-rest is ready", Duration::from_secs(180), || {
            let alive = daemon.check();
            async move {
                alive?;
                let ready = http::get(port, "/readyz").await;
                Ok(ready.ok().filter(|answer| answer.status == 200).map(|_| ()))
            }
        })
        .await?;
        Ok(Self { daemon, port })
    }

    /// Status and body.
    async fn ask(&self, path: &str) -> Result<(u16, Value)> {
        let answer = http::get(self.port, path).await?;
        let body = serde_json::from_str(&answer.body)
            .with_context(|| format!("{path}: the answer is not JSON: {}", answer.body))?;
        Ok((answer.status, body))
    }

    /// The body of an answer of status 200.
    async fn get(&self, path: &str) -> Result<Value> {
        let (status, body) = self.ask(path).await?;
        ensure!(status == 200, "{path} answered {status}: {body}");
        Ok(body)
    }

    /// A request with headers, and the whole answer with its head.
    async fn whole(&self, method: &str, path: &str, headers: &str, body: &str) -> Result<(String, String)> {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port)).await?;
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (head, body) = answer.split_once("\r\n\r\n").context("the answer is not HTTP")?;
        Ok((head.to_lowercase(), body.to_owned()))
    }

    /// All items of a list, page by page, all at one block.
    async fn walk(&self, path: &str, limit: u32, at: &str) -> Result<Vec<Value>> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut query = format!("{path}{joint}limit={limit}{at}");
        let mut all = Vec::new();
        loop {
            let page = self.get(&query).await?;
            let items = page["items"].as_array().context("a page without items")?;
            ensure!(items.len() <= limit as usize, "{query} gave {} items", items.len());
            all.extend(items.iter().cloned());
            match page["next"].as_str() {
                Some(next) => query = format!("{path}{joint}limit={limit}{at}&after={next}"),
                None => return Ok(all),
            }
        }
    }
}

fn address(account: &AccountId) -> String {
    account.to_ss58check()
}

fn hex(hash: Hash) -> String {
    format!("{hash:?}")
}

/// An account that only one scenario has, with tokens: what it sends, and what becomes of it, does not depend on the others on the shared chain.
async fn somebody(cluster: &Cluster, name: &str, amount: Balance) -> Result<Signer> {
    let signer = Signer::from_suri(&format!("//Rest//{name}"))?;
    cluster.fund(&signer.account(), amount).await?;
    Ok(signer)
}

/// Sends a call by name, in text, and waits until it is in a finalized block.
async fn send(cluster: &Cluster, signer: &Signer, call: &str, args: &[&str]) -> Result<Hash> {
    let chain = cluster.chain();
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    let call = chain.call_from_text(call, &args).await?;
    let report = chain
        .submit_raw(signer, call, TxOptions::default(), WaitFor::Finalized)
        .await?;
    Ok(report.block.hash)
}

pub(super) async fn transfer_is_found_in_its_block_and_the_accounts_follow(stage: &Stage) -> Result<Verdict> {
    // Given somebody new, and a transfer to them in a finalized block
    let cluster = stage.shared().await?;
    let rest = Rest::start(cluster, "transfer").await?;
    let to = Signer::from_suri("//Rest//receiver")?.account();
    let from = somebody(cluster, "sender", 100 * BLOC).await?;
    let amount = 7 * BLOC;
    let call = MarketCall::Transfer { to: to.clone(), amount };
    let report = cluster.chain().submit(&from, call, WaitFor::Finalized).await?;
    let (hash, number) = (hex(report.block.hash), report.block.number);
    rest_sees(&rest, number).await?;

    // When its block is asked for, the transfer is there, taken apart, with its events and its fee
    let block = rest.get(&format!("/v1/blocks/{hash}")).await?;
    ensure!(
        block["at"]["number"] == number && block["at"]["finalized"] == true,
        "{}",
        block["at"]
    );
    ensure!(
        block["author"].is_string() && block["time"].is_u64(),
        "no author or no time: {block}"
    );
    let extrinsics = block["extrinsics"].as_array().context("no extrinsics")?;
    ensure!(
        extrinsics[0]["call"]["pallet"] == "Timestamp" && extrinsics[0]["kind"] == "bare",
        "the first extrinsic is no inherent: {}",
        extrinsics[0]
    );
    ensure!(
        extrinsics.iter().all(|one| one.get("undecodable").is_none()),
        "an extrinsic was not understood: {block}"
    );
    let (dest, value) = (serde_json::json!({ "Id": address(&to) }), amount.to_string());
    let place = extrinsics
        .iter()
        .position(|one| one["call"]["args"]["dest"] == dest)
        .with_context(|| format!("the transfer is not in its block: {block}"))?;
    let transfer = &extrinsics[place];
    ensure!(
        transfer["call"]["pallet"] == "Balances"
            && transfer["call"]["args"]["value"] == value.as_str()
            && transfer["kind"] == "signed"
            && transfer["signer"]["Id"] == address(&from.account())
            && transfer["success"] == true,
        "{transfer}"
    );
    let fee: u128 = transfer["fee"].as_str().context("no fee")?.parse()?;
    ensure!(fee > 0, "the fee is nothing");
    let one = rest.get(&format!("/v1/blocks/{number}/extrinsics/{place}")).await?;
    let moved = |event: &&Value| event["pallet"] == "Balances" && event["event"] == "Transfer";
    let event = one["events"].as_array().into_iter().flatten().find(moved);
    let event = event.with_context(|| format!("no event of the transfer: {one}"))?;
    ensure!(
        event["fields"]["to"] == address(&to) && event["fields"]["amount"] == value.as_str(),
        "{event}"
    );

    // Then the account has the amount, and had nothing in the block before
    let account = rest.get(&format!("/v1/accounts/{}?at={hash}", address(&to))).await?;
    ensure!(
        account["free"] == value.as_str() && account["exists"] == true,
        "{account}"
    );
    let spendable: u128 = account["spendable"].as_str().context("nothing to spend")?.parse()?;
    let balance = cluster.chain().balance(&to, At::Block(report.block.hash)).await?;
    ensure!(
        spendable == balance.transferable,
        "{spendable} is not {}",
        balance.transferable
    );
    let before = rest
        .get(&format!("/v1/accounts/{}?at={}", address(&to), number - 1))
        .await?;
    ensure!(before["free"] == "0" && before["exists"] == false, "{before}");

    // And a finalized block named by its hash may be kept for ever, and is not sent twice
    let path = format!("/v1/blocks/{hash}");
    let (head, _) = rest.whole("GET", &path, "", "").await?;
    ensure!(
        head.contains("immutable") && head.contains(&format!("etag: \"{hash}\"")),
        "{head}"
    );
    ensure!(
        head.contains("access-control-allow-origin: *"),
        "web pages cannot read it: {head}"
    );
    let again = format!("If-None-Match: \"{hash}\"\r\n");
    let (head, body) = rest.whole("GET", &path, &again, "").await?;
    ensure!(head.contains(" 304 ") && body.is_empty(), "it was sent again: {head}");
    Ok(Verdict::Passed)
}

/// Waits until the service has seen this block finalized.
async fn rest_sees(rest: &Rest, number: u32) -> Result<()> {
    until(
        "blocs-rest sees the finalized block",
        Duration::from_secs(180),
        || async {
            let runtime = rest.get("/v1/runtime").await?;
            Ok((runtime["at"]["number"].as_u64() >= Some(number.into())).then_some(()))
        },
    )
    .await
}

pub(super) async fn pages_show_everything_once(stage: &Stage) -> Result<Verdict> {
    // Given a chain with some blocks and six providers
    let cluster = stage.shared().await?;
    let rest = Rest::start(cluster, "pages").await?;
    let point = cluster.chain().block(At::Finalized).await?;
    rest_sees(&rest, point.number).await?;
    let at = format!("&at={}", hex(point.hash));

    // When the blocks are walked, each is there once, newest first, and linked to the one before
    let blocks = rest.walk("/v1/blocks", 17, &at).await?;
    let numbers: Vec<_> = blocks.iter().filter_map(|block| block["number"].as_u64()).collect();
    ensure!(
        numbers.iter().copied().eq((0..=u64::from(point.number)).rev()),
        "not every block from {} is there once: {numbers:?}",
        point.number
    );
    ensure!(
        blocks.windows(2).all(|pair| pair[0]["parent"] == pair[1]["hash"]),
        "blocks do not follow each other"
    );

    // And so with the providers, and with the entries of any map, whatever the size of the page
    let all = cluster.chain().all_providers(At::Block(point.hash)).await?;
    let all: BTreeSet<String> = all.iter().map(|record| address(&record.account)).collect();
    for limit in [1, 4, 100] {
        let found = rest.walk("/v1/providers", limit, &at).await?;
        let names: BTreeSet<String> = found
            .iter()
            .filter_map(|provider| provider["address"].as_str().map(str::to_owned))
            .collect();
        ensure!(
            found.len() == all.len() && names == all,
            "with {limit}: {names:?}, not {all:?}"
        );
    }
    let keys = |entries: Vec<Value>| -> Vec<String> { entries.iter().map(|entry| entry["keys"].to_string()).collect() };
    let small = keys(rest.walk("/v1/pallets/system/account", 3, &at).await?);
    let large = keys(rest.walk("/v1/pallets/System/Account", 100, &at).await?);
    ensure!(small == large && small.len() > 6, "{small:?} is not {large:?}");

    // And with the events of a block
    let block = rest.get(&format!("/v1/blocks/{}", point.number)).await?;
    let events = rest.walk(&format!("/v1/blocks/{}/events", point.number), 2, "").await?;
    ensure!(
        block["events"].as_array() == Some(&events),
        "the pages do not make up the block's events"
    );
    Ok(Verdict::Passed)
}

pub(super) async fn deals_proofs_and_what_accounts_hold_are_shown_decoded(stage: &Stage) -> Result<Verdict> {
    // Given a deal that is proved
    let cluster = stage.shared().await?;
    let rest = Rest::start(cluster, "deals").await?;
    let (user, _, deal) = with_file(cluster, "rest-deals", 50_000, &[]).await?;
    let id = hex(deal.0);
    let point = cluster.chain().block(At::Finalized).await?;
    rest_sees(&rest, point.number).await?;

    // When it is asked for, its slots are there as the chain has them
    let shown = rest.get(&format!("/v1/deals/{id}?at={}", hex(point.hash))).await?;
    ensure!(shown["deal"]["owner"] == address(user.account()), "{shown}");
    let slots = cluster.chain().slots(deal, At::Block(point.hash)).await?;
    let listed = shown["slots"].as_array().context("no slots")?;
    ensure!(listed.len() == slots.len() && !slots.is_empty(), "{shown}");
    for (one, (index, slot)) in listed.iter().zip(&slots) {
        ensure!(
            one["index"] == index.0
                && one["provider"] == address(&slot.provider)
                && one["size"].as_str().and_then(|size| size.parse().ok()) == Some(slot.size)
                && one["status"] == "live",
            "{one} is not slot {index:?}"
        );
    }
    let own = rest
        .walk(&format!("/v1/accounts/{}/deals", address(user.account())), 1, "")
        .await?;
    ensure!(
        own.iter().any(|one| one["id"] == id.as_str()),
        "the owner's deals lack it: {own:?}"
    );
    let all = rest.walk("/v1/deals", 2, "").await?;
    ensure!(all.iter().any(|one| one["id"] == id.as_str()), "the deals lack it");

    // And a proof, a general transaction of version 5 without a signature, is understood in its block
    let begin = point.number / cluster.chain().period_length();
    let prover = slots
        .first()
        .map(|(_, slot)| slot.provider.clone())
        .context("no slot")?;
    cluster.proved_since(&prover, begin, cluster.patience(3)).await?;
    let proof = until("a proof is shown", Duration::from_secs(180), || async {
        let page = rest.get("/v1/blocks?limit=100&at=best").await?;
        for block in page["items"].as_array().into_iter().flatten() {
            if block["extrinsics"].as_u64() < Some(2) {
                continue;
            }
            let whole = rest
                .get(&format!("/v1/blocks/{}", block["hash"].as_str().unwrap_or_default()))
                .await?;
            let mut extrinsics = whole["extrinsics"].as_array().cloned().unwrap_or_default().into_iter();
            if let Some(found) = extrinsics.find(|one| one["call"]["call"] == "prove") {
                return Ok(Some(found));
            }
        }
        Ok(None)
    })
    .await?;
    ensure!(
        proof["version"] == 5 && proof["signer"].is_null() && proof["success"] == true,
        "the proof is shown as {proof}"
    );

    // And so is what an account holds beyond its balance
    let owner = somebody(cluster, "holder", 100 * BLOC).await?;
    let who = address(&owner.account());
    let friend = address(&Signer::from_suri("//Bob")?.account());
    send(cluster, &owner, "proxy.addProxy", &[&friend, "Governance", "0"]).await?;
    send(cluster, &owner, "assets.create", &["4711", &who, "1"]).await?;
    let last = send(cluster, &owner, "assets.mint", &["4711", &who, "123"]).await?;
    let account = rest.get(&format!("/v1/accounts/{who}?at={}", hex(last))).await?;
    ensure!(
        account["proxies"]["items"][0]["delegate"] == friend.as_str()
            && account["proxies"]["items"][0]["kind"] == "Governance",
        "{}",
        account["proxies"]
    );
    ensure!(
        account["assets"]["items"][0]["asset"] == 4711 && account["assets"]["items"][0]["balance"] == "123",
        "{}",
        account["assets"]
    );
    ensure!(account["nonce"] == 3 && account["reserved"] != "0", "{account}");
    Ok(Verdict::Passed)
}

pub(super) async fn referendum_is_shown_with_its_call_votes_and_deadlines(stage: &Stage) -> Result<Verdict> {
    // Given a referendum of the small spenders, its deposit put down, with a vote
    let cluster = stage.shared().await?;
    let rest = Rest::start(cluster, "referendum").await?;
    let proposer = somebody(cluster, "proposer", 5_000 * BLOC).await?;
    let to = address(&Signer::from_suri("//Rest//grant")?.account());
    let spend = format!("treasury.spendLocal(1BLOC, {to})");
    let args = ["Origins(SmallSpender)", spend.as_str(), "After(10)"];
    send(cluster, &proposer, "referenda.submit", &args).await?;
    let number = referendum_of(cluster, &proposer.account()).await?.to_string();
    let index: u64 = number.parse()?;
    send(cluster, &proposer, "referenda.placeDecisionDeposit", &[&number]).await?;
    let vote = "Standard{vote: 0x81, balance: 1000BLOC}";
    let voted = send(cluster, &proposer, "convictionVoting.vote", &[&number, vote]).await?;

    // When it is asked for
    let shown = rest.get(&format!("/v1/referenda/{index}?at={}", hex(voted))).await?;

    // Then its call is taken apart, and track, votes and deadlines are there
    let call = &shown["proposal"];
    ensure!(
        call["pallet"] == "Treasury" && call["args"]["amount"] == BLOC.to_string(),
        "the call is shown as {call}"
    );
    ensure!(
        shown["track_name"] == "small_spender" && shown["track"] == 31 && shown["enactment"]["after"] == 10,
        "{shown}"
    );
    ensure!(
        shown["tally"]["ayes"] == (1000 * BLOC).to_string() && shown["tally"]["approval"] == 1.0,
        "{}",
        shown["tally"]
    );
    ensure!(
        shown["decision_deposit"]["who"] == address(&proposer.account()),
        "no decision deposit: {shown}"
    );
    let known = ["decision_begins", "decision_ends", "confirmed"];
    ensure!(
        known.iter().any(|name| shown["deadlines"][name].is_u64()),
        "no deadline: {}",
        shown["deadlines"]
    );

    // And the list finds it by track and by what has become of it
    let found = rest
        .walk("/v1/referenda?track=small_spender", 1, &format!("&at={}", hex(voted)))
        .await?;
    ensure!(found.iter().any(|one| one["index"] == index), "{found:?}");
    let none = rest.walk("/v1/referenda?track=root&status=killed", 5, "").await?;
    ensure!(none.iter().all(|one| one["index"] != index), "{none:?}");
    Ok(Verdict::Passed)
}

pub(super) async fn bad_input_is_answered_with_what_to_do_next(stage: &Stage) -> Result<Verdict> {
    let cluster = stage.shared().await?;
    let mut rest = Rest::start(cluster, "bad").await?;
    let alice = address(&Signer::from_suri("//Alice")?.account());
    let nothing = format!("0x{}", "0".repeat(64));
    let typo = alice.replace("HGK", "GHK");
    let elsewhere = "15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5";
    let table = [
        ("/v1/nowhere".to_owned(), 404, "/openapi.json"),
        ("/v1/blocks/yesterday".into(), 400, "a number, a hash"),
        ("/v1/blocks/0x12".into(), 400, "a number, a hash"),
        ("/v1/blocks/4000000000".into(), 404, "/v1/blocks"),
        (format!("/v1/blocks/{nothing}"), 404, "/v1/blocks"),
        ("/v1/blocks/finalized/extrinsics/99".into(), 404, "the first is 0"),
        ("/v1/blocks/finalized/extrinsics/x".into(), 400, "/openapi.json"),
        ("/v1/blocks?limit=0".into(), 400, "from 1 to 100"),
        ("/v1/blocks?limit=101".into(), 400, "from 1 to 100"),
        ("/v1/blocks?limit=many".into(), 400, "/openapi.json"),
        ("/v1/blocks?page=2".into(), 400, "page"),
        ("/v1/blocks?after=here".into(), 400, "next"),
        ("/v1/providers?after=0xzz".into(), 400, "next"),
        ("/v1/providers?after=0x1234".into(), 400, "next"),
        ("/v1/market?at=tomorrow".into(), 400, "finalized"),
        (format!("/v1/accounts/{typo}"), 400, "copy the whole address"),
        (format!("/v1/accounts/{elsewhere}"), 400, "its prefix is 0"),
        ("/v1/accounts/0x1234".into(), 400, "64 hexadecimal"),
        ("/v1/deals/1".into(), 400, "64 hexadecimal"),
        (format!("/v1/deals/{nothing}"), 404, "at"),
        (format!("/v1/providers/{alice}"), 404, "/v1/providers"),
        (format!("/v1/staking/nominators/{alice}"), 404, "pools"),
        ("/v1/referenda/4000000".into(), 404, "/v1/referenda"),
        ("/v1/referenda?status=lost".into(), 400, "timed_out"),
        ("/v1/referenda?track=kings".into(), 400, "market_admin"),
        ("/v1/pallets/money/account".into(), 404, "Balances"),
        ("/v1/pallets/system/money".into(), 404, "Account"),
        (
            "/v1/pallets/system/account?key=1&key=2".into(),
            400,
            "System.Account has 1",
        ),
        (
            "/v1/pallets/system/account?key=hello".into(),
            400,
            "key 1 of System.Account",
        ),
        ("/v1/pallets/system/account?keys=1".into(), 400, "`key`"),
    ];
    for (path, status, needle) in &table {
        let (found, problem) = rest.ask(path).await?;
        ensure!(found == *status, "{path} answered {found}, not {status}: {problem}");
        ensure!(problem["status"] == *status, "{path}: {problem}");
        let told = format!("{} {}", problem["detail"], problem["hint"]);
        ensure!(told.contains(needle), "{path} does not say {needle:?}: {told}");
        ensure!(
            problem["hint"].as_str().is_some_and(|hint| !hint.is_empty()),
            "{path} does not say what to do: {problem}"
        );
    }
    let posts = [
        ("/v1/blocks", "{}", 405, "only reads"),
        ("/v1/transactions/decode", "{", 400, "JSON"),
        (
            "/v1/transactions/decode",
            r#"{"extrinsic": "0xq1"}"#,
            400,
            "hexadecimal",
        ),
        (
            "/v1/transactions/decode",
            r#"{"extrinsic": "0x0411"}"#,
            400,
            "cannot decode",
        ),
    ];
    for (path, body, status, needle) in posts {
        let (head, problem) = rest
            .whole("POST", path, "Content-Type: application/json\r\n", body)
            .await?;
        ensure!(
            head.contains(&format!(" {status} ")),
            "{path} with {body} answered {head}"
        );
        ensure!(head.contains("application/problem+json"), "{path} with {body}: {head}");
        ensure!(
            problem.contains(needle),
            "{path} with {body} does not say {needle:?}: {problem}"
        );
    }
    let large = "9".repeat(3 << 20);
    let (head, _) = rest
        .whole("POST", "/v1/transactions/decode", "", &large)
        .await
        .unwrap_or_default();
    ensure!(
        head.is_empty() || head.contains(" 413 "),
        "a large body was answered with {head}"
    );

    // And it stops at once when it is told to
    let begin = Instant::now();
    let status = rest.daemon.terminate(Duration::from_secs(20)).await?;
    ensure!(status.success(), "it ended with {status} after {:?}", begin.elapsed());
    Ok(Verdict::Passed)
}

pub(super) async fn answers_are_as_the_openapi_document_says(stage: &Stage) -> Result<Verdict> {
    // Given the document that is checked in
    let cluster = stage.shared().await?;
    let rest = Rest::start(cluster, "openapi").await?;
    let (_, _, deal) = with_file(cluster, "rest-openapi", 10_000, &[]).await?;
    let text = fs::read_to_string(checkout().join("rest/openapi.json"))?;
    let served = http::get(rest.port, "/openapi.json").await?;
    ensure!(
        served.body == text,
        "rest/openapi.json is not what the service says: blocs-rest --openapi > rest/openapi.json"
    );
    let document: Value = serde_json::from_str(&text)?;
    ensure!(
        document["openapi"]
            .as_str()
            .is_some_and(|version| version.starts_with("3.1")),
        "{}",
        document["openapi"]
    );

    // Then it hangs together: references, names of operations, parameters of paths
    let mut references = Vec::new();
    schema::references(&document, &mut references);
    ensure!(references.len() > 50, "only {} references", references.len());
    for reference in references {
        schema::resolve(&document, reference)?;
    }
    let provider = cluster.chain().all_providers(At::Finalized).await?;
    let provider = address(&provider.first().context("no provider")?.account);
    let validator = rest.get("/v1/staking/validators").await?["items"][0]["address"].clone();
    let alice = address(&Signer::from_suri("//Alice")?.account());
    let paths = document["paths"].as_object().context("no paths")?;
    ensure!(paths.len() > 20, "only {} paths", paths.len());
    for (path, item) in paths {
        for (name, operation) in item.as_object().context("a path without methods")? {
            for word in path.split(['{', '}']).skip(1).step_by(2) {
                let declared = operation["parameters"].as_array().into_iter().flatten();
                ensure!(
                    declared.clone().any(|one| one["name"] == word && one["in"] == "path"),
                    "{name} {path} does not declare {word}"
                );
            }
        }

        // And every path answers in the shape that it says
        let Some(operation) = item.get("get") else { continue };
        let address = match path.as_str() {
            path if path.contains("/providers/") => provider.as_str(),
            path if path.contains("/validators/") => validator.as_str().unwrap_or_default(),
            _ => alice.as_str(),
        };
        let id = if path.contains("/deals/") {
            hex(deal.0)
        } else {
            "finalized".to_owned()
        };
        let filled = path
            .replace("{address}", address)
            .replace("{id}", &id)
            .replace("{index}", "0")
            .replace("{pallet}", "balances")
            .replace("{entry}", "totalIssuance");
        let answer = http::get(rest.port, &filled).await?;
        let may_lack = path.contains("/nominators/") || path.contains("/referenda/");
        ensure!(
            answer.status == 200 || (may_lack && answer.status == 404),
            "{filled} answered {}: {}",
            answer.status,
            answer.body
        );
        let (kind, shape) = schema::content(&document, operation, answer.status)?;
        if kind.contains("json") {
            let body: Value = serde_json::from_str(&answer.body)?;
            schema::fits(&document, shape, &body, &filled)?;
        }
    }
    Ok(Verdict::Passed)
}

pub(super) async fn commands_of_the_rest_guide_work(stage: &Stage) -> Result<Verdict> {
    // Given the service, started as the guide says but at another place
    let cluster = stage.shared().await?;
    let rest = Rest::start(cluster, "guide").await?;
    let guide = fs::read_to_string(checkout().join("docs/guides/rest.md"))?;
    let mut code = false;
    let mut ran = 0;
    for line in guide.lines() {
        if line.starts_with("```") {
            code = !code;
        } else if code && line.starts_with("curl ") {
            // When its commands are run, they give JSON that is no problem
            ran += 1;
            let command = line
                .replace("127.0.0.1:9710", &format!("127.0.0.1:{}", rest.port))
                .replacen("curl -s ", "curl -s --fail-with-body --globoff ", 1);
            let folder = cluster.folder();
            let out = folder.join(format!("rest-guide-{ran}.out"));
            let args = ["-c", command.as_str()];
            let mut launch = Launch::new(Path::new("sh"), args, folder.join("rest-guide.log"));
            launch.stdout = Some(out.clone());
            let status = run(launch, Duration::from_secs(120)).await?;
            let answer = fs::read_to_string(&out)?;
            ensure!(status.success(), "{line} failed: {answer}");
            serde_json::from_str::<Value>(&answer).with_context(|| format!("{line} gave no JSON: {answer}"))?;
        } else if code && line.starts_with("blocs-rest ") {
            for flag in line.split_whitespace().filter(|word| word.starts_with("--")) {
                ensure!(
                    ["--url", "--listen"].contains(&flag),
                    "{flag} of the guide is not tried here"
                );
            }
        }
    }
    ensure!(ran > 15, "only {ran} commands were found");
    Ok(Verdict::Passed)
}
