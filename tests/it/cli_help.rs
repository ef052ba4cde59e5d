//! `--help`: what every command is for, shown by examples, in 80 columns.

use unicode_width::UnicodeWidthStr;

use crate::harness::project::Project;

/// Every command; the first is tidings itself.
pub const COMMANDS: [&str; 17] = [
    "",
    "init",
    "check",
    "preview",
    "seed",
    "run",
    "stop",
    "resume",
    "resolve",
    "forget",
    "purge",
    "templates",
    "doctor",
    "sandbox",
    "schema",
    "completions",
    "man",
];

/// What all commands share.
const GLOBAL: &str = "\
Global options:
  -q, --quiet          Print only problems
      --color <WHEN>   When to use colour [default: auto] [possible values:
                       auto, always, never]
      --ledger <FILE>  The ledger file [default: the variable TIDINGS_LEDGER
                       except for rehearsals, or else .tidings/ledger.sqlite
                       beside the campaign file]

";

fn whole(command: &str) -> String {
    let words = [command, "--help"].into_iter().filter(|word| !word.is_empty());
    Project::empty().tidings(words).code(0).stdout.clone()
}

/// The help of a command, without what all share.
fn help(command: &str) -> String {
    let text = whole(command);
    assert!(text.contains(GLOBAL), "{text}");
    text.replace(GLOBAL, "")
}

#[test]
fn every_command_has_examples_and_exit_codes_in_80_columns() {
    let listed = whole("");
    let (_, listed) = listed.split_once("Commands:\n").expect("the commands");
    let listed = listed.lines().take_while(|line| !line.is_empty()).filter_map(|line| line.split_whitespace().next());
    let known = COMMANDS.into_iter().skip(1).chain(["help"]);
    assert!(listed.eq(known), "a command is missing here");
    for command in COMMANDS {
        for (name, columns) in [("COLUMNS", "200"), ("NOTHING", "")] {
            let project = Project::empty().env(name, columns);
            let text = project.tidings([command, "--help"].into_iter().filter(|word| !word.is_empty())).stdout;
            assert!(text.lines().all(|line| line.width() <= 80), "{text}");
        }
        let text = whole(command);
        let (_, rest) = text.split_once("\nExamples:\n").unwrap_or_else(|| panic!("{command} has no examples"));
        let (examples, exits) = rest.split_once("\nExit codes:\n").unwrap_or_else(|| panic!("{command} has no codes"));
        let shown = examples.lines().filter(|line| line.starts_with("  tidings ")).count();
        assert!((2..=4).contains(&shown), "{command} has {shown} examples");
        // A line that is too long would go on at the left.
        assert!(rest.lines().all(|line| line.starts_with("  ") || line.is_empty() || line.ends_with(':')), "{rest}");
        assert!(exits.lines().all(|line| line.trim_start().starts_with(|c: char| c.is_ascii_digit())), "{exits}");
        let short = Project::empty().tidings([command, "-h"].into_iter().filter(|word| !word.is_empty())).stdout;
        assert_eq!(short, text, "-h says as much");
    }
}

#[test]
fn tidings_itself_says_how_to_begin_and_what_its_exit_codes_mean() {
    insta::assert_snapshot!(help(""), @"
    Sends WhatsApp template messages to the people in a CSV file, each at most once,
    and reports what became of each

    Usage: tidings [OPTIONS] <COMMAND>

    Commands:
      init         Write a starter project: a campaign, recipients, a crontab line
      check        Print every problem of campaigns and their recipients
      preview      Show what a campaign would send, and send nothing
      seed         Send a few real messages to phones of your own
      run          Send what a campaign has left to send
      stop         Stop a campaign, or all of them, at once; runs under way too
      resume       Show what stops a campaign, and lift it
      resolve      List the messages in doubt, and settle them
      forget       Erase a person who asked for it, and message them no more
      purge        Erase people whose messages were settled long ago
      templates    Read the account's templates, and look at them
      doctor       Look whether everything is ready: token, number, templates
      sandbox      Serve a simulator of WhatsApp's Cloud API on this machine
      schema       Print the JSON Schema of campaign files or reports
      completions  Print what makes a shell complete commands and options
      man          Print a manual page, of tidings or of one of its commands
      help         Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help
      -V, --version  Print version

    Examples:
      tidings init spring                    # a starter project
      tidings preview spring/campaign.yaml   # what would be sent; sends nothing
      tidings run spring/campaign.yaml --sandbox --yes   # a rehearsal
      tidings run spring/campaign.yaml       # asks, sends, reports

    Exit codes:
      0   complete; also when there was nothing to do
      1   a bug in tidings
      2   files or command line have problems; nothing was sent
      3   finished; some messages were refused, see the report
      4   some messages are in doubt and need a person: tidings resolve
      5   paused; run it again
      6   stopped by itself or by tidings stop: tidings resume
      74  a ledger or report cannot be read or written; nothing more was sent
      75  another run holds the ledger; wait for it
      77  the token is missing, expired or not allowed
    ");
}

#[test]
fn init_is_explained() {
    insta::assert_snapshot!(help("init"), @"
    Write a starter project: a campaign, recipients, a crontab line

    Usage: tidings init [OPTIONS] [DIR]

    Arguments:
      [DIR]  Where to write it; made if need be [default: .]

    Options:
      -h, --help  Print help

    Examples:
      tidings init                # here
      tidings init spring         # in the directory spring, made if need be

    Exit codes:
      0   complete; also when there was nothing to do
      2   files or command line have problems; nothing was sent
    ");
}

#[test]
fn preview_is_explained() {
    insta::assert_snapshot!(help("preview"), @"
    Show what a campaign would send, and send nothing

    Usage: tidings preview [OPTIONS] <FILE>

    Arguments:
      <FILE>  The campaign file

    Options:
          --json         Print JSON: the numbers, or with --row the exact request
          --row <N>      Show this row of the recipients file, numbered as a
                         spreadsheet does: the header is row 1
          --out <PLAN>   Save the plan to this file: every recipient and every word,
                         to be sent with `run --plan` within 24 hours
          --html <PAGE>  Write the preview as a page to this file too: one file that
                         any browser shows, with up to 200 messages
      -h, --help         Print help

    Examples:
      tidings preview spring.yaml            # counts, who is turned away, samples
      tidings preview spring.yaml --row 17   # one row's message; --json: its
      request
      tidings preview spring.yaml --html spring.html   # the same as a page
      tidings preview spring.yaml --json     # the numbers, for programs

    Exit codes:
      0   complete; also when there was nothing to do
      2   files or command line have problems; nothing was sent
    ");
}

#[test]
fn run_is_explained() {
    insta::assert_snapshot!(help("run"), @"
    Send what a campaign has left to send

    Usage: tidings run [OPTIONS] <FILE>...

    Arguments:
      <FILE>...  Campaign files

    Options:
          --dry-run         Show what would be sent, and send nothing; the same as
                            `preview`
      -y, --yes             Do not ask before sending; required where nobody can
                            answer
          --accept-changes  Send what still waits with its new wording, template or
                            sender. Say it once, not in a crontab
          --new-campaign    Send although most of these people got the same template
                            from another campaign in the last 30 days
          --plan <PLAN>     Send exactly the plan that `preview --out` saved to this
                            file; refused if anything it was made from has changed
          --sandbox         Send to the built-in simulator, with a ledger that is
                            thrown away
          --api-url <URL>   Send here instead of to WhatsApp: an https address, or a
                            simulator on this machine
          --no-preflight    Send without a look at token and number first
      -h, --help            Print help

    Sandbox options:
          --fault <KIND=PERCENT>  Let this share of requests go wrong, such as
                                  `131026=2%` or `reset-accepted=0.5%`. May be
                                  repeated
          --latency <TIME>        How long an answer takes, such as `50ms` or
                                  `20ms..200ms` [default: 0]
          --rate-limit <N>        Refuse more requests a second than this with code
                                  130429
          --seed <N>              Chooses who meets which fault; the same seed
                                  repeats a rehearsal [default: 0]

    Examples:
      tidings run spring.yaml                # asks, sends, reports
      tidings run spring.yaml --dry-run      # the same as tidings preview
      tidings run spring.yaml --sandbox --yes --fault 131026=2%   # a rehearsal
      tidings run spring.yaml --yes --quiet  # for cron: prints only problems

    Exit codes:
      0   complete; also when there was nothing to do
      1   a bug in tidings
      2   files or command line have problems; nothing was sent
      3   finished; some messages were refused, see the report
      4   some messages are in doubt and need a person: tidings resolve
      5   paused; run it again
      6   stopped by itself or by tidings stop: tidings resume
      74  a ledger or report cannot be read or written; nothing more was sent
      75  another run holds the ledger; wait for it
      77  the token is missing, expired or not allowed
    ");
}

#[test]
fn stop_is_explained() {
    insta::assert_snapshot!(help("stop"), @"
    Stop a campaign, or all of them, at once; runs under way too

    Usage: tidings stop [OPTIONS] [FILE]

    Arguments:
      [FILE]  The campaign file; without --all, only this campaign stops

    Options:
          --all   Stop every campaign of the ledger: of FILE's, or of .tidings in
                  this directory
      -h, --help  Print help

    Examples:
      tidings stop spring.yaml               # this campaign, within a second
      tidings stop --all                     # every campaign of this directory
      tidings resume spring.yaml --acknowledge stop   # how to go on afterwards

    Exit codes:
      0   complete; also when there was nothing to do
      2   files or command line have problems; nothing was sent
      74  a ledger or report cannot be read or written; nothing more was sent
    ");
}

#[test]
fn resume_is_explained() {
    insta::assert_snapshot!(help("resume"), @"
    Show what stops a campaign, and lift it

    Usage: tidings resume [OPTIONS] <FILE>

    Arguments:
      <FILE>  The campaign file

    Options:
          --acknowledge <ID>  What was looked at and is to stop nothing any more:
                              the number of a breaker, `stop`, or `stop-all`.
                              Without it, lists what stops the campaign
      -h, --help              Print help

    Examples:
      tidings resume spring.yaml                    # what stops it
      tidings resume spring.yaml --acknowledge 3    # lift breaker 3
      tidings resume spring.yaml --acknowledge stop # lift tidings stop

    Exit codes:
      0   complete; also when there was nothing to do
      2   files or command line have problems; nothing was sent
      74  a ledger or report cannot be read or written; nothing more was sent
      75  another run holds the ledger; wait for it
    ");
}

#[test]
fn resolve_is_explained() {
    insta::assert_snapshot!(help("resolve"), @"
    List the messages in doubt, and settle them

    Usage: tidings resolve [OPTIONS] <FILE>

    Arguments:
      <FILE>  The campaign file

    Options:
          --row <N>                Only these rows of the recipients file. May be
                                   repeated; without it, all that are in doubt
          --hold                   Leave them in doubt; runs no longer ask for
                                   attention because of them
          --resend                 Send them again with the next run: these people
                                   may get the message twice
          --give-up                Leave it at that for good: these people may not
                                   have got the message
          --yes-may-duplicate <N>  With --resend where nobody can be asked: the
                                   number of people who may get the message twice
      -h, --help                   Print help

    Examples:
      tidings resolve spring.yaml            # what is in doubt, and what is known
      tidings resolve spring.yaml --hold     # leave it; runs ask no more
      tidings resolve spring.yaml --give-up --row 17   # over for good
      tidings resolve spring.yaml --resend --row 17    # may arrive twice

    Exit codes:
      0   complete; also when there was nothing to do
      2   files or command line have problems; nothing was sent
      74  a ledger or report cannot be read or written; nothing more was sent
      75  another run holds the ledger; wait for it
    ");
}

#[test]
fn doctor_is_explained() {
    insta::assert_snapshot!(help("doctor"), @"
    Look whether everything is ready: token, number, templates

    Usage: tidings doctor [OPTIONS] [FILE]

    Arguments:
      [FILE]  The campaign file; without it, the number is looked at that
              tidings.yaml in this folder names

    Options:
          --json           Print JSON: each check with its state and remedy
          --sandbox        Ask the built-in simulator; needs no token
          --sick <WHAT>    Let the simulator be ill, such as `quality-red`. May be
                           repeated
          --api-url <URL>  Ask here instead of WhatsApp: an https address, or a
                           simulator on this machine
      -h, --help           Print help

    Examples:
      tidings doctor spring.yaml                # a line for each thing it needs
      tidings doctor                            # of the number in tidings.yaml
      tidings doctor spring.yaml --json         # for programs
      tidings doctor spring.yaml --sandbox --sick quality-red   # what if

    Exit codes:
      0   complete; also when there was nothing to do
      2   files or command line have problems; nothing was sent
      77  the token is missing, expired or not allowed
    ");
}

#[test]
fn sandbox_is_explained() {
    insta::assert_snapshot!(help("sandbox"), @r"
    Serve a simulator of WhatsApp's Cloud API on this machine

    Usage: tidings sandbox [OPTIONS] --port <N>

    Options:
          --port <N>          The port on 127.0.0.1; 0 takes a free one
          --token <TEXT>      Take this token only; without it, any. Where the
                              variable WHATSAPP_APP_SECRET is set, requests have to
                              prove it too
          --templates <FILE>  Serve the templates of this lock file; without it,
                              some of every kind
          --sick <WHAT>       Let the token, the number, the account or the service
                              be ill, such as `quality-red`, for `tidings doctor` to
                              find. May be repeated
      -h, --help              Print help

    Sandbox options:
          --fault <KIND=PERCENT>  Let this share of requests go wrong, such as
                                  `131026=2%` or `reset-accepted=0.5%`. May be
                                  repeated
          --latency <TIME>        How long an answer takes, such as `50ms` or
                                  `20ms..200ms` [default: 0]
          --rate-limit <N>        Refuse more requests a second than this with code
                                  130429
          --seed <N>              Chooses who meets which fault; the same seed
                                  repeats a rehearsal [default: 0]

    Examples:
      tidings sandbox --port 8099
      tidings sandbox --port 8099 --fault 130429=1% --latency 200ms
      tidings run spring.yaml --yes --api-url http://127.0.0.1:8099 \
        --ledger rehearsal.sqlite            # sends to it
      curl http://127.0.0.1:8099/_sandbox/messages   # what it took

    Exit codes:
      0   complete; also when there was nothing to do
      2   files or command line have problems; nothing was sent
      74  a ledger or report cannot be read or written; nothing more was sent
    ");
}

#[test]
fn schema_is_explained() {
    insta::assert_snapshot!(help("schema"), @"
    Print the JSON Schema of campaign files or reports

    Usage: tidings schema [OPTIONS] [WHAT]

    Arguments:
      [WHAT]  The schema of campaign files, of the defaults in tidings.yaml, of a
              line of a saved plan, of a line of report.jsonl, or of summary.json
              [default: campaign] [possible values: campaign, defaults, plan,
              report, summary]

    Options:
      -h, --help  Print help

    Examples:
      tidings schema > campaign.schema.json  # for editors; see below
      tidings schema defaults                # tidings.yaml, what campaigns share
      tidings schema report                  # a line of report.jsonl
      tidings schema plan                    # a line of a saved plan

    Editors:
      # yaml-language-server: $schema=campaign.schema.json
      as the first line of a campaign: editors then explain keys and mark mistakes

    Exit codes:
      0   complete; also when there was nothing to do
      2   files or command line have problems; nothing was sent
    ");
}

#[test]
fn completions_are_explained() {
    insta::assert_snapshot!(help("completions"), @"
    Print what makes a shell complete commands and options

    Usage: tidings completions [OPTIONS] <SHELL>

    Arguments:
      <SHELL>  The shell [possible values: bash, elvish, fish, powershell, zsh]

    Options:
      -h, --help  Print help

    Examples:
      # bash
      tidings completions bash > ~/.local/share/bash-completion/completions/tidings
      # zsh, in a directory of $fpath
      tidings completions zsh > ~/.zfunc/_tidings
      # fish
      tidings completions fish > ~/.config/fish/completions/tidings.fish

    Exit codes:
      0   complete; also when there was nothing to do
      2   files or command line have problems; nothing was sent
    ");
}

#[test]
fn manual_pages_are_explained() {
    insta::assert_snapshot!(help("man"), @"
    Print a manual page, of tidings or of one of its commands

    Usage: tidings man [OPTIONS] [COMMAND]

    Arguments:
      [COMMAND]  The command that the page is about; without it, tidings as a whole

    Options:
      -h, --help  Print help

    Examples:
      tidings man > ~/.local/share/man/man1/tidings.1
      tidings man run > ~/.local/share/man/man1/tidings-run.1
      tidings man run | man -l -      # read it at once

    Exit codes:
      0   complete; also when there was nothing to do
      2   files or command line have problems; nothing was sent
    ");
}
