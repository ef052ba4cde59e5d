//! What stays stopped: the kill switch and breakers hold until a person has looked, whatever cron starts.

use rusqlite::Connection;
use rustix::process::Signal;

use crate::harness::people;
use crate::harness::process::{Ran, clean};
use crate::harness::project::{Project, TIDINGS};
use crate::harness::server::Server;

fn tidings<const N: usize>(project: &Project, verb: &str, arguments: [&str; N]) -> Ran {
    let start = [verb, "campaign.yaml", "--ledger", "ledger.sqlite"];
    project.tidings(start.into_iter().chain(arguments))
}

#[test]
fn a_stopped_campaign_is_not_sent_until_somebody_lifts_the_stop() {
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    tidings(&project, "stop", []).code(0).stdout_has("spring is stopped");
    project.send(&server).code(6).stderr_has("tidings resume campaign.yaml --ledger ledger.sqlite --acknowledge stop");
    assert_eq!(server.book().requests, 0);
    tidings(&project, "resume", []).code(0).stdout_has("stop: somebody ran `tidings stop` for this campaign");
    tidings(&project, "resume", ["--acknowledge", "stop-all"]).code(2).stderr_has("nothing was changed");
    tidings(&project, "resume", ["--acknowledge", "stop"]).code(0);
    tidings(&project, "resume", []).stdout_has("spring: nothing stops it");
    project.send(&server).code(0).stdout_has("3 accepted");
}

#[test]
fn a_stop_of_everything_stops_every_campaign_and_lifting_it_leaves_other_stops() {
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    tidings(&project, "stop", ["--all"]).code(0).stdout_has("every campaign of ledger.sqlite is stopped");
    tidings(&project, "stop", []).code(0);
    project.send(&server).code(6).stderr_has("--acknowledge stop-all");
    tidings(&project, "resume", ["--acknowledge", "stop-all"]).code(0);
    project.send(&server).code(6).stderr_has("--acknowledge stop");
    assert_eq!(server.book().requests, 0);
}

#[test]
fn a_stop_of_everything_without_a_campaign_stops_those_of_this_directory() {
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    project.tidings(["stop", "--all"]).code(0);
    let ledger = ".tidings/ledger.sqlite";
    let ran = project.run(["--yes", "--ledger", ledger, "--api-url", &server.url]);
    ran.code(6).stderr_has("--acknowledge stop-all");
    assert_eq!(server.book().requests, 0);
}

#[test]
fn one_more_stop_takes_none_away_that_was_made_by_hand() {
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    let summer =
        std::fs::read_to_string(project.path("campaign.yaml")).expect("a campaign").replace("spring", "summer");
    let project = project.file("summer.yaml", summer);
    for by_hand in ["", "*", "spring"] {
        std::fs::write(project.path("ledger.sqlite.stop"), by_hand).expect("a file");
        project.tidings(["stop", "summer.yaml", "--ledger", "ledger.sqlite"]).code(0);
        project.send(&server).code(6);
        tidings(&project, "resume", []).stdout_has("spring is stopped by");
        project.tidings(["resume", "summer.yaml", "--ledger", "ledger.sqlite"]).stdout_has("summer is stopped by");
    }
    assert_eq!(server.book().requests, 0);
}

#[test]
fn a_stop_that_fails_says_that_nothing_stopped_and_which_file_to_make() {
    let project = Project::new().file("gone", "");
    let arguments = ["stop", "campaign.yaml", "--ledger", "gone/ledger.sqlite"];
    project.tidings(arguments).code(74).stderr_has("NOT stopped: the kill switch gone/ledger.sqlite.stop");
}

#[test]
fn a_switch_that_cannot_be_read_or_says_nothing_stops() {
    let (project, server) = (Project::new().with_token().file("ledger.sqlite.stop", b"\xff\xfe"), Server::start(&[]));
    project.send(&server).code(6);
    let project = project.file("ledger.sqlite.stop", "");
    project.send(&server).code(6);
    assert_eq!(server.book().requests, 0);
}

#[test]
fn words_that_name_no_campaign_stop_everything() {
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    for words in ["please stop\n", "\u{feff}spring\n", "spring.yaml"] {
        std::fs::write(project.path("ledger.sqlite.stop"), words).expect("a file");
        project.send(&server).code(6).stderr_has("--acknowledge stop-all");
        tidings(&project, "resume", ["--acknowledge", "stop-all"]).code(0);
        tidings(&project, "resume", []).stdout_has("nothing stops it");
    }
    assert_eq!(server.book().requests, 0);
}

#[test]
fn the_switch_stops_a_run_under_way_and_loses_nobody() {
    let people: String = (0..400).map(|n| format!("+1202555{:04}\n", 100 + n % 100 + n / 100 * 1000)).collect();
    let project = Project::new().with_token().recipients(format!("phone\n{people}")).campaign_with("1000/s", "20/s");
    let project = project.campaign_with("recipients: people.csv", "recipients: { file: people.csv, on_invalid: skip }");
    let server = Server::start(&[]);
    let running = project.start_sending(&server);
    server.until_requests(5);
    tidings(&project, "stop", []).code(0);
    let ran = running.end();
    ran.code(6).stderr_has("the kill switch is on");
    let states = ran.report().states().into_iter().map(|(state, count)| (state.to_owned(), count)).collect::<Vec<_>>();
    let count = |wanted: &str| states.iter().find(|(state, _)| state == wanted).map_or(0, |(_, count)| *count);
    assert_eq!(count("accepted") as u64, server.book().requests);
    assert!(count("waiting") > 0 && count("in_doubt") == 0, "{states:?}");
}

#[test]
fn a_refused_token_stays_refused_until_somebody_has_looked() {
    let project = Project::new().with_token();
    project.send(&Server::with_faults(&["190=100"])).code(77).stderr_has("--acknowledge 1");
    let server = Server::start(&[]);
    project.send(&server).code(77).stderr_has("WhatsApp does not accept the token");
    assert_eq!(server.book().requests, 0);
    tidings(&project, "resume", []).stdout_has("1: WhatsApp does not accept the token");
    tidings(&project, "resume", ["--acknowledge", "2"]).code(2).stderr_has("no breaker 2");
    tidings(&project, "resume", ["--acknowledge", "1"]).code(0);
    project.send(&server).code(0).stdout_has("3 accepted");
}

#[test]
fn a_breaker_of_the_sender_holds_its_other_campaigns_and_one_of_the_template_does_not() {
    let project = Project::new().with_token();
    let other = std::fs::read_to_string(project.path("campaign.yaml")).expect("a campaign").replace("spring", "summer");
    let project = project.file("summer.yaml", other);
    let summer = |server: &Server| {
        let address = ["--api-url", server.url.as_str()];
        let run = ["run", "summer.yaml", "--yes", "--new-campaign", "--ledger", "ledger.sqlite"];
        project.tidings(run.into_iter().chain(address))
    };
    let server = Server::start(&[]);
    project.send(&Server::with_faults(&["132001=100"])).code(6).stderr_has("--acknowledge 1");
    summer(&server).code(0);
    tidings(&project, "resume", ["--acknowledge", "1"]).code(0);
    project.send(&Server::with_faults(&["131042=100"])).code(6).stderr_has("--acknowledge 2");
    summer(&server).code(6).stderr_has("WhatsApp refuses this number or account");
}

#[test]
fn what_goes_wrong_in_a_rehearsal_stops_no_real_run() {
    let (project, server) = (Project::new().with_token(), Server::start(&[]));
    project.run(["--sandbox", "--ledger", "ledger.sqlite", "--fault", "190=100"]).code(77);
    project.send(&server).code(0).stdout_has("3 accepted");
}

/// The campaign to so many people, with this in its file.
fn project_with(stop_when: &str, people: usize) -> Project {
    let project = Project::new().with_token().recipients(people::csv(0..people));
    project.campaign_with("send: ", &format!("stop_when: {stop_when}\nsend: "))
}

#[test]
fn refusals_above_the_share_stop_the_campaign_until_somebody_has_looked() {
    let project = project_with("{ refused: { above: 50%, of_last: 20 } }", 400);
    let refusing = Server::with_faults(&["131026=100"]);
    let ran = project.send(&refusing);
    let words = "11 of the last 11 messages were refused, more than 50% of 20 (stop_when.refused)";
    ran.code(6)
        .stderr_has(&format!("{words}; "))
        .stderr_has(" messages still to be sent. Look at the reasons in report.csv");
    ran.stderr_has("nothing is sent until then: tidings resume campaign.yaml --ledger ledger.sqlite --acknowledge 1");
    assert_eq!(ran.summary()["ending"], words);
    let report = ran.report();
    let waiting = report.of("waiting");
    assert!(!waiting.is_empty() && waiting.iter().all(|row| row.reason == words), "{:?}", report.states());

    let requests = refusing.book().requests;
    project.send(&refusing).code(6).stderr_has(words).stderr_has("--acknowledge 1");
    assert_eq!(refusing.book().requests, requests);
    tidings(&project, "resume", []).code(0).stdout_has(&format!("1: {words}, "));
    tidings(&project, "resume", ["--acknowledge", "1"]).code(0);
    project.send(&Server::start(&[])).code(3).stdout_has(" accepted, ");
}

#[test]
fn doubts_of_several_runs_count_together_and_anew_once_somebody_has_looked() {
    let project = project_with("{ in_doubt: { above: 1%, of_last: 500 } }", 3);
    let server = Server::with_faults(&["reset-accepted=100"]);
    project.send(&server).code(4);
    let project = project.recipients(people::csv(0..5));
    project.send(&server).code(4);
    let project = project.recipients(people::csv(0..6));
    let ran = project.send(&server);
    ran.code(6).stderr_has("6 of the last 6 messages are in doubt, more than 1% of 500 (stop_when.in_doubt)");
    ran.stderr_has("0 messages still to be sent").stderr_has("settle the doubts");
    tidings(&project, "resume", ["--acknowledge", "1"]).code(0);
    let project = project.recipients(people::csv(0..11));
    project.send(&server).code(4).stdout_has("11 in doubt");
    let project = project.recipients(people::csv(0..12));
    project.send(&server).code(6).stderr_has("6 of the last 6 messages are in doubt");
    assert_eq!(server.book().requests, 12);
}

#[test]
fn what_a_death_left_in_doubt_counts_before_anything_is_sent() {
    let project = project_with("{ in_doubt: { above: 0%, of_last: 100 } }", 50).campaign_with("1000/s", "20/s");
    let silent = Server::with_faults(&["stall=100%"]);
    let running = project.start_sending(&silent);
    silent.until_requests(2);
    running.signal(Signal::KILL).end().killed_by(Signal::KILL);
    let server = Server::start(&[]);
    let ran = project.send(&server);
    ran.code(6).stderr_has("in doubt, more than 0% of 100 (stop_when.in_doubt)").stderr_has("--acknowledge 1");
    assert_eq!(server.book().requests, 0);
}

#[test]
fn a_run_that_died_before_it_latched_and_a_stricter_file_stop_at_the_next_start() {
    // More than a run can ask for before it has judged the first answers, on however busy a machine.
    let project = project_with("{ refused: { above: 10%, of_last: 100 } }", 300);
    let server = Server::with_faults(&["131026=100"]);
    project.send(&server).code(6);
    let requests = server.book().requests;
    let ledger = Connection::open(project.path("ledger.sqlite")).expect("a ledger");
    ledger.execute("DELETE FROM breakers", []).expect("a change");
    project.send(&server).code(6).stderr_has("more than 10% of 100 (stop_when.refused)").stderr_has("--acknowledge 1");
    assert_eq!(server.book().requests, requests);

    let project = project_with("{ refused: { above: 90%, of_last: 100 } }", 5);
    project.send(&server).code(3).stdout_has("5 refused");
    let project = project.campaign_with("90%", "1%").recipients(people::csv(0..6));
    let ran = project.send(&server);
    ran.code(6).stderr_has("5 of the last 5 messages were refused, more than 1% of 100 (stop_when.refused)");
    ran.stderr_has("1 message still to be sent");
    assert_eq!(server.book().requests, requests + 5);
}

#[test]
fn a_list_of_which_the_first_twenty_are_refused_is_sent_no_further() {
    let project = Project::new().with_token().recipients(people::csv(0..400));
    let ran = project.send(&Server::with_faults(&["131026=100"]));
    ran.code(6).stderr_has("the first 20 messages of this run were all refused; ");
    ran.stderr_has("is this the right list, and the country code of its numbers right?").stderr_has("--acknowledge 1");
    assert!(!ran.report().of("waiting").is_empty(), "{:?}", ran.report().states());
}

#[test]
fn too_many_faults_of_a_rehearsal_stop_it_and_no_real_run() {
    let project = project_with("{ refused: { above: 50%, of_last: 20 } }", 400);
    let ran = project.run(["--sandbox", "--fault", "131026=100"]);
    ran.code(6).stderr_has("11 of the last 11 messages were refused");
    assert!(!ran.stderr.contains("--acknowledge"), "{}", ran.stderr);
    project.run(["--sandbox", "--ledger", "ledger.sqlite", "--fault", "131026=100"]).code(6);
    tidings(&project, "resume", []).code(0).stdout_has("nothing stops it");
}

#[test]
fn the_command_that_lifts_a_breaker_can_be_pasted() {
    let project = Project::new().with_token();
    let yaml = std::fs::read_to_string(project.path("campaign.yaml")).expect("a campaign");
    let project = project.file("it's spring.yaml", yaml);
    let server = Server::with_faults(&["132001=100"]);
    let sent = ["--yes", "--ledger", "my ledger.sqlite", "--api-url", &server.url];
    let ran = project.tidings(["run", "it's spring.yaml"].into_iter().chain(sent));
    ran.code(6);
    let (_, line) = ran.stderr.lines().find_map(|line| line.split_once("until then: tidings ")).expect("a command");
    let script = format!("\"$0\" {line}");
    let pasted = clean("sh").current_dir(project.home()).args(["-c", &script, TIDINGS]).output().expect("a shell");
    assert!(pasted.status.success(), "{line}: {pasted:?}");
    let again = project.tidings(["run", "it's spring.yaml"].into_iter().chain(sent));
    again.code(6).stderr_has("--ledger 'my ledger.sqlite' --acknowledge 2");
}

#[test]
fn a_rehearsal_names_no_command_for_a_ledger_that_is_gone() {
    let project = Project::new();
    let ran = project.run(["--sandbox", "--yes", "--fault", "reset-accepted=100"]);
    ran.code(4).stdout_has("and is not sent again");
    assert!(!ran.stdout.contains("tidings resolve"), "{}", ran.stdout);
}
