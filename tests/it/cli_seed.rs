//! Seeds: a few real messages to phones of one's own, which count as nobody's of the recipients.

use rustix::process::Signal;

use crate::harness::process::Ran;
use crate::harness::project::Project;
use crate::harness::server::Server;

const CAMPAIGN: &str = "\
campaign: spring
require_seed: true
sender: { phone_number_id: \"106540352242922\" }
recipients: people.csv
templates:
  - name: hello
    languages: [en_US]
    body: { first_name: \"{{ first_name }}\" }
send: { rate: 1000/s }
";

const PEOPLE: &str = "phone,first_name\n+12025550101,ada\n+12025550102,maximiliane\n+12025550103,bo\n";

fn project() -> Project {
    Project::empty().campaign(CAMPAIGN).recipients(PEOPLE).with_token()
}

fn seed(project: &Project, server: &Server, more: &[&str]) -> Ran {
    let arguments = ["seed", "campaign.yaml", "--ledger", "ledger.sqlite", "--api-url", &server.url];
    project.tidings(arguments.into_iter().chain(["--to", "+1 202 555 0190"]).chain(more.iter().copied()))
}

#[test]
fn the_first_the_longest_and_the_shortest_go_to_phones_of_ones_own() {
    let (project, server) = (project(), Server::start(&[]));
    let ran = seed(&project, &server, &["--to", "+12025550191"]);
    ran.code(0).stderr_has("nobody of the recipients got a message");
    insta::assert_snapshot!(ran.stdout, @r"
    row 2 (the first) to +1202****0190: accepted
    row 2 (the first) to +1202****0191: accepted
    row 3 (the longest) to +1202****0190: accepted
    row 3 (the longest) to +1202****0191: accepted
    row 4 (the shortest) to +1202****0190: accepted
    row 4 (the shortest) to +1202****0191: accepted
    ");
    let to: Vec<_> = server.book().messages.into_iter().map(|message| message.recipient).collect();
    assert_eq!(to.iter().filter(|to| *to == "+12025550190").count(), 3);
    assert_eq!(to.len(), 6);
}

#[test]
fn a_campaign_can_ask_for_a_seed_of_exactly_its_plan() {
    let (project, server) = (project(), Server::start(&[]));
    let ran = project.send(&server);
    ran.code(2).stderr_has("`require_seed`").stderr_has("tidings seed campaign.yaml --ledger ledger.sqlite --to PHONE");
    // One that fails is none.
    seed(&project, &Server::with_faults(&["131026=100"]), &["--row", "2"])
        .code(3)
        .stdout_has("refused with code 131026");
    project.send(&server).code(2);
    seed(&project, &server, &["--row", "3"]).code(0).stdout_has("row 3 (asked for) to +1202****0190: accepted");
    // An edit needs another look.
    let project = project.recipients(PEOPLE.replace("bo", "bob"));
    project.send(&server).code(2).stderr_has("or was edited since");
    let project = project.recipients(PEOPLE);
    project.send(&server).code(0).stdout_has("3 accepted");
    assert_eq!(server.book().requests, 4);
    // Nothing to send needs no look, and neither does a rehearsal.
    project.send(&server).code(0);
    project.run(["--sandbox", "--yes"]).code(0);
}

#[test]
fn a_seed_says_what_came_of_it_and_stops_where_the_rest_would_fare_no_better() {
    let project = project();
    let ran = seed(&project, &Server::with_faults(&["190=100"]), &[]);
    ran.code(77).stdout_has("refused with code 190").stderr_has("would fare no better");
    assert_eq!(ran.stdout.lines().count(), 1);
    seed(&project, &Server::with_faults(&["reset-accepted=100"]), &["--row", "2"]).code(4).stdout_has("in doubt");
    project.tidings(["stop", "campaign.yaml", "--ledger", "ledger.sqlite"]).code(0);
    seed(&project, &Server::start(&[]), &[]).code(6).stderr_has("the kill switch is on");
}

#[test]
fn a_seed_to_nobody_or_of_no_message_is_refused() {
    let (project, server) = (project(), Server::start(&[]));
    seed(&project, &server, &["--to", "5.5E+12"]).code(2).stderr_has("--to:");
    seed(&project, &server, &["--row", "9"]).code(2).stderr_has("row 9 becomes no message");
    project.tidings(["seed", "campaign.yaml"]).code(2).stderr_has("--to <PHONE>");
    for no_answer in ["yes", "\"true\"", "[]"] {
        let project = self::project().campaign_with("require_seed: true", &format!("require_seed: {no_answer}"));
        seed(&project, &server, &[]).code(2).stderr_has("campaign.yaml:2:1").stderr_has("`require_seed`");
    }
    assert_eq!(server.book().requests, 0);
}

#[test]
fn seeds_go_to_the_simulator_too() {
    project().tidings(["seed", "campaign.yaml", "--sandbox", "--to", "+12025550190"]).code(0).stdout_has("accepted");
}

#[test]
fn whoever_asks_twice_to_stop_does_not_wait_for_an_answer() {
    let (project, server) = (project(), Server::with_faults(&["stall-accepted=100"]));
    let arguments = ["seed", "campaign.yaml", "--ledger", "ledger.sqlite", "--api-url", &server.url];
    let running = project.start(arguments.into_iter().chain(["--to", "+12025550190"]));
    server.until_requests(1);
    let ran = running.signal(Signal::INT).says("once more to leave at once").signal(Signal::INT).end();
    ran.code(4).stdout_has("in doubt: left before an answer came");
    assert_eq!(server.book().requests, 1);
}
