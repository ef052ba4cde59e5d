//! The canary: secrets that are recognised in any form are given to the program, by every way in and through every
//! command, in fair weather and foul. Then everything that it wrote, said, started or sent is searched for them.

mod commands;
mod forms;
mod replies;
mod server;
mod source;
mod stage;

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::harness::process::Ran;
use replies::REPLIES;
use source::{Mood, Source};
use stage::Stage;

/// Checks many, several at a time, as most of a path's time is waiting; and tells of all that fail.
#[track_caller]
fn each<T: Sync>(all: &[T], check: impl Fn(&T) -> Vec<String> + Sync) {
    let next = AtomicUsize::new(0);
    let take = || std::iter::from_fn(|| all.get(next.fetch_add(1, Ordering::Relaxed)));
    let failed = std::thread::scope(|scope| {
        let threads = [(); 8].map(|()| scope.spawn(|| take().flat_map(&check).collect::<Vec<_>>()));
        threads.into_iter().flat_map(|thread| thread.join().expect("a check that ends")).collect::<Vec<_>>()
    });
    assert!(failed.is_empty(), "{} findings\n{}", failed.len(), failed.join("\n"));
}

fn ended(name: &str, ran: &Ran, code: i32) -> Option<String> {
    (ran.status.code() != Some(code)).then(|| format!("{name}: not {code}: {ran:?}"))
}

/// Sends with each answer that a server may give, the token coming from this source.
#[track_caller]
fn sends_through(source: Source) {
    each(REPLIES, |reply| {
        let stage = Stage::new(source);
        let server = stage.server(reply.answer);
        let ran =
            stage.tidings(&["run", "campaign.yaml", "--yes", "--ledger", "ledger.sqlite", "--api-url", &server.url]);
        let mut found = stage.search(reply.name, &ran, &server);
        found.extend(ended(reply.name, &ran, reply.code));
        found.extend((server.authorized() == 0).then(|| format!("{}: the token was never sent", reply.name)));
        found
    });
}

#[test]
fn a_token_from_a_variable_stays_where_it_belongs_whatever_is_answered() {
    sends_through(Source::Variable);
}

#[test]
fn a_token_from_a_file_stays_where_it_belongs_whatever_is_answered() {
    sends_through(Source::File);
}

#[test]
fn a_token_from_a_command_stays_where_it_belongs_whatever_is_answered() {
    sends_through(Source::Command);
}

#[test]
fn a_token_from_vault_stays_where_it_belongs_whatever_is_answered() {
    sends_through(Source::Vault(Mood::Obliging));
}

#[test]
fn a_token_from_conjur_stays_where_it_belongs_whatever_is_answered() {
    sends_through(Source::Conjur(Mood::Obliging));
}

#[test]
fn no_command_lets_a_secret_out_whatever_is_wrong() {
    let paths = commands::paths();
    assert!(paths.len() >= 60, "only {} paths", paths.len());
    each(&paths, |path| {
        let stage = (path.prepare)(Stage::new(path.source));
        let server = stage.server(path.answer);
        let mut found = Vec::new();
        for (place, line) in path.lines.iter().enumerate() {
            let line = line.iter().map(|word| word.replace("URL", &server.url)).collect::<Vec<_>>();
            let ran = stage.tidings(&line.iter().map(String::as_str).collect::<Vec<_>>());
            found.extend(stage.search(path.name, &ran, &server));
            let last = place + 1 == path.lines.len();
            found.extend(ended(path.name, &ran, path.code).filter(|_| last));
        }
        found
    });
}

#[test]
fn what_asks_nobody_starts_no_command() {
    let stage = Stage::new(Source::Command);
    for line in [&["check", "campaign.yaml"][..], &["preview", "campaign.yaml"], &["run", "campaign.yaml", "--dry-run"]]
    {
        let ran = stage.tidings(line);
        assert_eq!(ran.status.code(), Some(0), "{ran:?}");
    }
    assert_eq!(stage.project.tree().iter().filter(|file| file.starts_with("seen/")).count(), 0);
}
