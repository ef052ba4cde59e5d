//! `tidings forget`: nothing of a person is left in what tidings keeps, sums and everybody else stay, and no later run
//! messages them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::process::Signal;

use crate::harness::process::Ran;
use crate::harness::project::{GREETING, Project};
use crate::harness::reports;
use crate::harness::server::Server;

const PHONE: &str = "+12025550101";
/// The ledger of the folder, named because a simulator may not take it unasked.
const LEDGER: &str = ".tidings/ledger.sqlite";
const NAME: &str = "Wilhelmina";
const PEOPLE: &str = "phone,first_name\n+12025550101,Wilhelmina\n+12025550102,Bo\n+12025550103,Cy\n";

fn project() -> Project {
    Project::empty().with_token().campaign(GREETING).recipients(PEOPLE)
}

fn send(project: &Project, server: &Server) -> Ran {
    project.run(["--yes", "--ledger", LEDGER, "--api-url", &server.url])
}

fn forget<const N: usize>(project: &Project, arguments: [&str; N]) -> Ran {
    project.tidings(["forget", PHONE, "--yes"].into_iter().chain(arguments))
}

/// What tidings keeps: the ledger with all beside it, and the reports.
fn kept(project: &Project) -> Vec<PathBuf> {
    let files = project.tree().into_iter().filter(|file| file.starts_with(".tidings/") || file.starts_with("reports/"));
    files.map(|file| project.path(&file)).filter(|file| file.is_file()).collect()
}

/// Everything that would tell who it was: the number as digits, masked, and as SQLite keeps numbers; the name.
fn traces() -> Vec<Vec<u8>> {
    let number = 12_025_550_101_u64.to_be_bytes();
    let mut traces: Vec<Vec<u8>> = ["2025550101", "+1202****0101", NAME].map(|text| text.as_bytes().to_vec()).into();
    traces.push(number[3..].to_vec());
    traces
}

fn holds(bytes: &[u8], trace: &[u8]) -> bool {
    bytes.windows(trace.len()).any(|window| window == trace)
}

#[track_caller]
fn nothing_is_left(project: &Project) {
    let files = kept(project);
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        let bytes = fs::read(&file).expect("a file");
        for trace in traces() {
            assert!(!holds(&bytes, &trace), "{} in {}", String::from_utf8_lossy(&trace), file.display());
        }
    }
}

#[test]
fn the_search_for_traces_finds_them_where_nobody_was_forgotten() {
    let (project, server) = (project(), Server::start(&[]));
    send(&project, &server).code(0);
    let files: Vec<_> = kept(&project).iter().map(|file| fs::read(file).expect("a file")).collect();
    let found = |trace: &[u8]| files.iter().any(|bytes| holds(bytes, trace));
    let traces = traces();
    assert!(found(&traces[0]) && found(NAME.as_bytes()), "digits and name");
    assert!(found(&traces[3]), "the number as SQLite keeps it");
}

#[test]
fn nothing_of_a_person_is_left_and_the_sums_stay() {
    let (project, server) = (project(), Server::start(&[]));
    let before = send(&project, &server);
    let lines = before.code(0).report().rows;
    let forgotten = forget(&project, ["campaign.yaml"]);
    forgotten.code(0);
    insta::assert_snapshot!(forgotten.stdout, @"+1202****0101: erased 1 message, 2 lines in 2 report files; not to be messaged from here again");
    nothing_is_left(&project);
    // WhatsApp's ids of messages hold the number, and the key is made of it.
    let gone = [&lines[0].wamid, &lines[0].message_key];
    for file in kept(&project) {
        let bytes = fs::read(&file).expect("a file");
        assert!(!gone.iter().any(|trace| holds(&bytes, trace.as_bytes())), "{}", file.display());
    }
    let after = before.report().rows;
    assert_eq!(after[0].recipient, "[forgotten]");
    assert_eq!((&*after[0].state, &*after[0].wamid, after[0].attempts), ("accepted", "", 1));
    assert_ne!(after[0].message_key, lines[0].message_key);
    assert_eq!(after[1..], lines[1..], "the others are as they were");
    assert_eq!(before.jsonl()[0]["recipient"], "[forgotten]");
    // The same files again: nothing is to be sent, and the sums are the same.
    send(&project, &server).code(0).stdout_has("nothing to send: 3 accepted");
}

#[test]
fn whoever_was_forgotten_is_turned_away_by_every_later_plan_and_campaign() {
    let (project, server) = (project(), Server::start(&[]));
    send(&project, &server).code(0);
    forget(&project, []).code(0);
    let project = project.recipients(format!("{PEOPLE}+12025550104,Di\n"));
    let ran = send(&project, &server);
    let row = &ran.code(0).report().rows[0];
    assert_eq!((&*row.recipient, &*row.state), ("[forgotten]", "turned_away"));
    assert!(row.reason.starts_with("forgotten at their request on 20"), "{}", row.reason);
    let project = project.campaign_with("campaign: spring", "campaign: summer").recipients(PEOPLE);
    let ran = project.run(["--yes", "--ledger", LEDGER, "--api-url", &server.url, "--new-campaign"]);
    ran.code(0).stdout_has("2 accepted, 1 turned away");
    nothing_is_left(&project);
    let book = server.book();
    assert_eq!((book.requests, book.recipients_twice), (6, 2), "two of them got two campaigns");
    assert_eq!(book.messages.iter().filter(|message| message.recipient == PHONE).count(), 1);
    project.preview([]).code(0).stdout_has("forgotten at their request, and turned away");
}

#[test]
fn a_seed_goes_neither_to_whoever_was_forgotten_nor_with_their_words() {
    let (project, server) = (project(), Server::start(&[]));
    send(&project, &server).code(0);
    forget(&project, []).code(0);
    let seed = |arguments: &[&str]| {
        let api = ["seed", "campaign.yaml", "--ledger", LEDGER, "--api-url", &server.url];
        project.tidings(api.into_iter().chain(arguments.iter().copied()))
    };
    seed(&["--to", PHONE]).code(2).stderr_has("+1202****0101 was forgotten at their request on");
    seed(&["--to", "+12025550190", "--row", "2"]).code(2).stderr_has("forgotten at their request: 2; name others");
    seed(&["--to", "+12025550190"]).code(0);
    assert!(server.book().messages.iter().skip(3).all(|message| message.recipient == "+12025550190"));
    nothing_is_left(&project);
}

#[test]
fn seeds_to_whoever_is_forgotten_are_erased_too() {
    let (project, server) = (project(), Server::start(&[]));
    project
        .tidings(["seed", "campaign.yaml", "--to", PHONE, "--row", "3", "--ledger", LEDGER, "--api-url", &server.url])
        .code(0);
    forget(&project, []).code(0).stdout_has("erased 1 seed");
    let ledger = fs::read(project.path(".tidings/ledger.sqlite")).expect("a ledger");
    assert!(!traces().iter().any(|trace| holds(&ledger, trace)));
}

#[test]
fn what_waits_is_withdrawn_and_what_is_in_doubt_is_given_up() {
    let (project, server) = (project(), Server::with_faults(&["reset-accepted=100"]));
    send(&project, &server).code(4);
    forget(&project, []).code(0).stdout_has("given up while in doubt, and perhaps received: 1 message");
    let listed = project.tidings(["resolve", "campaign.yaml"]);
    listed.code(0).stdout_has("2 messages in doubt");
    nothing_is_left(&project);

    let (project, server) = (self::project(), Server::with_faults(&["130429=100"]));
    let running = project.start(["run", "campaign.yaml", "--yes", "--ledger", LEDGER, "--api-url", &server.url]);
    server.until_requests(1);
    running.signal(Signal::TERM).end().code(5);
    forget(&project, []).code(0).stdout_has("withdrawn before their turn: 1 message");
    nothing_is_left(&project);
    let well = Server::start(&[]);
    send(&project, &well).code(0).stdout_has("2 accepted, 1 given up");
    assert!(well.book().messages.iter().all(|message| message.recipient != PHONE));
    nothing_is_left(&project);
}

#[test]
fn a_run_under_way_is_not_disturbed() {
    let (project, server) = (project(), Server::start(&["--latency", "30s"]));
    let running = project.start(["run", "campaign.yaml", "--yes", "--ledger", LEDGER, "--api-url", &server.url]);
    server.until_requests(1);
    let refused = forget(&project, []);
    refused.code(75).stderr_has("nothing was erased from it").stderr_has("`tidings stop --all`");
    drop(running);
    // It died, and what it had under way is in doubt.
    forget(&project, []).code(0).stdout_has("given up while in doubt");
    nothing_is_left(&project);
}

#[test]
fn what_belongs_to_people_is_named_with_its_lines() {
    let (project, server) = (project(), Server::start(&[]));
    send(&project, &server).code(0);
    project.preview(["--out", "spring.plan", "--html", "spring.html"]).code(0);
    let project = project.file("notes.txt", "Call Wilhelmina (202) 555-0101\nnobody\n1-202-555-0101\n+12025550102\n");
    let forgotten = forget(&project, []);
    forgotten.code(0);
    insta::assert_snapshot!(forgotten.stderr, @"
    +1202****0101 is still in: notes.txt, lines 1, 3
    +1202****0101 is still in: people.csv, line 2
    +1202****0101 is still in: spring.html, line 129
    +1202****0101 is still in: spring.plan, line 2
    these files are yours: delete the lines there, and in copies and backups
    ");
}

#[test]
fn rows_that_were_turned_away_are_theirs_too_whichever_way_the_number_is_written() {
    for show in ["full", "masked"] {
        let skip = "recipients: { file: people.csv, on_invalid: skip, on_duplicate: first, default_country: US }";
        let project = project()
            .campaign_with("recipients: people.csv", skip)
            .campaign_with("show_phones: full", &format!("show_phones: {show}"))
            .recipients(format!("{PEOPLE}+1 202 555 0101,Again\n(202) 555-0101,Once more\n+1 202,Short\n"));
        let server = Server::start(&[]);
        let ran = send(&project, &server);
        assert_eq!(ran.code(0).report().of("turned_away").len(), 3);
        forget(&project, []).code(0).stdout_has("erased 1 message, 2 rows turned away");
        nothing_is_left(&project);
        let rows = ran.report().rows;
        let forgotten = rows.iter().filter(|row| row.recipient == "[forgotten]").count();
        // A national number that is masked shows too little to tell whose it is.
        assert!(forgotten == 3 || show == "masked" && forgotten >= 2, "{show}: {rows:#?}");
        assert_eq!(rows.len(), 6);
    }
}

#[test]
fn rehearsals_left_reports_and_they_are_erased_though_their_ledger_is_gone() {
    let (project, server) = (project(), Server::start(&[]));
    send(&project, &server).code(0);
    project.run(["--sandbox"]).code(0);
    forget(&project, []).code(0).stdout_has("4 lines in 4 report files");
    nothing_is_left(&project);
}

#[test]
fn occurrences_that_are_named_by_a_row_are_erased_with_it() {
    let project = Project::empty()
        .with_token()
        .campaign(&GREETING.replace("campaign: spring", "campaign: spring\noccurrence: \"{{ invoice }}\""))
        .recipients("phone,first_name,invoice\n+12025550101,Wilhelmina,INV-777123\n+12025550102,Bo,INV-777124\n");
    let server = Server::start(&[]);
    send(&project, &server).code(0);
    forget(&project, []).code(0);
    nothing_is_left(&project);
    let ledger = fs::read(project.path(".tidings/ledger.sqlite")).expect("a ledger");
    assert!(!holds(&ledger, b"INV-777123") && holds(&ledger, b"INV-777124"));
}

#[test]
fn people_of_one_occurrence_that_rows_named_may_ask_one_after_another() {
    let monthly = GREETING.replace("campaign: spring", "campaign: spring\noccurrence: \"{{ month }}\"");
    let project = Project::empty().with_token().campaign(&monthly);
    let mut project = project.recipients("phone,first_name,month\n+12025550101,Wilhelmina,2026-03\n");
    let server = Server::start(&[]);
    for phone in [PHONE, "+12025550102", "+12025550103"] {
        send(&project, &server).code(0);
        project.tidings(["forget", phone, "--yes"]).code(0).stdout_has("erased 1 message");
        project = match phone {
            PHONE => {
                project.recipients("phone,first_name,month\n+12025550101,Wilhelmina,2026-03\n+12025550102,Bo,2026-03\n")
            }
            _ => project.recipients("phone,first_name,month\n+12025550103,Cy,2026-03\n"),
        };
    }
    nothing_is_left(&project);
    assert_eq!((server.book().requests, server.book().recipients_twice), (3, 0));
}

#[test]
fn a_masked_line_of_somebody_else_stays() {
    let project = project().campaign_with("show_phones: full", "show_phones: masked");
    let server = Server::start(&[]);
    let before = send(&project, &server);
    let rows = before.code(0).report().rows;
    // The digits that are left of +1202****0102 are the end of this number.
    project.tidings(["forget", "+4917612020102", "--yes"]).code(0).stdout_has("nothing was known here");
    assert_eq!(before.report().rows, rows);
}

#[test]
fn a_file_keeps_the_mode_that_somebody_gave_it() {
    let (project, server) = (project(), Server::start(&[]));
    let directory = send(&project, &server).code(0).report_directory();
    let report = directory.join("report.csv");
    fs::set_permissions(&report, fs::Permissions::from_mode(0o640)).expect("a mode");
    forget(&project, []).code(0);
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    assert_eq!((mode(&report), mode(&directory.join("report.jsonl"))), (0o640, 0o600));
    assert_eq!(fs::read_dir(&directory).expect("files").count(), 3, "nothing is left over");
}

#[test]
fn what_a_death_left_half_written_goes() {
    let (project, server) = (project(), Server::start(&[]));
    let directory = send(&project, &server).code(0).report_directory();
    for name in [".report.csv.tmp", ".report.jsonl.tmp", ".report.a1B2c3.tmp"] {
        fs::copy(directory.join("report.csv"), directory.join(name)).expect("a copy");
    }
    // The last line of a run that died may be half of one.
    let jsonl = directory.join("report.jsonl");
    let lines = fs::read_to_string(&jsonl).expect("lines");
    fs::write(&jsonl, format!("{lines}{}", &lines[..40])).expect("lines");
    forget(&project, []).code(0);
    nothing_is_left(&project);
    assert_eq!(reports::jsonl(&directory).len(), 3);
    assert_eq!(fs::read_dir(&directory).expect("files").count(), 3);
}

#[test]
fn a_report_that_cannot_be_treated_keeps_nobody_from_being_blocked() {
    let (project, server) = (project(), Server::start(&[]));
    let directory = send(&project, &server).code(0).report_directory();
    let report = directory.join("report.csv");
    let text = fs::read(&report).expect("a report");
    fs::remove_file(&report).expect("gone");
    fs::create_dir(&report).expect("a directory");
    let told = forget(&project, []);
    told.code(74).stderr_has("report.csv cannot be treated: it is no file").stderr_has("blocked already");
    assert_eq!(reports::jsonl(&directory)[0]["recipient"], "[forgotten]", "the others are treated");
    let project = project.campaign_with("campaign: spring", "campaign: summer");
    let ran = project.run(["--yes", "--ledger", LEDGER, "--api-url", &server.url, "--new-campaign"]);
    ran.code(0).stdout_has("2 accepted, 1 turned away");
    // Mended, though masked and told by its key alone.
    fs::remove_dir(&report).expect("gone");
    fs::write(&report, String::from_utf8_lossy(&text).replace("'+12025550101", "'+1202****0101")).expect("a report");
    forget(&project, []).code(0).stdout_has("erased 1 message, 1 line in 1 report file");
    nothing_is_left(&project);
}

#[test]
fn bytes_that_are_no_text_hide_nobody() {
    let (project, server) = (project(), Server::start(&[]));
    let directory = send(&project, &server).code(0).report_directory();
    for name in ["report.csv", "report.jsonl"] {
        let mut bytes = fs::read(directory.join(name)).expect("a report");
        let last = bytes.windows(8).rposition(|window| window == b"accepted").expect("a state");
        bytes[last] = 0xff;
        fs::write(directory.join(name), bytes).expect("a report");
    }
    forget(&project, []).code(0);
    nothing_is_left(&project);
    assert_eq!(
        fs::read(directory.join("report.jsonl")).expect("lines").iter().filter(|byte| **byte == b'\n').count(),
        3
    );
}

#[test]
fn links_are_not_followed() {
    let (project, server) = (project(), Server::start(&[]));
    let directory = send(&project, &server).code(0).report_directory();
    let notes = "mine\n{\"recipient\":\"+12025550101\"}\n+12025550101\n";
    fs::create_dir(project.path("elsewhere")).expect("a directory");
    let project = project.file("elsewhere/report.jsonl", notes).file("elsewhere/.report.mine.tmp", notes);
    let jsonl = directory.join("report.jsonl");
    fs::remove_file(&jsonl).expect("gone");
    std::os::unix::fs::symlink(project.path("elsewhere/report.jsonl"), &jsonl).expect("a link");
    let run = project.path("reports/spring/20260101T000000Z-9");
    std::os::unix::fs::symlink(project.path("elsewhere"), run).expect("a link");
    let told = forget(&project, []);
    told.code(0).stderr_has("20260101T000000Z-9 is a link").stderr_has("report.jsonl is a link");
    for name in ["elsewhere/report.jsonl", "elsewhere/.report.mine.tmp"] {
        assert_eq!(fs::read_to_string(project.path(name)).expect("notes"), notes);
    }
}

#[test]
fn reports_that_somebody_edited_are_named_where_they_still_hold_the_number() {
    let (project, server) = (project(), Server::start(&[]));
    let directory = send(&project, &server).code(0).report_directory();
    let table = fs::read_to_string(directory.join("report.csv")).expect("a report").replace(',', ";");
    fs::write(directory.join("report.csv"), &table).expect("a report");
    let lines = fs::read_to_string(directory.join("report.jsonl")).expect("lines");
    fs::write(directory.join("report.jsonl"), format!("ask +1 202 555 0101\n{lines}")).expect("lines");
    let told = forget(&project, []);
    told.code(0).stderr_has("/report.csv, line 2\n").stderr_has("/report.jsonl, line 1\n");
    assert_eq!(fs::read_to_string(directory.join("report.csv")).expect("a report"), table);
    let lines = fs::read_to_string(directory.join("report.jsonl")).expect("lines");
    assert!(lines.starts_with("ask +1 202 555 0101\n") && lines.contains("[forgotten]"), "{lines}");
}

#[test]
fn phones_come_from_standard_input_too_and_what_is_none_erases_nobody() {
    let (project, server) = (project(), Server::start(&[]));
    send(&project, &server).code(0);
    let ask = |text: &str| {
        let project = &project;
        fs::write(project.path("asked.txt"), text).expect("a file");
        let mut command = project.command(["forget", "-", "--yes"]);
        command.stdin(fs::File::open(project.path("asked.txt")).expect("a file"));
        crate::harness::process::Running::start(&mut command, project.share()).end()
    };
    ask("+12025550101\nnobody\n").code(2).stderr_has("line 2: ").stderr_has("nothing was erased");
    ask(&format!("+12025550101\n{}+12025550102\n", "\n".repeat(16 * 1024 * 1024)))
        .code(2)
        .stderr_has("more than 16 MiB, which is no list of phones; nothing was erased");
    let utf_16: String = "+12025550101\n".chars().flat_map(|symbol| [symbol, '\0']).collect();
    ask(&utf_16).code(2).stderr_has("is no text in UTF-8").stderr_has("nothing was erased");
    ask("\n").code(2).stderr_has("holds no phone");
    assert_eq!(reports::all(project.home()).len(), 1);
    ask("\u{feff}+12025550101\n\n+1 202 555 0102\n")
        .code(0)
        .stdout_has("+1202****0101: erased")
        .stdout_has("+1202****0102: erased");
    nothing_is_left(&project);
}

#[test]
fn reports_are_found_though_their_campaign_is_gone_or_cannot_be_read() {
    let (project, server) = (project(), Server::start(&[]));
    send(&project, &server).code(0);
    let project = project.campaign("campaign: [");
    forget(&project, []).code(0).stdout_has("2 lines in 2 report files").stderr_has("campaign.yaml cannot be read");
    nothing_is_left(&project);
    fs::remove_file(project.path("campaign.yaml")).expect("gone");
    project.tidings(["forget", "+12025550102", "--yes"]).code(0).stdout_has("2 lines in 2 report files");
}

#[test]
fn however_a_number_is_written_it_is_found() {
    let (project, server) = (project(), Server::start(&[]));
    send(&project, &server).code(0);
    let american = "\u{662}\u{660}\u{662}-\u{665}\u{665}\u{665}-\u{660}\u{661}\u{660}\u{661}\n2025550101.0\nA,2.025550101E+09\nA;12025550101,0;B\n2025550102.0\n";
    let project = project.file("us.txt", american).file("ru.txt", "8 912 345-67-89\n8 912 345-67-88\n");
    forget(&project, []).code(0).stderr_has("us.txt, lines 1, 2, 3 and 1 more\n");
    project.tidings(["forget", "+79123456789", "--yes"]).code(0).stderr_has("ru.txt, line 1\n");
}

#[test]
fn of_why_a_campaign_stopped_only_the_number_goes() {
    let (project, server) = (project(), Server::start(&[]));
    send(&project, &server).code(0);
    let ledger = rusqlite::Connection::open(project.path(LEDGER)).expect("a ledger");
    let trip = "INSERT INTO breakers (scope, kind, detail, tripped_at) VALUES
        ('campaign spring', 'sender', '(#131031) +1 202 555 0101 is locked; 131031 12025550101 at 1200', 0)";
    ledger.execute(trip, []).expect("a breaker");
    drop(ledger);
    forget(&project, []).code(0);
    let ledger = rusqlite::Connection::open(project.path(LEDGER)).expect("a ledger");
    let detail: String = ledger.query_row("SELECT detail FROM breakers", [], |row| row.get(0)).expect("a breaker");
    assert_eq!(detail, "(#131031) [forgotten] is locked; 131031 [forgotten] at 1200");
}

#[test]
fn a_number_without_its_country_or_without_a_yes_erases_nobody() {
    let (project, server) = (project(), Server::start(&[]));
    project.tidings(["forget", PHONE, "--yes"]).code(2).stderr_has("there is no ledger");
    send(&project, &server).code(0);
    let refused = project.tidings(["forget", "202 555 0101", "--yes"]);
    refused.code(2).stderr_has("write it with + and the country code").stderr_has("nothing was erased");
    project.tidings(["forget", PHONE]).code(2).stderr_has("add --yes");
    send(&project, &server).code(0).stdout_has("3 accepted");
}

#[test]
fn whoever_is_not_known_is_remembered_all_the_same() {
    let (project, server) = (project(), Server::start(&[]));
    send(&project, &server).code(0);
    let stranger = project.tidings(["forget", "+12025550177", "--yes"]);
    stranger.code(0).stdout_has("+1202****0177: nothing was known here; not to be messaged from here again");
    let project = project.recipients(format!("{PEOPLE}+12025550177,Eve\n"));
    send(&project, &server).code(0).stdout_has("3 accepted, 1 turned away");
    assert_eq!(server.book().requests, 3);
}

#[test]
fn a_ledger_from_before_is_not_taken_for_one_that_knows_whom_to_leave_alone() {
    let (project, server) = (project(), Server::start(&[]));
    send(&project, &server).code(0);
    let backup = fs::read(project.path(LEDGER)).expect("a ledger");
    forget(&project, []).code(0);
    fs::write(project.path(LEDGER), backup).expect("a restored ledger");
    let project = project.campaign(&GREETING.replace("campaign: spring", "campaign: summer"));
    let again = send(&project, &server);
    again.code(74).stderr_has("is older than what it was told to forget").stderr_has("run `tidings forget` again");
    assert_eq!(server.book().messages.len(), 3);

    // The way out that is named leaves them alone again.
    fs::remove_file(project.path(&format!("{LEDGER}.head"))).expect("a note");
    forget(&project, []).code(0);
    let run = ["--yes", "--new-campaign", "--ledger", LEDGER, "--api-url", &*server.url];
    project.run(run).code(0).stdout_has("2 accepted");
}
