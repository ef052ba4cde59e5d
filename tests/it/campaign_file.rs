//! Reading a campaign file that is right: what is accepted means exactly this.

mod places;
mod problems;
mod spoilt;
mod thresholds;
mod yaml;

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use tidings::campaign::{self, Body, Campaign, Json, OnDuplicate, OnInvalid, Parameter, Source};
use tidings::policy::threshold::StopWhen;
use tidings::problem::{Place, Problem};
use tidings::secret::TokenSource;

use crate::schema;

pub const SMALLEST: &str = r#"campaign: hello_world_2026
sender:
  phone_number_id: "106540352242922"
recipients: hello_world.csv
templates:
  - name: hello_world
    languages: [en_US]
"#;

pub const EVERYTHING: &str = r#"# Every key that a campaign file knows.
campaign: spring_sale_2026
description: Spring sale
sender:
  phone_number_id: 106540352242922
  business_account_id: "102290129340398"
  token: { command: [op, read, "op://ops/token"] }
  api_version: v26.1
recipients:
  file: lists/spring.csv
  phone: mobile
  language: "{{ lang | lower }}"
  default_country: NO
  on_duplicate: last
  on_invalid: skip
  defaults: { first_name: friend, city: 'Málaga' }
  columns: { total: number, weight: { number: "1.234,56" }, until: date, ends_on: { date: 31/12/2026 } }
templates:
  - name: spring_sale
    languages: [pt_BR, en_US]
    fallback: en_US
    endpoint: marketing_messages
    header: { image: "https://cdn.example.com/{{ lang }}.jpg" }
    body:
      first_name: "{{ first_name | title }}"
      total: { currency: BRL, amount: "{{ total }}" }
      ends: { date_time: "{{ ends_on }}" }
    buttons:
      0: { url: "{{ coupon | urlencode }}" }
      1: { copy_code: "{{ coupon }}" }
      2: { quick_reply: stop_promo }
    limited_time_offer: { ends: 2026-04-07T23:59:00-03:00 }
    raw_components:
      - { type: footer, on: true, limit: 5, empty: ~, list: ["{{ a }}", 1.5] }
  - name: spring_shop
    languages: [es]
    header: { document: { id: "{{ pdf }}", filename: "{{ nr }}.pdf" } }
    buttons:
      0: { flow: { token: "{{ t }}", data: { screen: "{{ s }}", step: 1 } } }
      1: { catalog: { thumbnail: "{{ sku }}" } }
      2: { products: { thumbnail: "{{ sku }}", sections: [{ title: New, items: [A1, "{{ sku }}"] }] } }
      3: { voice_call: { ttl_minutes: 60, payload: call } }
      4: { order_details: { reference_id: "{{ nr }}", total: 100 } }
  - { name: code, languages: [de], otp: "{{ code }}" }
  - name: cards
    languages: [fr]
    carousel:
      - { header: { video: { id: "1" } }, body: ["{{ a }}"], buttons: { 0: { url: "{{ b }}" } } }
      - { header: { product: { catalog: "7", id: "{{ sku }}" } } }
  - { name: here, languages: [it], header: { location: { latitude: 41.40, longitude: "2.2", name: Bar, address: C } } }
  - { name: named, languages: [sv], header: { text: { who: "{{ a }}" } } }
  - { name: plain, languages: [nb], header: { text: "{{ a }}" } }
send: { rate: 600/min }
stop_when: { refused: { above: 5%, of_last: 200 }, in_doubt: { above: 0.5%, of_last: "500" } }
budget: { max_cost: 1250.50 EUR, rates: rates/2026.csv }
report: { directory: out, formats: [csv], show_phones: full }
"#;

/// A file of that content in a directory of its own, read.
fn read(text: impl AsRef<[u8]>) -> (Option<Campaign>, Vec<Problem>, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("spring.yaml");
    std::fs::write(&file, text).expect("a file");
    let (campaign, problems) = campaign::read(&file);
    (campaign, problems, directory.path().to_owned())
}

/// The campaign of a file without problems.
fn accepted(text: &str) -> Campaign {
    let (campaign, problems, _) = read(text);
    assert_eq!(problems, [], "{text}");
    // An editor must not underline what is right.
    schema::accepts(text);
    campaign.expect("a campaign")
}

/// A campaign whose only template has this body.
fn with_body(body: &str) -> String {
    format!("{SMALLEST}    body: {body}\n")
}

fn body_texts(campaign: &Campaign) -> Vec<(String, Place)> {
    let Body::Positional(parameters) = &campaign.templates[0].body else { panic!("a list") };
    let text = |parameter: &Parameter| match parameter {
        Parameter::Text(text) => (text.source.clone(), text.at),
        other => panic!("a text, not {other:?}"),
    };
    parameters.iter().map(text).collect()
}

#[test]
fn the_smallest_file_means_the_defaults() {
    let (campaign, problems, directory) = read(SMALLEST);
    assert_eq!(problems, []);
    let campaign = campaign.expect("a campaign");
    assert_eq!(campaign.file, directory.join("spring.yaml"));
    assert_eq!(campaign.digest, <[u8; 32]>::from(Sha256::digest(SMALLEST)));
    assert_eq!(campaign.key, "hello_world_2026");
    assert_eq!(campaign.sender.token, TokenSource::Env("WHATSAPP_ACCESS_TOKEN".to_owned()));
    assert_eq!(campaign.sender.api_version, "v25.0");
    assert_eq!(campaign.recipients.file, directory.join("hello_world.csv"));
    assert_eq!(campaign.recipients.file_at, Place { line: 4, column: 13 });
    assert!(matches!(&campaign.recipients.phone, Source::Column(name, _) if name == "phone"));
    assert!(campaign.recipients.language.is_none(), "everybody gets the only language");
    assert_eq!(campaign.recipients.on_duplicate, OnDuplicate::Refuse);
    assert_eq!(campaign.recipients.on_invalid, OnInvalid::Refuse);
    assert_eq!(campaign.templates[0].at, Place { line: 6, column: 11 });
    assert!(matches!(campaign.templates[0].body, Body::Empty));
    assert_eq!(campaign.rate_per_second, None);
    assert_eq!(campaign.stop_when, StopWhen::default());
    assert_eq!(campaign.report.directory, directory.join("reports"));
    assert!(campaign.report.csv && campaign.report.jsonl && !campaign.report.show_phones);
}

#[test]
fn everything_that_can_be_said_arrives_as_said() {
    let (campaign, problems, directory) = read(EVERYTHING);
    assert_eq!(problems, []);
    let campaign = campaign.expect("a campaign");
    let mut parts = vec![
        format!("{} {:?} {:?}", campaign.key, campaign.description, campaign.rate_per_second),
        format!("{:?}", campaign.sender),
        format!("{:?}", campaign.recipients),
        format!("{:?}", campaign.report),
        format!("{:?}", campaign.stop_when),
        format!("{:?}", campaign.budget),
    ];
    parts.extend(campaign.templates.iter().map(|template| format!("{template:?}")));
    let filters = vec![
        (directory.to_str().expect("a path"), "DIR"),
        (r"Place \{ line: (\d+), column: (\d+) \}", "$1:$2"),
        (r", (languages_at: \[[^\]]*\]|carousel_at: \d+:\d+|business_account_at: (None|Some\([^)]*\)))", ""),
        (r", places: Places \{ [^{}]*\{[^{}]*\} \}", ""),
        (r", turns: \[\]", ""),
        (r#"Text \{ source: ("(?:[^"\\]|\\.)*"), at: (\d+:\d+) \}"#, "$1@$2"),
        (", (fallback|header|limited_time_offer|otp|filename): None", ""),
        (r", (carousel|raw_components): \[\]", ""),
        (r", body: Empty|, buttons: \{\}", ""),
        (
            ", (header|body|buttons|carousel|limited_time_offer|raw_components|phone|defaults|columns|on_duplicate): ",
            "\n    $1: ",
        ),
    ];
    insta::with_settings!({filters => filters}, { insta::assert_snapshot!(parts.join("\n"), @r#"
    spring_sale_2026 Some("Spring sale") Some(10.0)
    Sender { at: Location { file: "DIR/spring.yaml", place: 5:3 }, phone_number_id: "106540352242922", business_account_id: Some("102290129340398"), token: Command(["op", "read", "op://ops/token"]), api_version: "v26.1" }
    Recipients { file: "DIR/lists/spring.csv", file_at: 10:9
        phone: Column("mobile", 11:10), language: Some(Expression("{{ lang | lower }}"@12:14)), default_country: Some("NO")
        defaults: {"city": ("Málaga", 16:42), "first_name": ("friend", 16:27)}
        columns: {"ends_on": (Date(DateForm { pattern: Some("%d/%m/%Y") }), 17:83), "total": (Number(NumberForm { decimal: None, group: None }), 17:21), "until": (Date(DateForm { pattern: None }), 17:68), "weight": (Number(NumberForm { decimal: Some(','), group: Some('.') }), 17:37)}
        on_duplicate: Last, on_invalid: Skip }
    Report { directory: "DIR/out", csv: true, jsonl: false, show_phones: true }
    StopWhen { refused: Some(Threshold { above: Share(5000), of_last: 200 }), in_doubt: Some(Threshold { above: Share(500), of_last: 500 }) }
    Some(Budget { max_cost: Some(MaxCost { most: Money { amount: Amount(1250500000), currency: Currency("EUR") }, at: Location { file: "DIR/spring.yaml", place: 55:21 }, length: 11 }), rates: "DIR/rates/2026.csv", rates_at: Location { file: "DIR/spring.yaml", place: 55:41 } })
    Template { at: 19:11, name: "spring_sale", languages: ["pt_BR", "en_US"], fallback: Some("en_US"), endpoint: MarketingMessages
        header: Some(Image(Media { from: Link("https://cdn.example.com/{{ lang }}.jpg"@23:23) }))
        body: Named([("first_name", Text("{{ first_name | title }}"@25:20)), ("total", Currency { code: "BRL"@26:26, amount: "{{ total }}"@26:40 }), ("ends", DateTime("{{ ends_on }}"@27:27))])
        buttons: {0: Url("{{ coupon | urlencode }}"@29:18), 1: CopyCode("{{ coupon }}"@30:24), 2: QuickReply("stop_promo"@31:25)}
        limited_time_offer: Some("2026-04-07T23:59:00-03:00"@32:33)
        raw_components: [Map([("type", Text("footer"@34:17)), ("on", Plain(Bool(true))), ("limit", Plain(Number(5))), ("empty", Plain(Null)), ("list", List([Text("{{ a }}"@34:63), Plain(Number(1.5))]))])] }
    Template { at: 35:11, name: "spring_shop", languages: ["es"], endpoint: Messages
        header: Some(Document(Media { from: Id("{{ pdf }}"@37:32), filename: Some("{{ nr }}.pdf"@37:55) }))
        buttons: {0: Flow { token: Some("{{ t }}"@39:28), data: Some(Map([("screen", Text("{{ s }}"@39:55)), ("step", Plain(Number(1)))])) }, 1: Catalog { thumbnail: Some("{{ sku }}"@40:35) }, 2: Products { thumbnail: "{{ sku }}"@41:36, sections: [("New"@41:68, ["A1"@41:81, "{{ sku }}"@41:86])] }, 3: VoiceCall { ttl_minutes: Some("60"@42:39), payload: Some("call"@42:52) }, 4: OrderDetails(Map([("reference_id", Text("{{ nr }}"@43:44)), ("total", Plain(Number(100)))]))} }
    Template { at: 44:13, name: "code", languages: ["de"], endpoint: Messages, otp: Some("{{ code }}"@44:42) }
    Template { at: 45:11, name: "cards", languages: ["fr"], endpoint: Messages
        carousel: [Card { header: Some(Video(Media { from: Id("1"@48:35) }))
        body: Positional([Text("{{ a }}"@48:51)])
        buttons: {0: Url("{{ b }}"@48:84)} }, Card { header: Some(Product { catalog: "7"@49:42, id: "{{ sku }}"@49:51 }) }] }
    Template { at: 50:13, name: "here", languages: ["it"], endpoint: Messages
        header: Some(Location { latitude: "41.40"@50:68, longitude: "2.2"@50:87, name: Some("Bar"@50:99), address: Some("C"@50:113) }) }
    Template { at: 51:13, name: "named", languages: ["sv"], endpoint: Messages
        header: Some(NamedText("who", "{{ a }}"@51:61)) }
    Template { at: 52:13, name: "plain", languages: ["nb"], endpoint: Messages
        header: Some(Text("{{ a }}"@52:54)) }
    "#) });
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_no_problem() {
    let text = format!("\u{feff}{}", SMALLEST.replace('\n', "\r\n"));
    let campaign = accepted(&text);
    assert_eq!(campaign.key, "hello_world_2026");
    assert_eq!(campaign.templates[0].at, Place { line: 6, column: 11 });
}

#[test]
fn a_text_without_quotes_arrives_as_written() {
    let campaign = accepted(&with_body("[no, on, yes, True, 0123, 1.10, 0x1F, +5, 1e3, 2026-04-01, 18:30, 10%]"));
    let texts: Vec<String> = body_texts(&campaign).into_iter().map(|(text, _)| text).collect();
    assert_eq!(texts, ["no", "on", "yes", "True", "0123", "1.10", "0x1F", "+5", "1e3", "2026-04-01", "18:30", "10%"]);
}

#[test]
fn a_text_knows_where_it_starts_inside_its_quotes() {
    let body = "\n      - plain\n      - \"double\"\n      - &mark 'é'\n      - *mark\n      - |\n        block\n";
    let texts = body_texts(&accepted(&with_body(body)));
    let at = |line, column| Place { line, column };
    assert_eq!(
        texts,
        [
            ("plain".to_owned(), at(9, 9)),
            ("double".to_owned(), at(10, 10)),
            ("é".to_owned(), at(11, 16)),
            ("é".to_owned(), at(11, 16)),
            ("block\n".to_owned(), at(14, 9)),
        ]
    );
}

#[test]
fn columns_count_characters() {
    let texts = body_texts(&accepted(&with_body("[ñandú, \"{{ a }}\"]")));
    assert_eq!(texts[1].1, Place { line: 8, column: 20 });
}

#[test]
fn a_token_comes_from_a_variable_a_file_or_a_command() {
    let token = |token: &str| {
        let text = SMALLEST.replace("recipients:", &format!("  token: {token}\nrecipients:"));
        accepted(&text).sender.token
    };
    let argv = || TokenSource::Command(vec!["pass".to_owned(), "show".to_owned()]);
    assert_eq!(token("env:META_TOKEN"), TokenSource::Env("META_TOKEN".to_owned()));
    assert_eq!(token("command:[pass, show]"), argv());
    assert_eq!(token("{ command: [pass, show] }"), argv());
    assert_eq!(token("file:/run/token"), TokenSource::File(PathBuf::from("/run/token")));
    let TokenSource::File(path) = token("file:token.txt") else { panic!("a file") };
    assert!(path.is_absolute() && path.ends_with(Path::new("token.txt")), "beside the campaign: {path:?}");
}

#[test]
fn several_languages_are_told_apart_by_the_column_language() {
    let campaign = accepted(&SMALLEST.replace("[en_US]", "[en_US, es]"));
    assert!(matches!(&campaign.recipients.language, Some(Source::Column(name, _)) if name == "language"));
    let two = format!("{SMALLEST}  - {{ name: other, languages: [es] }}\n");
    assert!(accepted(&two).recipients.language.is_some());
}

#[test]
fn a_rate_counts_messages_a_second() {
    let rate = |rate: &str| accepted(&format!("{SMALLEST}send: {{ rate: {rate} }}\n")).rate_per_second;
    assert_eq!(rate("60/s"), Some(60.0));
    assert_eq!(rate("600/min"), Some(10.0));
    assert_eq!(rate("1000/s"), Some(1000.0));
}

#[test]
fn a_wrong_word_leaves_a_campaign_to_look_for_more_problems_and_a_wrong_shape_leaves_none() {
    let (campaign, problems, _) = read(SMALLEST.replace("en_US", "en_USA"));
    assert_eq!((problems.len(), campaign.expect("a campaign").templates[0].languages[0].as_str()), (1, "en_USA"));
    let (campaign, problems, _) = read(SMALLEST.replace("languages:", "langauges:"));
    assert_eq!((problems.len(), campaign.is_none()), (1, true));
}

#[test]
fn json_keeps_its_kinds() {
    let text = format!("{SMALLEST}    raw_components: [{{ a: 1, b: \"1\", c: ~, d: no, e: .nan }}]\n");
    let campaign = accepted(&text);
    let Json::Map(entries) = &campaign.templates[0].raw_components[0] else { panic!("a map") };
    let kinds: Vec<String> = entries
        .iter()
        .map(|(_, value)| match value {
            Json::Plain(value) => value.to_string(),
            Json::Text(text) => format!("text {}", text.source),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(kinds, ["1", "text 1", "null", "text no", "text .nan"]);
}

/// The text in one of YAML's styles, if that style can hold it.
fn written(text: &str, style: usize) -> String {
    match style {
        0 => format!("'{}'", text.replace('\'', "''")),
        1 => serde_json::to_string(text).expect("a JSON string"),
        _ => text.to_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_parsers_read_the_same_texts(
        texts in prop::collection::vec(("[ -~é½]{0,12}[a-z]", 0usize..2), 1..8),
        words in prop::collection::vec("[a-z0-9.+_]{0,6}[a-z0-9]", 1..8),
    ) {
        let words = words.into_iter().map(|word| (word, 2)).filter(|(word, _)| word != "null");
        let texts: Vec<(String, usize)> = texts.into_iter().chain(words).collect();
        let body: String = texts.iter().map(|(text, style)| format!("\n      - {}", written(text, *style))).collect();
        let found = body_texts(&accepted(&with_body(&body)));
        for (index, ((text, style), (source, at))) in texts.iter().zip(&found).enumerate() {
            prop_assert_eq!(source, text);
            prop_assert_eq!(*at, Place { line: 9 + index as u64, column: if *style == 2 { 9 } else { 10 } });
        }
        prop_assert_eq!(texts.len(), found.len());
    }

    #[test]
    fn no_damage_to_a_good_file_makes_the_reader_panic(
        line in 0usize..60,
        damage in 0usize..5,
        at in 0usize..80,
    ) {
        let mut lines: Vec<String> = EVERYTHING.lines().map(str::to_owned).collect();
        let line = line % lines.len();
        let cut = lines[line].char_indices().map(|(index, _)| index).nth(at % (lines[line].chars().count() + 1));
        match damage {
            0 => drop(lines.remove(line)),
            1 => lines.insert(line, lines[line].clone()),
            2 => lines[line].truncate(cut.unwrap_or(0)),
            3 => lines[line].insert_str(cut.unwrap_or(0), "  "),
            _ => lines[line].insert_str(cut.unwrap_or(0), ["\t", "{", "]", "\"", ": ", "- ", "&a ", "*a", "\0"][at % 9]),
        }
        let (campaign, problems, _) = read(lines.join("\n"));
        prop_assert!(campaign.is_some() || !problems.is_empty(), "refused without a word");
        let sorted = problems.is_sorted_by_key(|problem| problem.place);
        prop_assert!(sorted, "in file order: {:?}", problems);
        prop_assert!(problems.iter().all(|problem| problem.help.is_some()));
    }
}
