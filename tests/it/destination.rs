//! The one place a token goes to: no proxy that the environment names, and no other machine under the name of this one.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tidings::cloud::client::check_address;

use crate::harness::keeper::{Answer, Keeper};
use crate::harness::process::{Running, clean, until};
use crate::harness::project::{Project, TIDINGS};

/// Counts who comes, and hangs up. Port 0 is any that is free.
fn listener(address: &str, port: u16) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((address, port)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
            drop(stream);
        }
    });
    (port, connections)
}

const VARIABLES: [&str; 8] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "CURL_ALL_PROXY",
    "REQUEST_PROXY",
];

#[test]
fn a_proxy_that_the_environment_names_gets_nothing() {
    let (port, connections) = listener("127.0.0.1", 0);
    let proxied = || {
        let proxy = format!("http://127.0.0.1:{port}");
        VARIABLES.iter().fold(Project::new().with_token(), |project, name| project.env(name, &proxy))
    };
    let keeper = Keeper::new(|_, _| Answer::Yes);
    proxied().run(["--yes", "--ledger", "l", "--api-url", &keeper.url]).code(0).stdout_has("3 accepted");
    assert_eq!(keeper.book.accepted(), 3);

    // Over TLS too, where a proxy would be asked to connect first.
    let (tls, greeted) = listener("127.0.0.1", 0);
    let url = format!("https://localhost:{tls}");
    let running = proxied().start(["run", "campaign.yaml", "--yes", "--ledger", "l", "--api-url", &url]);
    drop(running.says("cannot be reached"));
    assert!(greeted.load(Ordering::SeqCst) > 0);

    // The listener does count: this is the one connection it had.
    let mut one = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    assert_eq!(one.read(&mut [0]).expect("a goodbye"), 0);
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[test]
fn names_that_only_look_like_this_machine_are_refused_before_anything_is_read() {
    for api in [
        "http://localhost.evil.test",
        "http://127.0.0.1.evil.test",
        "http://evil.test/localhost",
        "http://localhost:80@evil.test",
        "http://evil.test#localhost",
        "http://localhost%00.evil.test",
        "http://localhost.localdomain",
        "http://ip6-localhost",
        "http://xn--lcalhost-e1a",
        "http://[::ffff:192.0.2.1]",
        "http://[::]",
        "http://0.0.0.0",
        "http://192.0.2.1",
        "http://2130706434.evil.test",
    ] {
        assert!(check_address(api).is_err(), "{api}");
        let ran = Project::new().with_token().run(["--yes", "--ledger", "l", "--api-url", api]);
        ran.code(2).stderr_has("is not an address tidings sends to");
    }
}

/// `localhost` is this machine even where the resolver says otherwise. Here it names another loopback address, at which
/// somebody else listens.
#[test]
#[expect(clippy::print_stderr, reason = "a test that is skipped must say so")]
fn the_resolver_has_no_say_in_where_localhost_is() {
    // Both ports are ours: nobody else answers there.
    let (port, here) = listener("127.0.0.1", 0);
    let (_, elsewhere) = listener("127.0.0.2", port);
    let project = Project::new().with_token().file("hosts", "127.0.0.2 localhost\n");
    let apart = |script: &str| {
        let mut command = clean("unshare");
        command.args([
            "--mount",
            "--map-root-user",
            "sh",
            "-ec",
            &format!("mount --bind hosts /etc/hosts; {script}"),
            TIDINGS,
        ]);
        command.current_dir(project.home()).env("WHATSAPP_ACCESS_TOKEN", "invented-token");
        command
    };
    if !apart("getent hosts localhost | grep -q 127.0.0.2").status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: names cannot be changed here");
        return;
    }
    let run = format!("exec \"$0\" run campaign.yaml --yes --ledger l --api-url http://localhost:{port}");
    let running = Running::start(&mut apart(&run), project.share());
    // The look before sending asks twice; then a message.
    until("connections", || (here.load(Ordering::SeqCst) >= 3).then_some(()));
    drop(running);
    assert_eq!(elsewhere.load(Ordering::SeqCst), 0);
}
