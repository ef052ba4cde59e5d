//! Which of the listed languages a recipient's cell stands for: declared rules, and nothing that its reader cannot read.

use std::fs;

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::json;
use tidings::campaign::{Source, Template};
use tidings::message::language::{Choice, Languages, Rule, Unlisted};
use unicode_width::UnicodeWidthStr;

use crate::draft::{at, draft, template};
use crate::harness::project::Project;
use crate::harness::server::Server;

/// One entry for each list of languages.
fn entries(lists: &[&[&str]]) -> Vec<Template> {
    lists.iter().enumerate().map(|(at, languages)| template(&format!("entry_{at}"), languages)).collect()
}

fn listed(codes: &[&str]) -> Languages {
    Languages::of(&entries(&[codes]))
}

/// The code and the rule that a cell comes to, or why not.
fn chosen(listing: &[&str], written: &str) -> String {
    match listed(listing).choose(written) {
        Ok(Choice { language, rule, .. }) => format!("{language} by {rule:?}"),
        Err(Unlisted::Ambiguous(codes)) => format!("one of {}", codes.join(" ")),
        Err(Unlisted::Near(code)) => format!("{code}?"),
        Err(Unlisted::Unlike) => "nothing".to_owned(),
    }
}

#[track_caller]
fn all_come_to(listing: &str, expected: &[(&str, &str)]) {
    let listing: Vec<&str> = listing.split(' ').collect();
    for (written, expected) in expected {
        assert_eq!(chosen(&listing, written), *expected, "`{written}` of {listing:?}");
    }
}

#[test]
fn a_code_is_read_however_it_is_spelt() {
    all_come_to(
        "en_GB en_US he pt_BR pt_PT zh_CN zh_TW",
        &[
            ("pt_BR", "pt_BR by Exact"),
            ("pt-br", "pt_BR by Spelling"),
            ("PT_BR", "pt_BR by Spelling"),
            ("Pt-bR", "pt_BR by Spelling"),
            ("pt_Latn_PT", "pt_PT by Spelling"),
            ("por-BR", "pt_BR by Spelling"),
            ("zh_Hans_CN", "zh_CN by Spelling"),
            ("zh-hant-tw", "zh_TW by Spelling"),
            ("iw", "he by Spelling"),
            ("iw-IL", "he by Spelling"),
            ("HE", "he by Spelling"),
            ("en-UK", "en_GB by Spelling"),
        ],
    );
}

#[test]
fn a_region_that_goes_without_saying_may_be_said() {
    all_come_to(
        "ar de de_AT en en_GB es es_ES fr fr_CA",
        &[
            ("fr_FR", "fr by Spelling"),
            ("fr-ca", "fr_CA by Spelling"),
            ("de-DE", "de by Spelling"),
            ("en-US", "en by Spelling"),
            ("es-es", "es_ES by Spelling"),
            ("fr_BE", "one of fr fr_CA"),
            ("es_MX", "one of es es_ES"),
        ],
    );
}

#[test]
fn a_language_that_is_listed_once_serves_its_other_regions() {
    all_come_to(
        "be_BY es_MX fil id nb ps_AF pt_BR ro si_LK sw",
        &[
            ("pt", "pt_BR by SameLanguage"),
            ("pt_AO", "pt_BR by SameLanguage"),
            ("PT", "pt_BR by SameLanguage"),
            ("por", "pt_BR by SameLanguage"),
            ("es-419", "es_MX by SameLanguage"),
            ("be", "be_BY by SameLanguage"),
            ("ps-PK", "ps_AF by SameLanguage"),
            ("si", "si_LK by SameLanguage"),
            ("sw_CD", "sw by SameLanguage"),
            ("no", "nb by Spelling"),
            ("NO", "nb by Spelling"),
            ("no-NO", "nb by Spelling"),
            ("nb_NO", "nb by Spelling"),
            ("tl", "fil by Spelling"),
            ("tl-PH", "fil by Spelling"),
            ("in_ID", "id by Spelling"),
            ("mo", "ro by Spelling"),
            ("ro_MD", "ro by SameLanguage"),
        ],
    );
}

#[test]
fn nobody_gets_words_that_they_may_not_read() {
    all_come_to(
        "zh_CN",
        &[
            ("zh", "zh_CN?"),
            ("zh_SG", "zh_CN by SameLanguage"),
            ("zh_Hans", "zh_CN by SameLanguage"),
            ("zh_Hans_TW", "zh_CN by SameLanguage"),
            ("zh_TW", "nothing"),
            ("zh_HK", "nothing"),
            ("zh_Hant", "nothing"),
            ("zh_Hant_CN", "nothing"),
            ("zh_US", "zh_CN?"),
            ("yue", "nothing"),
        ],
    );
    all_come_to(
        "zh_HK zh_TW",
        &[
            ("zh", "one of zh_HK zh_TW"),
            ("zh_Hant", "one of zh_HK zh_TW"),
            ("zh_MO", "one of zh_HK zh_TW"),
            ("zh-Hant-HK", "zh_HK by Spelling"),
            ("zh_CN", "nothing"),
        ],
    );
    all_come_to("zh_CN zh_TW", &[("zh-Hant", "zh_TW by SameLanguage"), ("zh_HK", "zh_TW by SameLanguage")]);
    all_come_to(
        "az fa ha hi kk ky_KG ms nb pa sr ur uz",
        &[
            ("pa_PK", "nothing"),
            ("pa-IN", "pa by Spelling"),
            ("pa_Arab", "nothing"),
            ("uz_AF", "nothing"),
            ("uz_Cyrl", "nothing"),
            ("uz-UZ", "uz by Spelling"),
            ("az_IR", "nothing"),
            ("az_Arab", "nothing"),
            ("sr_Latn", "nothing"),
            ("sr_ME", "nothing"),
            ("sh", "nothing"),
            ("sr_RS", "sr by Spelling"),
            ("sr_Cyrl_BA", "sr by SameLanguage"),
            ("hr", "nothing"),
            ("bs", "nothing"),
            ("kk_CN", "nothing"),
            ("ky_CN", "nothing"),
            ("ky", "ky_KG by SameLanguage"),
            ("ha_SD", "nothing"),
            ("hi_Latn", "nothing"),
            ("fa_AF", "nothing"),
            ("prs", "nothing"),
            ("fa_IR", "fa by Spelling"),
            ("nn", "nothing"),
            ("nn_NO", "nothing"),
            ("id", "nothing"),
        ],
    );
    all_come_to("prs_AF", &[("prs", "prs_AF by Spelling"), ("fa_AF", "prs_AF by Spelling"), ("fa", "nothing")]);
    all_come_to("ar", &[("arb", "ar by Spelling"), ("arz", "nothing"), ("ar_SA", "ar by SameLanguage")]);
}

#[test]
fn what_is_rather_a_country_is_no_language() {
    all_come_to(
        "ar ca en_GB es id sl sv uk",
        &[
            ("AR", "ar?"),
            ("Ar", "ar by Spelling"),
            ("CA", "ca?"),
            ("UK", "uk?"),
            ("SV", "sv?"),
            ("SL", "sl?"),
            ("IN", "id?"),
            ("ID", "id by Spelling"),
            ("ES", "es by Spelling"),
            ("EN", "en_GB by SameLanguage"),
            ("BR", "nothing"),
            ("uk_UA", "uk by Spelling"),
        ],
    );
}

#[test]
fn what_is_no_code_is_not_read_as_one() {
    for junk in [
        "",
        "pt-BR.UTF-8",
        "pt_BR@euro",
        "pt__BR",
        "pt-",
        "-pt",
        "_",
        "pt BR",
        "pt_BR_x",
        "pt-BR-u-nu-latn",
        "ca-valencia",
        "Portuguese",
        "português",
        "p",
        "pt_BR\u{0}",
        "pt\u{2011}BR",
        "ｐｔ",
        "und",
        "pt_B",
        "pt_12",
        "{{ language }}",
    ] {
        let languages = listed(&["pt_BR", "ca", "en_US"]);
        assert!(languages.choose(junk).is_err(), "{junk}");
    }
    all_come_to("en_US pt_BR", &[("en_USA", "en_US?"), ("pt_BRA", "pt_BR?"), ("it", "nothing")]);
}

#[test]
fn a_language_of_two_entries_is_one_and_the_first_entry_has_it() {
    let languages = Languages::of(&entries(&[&["es"], &["pt_BR", "de"], &["pt_BR"]]));
    for (written, rule) in [("pt_BR", Rule::Exact), ("pt-br", Rule::Spelling), ("pt", Rule::SameLanguage)] {
        assert_eq!(languages.choose(written), Ok(Choice { entry: 1, language: "pt_BR", rule }));
    }
    let languages = Languages::of(&entries(&[&["es"], &["pt_BR"], &["pt_PT"]]));
    assert_eq!(languages.choose("pt"), Err(Unlisted::Ambiguous(vec!["pt_BR", "pt_PT"])));
}

#[test]
fn what_is_not_listed_or_not_clear_falls_back() {
    let mut templates = entries(&[&["pt_BR", "pt_PT"], &["en_US", "pt_BR"], &["de"]]);
    templates[1].fallback = Some("pt_BR".to_owned());
    templates[2].fallback = Some("de".to_owned());
    let languages = Languages::of(&templates);
    // The entry that has the fallback, though an earlier one lists its language.
    for written in ["pt", "fr", "AR", "Portuguese", "zh"] {
        let fallback = Choice { entry: 1, language: "pt_BR", rule: Rule::Fallback };
        assert_eq!(languages.choose(written), Ok(fallback), "{written}");
    }
    assert_eq!(languages.choose("de_DE").map(|choice| choice.rule), Ok(Rule::Spelling));
}

fn reason(listing: &[&str], written: &str) -> String {
    let draft = draft().language(Source::Column("language".to_owned(), at(5, 13)));
    draft.templates(entries(&[listing])).reason(&[("language", written)])
}

#[test]
fn a_language_that_is_not_clear_is_told_with_what_it_may_be() {
    assert_snapshot!(reason(&["pt_PT", "en_US", "pt_BR"], "pt"), @"the language `pt` may be `pt_BR` or `pt_PT`; write which, or set a `fallback`");
    let english = ["en", "en_AE", "en_AU", "en_CA", "en_GB", "en_GH", "en_IE", "en_IN"];
    assert_snapshot!(reason(&english, "en_FJ"), @"the language `en_FJ` may be `en`, `en_AE`, `en_AU`, `en_CA`, `en_GB`, `en_GH` or 2 more; write which, or set a `fallback`");
    assert_snapshot!(reason(&["zh_CN", "en"], "zh"), @"no template is listed in language `zh`, only in `zh_CN`, `en`; did you mean `zh_CN`?");
    assert_snapshot!(reason(&["ar", "es"], "AR"), @"no template is listed in language `AR`, only in `ar`, `es`; did you mean `ar`?");
    assert_snapshot!(reason(&["zh_CN", "en"], "zh_TW"), @"no template is listed in language `zh_TW`, only in `zh_CN`, `en`; add it to `languages`, or set a `fallback`");
}

#[test]
fn a_cell_of_any_kind_is_told_in_one_short_line() {
    let hostile = format!("\u{1b}[2J\u{202e}{}\r\n", "x".repeat(5_000));
    let reason = reason(&["de", "es"], &hostile);
    assert!(reason.chars().count() < 200 && !reason.contains(char::is_control), "{reason}");
    assert!(reason.contains("…`") && !reason.contains('\u{202e}'), "{reason}");
}

/// Some of Meta's codes, with many that are near to each other.
const CODES: &[&str] = &[
    "ar", "ar_EG", "bn", "bn_IN", "en", "en_GB", "en_US", "es", "es_ES", "es_MX", "fa", "fil", "fr", "fr_CA", "he",
    "id", "nb", "pa", "prs_AF", "pt_BR", "pt_PT", "sr", "uk", "uz", "zh_CN", "zh_HK", "zh_TW",
];

fn some_codes() -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::subsequence(CODES, 1..=CODES.len()).prop_shuffle()
}

fn cell() -> impl Strategy<Value = String> {
    let code = prop::sample::select(CODES).prop_map(str::to_owned);
    prop_oneof![code, "[a-zA-Z]{2,3}([-_][A-Za-z]{4})?([-_]([a-zA-Z]{2}|[0-9]{3}))?", "\\PC{0,12}"]
}

proptest! {
    #[test]
    fn what_is_listed_is_what_its_readers_get(codes in some_codes()) {
        let languages = listed(&codes);
        for code in codes {
            let choice = languages.choose(code).unwrap();
            prop_assert_eq!((choice.language, choice.rule), (code, Rule::Exact));
        }
    }

    #[test]
    fn nobody_gets_a_language_that_is_not_listed(codes in some_codes(), cell in cell()) {
        let languages = listed(&codes);
        if let Ok(choice) = languages.choose(&cell) {
            prop_assert!(codes.contains(&choice.language) && choice.rule != Rule::Fallback);
            prop_assert_eq!(choice.rule == Rule::Exact, choice.language == cell);
            // What was found stands for itself.
            let again = languages.choose(choice.language).unwrap();
            prop_assert_eq!((again.language, again.rule), (choice.language, Rule::Exact));
        }
    }

    #[test]
    fn the_order_of_the_list_does_not_matter(codes in some_codes(), cell in cell()) {
        let sorted: Vec<&str> = CODES.iter().copied().filter(|code| codes.contains(code)).collect();
        prop_assert_eq!(chosen(&codes, &cell), chosen(&sorted, &cell));
    }

    #[test]
    fn case_and_the_kind_of_dash_do_not_matter(codes in some_codes(), code in prop::sample::select(CODES), upper in any::<[bool; 8]>()) {
        let turned = |(c, upper): (char, &bool)| if *upper { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
        let respelt: String = code.replace('_', "-").chars().zip(upper.iter().cycle()).map(turned).collect();
        // Two capitals may be a country.
        prop_assume!(respelt.len() > 2 || respelt.chars().any(|c| c.is_lowercase()));
        let languages = listed(&codes);
        let known = |written: &str| languages.choose(written).map(|choice| choice.language).map_err(|_| ());
        prop_assert_eq!(known(&respelt), known(code));
    }

    #[test]
    fn with_a_fallback_everybody_gets_something_and_nobody_something_else(codes in some_codes(), cell in cell()) {
        let mut templates = entries(&[&codes]);
        let without = Languages::of(&templates);
        templates[0].fallback = Some(codes[0].to_owned());
        let with = Languages::of(&templates);
        let choice = with.choose(&cell).unwrap();
        match without.choose(&cell) {
            Ok(found) => prop_assert_eq!(choice, found),
            Err(_) => prop_assert_eq!((choice.language, choice.rule), (codes[0], Rule::Fallback)),
        }
    }
}

/// Two regions of Portuguese are listed, and English is the fallback.
fn speaking(cells: &[&str]) -> Project {
    let rows: String = cells.iter().enumerate().map(|(at, cell)| format!("+1202555{:04},{cell}\n", 100 + at)).collect();
    Project::new()
        .campaign_with("[en_US]", "[pt_BR, pt_PT, en_US, es_MX]\n    fallback: en_US")
        .recipients(format!("phone,language\n{rows}"))
}

#[test]
fn a_preview_counts_how_languages_were_read() {
    let project = speaking(&["pt_BR", "pt-br", "pt-br", "PT_PT", "es", "fr", "fr", "fr", "pt", "en_US"]);
    let ran = project.preview([]);
    assert_snapshot!(ran.code(0).stdout.split("\n\n4 of").next().unwrap(), @"
    spring: 10 rows, 10 messages, 0 turned away
    from number 106540352242922, at most 1000 a second: about 1 s

    messages
              5  hello_world  en_US
              1  hello_world  es_MX
              3  hello_world  pt_BR
              1  hello_world  pt_PT

    languages not written as listed
              3  `fr` sent in en_US, the fallback
              2  `pt-br` read as pt_BR
              1  `PT_PT` read as pt_PT
              1  `es` read as es_MX
              1  `pt` sent in en_US, the fallback
    ");
    let json: serde_json::Value = serde_json::from_str(&project.preview(["--json"]).stdout).unwrap();
    let of = |written: &str| json["languages"].as_array().unwrap().iter().find(|it| it["written"] == written).unwrap();
    assert_eq!(of("pt_BR"), &json!({ "written": "pt_BR", "language": "pt_BR", "rule": "exact", "messages": 1 }));
    assert_eq!(of("es"), &json!({ "written": "es", "language": "es_MX", "rule": "same_language", "messages": 1 }));
    assert_eq!(of("pt-br"), &json!({ "written": "pt-br", "language": "pt_BR", "rule": "spelling", "messages": 2 }));
    assert_eq!(of("fr"), &json!({ "written": "fr", "language": "en_US", "rule": "fallback", "messages": 3 }));
    project.preview(["--html", "page.html"]).code(0);
    let page = fs::read_to_string(project.path("page.html")).unwrap();
    assert!(page.contains("languages not written as listed") && page.contains("`fr` sent in en_US, the fallback"));
}

#[test]
fn check_speaks_up_where_most_people_get_words_that_are_not_their_own() {
    let told = "3 of 4 messages not in the recipient's own language or region";
    let check = |cells: &[&str]| speaking(cells).tidings(["check", "campaign.yaml"]).code(0).stderr.contains(told);
    assert!(check(&["fr", "es", "Brazil", "pt-br"]));
    assert!(!check(&["fr", "es", "pt-br", "PT_PT"]));
}

#[test]
fn languages_that_are_written_as_listed_need_no_word() {
    let project = speaking(&["pt_BR", "en_US"]);
    assert!(!project.preview([]).code(0).stdout.contains("languages not"));
    project.preview(["--html", "page.html"]).code(0);
    assert!(!fs::read_to_string(project.path("page.html")).unwrap().contains("languages not"));
}

#[test]
fn a_column_of_anything_but_languages_is_counted_and_not_repeated() {
    let cells: Vec<String> = (0..300).map(|at| format!("place {at}")).collect();
    let mut cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    let long = "x".repeat(2_000);
    cells.extend(["+1 303 555 0199", &long, "<b>\u{1b}[31m\u{202e}"]);
    cells.rotate_right(3);
    let project = speaking(&cells);
    let ran = project.preview([]);
    let text = ran.code(0).stdout.as_str();
    assert!(text.contains("291  other spellings sent in en_US, the fallback"), "{text}");
    assert!(text.lines().all(|line| line.width() <= 80), "{text}");
    assert!(!text.contains("303 555") && !text.contains(['\u{1b}', '\u{202e}']), "{text}");
    let json: serde_json::Value = serde_json::from_str(&project.preview(["--json"]).stdout).unwrap();
    let languages = json["languages"].as_array().unwrap();
    let total: u64 = languages.iter().map(|it| it["messages"].as_u64().unwrap()).sum();
    assert_eq!((languages.len(), total), (51, 303));
    project.preview(["--html", "page.html"]).code(0);
    let page = fs::read_to_string(project.path("page.html")).unwrap();
    assert!(!page.contains("<b>\\u") && !page.contains("303 555"));
}

#[test]
fn tests_of_a_campaign_read_languages_as_a_run_does() {
    let project = speaking(&["pt_BR"]);
    let yaml = fs::read_to_string(project.path("campaign.yaml")).unwrap();
    let tests = "tests:\n  - { row: { phone: \"+12025550101\", language: PT-br }, expect: { language: pt_BR } }\n  - { row: { phone: \
                 \"+12025550101\", language: es_AR }, expect: { language: es_MX } }\n";
    let project = project.campaign(&format!("{yaml}{tests}"));
    project.tidings(["check", "campaign.yaml"]).code(0).stdout_has("2 tests passed");
}

#[test]
fn what_waits_goes_out_in_no_other_language_without_a_word() {
    let project = speaking(&["pt", "es"]).campaign_with("[pt_BR, pt_PT, en_US, es_MX]", "[pt_BR, en_US, es_MX]");
    let project = project.with_token();
    project.send(&Server::with_faults(&["132001=100"])).code(6);
    project.tidings(["resume", "campaign.yaml", "--ledger", "ledger.sqlite", "--acknowledge", "1"]).code(0);
    let project = project.campaign_with("pt_BR", "pt_PT");
    let server = Server::start(&[]);
    let ran = project.send(&server);
    ran.code(2).stderr_has("1 with another template").stderr_has("+ template  hello_world (pt_PT)");
    assert_eq!(server.book().requests, 0);
    // A second region makes `pt` unclear: the fallback is another language, too.
    let project = project.campaign_with("[pt_PT,", "[pt_PT, pt_BR,");
    project.send(&server).code(2).stderr_has("+ template  hello_world (en_US)");
    let accepting = ["run", "campaign.yaml", "--yes", "--accept-changes", "--ledger", "ledger.sqlite", "--api-url"];
    project.tidings(accepting.into_iter().chain([server.url.as_str()])).code(0).stdout_has("2 accepted");
}
