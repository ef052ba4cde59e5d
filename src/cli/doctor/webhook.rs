//! Whether anybody hears what becomes of messages.

use super::check::Check;
use crate::cloud::ReadError;
use crate::cloud::account::App;

/// Whether the token's app gets the account's webhooks.
pub fn judge(told: &Result<Vec<App>, ReadError>, app: Option<&App>) -> Check {
    const ID: &str = "webhook";
    const REMEDY: &str = "subscribe your app in App Dashboard > WhatsApp > Configuration: only webhooks tell whether \
                          messages arrive, and who opts out";
    let apps = match told {
        Ok(apps) => apps,
        Err(error) => return Check::unread(ID, error),
    };
    let shown = |app: &App| if app.name.is_empty() { app.id.clone() } else { app.name.clone() };
    match app {
        _ if apps.is_empty() => Check::warning(ID, "no app is subscribed to the account", REMEDY),
        Some(own) if !apps.iter().any(|app| app.id == own.id) => {
            let others: Vec<_> = apps.iter().map(shown).collect();
            Check::warning(ID, format!("{} is subscribed, but not the token's app", others.join(", ")), REMEDY)
        }
        _ => Check::ok(ID, format!("subscribed: {}", apps.iter().map(shown).collect::<Vec<_>>().join(", "))),
    }
}
