//! The filters that write for a language, and those for names, lengths and links.

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::Value;
use tidings::campaign::column::{DateForm, Kind, NumberForm};
use tidings::campaign::{Button, Source};
use unicode_segmentation::UnicodeSegmentation;

use crate::draft::{Draft, at, body, body_reason, draft, listed, template, text, text_at, words};

/// A dozen languages and the spellings that differ most.
const LANGUAGES: [&str; 16] = [
    "pt_BR", "pt_PT", "en_US", "en_GB", "en_IN", "de", "fr", "es_ES", "es_MX", "ar_EG", "he", "hi", "ja", "zh_CN",
    "tr", "fa",
];

fn in_language(code: &str, source: &str) -> Draft {
    draft().templates(vec![template("spring_sale", &[code])]).body(listed(&[source]))
}

/// What an expression makes of a cell in column `a`, for a reader of the language.
#[track_caller]
fn written(code: &str, source: &str, cell: &str) -> String {
    first_text(&in_language(code, source).composed(&[("a", cell)]))
}

fn first_text(template: &Value) -> String {
    template["components"][0]["parameters"][0]["text"].as_str().unwrap().to_owned()
}

/// A line for each language; spaces that do not break and marks of direction are shown.
fn everywhere(source: &str, cell: &str) -> String {
    let shown = |text: String| {
        let mut shown = text;
        for (mark, name) in [('\u{a0}', "[nb]"), ('\u{202f}', "[nnb]"), ('\u{200e}', "[ltr]"), ('\u{200f}', "[rtl]")] {
            shown = shown.replace(mark, name);
        }
        shown
    };
    LANGUAGES.iter().map(|code| format!("{code}: {}\n", shown(written(code, source, cell)))).collect()
}

#[test]
fn money_is_written_as_the_language_writes_it() {
    assert_snapshot!(everywhere("{{ a | money('BRL') }}", "1234567.5"), @"
    pt_BR: R$[nb]1.234.567,50
    pt_PT: 1[nb]234[nb]567,50[nb]R$
    en_US: R$1,234,567.50
    en_GB: R$1,234,567.50
    en_IN: R$12,34,567.50
    de: 1.234.567,50[nb]R$
    fr: 1[nnb]234[nnb]567,50[nb]R$
    es_ES: 1.234.567,50[nb]R$
    es_MX: R$1,234,567.50
    ar_EG: [rtl]١٬٢٣٤٬٥٦٧٫٥٠[nb]R$
    he: [rtl]1,234,567.50[nb][rtl]R$
    hi: R$12,34,567.50
    ja: R$1,234,567.50
    zh_CN: R$1,234,567.50
    tr: R$1.234.567,50
    fa: [ltr]R$۱٬۲۳۴٬۵۶۷٫۵۰
    ");
    assert_snapshot!(everywhere("{{ a | money('EUR') }}", "-9.90"), @"
    pt_BR: -€[nb]9,90
    pt_PT: -9,90[nb]€
    en_US: -€9.90
    en_GB: -€9.90
    en_IN: -€9.90
    de: -9,90[nb]€
    fr: -9,90[nb]€
    es_ES: -9,90[nb]€
    es_MX: -€9.90
    ar_EG: ؜-[rtl]٩٫٩٠[nb]€
    he: [rtl][ltr]-9.90[nb][rtl]€
    hi: -€9.90
    ja: -€9.90
    zh_CN: -€9.90
    tr: -€9,90
    fa: [ltr]−[ltr]€۹٫۹۰
    ");
}

#[test]
fn a_currency_has_its_own_decimals() {
    assert_eq!(written("en_US", "{{ a | money('JPY') }}", "1500"), "¥1,500");
    assert_eq!(written("en_US", "{{ a | money('JPY') }}", "1500.00"), "¥1,500");
    assert_eq!(written("en_US", "{{ a | money('KWD') }}", "1.5"), "KWD\u{a0}1.500");
    assert_eq!(written("en_US", "{{ a | float * 2 | money('USD') }}", "1"), "$2.00");
    assert_eq!(written("en_US", "{{ (a | float * 1.1) | round(2) | money('USD') }}", "10"), "$11.00");
    assert_eq!(written("en_US", "{{ a | int | money('USD') }}", "100"), "$100.00");
    assert_eq!(written("en_US", "{{ a | money('USD') }}", "0.07"), "$0.07");
    assert_eq!(written("en_US", "Only {{ a | money('USD') }}!", "5"), "Only $5.00!");
}

#[test]
fn an_amount_that_would_have_to_be_guessed_or_rounded_is_refused() {
    let reason = |cell: &str| body_reason("{{ a | money('BRL') }}", cell);
    assert_snapshot!(reason("1.234,50"), @r#"body parameter 1 (column `a`) cannot be made: `1.234,50` is no number such as `1234.50`; write it so, or declare how the file writes numbers, such as `recipients.columns: { price: { number: "1.234,56" } }`"#);
    assert_snapshot!(reason("12.500"), @r#"body parameter 1 (column `a`) cannot be made: `12.500` may be 12500 or 12.5; declare how the file writes numbers: `recipients.columns: { price: { number: "1,234.56" } }`, or `"1.234,56"`"#);
    assert_snapshot!(reason("9.999999"), @"body parameter 1 (column `a`) cannot be made: `9.999999` has more decimals than BRL, which has 2; nothing is rounded unless you say so: `| float | round(2) | money('BRL')`");
    assert_snapshot!(reason("R$ 10"), @r#"body parameter 1 (column `a`) cannot be made: `R$ 10` is no number such as `1234.50`; write it so, or declare how the file writes numbers, such as `recipients.columns: { price: { number: "1.234,56" } }`"#);
    assert_snapshot!(reason(""), @"body parameter 1 is empty: the cell in column `a` is empty; fill it, or set `recipients.defaults.a`");
    assert_snapshot!(reason("1234567890123456.7"), @"body parameter 1 (column `a`) cannot be made: `1234567890123456.7` has more digits than can be calculated with; at most 15 are allowed");
    assert_snapshot!(body_reason("{{ (a | float * 1.1) | money('BRL') }}", "1.1"), @"body parameter 1 (column `a`) cannot be made: `1.2100000000000002` has more decimals than BRL, which has 2; nothing is rounded unless you say so: `| float | round(2) | money('BRL')`");
    assert_snapshot!(body_reason("{{ a | money('JPY') }}", "9.90"), @"body parameter 1 (column `a`) cannot be made: `9.90` has more decimals than JPY, which has none; nothing is rounded unless you say so: `| float | round(0) | money('JPY')`");
    assert_snapshot!(body_reason("{{ 'x' | money(a) }}", "real"), @"body parameter 1 (column `a`) cannot be made: `real` is no currency; write its code, such as `BRL`");
    assert_snapshot!(body_reason("{{ (a == '1') | money('BRL') }}", "1"), @"body parameter 1 (column `a`) cannot be made: `True` is no number");
    for cell in ["+5", "1e3", "5.", ".5", "1 000", "NaN1", "inf", "--5", "٥"] {
        assert_eq!(
            draft().body(listed(&["{{ a | money('BRL') }}"])).unfit(&[("a", cell)]).code,
            "expression-failed",
            "{cell}"
        );
    }
}

#[test]
fn numbers_are_written_as_the_language_writes_them() {
    assert_snapshot!(everywhere("{{ a | number }}", "1234567.50"), @"
    pt_BR: 1.234.567,50
    pt_PT: 1[nb]234[nb]567,50
    en_US: 1,234,567.50
    en_GB: 1,234,567.50
    en_IN: 12,34,567.50
    de: 1.234.567,50
    fr: 1[nnb]234[nnb]567,50
    es_ES: 1.234.567,50
    es_MX: 1,234,567.50
    ar_EG: ١٬٢٣٤٬٥٦٧٫٥٠
    he: 1,234,567.50
    hi: 12,34,567.50
    ja: 1,234,567.50
    zh_CN: 1,234,567.50
    tr: 1.234.567,50
    fa: ۱٬۲۳۴٬۵۶۷٫۵۰
    ");
    assert_eq!(written("de", "{{ a | number(2) }}", "1234.5"), "1.234,50");
    assert_eq!(written("de", "{{ a | number(0) }}", "7.0"), "7");
    assert_eq!(written("es_ES", "{{ a | number }}", "1234"), "1234");
    assert_snapshot!(body_reason("{{ a | number(1) }}", "4.27"), @"body parameter 1 (column `a`) cannot be made: `4.27` has more decimals than `number(1)` shows; nothing is rounded unless you say so: `| float | round(1) | number(1)`");
}

#[test]
fn dates_are_written_as_the_language_writes_them() {
    assert_snapshot!(everywhere("{{ a | date('full') }}", "2026-04-07"), @"
    pt_BR: terça-feira, 7 de abril de 2026
    pt_PT: terça-feira, 7 de abril de 2026
    en_US: Tuesday, April 7, 2026
    en_GB: Tuesday, 7 April 2026
    en_IN: Tuesday, 7 April 2026
    de: Dienstag, 7. April 2026
    fr: mardi 7 avril 2026
    es_ES: martes, 7 de abril de 2026
    es_MX: martes, 7 de abril de 2026
    ar_EG: الثلاثاء، ٧ أبريل ٢٠٢٦
    he: יום שלישי, 7 באפריל 2026
    hi: मंगलवार, 7 अप्रैल, 2026
    ja: 2026年4月7日火曜日
    zh_CN: 2026年4月7日星期二
    tr: 7 Nisan 2026 Salı
    fa: سه‌شنبه ۱۸ فروردین ۱۴۰۵
    ");
    assert_snapshot!(everywhere("{{ a | date('long') }}", "2026-04-07"), @"
    pt_BR: 7 de abril de 2026
    pt_PT: 7 de abril de 2026
    en_US: April 7, 2026
    en_GB: 7 April 2026
    en_IN: 7 April 2026
    de: 7. April 2026
    fr: 7 avril 2026
    es_ES: 7 de abril de 2026
    es_MX: 7 de abril de 2026
    ar_EG: ٧ أبريل ٢٠٢٦
    he: 7 באפריל 2026
    hi: 7 अप्रैल, 2026
    ja: 2026年4月7日
    zh_CN: 2026年4月7日
    tr: 7 Nisan 2026
    fa: ۱۸ فروردین ۱۴۰۵
    ");
    assert_snapshot!(everywhere("{{ a | date }}", "2026-04-07"), @"
    pt_BR: 7 de abr. de 2026
    pt_PT: 07/04/2026
    en_US: Apr 7, 2026
    en_GB: 7 Apr 2026
    en_IN: 07 Apr 2026
    de: 07.04.2026
    fr: 7 avr. 2026
    es_ES: 7 abr 2026
    es_MX: 7 abr 2026
    ar_EG: ٠٧[rtl]/٠٤[rtl]/٢٠٢٦
    he: 7 באפר׳ 2026
    hi: 7 अप्रैल 2026
    ja: 2026/04/07
    zh_CN: 2026年4月7日
    tr: 7 Nis 2026
    fa: ۱۸ فروردین ۱۴۰۵
    ");
    assert_snapshot!(everywhere("{{ a | date('short') }}", "2026-04-07"), @"
    pt_BR: 07/04/2026
    pt_PT: 07/04/26
    en_US: 4/7/26
    en_GB: 07/04/2026
    en_IN: 07/04/26
    de: 07.04.26
    fr: 07/04/2026
    es_ES: 7/4/26
    es_MX: 07/04/26
    ar_EG: ٧[rtl]/٤[rtl]/٢٠٢٦
    he: 7.4.2026
    hi: 7/4/26
    ja: 2026/04/07
    zh_CN: 2026/4/7
    tr: 7.04.2026
    fa: ۱۴۰۵/۱/۱۸
    ");
}

#[test]
fn a_time_with_an_offset_is_the_day_there() {
    for cell in ["2026-04-07T23:59:00-03:00", "2026-04-07T23:59:00Z", "2026-04-07 23:59:00", " 2026-04-07 "] {
        assert_eq!(written("en_US", "{{ a | date('long') }}", cell), "April 7, 2026", "{cell}");
    }
    assert_snapshot!(body_reason("{{ a | date }}", "07/04/2026"), @r#"body parameter 1 (column `a`) cannot be made: `07/04/2026` is no date such as `2026-12-31`; write it so, or declare how the file writes dates, such as `recipients.columns: { ends_on: { date: "31/12/2026" } }`"#);
    for cell in ["2026-02-30", "20260407", "0026-04-07", "2026-4-7", "tomorrow", "2026-04", "é026-04-07"] {
        assert!(draft().body(listed(&["{{ a | date }}"])).json(&[("a", cell)]).is_err(), "{cell}");
    }
}

#[test]
fn every_language_of_metas_has_words_of_its_own_for_a_date() {
    // From Meta's list of the languages of templates.
    for code in include_str!("filters/languages.txt").split_whitespace() {
        let long = written(code, "{{ a | date('long') }}", "2026-04-07");
        assert!(!long.contains("M04") && long.chars().any(char::is_alphabetic), "{code}: {long}");
        assert!(!written(code, "{{ a | money('EUR') }} {{ a | number }}", "1234.5").is_empty(), "{code}");
    }
}

#[test]
fn the_language_is_the_one_that_the_message_is_sent_in() {
    let entry = |codes: &[&str], fallback: Option<&str>| tidings::campaign::Template {
        fallback: fallback.map(str::to_owned),
        ..template("spring_sale", codes)
    };
    let draft = draft()
        .language(Source::Column("language".to_owned(), at(5, 13)))
        .templates(vec![entry(&["pt_BR", "de"], Some("pt_BR"))])
        .body(listed(&["{{ a | date('long') }}"]));
    for (language, text) in [("de", "7. April 2026"), ("pt_BR", "7 de abril de 2026"), ("fr", "7 de abril de 2026")] {
        assert_eq!(first_text(&draft.composed(&[("a", "2026-04-07"), ("language", language)])), text, "{language}");
    }
}

#[test]
fn outside_a_message_there_is_no_language_to_write_in() {
    let draft = draft()
        .phone(Source::Expression(text_at(4, 10, "{{ phone | number }}")))
        .language(Source::Expression(text_at(5, 13, "{{ phone | date }}")));
    assert_snapshot!(draft.problems(&["phone"]), @"
    spring.yaml:4:21: `number` writes in the language of a message, and this is not for a message
        use the filter under `templates`
    spring.yaml:5:24: `date` writes in the language of a message, and this is not for a message
        use the filter under `templates`
    ");
}

#[test]
fn what_is_wrong_with_a_filters_arguments_is_told_before_any_row_is_read() {
    let sources = [
        "{{ a | money }}",
        "{{ a | money('BRR') }}",
        "{{ a | money('brl') }}",
        "{% if a == 'x' %}{{ a | money('R$') }}{% endif %}x",
        "{{ a | date('lnog') }}",
        "{{ a | date('%d/%m/%Y') }}",
        "{{ a | number('2') }}",
        "{{ a | number(99) }}",
        "{{ a | truncate }}",
        "{{ a | truncate(0) }}",
        "{{ a | truncate('long') }}",
        "{{ a | utm }}",
        "{{ a | utm('whatsapp') }}",
        "{{ a | utm(source='whatsapp', campain='x') }}",
        "{{ a | utm(source='') }}",
        "{{ a | utm(medium='x') }}",
        "{{ a | monney('BRL') }}",
        "{{ a | money('BRL', 2) }}",
        "{{ a > 100 }}",
        "{% if 5 == a %}x{% endif %}",
    ];
    let mut draft = draft();
    for (line, source) in (10..).zip(sources) {
        let text = tidings::campaign::Parameter::Text(text_at(line, 8, source));
        draft = draft.named(&format!("p{line}"), text);
    }
    assert_snapshot!(draft.problems(&["phone", "a"]), @"
    spring.yaml:10:15: `money` does not say which currency
        write the code of a currency: `money('BRL')`
    spring.yaml:11:21: there is no currency `BRR`
        did you mean `BRL`?
    spring.yaml:12:21: there is no currency `brl`
        did you mean `BRL`?
    spring.yaml:13:38: there is no currency `R$`
        write the code of a currency: `money('BRL')`
    spring.yaml:14:20: a date has no length `lnog`
        did you mean `long`?
    spring.yaml:15:20: a date has no length `%d/%m/%Y`
        write one of full, long, medium, short: each language has its own order of day, month and year
    spring.yaml:16:22: '2' is no number of decimals
        write `number`, or the number of decimals: `number(2)`
    spring.yaml:17:22: 99 is no number of decimals
        write `number`, or the number of decimals: `number(2)`
    spring.yaml:18:15: `truncate` does not say to what length
        write how many characters are left, `…` included: `truncate(20)`
    spring.yaml:19:24: 0 is no number of characters
        write how many characters are left, `…` included: `truncate(20)`
    spring.yaml:20:24: 'long' is no number of characters
        write how many characters are left, `…` included: `truncate(20)`
    spring.yaml:21:15: `utm` does not say the source
        write `utm(source='whatsapp', medium='template')`; `campaign` is the campaign's key if you do not say
    spring.yaml:22:19: what stands in `utm(…)` needs a name
        write `utm(source='whatsapp', medium='template')`; `campaign` is the campaign's key if you do not say
    spring.yaml:23:38: `utm` knows no `campain`
        did you mean `campaign`?
    spring.yaml:24:19: `source` of `utm` is empty
        write `utm(source='whatsapp', medium='template')`; `campaign` is the campaign's key if you do not say
    spring.yaml:25:15: `utm` does not say the source
        write `utm(source='whatsapp', medium='template')`; `campaign` is the campaign's key if you do not say
    spring.yaml:26:15: there is no filter `monney`
        did you mean `money`?
    spring.yaml:27:15: this expression cannot work: too many arguments
        look at what stands between the parentheses
    spring.yaml:28:11: `a` is text here, so comparing it with 100 comes out the same for every row
        declare `recipients.columns: { a: number }`, or write `a | int`
    spring.yaml:29:19: `a` is text here, so comparing it with 5 comes out the same for every row
        declare `recipients.columns: { a: number }`, or write `a | int`
    ");
}

#[test]
fn no_reason_repeats_a_code_or_a_phone() {
    const CODE: &str = "7391.204";
    const PLAIN: Kind = Kind::Number(NumberForm::PLAIN);
    let row = |cell: &'static str| [("phone", "+12025550101"), ("a", cell)];
    let otp = |source: &str| draft().otp(source);
    let copied = |source: &str| draft().button(0, Button::CopyCode(text("{{ a }}"))).body(listed(&[source]));
    let phoned = |source: &str| draft().phone(Source::Column("a".to_owned(), at(4, 10))).body(listed(&[source]));
    for (hidden, cell) in [
        (otp("{{ a | number(2) }}"), CODE),
        (otp("{{ a | number }}"), "7391x"),
        (otp("{{ a | number }}"), "7.391"),
        (otp("{{ a | number }}"), "7391739173917391"),
        (otp("{{ a | date }}"), CODE),
        (otp("no {{ 1 | money(a) }}"), CODE),
        (otp("{{ a | float // 0 }}"), CODE),
        (otp("{{ a }}").column("a", PLAIN), "7.391"),
        (otp("{{ a }}").column("a", PLAIN), "7391x"),
        (otp("{{ a }}").column("a", Kind::Date(DateForm::ISO)), "7391x"),
        (otp("{{ a }}").column("a", Kind::Number(NumberForm::by_example("1.234,56").expect("an example"))), "7391x"),
        (copied("{{ a | number }}"), "7391x"),
        (copied("{{ a | int * 2 }} {{ a | date }}"), "7391"),
        (phoned("{{ a | number }}"), "+1 202 555 0173 91"),
    ] {
        let reason = hidden.reason(&row(cell));
        assert!(!["7391", "7.391", "73 91", "14782"].iter().any(|secret| reason.contains(secret)), "{reason}");
    }
    assert_snapshot!(otp("{{ a | number }}").reason(&row("7.391")), @r#"otp (column `a`) cannot be made: the value may be read as two numbers; declare how the file writes numbers: `recipients.columns: { price: { number: "1,234.56" } }`, or `"1.234,56"`"#);
    assert_snapshot!(otp("{{ a | float // 0 }}").reason(&row("7391")), @"otp (column `a`) cannot be made: invalid operation (cells are text; write `| int` or `| float` to calculate)");
    assert_snapshot!(copied("{{ a | money('EUR') }}").reason(&row("7391.204")), @"body parameter 1 (column `a`) cannot be made: the value has more decimals than EUR, which has 2; nothing is rounded unless you say so: `| float | round(2) | money('EUR')`");
}

#[test]
fn arguments_may_come_from_the_row() {
    let draft = draft().body(listed(&["{{ a | money(currency) }}"]));
    assert_eq!(first_text(&draft.composed(&[("a", "5"), ("currency", "EUR")])), "€5.00");
    assert_snapshot!(draft.reason(&[("a", "5"), ("currency", "€")]), @"body parameter 1 cannot be made: `€` is no currency; write its code, such as `BRL`");
    assert_eq!(body("{{ a | truncate([2, 3] | max) }}", "abcd"), "ab…");
    assert_eq!(
        body("{{ 9 | int > 8 }} {{ a | int > 8 }} {{ 8 < a | int }} {{ a == '9' }}", "9"),
        "True True True True"
    );
}

#[test]
fn names_get_their_capitals() {
    for (cell, titled) in [
        ("ana maria", "Ana Maria"),
        ("MARÍA-JOSÉ", "María-José"),
        ("o'neill", "O'Neill"),
        ("O’NEILL", "O’Neill"),
        ("d'angelo", "D'Angelo"),
        ("it's 2nd", "It's 2nd"),
        ("McDonald", "McDonald"),
        ("jOHN", "John"),
        ("ÖZGÜR", "Özgür"),
        ("ΟΔΥΣΣΕΑΣ", "Οδυσσεας"),
        ("straße", "Straße"),
        ("ÉLODIE", "Élodie"),
        ("e\u{301}lodie", "E\u{301}lodie"),
        ("محمد", "محمد"),
        ("李小龙", "李小龙"),
        ("ibrahim", "Ibrahim"),
    ] {
        assert_eq!(body("{{ a | title }}", cell), titled);
    }
    assert_eq!(written("tr", "{{ a | title }}", "ibrahim IŞIK"), "İbrahim Işık");
    assert_eq!(written("tr", "{{ a | title }}", "İPEK"), "İpek");
}

#[test]
fn an_empty_cell_counts_as_missing_for_default() {
    assert_eq!(body("{{ a | default('friend') }}", " "), "friend");
    assert_eq!(body("{{ a | d('friend') | title }}", ""), "Friend");
    assert_eq!(body("Hi {{ a | default('friend') }}!", ""), "Hi friend!");
    assert_eq!(body("{{ a | default('friend') }}", "Ana"), "Ana");
    assert_eq!(body("{{ a | int | default(7, true) }}", "0"), "7");
}

#[test]
fn texts_are_cut_between_the_characters_that_people_see() {
    assert_eq!(body("{{ a | truncate(5) }}", "Wharf"), "Wharf");
    assert_eq!(body("{{ a | truncate(5) }}", "Harbour"), "Harb…");
    assert_eq!(body("{{ a | truncate(5) }}", "Old Mill"), "Old…");
    assert_eq!(body("{{ a | truncate(2) }}", "👩‍👩‍👧é\u{301}x"), "👩‍👩‍👧…");
    assert_eq!(body("{{ a | truncate(1) }}", "ab"), "…");
}

#[test]
fn links_get_the_parameters_of_the_campaign() {
    let suffix = |source: &str, cell: &str| {
        let draft = draft().button(0, Button::Url(text(source)));
        first_text(&draft.composed(&[("a", cell)]))
    };
    let plain = "{{ a | utm(source='whatsapp') }}";
    assert_eq!(suffix(plain, "spring"), "spring?utm_source=whatsapp&utm_campaign=spring_sale_2026");
    assert_eq!(
        suffix("{{ a | utm(source='whats app', medium='a&b', campaign='été', content=a, term='t', id='1') }}", "x"),
        "x?utm_source=whats%20app&utm_medium=a%26b&utm_campaign=%C3%A9t%C3%A9&utm_term=t&utm_content=x&utm_id=1"
    );
    assert_eq!(
        suffix(plain, "https://shop.example.com/a?x=1&utm_source=mail&UTM_Campaign=y#top"),
        "https://shop.example.com/a?x=1&utm_source=whatsapp&utm_campaign=spring_sale_2026#top"
    );
    assert_eq!(suffix(plain, "a?"), "a?utm_source=whatsapp&utm_campaign=spring_sale_2026");
    assert_eq!(
        suffix("{{ a | urlencode | utm(source='whatsapp', campaign='s', in_query=true) }}", "A&B?"),
        "A%26B%3F&utm_source=whatsapp&utm_campaign=s"
    );
    let empty = draft().button(0, Button::Url(text(plain)));
    assert_snapshot!(empty.reason(&[("a", "")]), @"button 0 url is empty: the cell in column `a` is empty; fill it, or set `recipients.defaults.a`");
    let from_cell = draft().button(0, Button::Url(text("{{ a | utm(source=shop) }}")));
    assert_snapshot!(from_cell.reason(&[("a", "x"), ("shop", "")]), @"button 0 url is empty: the cell in column `shop` is empty; fill it, or set `recipients.defaults.shop`");
}

/// A campaign's composed once; the laws below try it with many cells.
fn law(source: &str) -> impl Fn(&str) -> Option<String> + use<> {
    let composer = draft().body(tidings::campaign::Body::Positional(vec![words(source)])).composer(&["phone", "a"]);
    move |cell| {
        let row = csv::StringRecord::from(vec!["+12025550123", cell]);
        let message = composer.compose(&row, None).ok()?;
        Some(first_text(&serde_json::from_str(&message.template).unwrap()))
    }
}

proptest! {
    #[test]
    fn an_amount_keeps_its_digits(cents in 0_u64..1_000_000_000_000) {
        let money = law("{{ a | money('BRL') }}");
        let cell = format!("{}.{:02}", cents / 100, cents % 100);
        let digits: String = money(&cell).unwrap().chars().filter(char::is_ascii_digit).collect();
        prop_assert_eq!(digits.parse::<u64>().unwrap(), cents);
    }

    #[test]
    fn what_is_cut_ends_where_a_character_ends(cell in "[a-z👍🏽é\u{301}\u{200d}👩ह\u{94d} ]{1,20}x", most in 2_usize..9) {
        let cut = law(&format!("{{{{ a | truncate({most}) }}}}"));
        let Some(text) = cut(&cell) else { return Ok(()) };
        let whole: Vec<&str> = cell.graphemes(true).collect();
        prop_assert!(text.graphemes(true).count() <= most);
        if let Some(kept) = text.strip_suffix('…') {
            let kept: Vec<&str> = kept.graphemes(true).collect();
            prop_assert!(whole.starts_with(&kept), "{kept:?} of {whole:?}");
        } else {
            prop_assert_eq!(text, cell);
        }
    }

    #[test]
    fn a_link_keeps_every_parameter_of_its_own(
        path in "[a-z/]{1,9}", own in prop::collection::vec("[a-z]{1,4}=[a-z%0-9]{0,4}", 0..4), fragment in "(#[a-z?&]{0,4})?",
    ) {
        let query = if own.is_empty() { String::new() } else { format!("?{}", own.join("&")) };
        let link = law("{{ a | utm(source='w', campaign='c') }}")(&format!("{path}{query}{fragment}")).unwrap();
        let kept = own.iter().map(|pair| format!("{pair}&")).collect::<String>();
        prop_assert_eq!(link, format!("{path}?{kept}utm_source=w&utm_campaign=c{fragment}"));
    }

    #[test]
    fn what_languages_write_is_fit_for_a_parameter(cents in 0_u32..1_000_000, day in 1_u8..=28) {
        for code in LANGUAGES {
            let source = "{{ a | money('EUR') }} {{ a | number }}";
            let cell = format!("{}.{:02}", cents / 100, cents % 100);
            prop_assert!(in_language(code, source).json(&[("a", &cell)]).is_ok(), "{code}");
            let date = format!("2026-02-{day:02}");
            prop_assert!(in_language(code, "{{ a | date('full') }}").json(&[("a", &date)]).is_ok(), "{code}");
        }
    }
}
