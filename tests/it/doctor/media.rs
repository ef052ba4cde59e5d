//! The media's line: uploads, and links that a server here answers.

use insta::assert_snapshot;

use super::{CAMPAIGN, TOKEN, complaints, healthy, sick, sick_of};
use crate::harness::lister::Lister;
use crate::harness::process::Ran;

fn with_link(link: &str) -> Ran {
    let campaign = CAMPAIGN.replace("{ id: \"1013859600285441\" }", &format!("\"{link}\""));
    sick_of(&healthy().campaign(&campaign), &[])
}

#[test]
fn an_upload_that_is_gone_fails() {
    assert_snapshot!(sick("media"), @"
    ✗ media          1013859600285441: no upload with this id; they live for 30
                     days, and belong to one number
                     → a message whose file is not found does not arrive: upload it,
                       or correct the link or id in the campaign or its recipients
    22 checks: 21 fine, 1 failed
    code 2
    ");
}

#[test]
fn a_link_that_answers_is_fine_and_one_that_does_not_fails() {
    let server = Lister::new(|path, _| match path {
        "/here.jpg?key=k" => ("200 OK", Vec::new()),
        "/moved.jpg" => ("302 Found", Vec::new()),
        _ => ("404 Not Found", Vec::new()),
    });
    let link = |path: &str| with_link(&format!("{}{path}", server.url));
    link("/here.jpg?key=k").code(0).stdout_has("1 file of the first messages found");
    let gone = link("/gone.jpg?key=k");
    let _redacted = gone.redact();
    assert_snapshot!(complaints(&gone), @"
    ✗ media          http://127.0.0.1:[port]/gone.jpg: HTTP 404
                     → a message whose file is not found does not arrive: upload it,
                       or correct the link or id in the campaign or its recipients
    22 checks: 21 fine, 1 failed
    code 2
    ");
    assert_snapshot!(complaints(&link("/moved.jpg")), @"
    ! media          http://127.0.0.1:[port]/moved.jpg: HTTP 302: it leads elsewhere
                     → WhatsApp fetches a link itself when a message is sent, and
                       follows no login: open it in a private window
    22 checks: 21 fine, 1 worth a look
    code 0
    ");
    for head in server.heads() {
        assert!(head.starts_with("HEAD ") && !head.to_lowercase().contains("authorization"), "{head}");
    }
}

#[test]
fn a_server_that_refuses_to_say_is_asked_for_one_byte() {
    let server = Lister::new(|_, count| match count {
        0 => ("405 Method Not Allowed", Vec::new()),
        _ => ("206 Partial Content", vec![0]),
    });
    with_link(&format!("{}/picture.jpg", server.url)).code(0).stdout_has("1 file of the first messages found");
    let heads = server.heads();
    assert!(heads[1].starts_with("GET ") && heads[1].contains("range: bytes=0-0"), "{heads:?}");
}

#[test]
fn a_rehearsal_looks_at_no_links_outside() {
    let ran = with_link("https://cdn.example.com/spring.jpg");
    ran.code(0).stdout_has("? media          1 file: a rehearsal looks at no links");
}

#[test]
fn few_links_are_looked_at_however_many_there_are() {
    let server = Lister::new(|_, _| ("200 OK", Vec::new()));
    let campaign =
        CAMPAIGN.replace("{ id: \"1013859600285441\" }", &format!("\"{}/{{{{ phone | urlencode }}}}\"", server.url));
    let project = healthy().campaign(&campaign).recipients(crate::harness::people::csv(0..300));
    sick_of(&project, &[]).code(0).stdout_has("5 files of the first messages found");
    assert_eq!(server.heads().len(), 5);
    assert!(server.heads().iter().all(|head| !head.contains(TOKEN)));
}
