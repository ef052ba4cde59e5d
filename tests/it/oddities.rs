//! What is no mistake for certain, and yet worth a look before many people read it.

use csv::StringRecord;
use proptest::prelude::*;
use serde_json::{Value, json};
use tidings::campaign::{Button, Header};
use tidings::message::oddity::Oddity;

use crate::draft::{Draft, draft, listed, text, words};
use crate::harness::project::Project;

fn found(draft: &Draft, row: &[(&str, &str)]) -> Vec<Oddity> {
    let row: Vec<_> = [("phone", "+12025550123")].iter().chain(row).copied().collect();
    let (columns, cells): (Vec<_>, Vec<_>) = row.into_iter().unzip();
    draft.composer(&columns).compose(&StringRecord::from(cells), None).expect("a message").oddities
}

/// The codes of what is odd about a cell, as a body parameter.
fn in_body(cell: &str) -> Vec<&'static str> {
    found(&draft().body(listed(&["{{ a }}"])), &[("a", cell)]).iter().map(|oddity| oddity.kind.code()).collect()
}

#[test]
fn words_that_nobody_meant_are_worth_a_look() {
    for (cell, code) in [
        ("Ana #N/A", "missing-word"),
        ("#REF! Silva", "missing-word"),
        ("(#DIV/0!)", "missing-word"),
        ("Ana NULL", "missing-word"),
        ("undefined Silva", "missing-word"),
        ("NaN%", "missing-word"),
        ("N/A", "missing-word"),
        ("n/a", "missing-word"),
        ("[object Object]", "missing-word"),
        ("JosÃ©", "garbled-letters"),
        ("JosÃ© Silva", "garbled-letters"),
        ("OlÃ¡ Ana", "garbled-letters"),
        ("voilÃ\u{a0} la", "garbled-letters"),
        ("20Â\u{a0}€", "garbled-letters"),
        ("JoÃ£o", "garbled-letters"),
        ("Ã‰lodie", "garbled-letters"),
        ("Ã–zgür", "garbled-letters"),
        ("itâ€™s", "garbled-letters"),
        ("20 â‚¬ Â£", "garbled-letters"),
        ("ÐœÐ°Ñ€Ð¸Ñ", "garbled-letters"),
        ("Ù…Ø\u{ad}Ù…Ø¯", "garbled-letters"),
        ("ðŸŽ‰", "garbled-letters"),
        ("Jos\u{fffd}", "garbled-letters"),
        ("Tom &amp; Ann", "html"),
        ("O&#39;Neill", "html"),
        ("caf&eacute;", "html"),
        ("one<br>two", "html"),
        ("<b>Ana</b>", "html"),
        ("<BR/>", "html"),
        ("[[first_name]]", "other-placeholder"),
        ("%FIRSTNAME%", "other-placeholder"),
        ("*|FNAME|*", "other-placeholder"),
        ("{name}", "other-placeholder"),
        ("${first.name}", "other-placeholder"),
        ("<<First_Name>>", "other-placeholder"),
        ("5.51199E+12", "shortened-number"),
        ("order 1,2e+05", "shortened-number"),
        ("ana@example.com", "email-address"),
        ("-", "no-words"),
        ("???", "no-words"),
        (". . .", "no-words"),
    ] {
        assert_eq!(in_body(cell), [code], "{cell}");
    }
}

#[test]
fn what_people_write_is_not() {
    for cell in [
        "Ana",
        "ANA",
        "José-María d'Àvila",
        "«MARCHÉ» “CAFÉ” AMANHÃ… AMANHÃ! AMANHÃ” MAÑANA: ESPAÑA",
        "Ô CÔTÉ, L’ÂME, PÂTÉ, ÂGE",
        "«AMANHû",
        "AMANHÃ\u{a0}!",
        "Øresund Ørsted Ðuro Ñandú Ùna",
        "naïve ïle",
        "مُحَمَّد",
        "李小龙",
        "Nullarbor, Nan, Banane, null Prozent, None of these",
        "nullify NaNo undefinedness",
        "50% of 100%, 20%-30%",
        "Tom & Ann; R&D; AT&T",
        "2 < 3 > 1, <3",
        "a+b, C++, E+ grade, 1E+ 5",
        "write to ana@example.com or call",
        "@ana",
        "[sale] {x} [a]",
        "1,234.50 €",
        "🎉",
        "10:30",
    ] {
        assert_eq!(in_body(cell), [] as [&str; 0], "{cell}");
    }
}

#[test]
fn the_place_is_the_column_where_it_is_one_and_each_is_told_once() {
    let draft = draft()
        .header(Header::Text(text("{{ first }}")))
        .body(listed(&["{{ first }}", "{{ first }} {{ last }}", "Tom &amp; Ann"]))
        .button(0, Button::Url(text("{{ first | urlencode }}")));
    let odd = found(&draft, &[("first", "n/a"), ("last", "Silva")]);
    let words: Vec<String> = odd.iter().map(Oddity::words).collect();
    insta::assert_snapshot!(words.join("\n"), @"
    column `first` holds `n/a`, which stands for something missing
    body parameter 2 holds `n/a`, which stands for something missing
    body parameter 3 holds HTML, such as `&amp;` or `<br>`, which phones show as it stands
    ");
}

#[test]
fn what_stands_in_for_an_empty_cell_is_worth_a_look() {
    let of =
        |draft: &Draft, cell| found(draft, &[("a", cell), ("b", "x")]).iter().map(Oddity::words).collect::<Vec<_>>();
    let said = ["column `a` is empty, so something else is said"];
    let filter = draft().body(listed(&["{{ a | default('friend') }}"]));
    assert_eq!(of(&filter, " "), said);
    assert_eq!(of(&filter, "Ana"), [] as [&str; 0]);
    for source in ["{{ a }}", "Dear {{ a }}", "{{ a }} {{ b }}", "{{ a | title }}"] {
        let default = draft().default("a", "friend").body(listed(&[source]));
        assert_eq!(of(&default, ""), said, "{source}");
        assert_eq!(of(&default, "Ana"), [] as [&str; 0], "{source}");
    }
    // A choice between two texts is none.
    let choice = draft().named("x", words("{% if a %}as a member{% else %}as a guest{% endif %}"));
    assert_eq!(of(&choice, ""), [] as [&str; 0]);
    let unread = draft().default("a", "friend").body(listed(&["{{ b }}"]));
    assert_eq!(of(&unread, ""), [] as [&str; 0]);
}

#[test]
fn in_links_only_what_no_link_means_is_odd() {
    let link = draft().button(0, Button::Url(text("{{ a }}")));
    let codes = |cell| found(&link, &[("a", cell)]).iter().map(|it| it.kind.code()).collect::<Vec<_>>();
    for cell in ["a?x=%C3%A9&y=%abc%", "#top", "-", "{id}", "?m=ana@example.com", "a&b;c"] {
        assert_eq!(codes(cell), [] as [&str; 0], "{cell}");
    }
    assert_eq!(codes("a?x=1&amp;y=2"), ["html"]);
    assert_eq!(codes("p/undefined"), ["missing-word"]);
    assert_eq!(codes("p/5.5E+12"), ["shortened-number"]);
}

/// Six rows with something odd, in a campaign that says a default.
fn project() -> Project {
    Project::new()
        .campaign_with("recipients: people.csv", "recipients: { file: people.csv, defaults: { name: friend } }")
        .campaign_with("[en_US]", "[en_US]\n    body: [\"{{ name }}\", \"{{ shop }}\"]")
        .recipients(
            "phone,name,shop\n+12025550101,Ana,Mill\n+12025550102,,Mill\n+12025550103,Bo,Tom &amp; Ann\n\
             +12025550104,,Mill\n+12025550105,JosÃ©,Mill\n+12025550106,Cy,A &amp; B\n+12025550107,Di,A &lt; B\n\
             +12025550108,Ed,Mill\n+12025550109,Fay,Mill\n",
        )
}

#[test]
fn a_preview_counts_what_is_odd_and_shows_a_message_of_each() {
    let ran = project().preview([]);
    insta::assert_snapshot!(ran.code(0).stdout, @"
    spring: 9 rows, 9 messages, 0 turned away
    from number 106540352242922, at most 1000 a second: about 1 s

    messages
              9  hello_world  en_US

    worth a look
              3  column `shop` holds HTML, such as `&amp;` or `<br>`, which phones
                 show as it stands (first in row 4)
              1  column `name` holds garbled letters, such as `Ã©` for `é` (row 6)
              2  column `name` is empty, so something else is said (first in row 3)

    5 of 9 messages
    the wording of hello_world is not known here, so parameters are shown; to read
    it: tidings templates pull campaign.yaml
    row 2 to +12025550101: hello_world (en_US), the first
    ╭─ hello_world · en_US ─╮
    │ body 1  Ana           │
    │ body 2  Mill          │
    ╰───────────────────────╯
    row 3 to +12025550102: hello_world (en_US)
    worth a look: column `name` is empty, so something else is said
    ╭─ hello_world · en_US ─╮
    │ body 1  friend        │
    │ body 2  Mill          │
    ╰───────────────────────╯
    row 4 to +12025550103: hello_world (en_US), the longest
    worth a look: column `shop` holds HTML, such as `&amp;` or `<br>`, which phones
                  show as it stands
    ╭─ hello_world · en_US ─╮
    │ body 1  Bo            │
    │ body 2  Tom &amp; Ann │
    ╰───────────────────────╯
    row 6 to +12025550105: hello_world (en_US)
    worth a look: column `name` holds garbled letters, such as `Ã©` for `é`
    ╭─ hello_world · en_US ─╮
    │ body 1  JosÃ©         │
    │ body 2  Mill          │
    ╰───────────────────────╯
    row 9 to +12025550108: hello_world (en_US), the shortest
    ╭─ hello_world · en_US ─╮
    │ body 1  Ed            │
    │ body 2  Mill          │
    ╰───────────────────────╯
    ");
}

#[test]
fn what_is_odd_about_one_row_is_told_with_its_message() {
    let ran = project().preview(["--row", "6"]);
    assert!(ran.code(0).stdout.contains("\nworth a look: column `name` holds garbled letters"), "{}", ran.stdout);
}

#[test]
fn programs_get_what_is_odd_in_numbers() {
    let numbers: Value = serde_json::from_str(&project().preview(["--json"]).code(0).stdout).expect("JSON");
    let odd: Vec<_> = numbers["worth_a_look"].as_array().expect("a list").iter().collect();
    let html = "column `shop` holds HTML, such as `&amp;` or `<br>`, which phones show as it stands";
    assert_eq!(odd.len(), 3);
    assert_eq!(*odd[0], json!({ "code": "html", "words": html, "rows": 3, "first_row": 4 }));
    assert_eq!(odd[2]["code"], "stand-in");
}

#[test]
fn check_advises_and_finds_no_problem() {
    let ran = project().tidings(["check", "campaign.yaml"]);
    ran.code(0).stdout_has("9 messages, 0 turned away; no problems");
    insta::assert_snapshot!(ran.stderr.lines().take(3).collect::<Vec<_>>().join("\n"), @"
    worth a look in 3 messages, first in row 4: column `shop` holds HTML, such as `&amp;` or `<br>`, which phones show as it stands
    worth a look in row 6: column `name` holds garbled letters, such as `Ã©` for `é`
    worth a look in 2 messages, first in row 3: column `name` is empty, so something else is said
    ");
    let checked = project().tidings(["check", "campaign.yaml", "--json"]).code(0).stdout.clone();
    let checked: Value = serde_json::from_str(&checked).expect("JSON");
    assert_eq!(checked["campaigns"][0]["advice"].as_array().map(Vec::len), Some(3));
    assert_eq!(checked["problems_total"], 0);
}

proptest! {
    #[test]
    fn letters_digits_and_spaces_are_never_odd(cell in "[A-MO-Za-mo-z0-9éüñçßøđ李王م]{1,20}( [a-z]{1,9})?") {
        prop_assert_eq!(in_body(&cell), [] as [&str; 0]);
    }

    #[test]
    fn what_was_read_in_the_wrong_encoding_is_found(name in "[a-z]{1,6}[éüñçßáãõôêøåöä]([a-z]{1,6}|( [a-z]{1,6})?)") {
        let garbled: String = name.bytes().map(char::from).collect();
        // Windows-1252 makes signs of what would be control characters.
        prop_assume!(!garbled.chars().any(char::is_control));
        prop_assert_eq!(in_body(&garbled), ["garbled-letters"]);
    }
}
