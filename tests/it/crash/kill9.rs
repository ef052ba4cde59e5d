//! `kill -9` for real: the program against a sandbox that keeps the book and loses two replies in a hundred, killed at
//! random moments and started again, until everybody has their message or their doubt.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rustix::process::Signal;
use tidings::cloud::wire::envelope;
use tidings::sandbox::faults::{Faults, Script};
use tidings::sandbox::world::{Asked, Reply, World};

use super::draw::Draw;
use super::image::{Image, directory};
use crate::harness::people;
use crate::harness::process::{Ran, until};
use crate::harness::project::Project;
use crate::harness::server::Server;

/// Says how many kills to try.
const KILLS: &str = "TIDINGS_KILLS";

const KILLS_DEFAULT: u64 = 200;

/// Campaigns at the same time: they mostly wait.
const AT_ONCE: usize = 4;

const PEOPLE: usize = 150;

/// Half of the lost replies are lost after the message was taken.
const LOST_REPLIES: [&str; 2] = ["reset-accepted=1%", "reset=1%"];

/// What the kills of some campaigns came to.
#[derive(Debug, Default, Clone, Copy)]
struct Figures {
    campaigns: u64,
    kills: u64,
    people: u64,
    in_doubt: u64,
    lost_replies: u64,
    under_way_at_kills: u64,
}

impl Figures {
    fn add(self, other: Self) -> Self {
        Self {
            campaigns: self.campaigns + other.campaigns,
            kills: self.kills + other.kills,
            people: self.people + other.people,
            in_doubt: self.in_doubt + other.in_doubt,
            lost_replies: self.lost_replies + other.lost_replies,
            under_way_at_kills: self.under_way_at_kills + other.under_way_at_kills,
        }
    }
}

/// Those whose reply the sandbox loses: it decides by seed and person alone.
fn lost_replies(seed: u64) -> BTreeSet<String> {
    let shares = LOST_REPLIES.iter().map(|share| share.parse().expect("a fault")).collect();
    let faults = Faults::new(shares).expect("shares of a whole");
    let mut world = World::new(Script { seed, faults, ..Script::default() });
    let template = r#"{"name":"hello_world","language":{"code":"en_US"}}"#;
    (0..PEOPLE)
        .map(people::number)
        .filter(|number| {
            let asked = Asked {
                method: "POST",
                path: "/v25.0/106540352242922/messages",
                query: None,
                authorization: Some(b"Bearer invented-token"),
                content_type: Some(b"application/json"),
                body: &envelope(number, template, "1.0"),
            };
            match world.answer(&asked, Duration::ZERO).reply {
                Reply::Reset => true,
                Reply::Http(response) if response.status == 200 => false,
                reply => panic!("{reply:?}"),
            }
        })
        .collect()
}

/// A ledger as a kill left it, read from a copy.
struct Remains {
    under_way: BTreeSet<String>,
    accepted: BTreeSet<String>,
}

impl Remains {
    fn of(ledger: &Path) -> Self {
        let directory = directory();
        let copy = directory.path().join("ledger.sqlite");
        Image::of(ledger).restore(&copy);
        let db = rusqlite::Connection::open(&copy).expect("a copy");
        let who = |state: i64| {
            let mut query = db.prepare("SELECT recipient FROM messages WHERE state = ?1").expect("messages");
            query.query_map([state], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("numbers")
        };
        Self { under_way: who(1), accepted: who(2) }
    }
}

/// Starts the program and kills it a moment after it sent something, if it has not ended by itself by then.
fn start_and_kill(project: &Project, server: &Server, draw: &mut Draw) -> Ran {
    let before = server.requests();
    let mut running = project.start_sending(server);
    let has_ended = until("a request or the end", || match running.has_ended() {
        true => Some(true),
        false => (server.requests() > before).then_some(false),
    });
    if has_ended {
        return running.end();
    }
    std::thread::sleep(Duration::from_millis(draw.from(20..150)));
    running.signal(Signal::KILL).end()
}

/// One campaign, from its first start to the end that was not a kill.
fn campaign(seed: u64) -> Figures {
    let mut draw = Draw::new(seed);
    let project = Project::new().with_token().recipients(people::csv(0..PEOPLE)).campaign_with("1000/s", "120/s");
    let seed_word = seed.to_string();
    let faults = LOST_REPLIES.iter().flat_map(|fault| ["--fault", fault]);
    let server =
        Server::start(&["--seed", &seed_word, "--latency", "20ms"].into_iter().chain(faults).collect::<Vec<_>>());
    let mut figures = Figures { campaigns: 1, people: PEOPLE as u64, ..Figures::default() };
    let mut doubts = BTreeSet::new();
    let ran = loop {
        let ran = start_and_kill(&project, &server, &mut draw);
        if ran.status.signal() != Some(Signal::KILL.as_raw()) {
            break ran;
        }
        let Remains { under_way, accepted } = Remains::of(&project.path("ledger.sqlite"));
        let got: BTreeSet<_> = server.book().messages.into_iter().map(|message| message.recipient).collect();
        assert!(accepted.is_subset(&got), "seed {seed}: rows that lie after kill {}", figures.kills + 1);
        figures.kills += 1;
        figures.under_way_at_kills += under_way.len() as u64;
        doubts.extend(under_way);
    };
    let lost: BTreeSet<_> = lost_replies(seed).difference(&doubts).cloned().collect();
    figures.lost_replies = lost.len() as u64;
    doubts.extend(lost);
    ran.code(if doubts.is_empty() { 0 } else { 4 });

    // Nobody twice, nobody lost, no row that lies, and not one doubt more or less than there is reason for.
    let (report, book) = (ran.report(), server.book());
    book.bears_out(&report);
    assert!(book.requests <= PEOPLE as u64, "seed {seed}: {} requests", book.requests);
    let number = |row: &&crate::harness::reports::Row| row.recipient.trim_start_matches('\'').to_owned();
    let in_doubt: BTreeSet<_> = report.of("in_doubt").iter().map(number).collect();
    assert_eq!(in_doubt, doubts, "seed {seed}");
    assert_eq!(report.of("accepted").len() + doubts.len(), PEOPLE, "seed {seed}");
    figures.in_doubt = doubts.len() as u64;
    figures
}

#[test]
fn kills_at_random_message_nobody_twice_and_lose_nobody() {
    let target = std::env::var(KILLS).map_or(KILLS_DEFAULT, |kills| kills.parse().expect("a number"));
    let (seeds, kills) = (AtomicU64::new(0), AtomicU64::new(0));
    let work = || {
        let mut figures = Figures::default();
        while kills.load(Ordering::Relaxed) < target {
            let one = campaign(seeds.fetch_add(1, Ordering::Relaxed));
            kills.fetch_add(one.kills, Ordering::Relaxed);
            figures = figures.add(one);
        }
        figures
    };
    let figures = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().expect("laws that hold")).fold(Figures::default(), Figures::add)
    });
    assert!(figures.kills >= target && figures.under_way_at_kills > figures.kills, "{figures:?}");
    assert_eq!(figures.in_doubt, figures.lost_replies + figures.under_way_at_kills, "{figures:?}");
    say(&figures);
}

/// For those who run it with `--nocapture`, or read the log of a long run.
#[expect(clippy::print_stderr, reason = "figures of a long test")]
fn say(figures: &Figures) {
    eprintln!("{figures:?}");
}
