//! Where a sender's token is. What is refused is never repeated: it may be the token itself.

use super::Check;
use crate::campaign::file;
use crate::campaign::kinds::TextOr;
use crate::campaign::spot::Spot;
use crate::secret::{DEFAULT_VARIABLE, TokenSource};

const SIMPLE: &str = "write `env:WHATSAPP_ACCESS_TOKEN`, `file:PATH` or `{ command: [program, argument] }`";
const ALL: &str = "write `env:WHATSAPP_ACCESS_TOKEN`, `file:PATH`, `{ command: [program, argument] }`, \
                   `vault:MOUNT/PATH#FIELD` or `conjur:VARIABLE`";

impl Check<'_> {
    pub(super) fn token(
        &mut self,
        written: Option<&TextOr<file::TokenCommand>>,
        spot: Spot<'_>,
    ) -> Option<TokenSource> {
        match written {
            None => Some(TokenSource::Env(DEFAULT_VARIABLE.to_owned())),
            Some(TextOr::Map(map)) => self.command(map.command.clone(), spot.key("command")),
            Some(TextOr::Text(_)) => self.named_token(spot),
        }
    }

    fn named_token(&mut self, spot: Spot<'_>) -> Option<TokenSource> {
        let text = spot.text()?.source;
        let (scheme, rest) = text.split_once(':').unwrap_or(("", &text));
        let (read, help) = match scheme {
            "env" if is_variable(rest) => (Ok(TokenSource::Env(rest.to_owned())), SIMPLE),
            "env" => (Err("`env:` must be followed by a variable's name"), SIMPLE),
            "file" => (TokenSource::file(rest, &self.directory), "such as `file:/run/secrets/whatsapp`"),
            "command" => match serde_yaml::from_str(rest) {
                Ok(argv) => return self.command(argv, spot),
                Err(_) => (Err("`command:` must be followed by a list"), SIMPLE),
            },
            "vault" => (TokenSource::vault(rest), "such as `vault:secret/whatsapp#token`, as `vault kv get` takes it"),
            "conjur" => (TokenSource::conjur(rest), "such as `conjur:prod/whatsapp/token`"),
            _ => (Err("this does not say where the token is; the token itself never stands in a campaign file"), ALL),
        };
        read.map_err(|message| self.secret_problem(spot, message, help)).ok()
    }

    /// A problem with what may be the token itself.
    fn secret_problem(&mut self, spot: Spot<'_>, message: &str, help: &str) {
        if let Some(place) = spot.at()
            && !self.problems.stands_at(place)
        {
            self.problems.add_secret(place, "token-source", message, help);
        }
    }

    /// A program with a relative path is looked for beside the campaign file, like all files that it names.
    fn command(&mut self, mut argv: Vec<String>, spot: Spot<'_>) -> Option<TokenSource> {
        if argv.first().is_none_or(|program| program.trim().is_empty()) {
            self.secret_problem(spot, "the command is empty", "write `[program, argument]`");
            return None;
        }
        if argv[0].contains('/') {
            // Not UTF-8 where the folder's name is not: then it stays as it is written.
            argv[0] = self.directory.join(&argv[0]).to_str().map_or_else(|| argv[0].clone(), str::to_owned);
        }
        Some(TokenSource::Command(argv))
    }
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
