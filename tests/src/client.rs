//! A user of the command line.

use crate::{
    process::{Launch, run},
    program,
};
use anyhow::{Context, Result, ensure};
use blocs_primitives::AccountId;
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    str::FromStr,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

/// How long one command may take.
const COMMAND: Duration = Duration::from_secs(300);
/// Password of every user's key store.
const PASSWORD: &str = "correct horse battery staple";

/// Somebody with an own home folder and an own account.
#[derive(Debug)]
pub struct User {
    home: PathBuf,
    url: String,
    account: AccountId,
    mnemonic: String,
    commands: AtomicU32,
}

/// What a command did.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The command line.
    pub command: String,
    /// Exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// Time that it took.
    pub took: Duration,
}

impl Outcome {
    /// Fails unless the exit code is `code`.
    pub fn expect(self, code: i32) -> Result<Self> {
        ensure!(
            self.code == Some(code),
            "{} ended with {:?} in place of {code}\nstdout: {}\nstderr: {}",
            self.command,
            self.code,
            self.stdout.trim(),
            self.stderr.trim()
        );
        Ok(self)
    }

    /// Fails unless standard error contains every one of `words`, in any case of letters.
    pub fn says(self, words: &[&str]) -> Result<Self> {
        let stderr = self.stderr.to_lowercase();
        for word in words {
            ensure!(
                stderr.contains(&word.to_lowercase()),
                "{} does not say {word:?}: {}",
                self.command,
                self.stderr
            );
        }
        ensure!(
            !stderr.contains("panicked"),
            "{} panicked: {}",
            self.command,
            self.stderr
        );
        Ok(self)
    }

    /// The last JSON line of standard output.
    pub fn json(&self) -> Result<serde_json::Value> {
        let line = self
            .stdout
            .lines()
            .rev()
            .find(|line| line.starts_with('{') || line.starts_with('['));
        let line = line.with_context(|| format!("{} printed no JSON: {}", self.command, self.stdout))?;
        serde_json::from_str(line).with_context(|| format!("{} printed broken JSON: {line}", self.command))
    }

    /// All JSON lines of standard output.
    pub fn json_lines(&self) -> Result<Vec<serde_json::Value>> {
        self.stdout
            .lines()
            .map(|line| serde_json::from_str(line).with_context(|| line.to_owned()))
            .collect()
    }
}

impl User {
    /// A new account in a new home folder.
    pub async fn create(home: &Path, url: &str) -> Result<Self> {
        let mut user = Self::at(home, url)?;
        let made = user.run(["--json", "account", "new"]).await?.expect(0)?.json()?;
        user.adopt(&made)?;
        Ok(user)
    }

    /// The same person on another machine: an empty home folder, and the words that were written down.
    pub async fn moved_to(&self, home: &Path) -> Result<Self> {
        let mut user = Self::at(home, &self.url)?;
        let words = user.home.join("words.txt");
        write_private(&words, &self.mnemonic)?;
        let words = words.display().to_string();
        user.run(["--json", "account", "import", "--secret-file", &words])
            .await?
            .expect(0)?;
        fs::remove_file(&words)?;
        user.account = self.account.clone();
        user.mnemonic = self.mnemonic.clone();
        Ok(user)
    }

    /// A home folder without an account.
    pub fn at(home: &Path, url: &str) -> Result<Self> {
        fs::create_dir_all(home)?;
        let none = AccountId::new([0; 32]);
        let (home, url) = (home.to_owned(), url.to_owned());
        Ok(Self {
            home,
            url,
            account: none,
            mnemonic: String::new(),
            commands: AtomicU32::new(0),
        })
    }

    fn adopt(&mut self, made: &serde_json::Value) -> Result<()> {
        let text = |name: &str| {
            made.get(name)
                .and_then(|value| value.as_str())
                .with_context(|| format!("no {name} in {made}"))
        };
        let address = text("address")?;
        self.account =
            AccountId::from_str(address).map_err(|error| anyhow::anyhow!("{address} is no address: {error}"))?;
        self.mnemonic = text("mnemonic")?.to_owned();
        Ok(())
    }

    /// The account.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// Address of the node that it uses.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The home folder.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Stores a file under a name, for a day unless `more` says otherwise. `more` are further flags.
    pub async fn put(&self, source: &Path, name: &str, more: &[&str]) -> Result<Outcome> {
        let source = source.display().to_string();
        let mut args = vec!["--json", "put", &source, "--name", name];
        if !more.contains(&"--for") {
            args.extend(["--for", "1d"]);
        }
        args.extend(more);
        self.run(args).await
    }

    /// Fetches what is stored under a name.
    pub async fn get(&self, name: &str, copy: &Path) -> Result<Outcome> {
        let copy = copy.display().to_string();
        self.run(["--json", "get", name, "-o", &copy]).await
    }

    /// Runs `blocs` and returns how it ended.
    pub async fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Result<Outcome> {
        self.run_at(&self.url, args).await
    }

    /// The same against another node.
    pub async fn run_at<A: AsRef<OsStr>>(&self, url: &str, args: impl IntoIterator<Item = A>) -> Result<Outcome> {
        let started = Instant::now();
        let (launch, command) = self.launch(url, args)?;
        let (stdout, stderr) = (launch.stdout.clone().unwrap_or_default(), launch.log.clone());
        let status = run(launch, COMMAND).await?;
        let read = |path: &Path| fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Ok(Outcome {
            command,
            code: status.code(),
            stdout: read(&stdout).context("cannot read what it printed")?,
            stderr: read(&stderr).context("cannot read what it printed")?,
            took: started.elapsed(),
        })
    }

    /// What [`Self::run_at`] starts, and its command line.
    pub fn launch<A: AsRef<OsStr>>(&self, url: &str, args: impl IntoIterator<Item = A>) -> Result<(Launch, String)> {
        let number = self.commands.fetch_add(1, Ordering::Relaxed);
        let args: Vec<_> = args.into_iter().map(|arg| arg.as_ref().to_owned()).collect();
        let words: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
        let command = format!("blocs {}", words.join(" "));
        let log = self.home.join(format!("blocs-{number:02}.log"));
        let mut launch = Launch::new(&program::binary("blocs")?, args, log);
        launch.stdout = Some(self.home.join(format!("blocs-{number:02}.out")));
        let home = |part: &str| self.home.join(part);
        let launch = launch
            .env("BLOCS_URL", url)
            .env("BLOCS_PASSWORD", PASSWORD)
            .env("NO_COLOR", "1")
            .env("HOME", &self.home)
            .env("XDG_CONFIG_HOME", home("config"))
            .env("XDG_DATA_HOME", home("data"))
            .env("XDG_STATE_HOME", home("state"))
            .env("XDG_CACHE_HOME", home("cache"));
        Ok((launch, command))
    }
}

fn write_private(path: &Path, text: &str) -> Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    Ok(())
}
