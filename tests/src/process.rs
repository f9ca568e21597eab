//! Child processes that never outlive the harness.

use anyhow::{Context, Result, bail};
use std::{
    ffi::{OsStr, OsString},
    fs::{File, OpenOptions},
    io,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{LazyLock, Mutex, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

/// Time between two looks at a child that is about to end.
const PAUSE: Duration = Duration::from_millis(20);

type Request = (Command, mpsc::SyncSender<io::Result<Child>>);

/// Starts all children. The kernel kills a child together with the *thread* that started it, so it must be one that lives
/// as long as the process.
static SPAWNER: LazyLock<Mutex<mpsc::Sender<Request>>> = LazyLock::new(|| {
    let (requests, incoming) = mpsc::channel::<Request>();
    thread::spawn(move || {
        for (mut command, reply) in incoming {
            // Nobody waits for the answer any more: the child must not stay.
            if let Err(mpsc::SendError(Ok(mut child))) = reply.send(command.spawn()) {
                child.kill().ok();
                child.wait().ok();
            }
        }
    });
    Mutex::new(requests)
});

fn spawn(command: Command) -> io::Result<Child> {
    let (reply, answer) = mpsc::sync_channel(1);
    let gone = || io::Error::other("the thread that starts programs is gone");
    SPAWNER
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .send((command, reply))
        .map_err(|_| gone())?;
    answer.recv().map_err(|_| gone())?
}

/// The command, such that its process dies with the harness when `setpriv` of util-linux is there. `via` are the words of
/// a program that becomes the one to start, such as `ip netns exec NAME`.
fn tied(via: &[OsString], program: &Path) -> Command {
    static SETPRIV: LazyLock<bool> = LazyLock::new(|| {
        let probe = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "true"])
            .stderr(Stdio::null())
            .status();
        probe.is_ok_and(|status| status.success())
    });
    let mut words: Vec<&OsStr> = via.iter().map(OsString::as_os_str).collect();
    if *SETPRIV {
        words.extend(["setpriv", "--pdeathsig", "KILL", "--"].map(OsStr::new));
    }
    words.push(program.as_os_str());
    let mut words = words.into_iter();
    let mut command = Command::new(words.next().unwrap_or(program.as_os_str()));
    command.args(words);
    command
}

/// What to start.
#[derive(Clone, Debug)]
pub struct Launch {
    /// Words that come before the program: of another one that becomes it, such as `ip netns exec NAME`.
    pub via: Vec<OsString>,
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Additional environment.
    pub env: Vec<(OsString, OsString)>,
    /// Where standard output goes; with the log when `None`.
    pub stdout: Option<PathBuf>,
    /// Where standard error goes. Appended to.
    pub log: PathBuf,
}

impl Launch {
    /// A program with arguments, everything that it prints going to `log`.
    pub fn new<A: AsRef<OsStr>>(program: &Path, args: impl IntoIterator<Item = A>, log: PathBuf) -> Self {
        let args = args.into_iter().map(|arg| arg.as_ref().to_owned()).collect();
        Self {
            via: Vec::new(),
            program: program.to_owned(),
            args,
            env: Vec::new(),
            stdout: None,
            log,
        }
    }

    /// Adds an environment variable.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    fn start(&self) -> Result<Child> {
        let log = append(&self.log)?;
        let stdout = match &self.stdout {
            Some(path) => File::create(path).with_context(|| format!("cannot create {}", path.display()))?,
            None => log.try_clone()?,
        };
        let mut command = tied(&self.via, &self.program);
        command
            .args(&self.args)
            .envs(self.env.iter().cloned())
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(log);
        spawn(command).with_context(|| format!("cannot start {}", self.program.display()))
    }
}

fn append(path: &Path) -> Result<File> {
    let open = OpenOptions::new().create(true).append(true).open(path);
    open.with_context(|| format!("cannot open the log {}", path.display()))
}

/// Runs a program to its end. It is killed after `limit`, or when the future is dropped.
pub(crate) async fn run(launch: Launch, limit: Duration) -> Result<ExitStatus> {
    let mut child = Running(Some(launch.start()?));
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if started.elapsed() > limit {
            bail!(
                "{} {:?} had not ended after {} s; its output is in {}",
                launch.program.display(),
                launch.args,
                limit.as_secs(),
                launch.log.display()
            );
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// A child that is killed when dropped.
#[derive(Debug)]
struct Running(Option<Child>);

impl Running {
    fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        match &mut self.0 {
            Some(child) => child.try_wait(),
            None => Ok(None),
        }
    }

    fn kill(&mut self) {
        if let Some(mut child) = self.0.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A program that runs until it is stopped. Killed when dropped.
#[derive(Debug)]
pub struct Daemon {
    launch: Launch,
    child: Running,
}

impl Daemon {
    /// Starts it.
    pub fn start(launch: Launch) -> Result<Self> {
        let child = Running(Some(launch.start()?));
        Ok(Self { launch, child })
    }

    /// Its process id, while it runs.
    pub fn id(&self) -> Option<u32> {
        self.child.0.as_ref().map(Child::id)
    }

    /// Its log.
    pub fn log(&self) -> &Path {
        &self.launch.log
    }

    /// Fails with the end of its log when it has ended by itself.
    pub fn check(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            self.child.0 = None;
            bail!(
                "{} ended with {status}; its log ends:\n{}",
                self.launch.program.display(),
                tail(self.log())
            );
        }
        Ok(())
    }

    /// SIGKILL, and waits until it is gone.
    pub fn kill(&mut self) {
        self.child.kill();
    }

    /// SIGTERM, and waits up to `limit` for its end.
    pub async fn terminate(&mut self, limit: Duration) -> Result<ExitStatus> {
        self.stop("TERM", limit).await
    }

    /// The signal of this name, and waits up to `limit` for its end.
    pub async fn stop(&mut self, signal: &str, limit: Duration) -> Result<ExitStatus> {
        let id = self.id().context("it does not run")?;
        // A shell's own `kill`: there everywhere, and no unsafe code.
        Command::new("sh")
            .arg("-c")
            .arg(format!("kill -{signal} {id}"))
            .status()?;
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                self.child.0 = None;
                return Ok(status);
            }
            if started.elapsed() > limit {
                bail!(
                    "{} had not ended {} s after SIG{signal}; its log ends:\n{}",
                    self.launch.program.display(),
                    limit.as_secs(),
                    tail(self.log())
                );
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Starts it again after [`Self::kill`] or [`Self::terminate`].
    pub fn restart(&mut self) -> Result<()> {
        self.child.kill();
        self.child = Running(Some(self.launch.start()?));
        Ok(())
    }
}

/// The last lines of a file, for error messages.
pub(crate) fn tail(path: &Path) -> String {
    let text = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().collect();
    let from = lines.len().saturating_sub(15);
    lines.get(from..).unwrap_or_default().join("\n")
}
