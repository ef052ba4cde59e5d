//! A token that a command prints: how most secret managers are asked.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;

use super::{TOKEN_BYTES_MAX, Token, TokenError, room};

/// A secret manager's command line client answers in a second or two; one that hangs must not hang cron.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) async fn read(argv: &[String]) -> Result<Token, TokenError> {
    let program = argv.first().map_or("", String::as_str).to_owned();
    let failed = |what: String| TokenError::Command { program: program.clone(), what };
    let mut child = tokio::process::Command::new(&program)
        .args(argv.get(1..).unwrap_or_default())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(format!("cannot be started: {error}")))?;
    let stdout = child.stdout.take();
    let answer = async {
        let mut text = room();
        if let Some(stdout) = stdout {
            stdout.take(TOKEN_BYTES_MAX).read_to_string(&mut text).await?;
        }
        Ok::<_, std::io::Error>((text, child.wait().await?))
    };
    let (text, status) = tokio::time::timeout(COMMAND_TIMEOUT, answer)
        .await
        .map_err(|_| failed(format!("did not answer within {} s", COMMAND_TIMEOUT.as_secs())))?
        .map_err(|error| failed(format!("could not be read: {error}")))?;
    if !status.success() {
        return Err(failed(format!("failed: {status}")));
    }
    Token::from_text(&text, &format!("the output of `{program}`"))
}
