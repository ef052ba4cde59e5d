//! A token that a command prints: how most secret managers are asked.

use std::io::ErrorKind;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use memchr::memmem;
use rustix::process::{Pid, Signal, kill_process_group};
use secrecy::zeroize::Zeroizing;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

use super::{APP_SECRET_VARIABLE, DEFAULT_VARIABLE, TOKEN_BYTES_MAX, Token, TokenError};

/// A secret manager's command line client answers in a second or two; one that hangs must not hang cron.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

/// What a command says of its failure is a few lines; of more, the end tells most.
const TALK_BYTES_MAX: usize = 1024;

/// How long pipes are listened to that outlive the command.
const GRACE: Duration = Duration::from_millis(200);

/// Keys and tokens are longer than this, and hold letters and digits.
const CODE_BYTES_MIN: usize = 20;

/// So many bytes in a row that were also printed as the token are no accident.
const PIECE_BYTES: usize = 8;

const HIDDEN: &str = "[hidden]";

/// Secrets of ours that no command needs in order to fetch a token.
const WITHHELD: [&str; 3] = [DEFAULT_VARIABLE, APP_SECRET_VARIABLE, "TIDINGS_LEDGER"];

pub(super) async fn read(argv: &[String]) -> Result<Token, TokenError> {
    let program = argv.first().map_or("", String::as_str).to_owned();
    let failed = |what: String| TokenError::Command { program: program.clone(), what };
    let answer = tokio::time::timeout(COMMAND_TIMEOUT, run(argv))
        .await
        .map_err(|_| failed(format!("did not answer within {} s", COMMAND_TIMEOUT.as_secs())))?
        .map_err(failed)?;
    if answer.output.len() > TOKEN_BYTES_MAX {
        let what = format!("printed more than {} KiB, so not a token alone", TOKEN_BYTES_MAX / 1024);
        return Err(failed(what));
    }
    let output = std::str::from_utf8(&answer.output).map_err(|_| failed("printed what is not text".to_owned()))?;
    if !answer.status.success() {
        return Err(failed(format!("failed: {}{}", answer.status, told(&answer.talk, output))));
    }
    Token::from_text(output, &format!("the output of `{program}`"))
}

/// What a command printed until it ended.
struct Answer {
    status: ExitStatus,
    /// One byte too long where there was more.
    output: Zeroizing<Vec<u8>>,
    talk: Vec<u8>,
}

/// A command in a process group of its own, none of which outlives this.
struct Group {
    child: Child,
    leader: Option<Pid>,
}

impl Group {
    fn start(argv: &[String]) -> std::io::Result<Self> {
        let mut command = Command::new(argv.first().map_or("", String::as_str));
        command.args(argv.get(1..).unwrap_or_default());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for name in WITHHELD {
            command.env_remove(name);
        }
        let child = command.process_group(0).kill_on_drop(true).spawn()?;
        let leader = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        Ok(Self { child, leader })
    }

    /// Ends whoever is left of the group; there may be nobody.
    fn end(&mut self) {
        if let Some(leader) = self.leader.take() {
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
    }
}

async fn run(argv: &[String]) -> Result<Answer, String> {
    let mut group = Group::start(argv).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            format!(
                "cannot be started: {error}; where PATH is short, as under cron, write the whole path of the program"
            )
        }
        _ => format!("cannot be started: {error}"),
    })?;
    let (mut output, mut talk) = (Zeroizing::new(Vec::with_capacity(TOKEN_BYTES_MAX + 1)), Vec::new());
    let (stdout, stderr) = (group.child.stdout.take(), group.child.stderr.take());
    let status = {
        let mut reading = pin!(async { tokio::try_join!(capped(stdout, &mut output), tail(stderr, &mut talk)) });
        let unreadable = |error| format!("could not be read: {error}");
        let mut is_read = false;
        let status = loop {
            tokio::select! {
                status = group.child.wait() => break status.map_err(unreadable)?,
                read = &mut reading, if !is_read => is_read = read.map(|_| true).map_err(unreadable)?,
            }
        };
        // A child that it left behind would keep the pipes open.
        group.end();
        if !is_read {
            // One that left the group keeps them open all the same; what was to be said stands in them already.
            tokio::time::timeout(GRACE, reading).await.unwrap_or(Ok(((), ()))).map_err(unreadable)?;
        }
        status
    };
    Ok(Answer { status, output, talk })
}

/// The first bytes, one more than are allowed. Then nobody listens any more, which ends the command.
async fn capped(source: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) -> std::io::Result<()> {
    if let Some(source) = source {
        source.take(TOKEN_BYTES_MAX as u64 + 1).read_to_end(kept).await?;
    }
    Ok(())
}

/// The last bytes, from the beginning of a word.
async fn tail(source: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) -> std::io::Result<()> {
    let Some(mut source) = source else { return Ok(()) };
    let mut block = [0; TALK_BYTES_MAX];
    loop {
        match source.read(&mut block).await? {
            0 => return Ok(()),
            count => kept.extend_from_slice(&block[..count]),
        }
        if kept.len() > TALK_BYTES_MAX {
            kept.drain(..kept.len() - TALK_BYTES_MAX);
            // Half a secret cannot be told from a word.
            let word = kept.iter().position(u8::is_ascii_whitespace).unwrap_or(kept.len());
            kept.drain(..word);
        }
    }
}

/// What a command says of its failure, in one line and without what may be a secret, whole, in pieces or encoded.
fn told(talk: &[u8], output: &str) -> String {
    let talk = String::from_utf8_lossy(talk);
    let printed: Zeroizing<Vec<u8>> =
        Zeroizing::new(output.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect());
    let words = talk.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let words: Vec<&str> = words.map(|word| if may_be_secret(word, &printed) { HIDDEN } else { word }).collect();
    if words.is_empty() { String::new() } else { format!("; it says: {}", words.join(" ")) }
}

/// Whether a word holds something that may be a key or a token, or a piece of what was printed as one. Rather one word too
/// many is hidden than one too few.
fn may_be_secret(word: &str, printed: &[u8]) -> bool {
    let is_of_code = |c: char| c.is_ascii_alphanumeric() || "+/_=.-".contains(c);
    let is_code = |part: &str| {
        let has = |kind: fn(&u8) -> bool| part.bytes().any(|byte| kind(&byte));
        part.len() >= CODE_BYTES_MIN && has(u8::is_ascii_alphabetic) && has(u8::is_ascii_digit)
    };
    let is_printed = !printed.is_empty()
        && word.len() >= PIECE_BYTES.min(printed.len())
        && word.as_bytes().windows(PIECE_BYTES.min(printed.len())).any(|piece| memmem::find(printed, piece).is_some());
    word.contains("EAA") || is_printed || word.split(|c| !is_of_code(c)).any(is_code)
}
