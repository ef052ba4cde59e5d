//! A token that a command prints: how most secret managers are asked.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use secrecy::zeroize::Zeroizing;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};

use super::{APP_SECRET_VARIABLE, DEFAULT_VARIABLE, TOKEN_BYTES_MAX, Token, TokenError, token_like};

/// A secret manager's command line client answers in a second or two; one that hangs must not hang cron.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

/// What a command says of its failure is a few lines; of more, the end tells most.
const TALK_BYTES_MAX: usize = 1024;

/// A shorter word is none that has to be hidden.
const SECRET_BYTES_MIN: usize = 6;

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
    let mut group = Group::start(argv).map_err(|error| format!("cannot be started: {error}"))?;
    let (output, talk) = (group.child.stdout.take(), group.child.stderr.take());
    let ended = async {
        let status = group.child.wait().await;
        // A child that it left behind would keep the pipes open.
        group.end();
        status
    };
    let (status, output, talk) =
        tokio::try_join!(ended, capped(output), tail(talk)).map_err(|error| format!("could not be read: {error}"))?;
    Ok(Answer { status, output, talk })
}

/// The first bytes, one more than are allowed. Then nobody listens any more, which ends the command.
async fn capped(source: Option<impl AsyncRead + Unpin>) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(TOKEN_BYTES_MAX + 1));
    if let Some(source) = source {
        source.take(TOKEN_BYTES_MAX as u64 + 1).read_to_end(&mut bytes).await?;
    }
    Ok(bytes)
}

/// The last bytes.
async fn tail(source: Option<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let mut kept = Vec::new();
    let Some(mut source) = source else { return Ok(kept) };
    let mut block = [0; TALK_BYTES_MAX];
    loop {
        match source.read(&mut block).await? {
            0 => return Ok(kept),
            count => kept.extend_from_slice(&block[..count]),
        }
        kept.drain(..kept.len().saturating_sub(TALK_BYTES_MAX));
    }
}

/// What a command says of its failure, in one line and without what may be a secret: what looks like a token, and
/// whatever it printed as one.
fn told(talk: &[u8], output: &str) -> String {
    let talk = String::from_utf8_lossy(talk);
    let secrets: Vec<&str> = output.split_whitespace().filter(|word| word.len() >= SECRET_BYTES_MIN).collect();
    let words = talk.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(|word| without_secrets(word, &secrets)).collect();
    if words.is_empty() { String::new() } else { format!("; it says: {}", words.join(" ")) }
}

fn without_secrets(word: &str, secrets: &[&str]) -> String {
    const HIDDEN: &str = "[hidden]";
    if word.contains("EAA") || secrets.iter().any(|secret| word.contains(secret)) {
        return HIDDEN.to_owned();
    }
    let mut clean = word.to_owned();
    for token in token_like(word).into_iter().rev() {
        clean.replace_range(token, HIDDEN);
    }
    clean
}
