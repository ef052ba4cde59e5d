//! The program as a process: a clean environment, bounded waits, and no child that outlives its test.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::reports::{Jsonl, Report, Summary};

/// Far beyond what any test takes: a wait that is this long has failed.
const PATIENCE: Duration = Duration::from_secs(60);

const POLL_EVERY: Duration = Duration::from_millis(5);

/// A command that sees nothing of the environment the tests run in.
pub fn clean(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default()).stdin(Stdio::null());
    command
}

/// Asks again and again, until there is an answer.
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    for _ in 0..PATIENCE.as_millis() / POLL_EVERY.as_millis() {
        if let Some(answer) = ask() {
            return answer;
        }
        sleep(POLL_EVERY);
    }
    panic!("{what}: not within {PATIENCE:?}");
}

/// A process under way. It is killed when it is dropped.
pub struct Running {
    child: Child,
    /// Where it runs, kept while anybody may look at what it left.
    home: Arc<TempDir>,
    stdout: Stream,
    stderr: Stream,
}

/// What a process wrote so far.
struct Stream {
    text: Arc<Mutex<String>>,
    ended: Receiver<()>,
}

impl Stream {
    fn of(source: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let (end, ended) = channel();
        let kept = Arc::clone(&text);
        std::thread::spawn(move || {
            let mut source = BufReader::new(source);
            let mut line = Vec::new();
            while source.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
                kept.lock().expect("the text").push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
            // Nobody waits for it any more when the test has failed.
            let _ = end.send(());
        });
        Self { text, ended }
    }

    fn so_far(&self) -> String {
        self.text.lock().expect("the text").clone()
    }

    fn whole(&self) -> String {
        self.ended.recv_timeout(PATIENCE).expect("the end of the output");
        self.so_far()
    }
}

impl Running {
    pub fn start(command: &mut Command, home: Arc<TempDir>) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a process");
        let stdout = Stream::of(child.stdout.take().expect("its output"));
        let stderr = Stream::of(child.stderr.take().expect("its talk"));
        Self { child, home, stdout, stderr }
    }

    pub fn stdout_so_far(&self) -> String {
        self.stdout.so_far()
    }

    /// Its number, as `/proc` has it.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn stderr_so_far(&self) -> String {
        self.stderr.so_far()
    }

    /// Waits until the process has said this on stderr.
    pub fn says(self, words: &str) -> Self {
        until(words, || self.stderr.so_far().contains(words).then_some(()));
        self
    }

    pub fn signal(self, signal: Signal) -> Self {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("a process to signal");
        self
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("a process").is_some()
    }

    /// Waits until it ends.
    pub fn end(mut self) -> Ran {
        let status = until("the end of the process", || self.child.try_wait().expect("a process"));
        Ran { status, stdout: self.stdout.whole(), stderr: self.stderr.whole(), home: Arc::clone(&self.home) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How a process ended, and what it said.
#[derive(Debug)]
pub struct Ran {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
    home: Arc<TempDir>,
}

impl Ran {
    #[track_caller]
    pub fn code(&self, code: i32) -> &Self {
        assert_eq!(self.status.code(), Some(code), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub fn killed_by(&self, signal: Signal) -> &Self {
        assert_eq!(self.status.signal(), Some(signal.as_raw()), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub fn stdout_has(&self, words: &str) -> &Self {
        assert!(self.stdout.contains(words), "no `{words}` in stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub fn stderr_has(&self, words: &str) -> &Self {
        assert!(self.stderr.contains(words), "no `{words}` in stderr: {}\nstdout: {}", self.stderr, self.stdout);
        self
    }

    #[track_caller]
    pub fn silent(&self) -> &Self {
        assert_eq!((self.stdout.as_str(), self.stderr.as_str()), ("", ""));
        self
    }

    /// The directory of the newest report.
    #[track_caller]
    pub fn report_directory(&self) -> PathBuf {
        super::reports::newest(self.home.path()).unwrap_or_else(|| panic!("no report\nstderr: {}", self.stderr))
    }

    #[track_caller]
    pub fn report(&self) -> Report {
        Report::read(&self.report_directory())
    }

    #[track_caller]
    pub fn summary(&self) -> Summary {
        super::reports::summary(&self.report_directory())
    }

    #[track_caller]
    pub fn jsonl(&self) -> Vec<Jsonl> {
        super::reports::jsonl(&self.report_directory())
    }

    /// While this lives, snapshots do not see what differs from run to run: directories, ports, times, processes.
    pub fn redact(&self) -> insta::internals::SettingsBindDropGuard {
        let mut settings = insta::Settings::clone_current();
        let home = self.home.path().to_str().expect("a path in UTF-8");
        settings.add_filter(&home.replace('.', r"\."), "[home]");
        settings.add_filter(r"127\.0\.0\.1:\d+", "127.0.0.1:[port]");
        settings.add_filter(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z", "[time]");
        settings.add_filter(r"\d{8}T\d{6}Z", "[start]");
        settings.add_filter(r"process \d+ on \S+", "process [pid] on [host]");
        settings.bind_to_scope()
    }
}
