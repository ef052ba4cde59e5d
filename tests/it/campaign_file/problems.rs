//! A campaign file that is wrong: every problem at once, in file order, in words that help.

use super::spoilt::{and, problems, template, with};

#[test]
fn several_problems_come_at_once_and_in_file_order() {
    insta::assert_snapshot!(problems(r#"campaign: Spring Sale
sendr: { phone_number_id: "1065" }
recipients: { file: spring.csv, langauge: lang, on_duplicate: frist }
templates:
  - name: Spring
    langages: [en_US]
    fallback: en_US
  - name: summer
    languages: [en_USA, no, pt-BR]
    body: {{ a }}
    buttons: { 10: { url: "x" }, 1: { ulr: "x" } }
sed: { rate: 60 }
"#), @r#"
[campaign-key] spring.yaml:1:11: `Spring Sale` cannot be a campaign key
    use 1 to 64 lower-case letters, digits, `_` and `-`, starting with a letter or a digit: `spring_sale_2026`
[unknown-key] spring.yaml:2:1: unknown key `sendr`
    did you mean `sender`?
[unknown-key] spring.yaml:3:33: unknown key `langauge`
    did you mean `language`?
[unknown-value] spring.yaml:3:63: `on_duplicate` cannot be `frist`
    write `refuse`, `first` or `last`
[template-name] spring.yaml:5:11: `Spring` cannot be a template's name
    copy the name from WhatsApp Manager: lower-case letters, digits and `_`
[unknown-key] spring.yaml:6:5: unknown key `langages`
    did you mean `languages`?
[unknown-language] spring.yaml:9:17: unknown language code `en_USA`
    did you mean `en_US`?
[unknown-language] spring.yaml:9:25: unknown language code `no`
    did you mean `nb`?
[unknown-language] spring.yaml:9:29: unknown language code `pt-BR`
    did you mean `pt_BR`?
[unquoted-expression] spring.yaml:10:11: an expression must stand in quotes
    write "{{ first_name }}", with the quotes
[button-position] spring.yaml:11:16: `10` is no button's position
    write the button's position in the template, from 0 to 9: `0: { url: "..." }`
[unknown-key] spring.yaml:11:39: unknown key `ulr`
    known here: url, copy_code, quick_reply, flow, catalog, products, voice_call, order_details
[unknown-key] spring.yaml:12:1: unknown key `sed`
    did you mean `send`?
"#);
}

#[test]
fn a_misspelt_key_is_one_problem_even_if_it_was_required() {
    insta::assert_snapshot!(with("  - {", "  - { nane: spring, langauges: [en_US], fallbak: en_US }"), @r#"
    [unknown-key] spring.yaml:5:7: unknown key `nane`
        did you mean `name`?
    [unknown-key] spring.yaml:5:21: unknown key `langauges`
        did you mean `languages`?
    [unknown-key] spring.yaml:5:41: unknown key `fallbak`
        did you mean `fallback`?
    "#);
}

#[test]
fn a_missing_key_is_told_with_an_example() {
    insta::assert_snapshot!(problems("description: Sale\n"), @r#"
    [missing-key] spring.yaml:1:1: the key `campaign` is missing
        write `campaign: spring_sale_2026`
    [missing-key] spring.yaml:1:1: the key `recipients` is missing
        write `recipients: spring_sale.csv`
    [missing-key] spring.yaml:1:1: the key `templates` is missing
        write `templates: [{ name: spring_sale, languages: [en_US] }]`
    [missing-key] spring.yaml:1:1: the key `sender` is missing
        write `sender: { phone_number_id: "106540352242922" }`, or in tidings.yaml for all campaigns beside it
    "#);
    insta::assert_snapshot!(with("sender", "sender: {}"), @r#"
    [missing-key] spring.yaml:2:1: the key `phone_number_id` is missing
        write `phone_number_id: "106540352242922"`
    "#);
    insta::assert_snapshot!(with("recipients", "recipients: { phone: mobile }"), @r#"
    [missing-key] spring.yaml:3:1: the key `file` is missing
        write `file: spring_sale.csv`
    "#);
    insta::assert_snapshot!(template("header: { location: { latitude: 1.0 } }"), @r#"
    [missing-key] spring.yaml:6:17: the key `longitude` is missing
        write `location: { latitude: "41.4", longitude: "2.2" }`
    "#);
}

#[test]
fn a_wrong_kind_is_told_with_the_right_one() {
    insta::assert_snapshot!(with("campaign", "campaign: [spring]"), @r#"
    [wrong-kind] spring.yaml:1:11: `campaign` must be a text, not a list
        write one text here
    "#);
    insta::assert_snapshot!(with("sender", "sender: env:TOKEN"), @r#"
    [wrong-kind] spring.yaml:2:9: `sender` must be a map, not a text
        write `sender: { phone_number_id: "106540352242922" }`
    "#);
    insta::assert_snapshot!(with("recipients", "recipients: [a.csv, b.csv]"), @r#"
    [wrong-kind] spring.yaml:3:13: `recipients` must be a text or a map, not a list
        write one text here
    "#);
    insta::assert_snapshot!(with("  - {", "  - { name: spring, languages: en_US }"), @r#"
    [wrong-kind] spring.yaml:5:32: `languages` must be a list, not a text
        put it in brackets: [en_US]
    "#);
    insta::assert_snapshot!(with("  - {", "  name: spring"), @r#"
    [wrong-kind] spring.yaml:5:3: `templates` must be a list, not a map
        start each entry with a dash and a space
    "#);
    insta::assert_snapshot!(template("body: \"{{ a }}\""), @r#"
    [wrong-kind] spring.yaml:6:13: `body` must be a list or a map, not a text
        put it in brackets: ["{{ a }}"]
    "#);
    insta::assert_snapshot!(template("raw_components: [a]"), @r#"
    [wrong-kind] spring.yaml:6:24: an entry of `raw_components` must be a map, not a text
        write it as a map: `{ key: value }`
    "#);
}

#[test]
fn a_key_of_another_version_is_no_typing_error() {
    insta::assert_snapshot!(and("holdout: 5%\ntests: []\nnotify: {}"), @"
    [unknown-key] spring.yaml:6:1: this version of tidings has no key `holdout` here
        known here: campaign, description, sender, recipients, templates, occurrence, require_seed, send, stop_when, budget, report, tests
    [unknown-key] spring.yaml:8:1: this version of tidings has no key `notify` here
        known here: campaign, description, sender, recipients, templates, occurrence, require_seed, send, stop_when, budget, report, tests
    ");
    insta::assert_snapshot!(with("recipients", "recipients: { file: a.csv, timezone: tz, max: 5 }"), @r#"
    [unknown-key] spring.yaml:3:28: this version of tidings has no key `timezone` here
        known here: file, phone, language, default_country, defaults, columns, on_duplicate, on_invalid
    [unknown-key] spring.yaml:3:42: this version of tidings has no key `max` here
        known here: file, phone, language, default_country, defaults, columns, on_duplicate, on_invalid
    "#);
    insta::assert_snapshot!(template("when: a, split: { group: a }"), @r#"
    [unknown-key] spring.yaml:6:7: this version of tidings has no key `when` here
        known here: name, languages, fallback, endpoint, header, body, buttons, carousel, limited_time_offer, otp, raw_components
    [unknown-key] spring.yaml:6:16: this version of tidings has no key `split` here
        known here: name, languages, fallback, endpoint, header, body, buttons, carousel, limited_time_offer, otp, raw_components
    "#);
    insta::assert_snapshot!(template("header: { image: { file: a.jpg } }"), @r#"
    [unknown-key] spring.yaml:6:26: this version of tidings has no key `file` here
        known here: link, id
    "#);
    insta::assert_snapshot!(and("report: { formats: [csv, html] }"), @r#"
    [unknown-value] spring.yaml:6:26: an entry of `formats` cannot be `html`
        write `csv` or `jsonl`
    "#);
    insta::assert_snapshot!(with("recipients", "recipients: \"-\""), @r#"
    [recipients-file] spring.yaml:3:14: this version of tidings does not read recipients from standard input
        name a CSV file
    "#);
}

#[test]
fn the_campaign_key_is_a_slug() {
    insta::assert_snapshot!(with("campaign", "campaign: Frühling"), @r#"
    [campaign-key] spring.yaml:1:11: `Frühling` cannot be a campaign key
        use 1 to 64 lower-case letters, digits, `_` and `-`, starting with a letter or a digit: `spring_sale_2026`
    "#);
    insta::assert_snapshot!(with("campaign", "campaign: ../other"), @r#"
    [campaign-key] spring.yaml:1:11: `../other` cannot be a campaign key
        use 1 to 64 lower-case letters, digits, `_` and `-`, starting with a letter or a digit: `spring_sale_2026`
    "#);
}

#[test]
fn the_sender_is_told_from_a_phone_number() {
    insta::assert_snapshot!(with("sender", "sender: { phone_number_id: \"+12025550123\" }"), @r#"
    [meta-id] spring.yaml:2:29: `+12025550123` is no id of Meta's
        this is not the phone number but its id: digits, to be found in WhatsApp Manager under API setup
    "#);
    insta::assert_snapshot!(
        with("sender", "sender: { phone_number_id: 1, business_account_id: x, api_version: \"25\" }"),
        @r#"
        [meta-id] spring.yaml:2:52: `x` is no id of Meta's
            an id consists of digits: copy it from WhatsApp Manager
        [api-version] spring.yaml:2:69: `25` is no version of the Graph API
            write `v25.0`, or remove the key
        "#
    );
}

#[test]
fn a_token_is_refused_and_never_repeated() {
    let token = format!("EAA{}", "Gm0PX4Zc".repeat(20));
    let said = [
        with("sender", &format!("sender: {{ phone_number_id: 1, token: {token} }}")),
        with("sender", &format!("sender: {{ phone_number_id: 1, token: \"Bearer {token}\" }}")),
        with("campaign", &format!("campaign: spring # {token}")),
        and(&format!("{token}: é{token}")),
        template(&format!("body: [\"https://example.com/?access_token={token}\"]")),
        and(&format!("description: {}", "aB3".repeat(40))),
    ];
    assert!(said.iter().all(|said| !said.contains("Gm0PX4Zc") && !said.contains("aB3")));
    insta::assert_snapshot!(said.join("\n"), @"
    [token-in-file] spring.yaml:2:38: this looks like an access token; a campaign file never holds one
        take it out, have Meta revoke it, and name its source: `token: env:WHATSAPP_ACCESS_TOKEN`
    [token-source] spring.yaml:2:39: this does not say where the token is; the token itself never stands in a campaign file
        write `env:WHATSAPP_ACCESS_TOKEN`, `file:PATH`, `{ command: [program, argument] }`, `vault:MOUNT/PATH#FIELD` or `conjur:VARIABLE`
    [token-in-file] spring.yaml:2:46: this looks like an access token; a campaign file never holds one
        take it out, have Meta revoke it, and name its source: `token: env:WHATSAPP_ACCESS_TOKEN`
    [token-in-file] spring.yaml:1:20: this looks like an access token; a campaign file never holds one
        take it out, have Meta revoke it, and name its source: `token: env:WHATSAPP_ACCESS_TOKEN`
    [token-in-file] spring.yaml:6:1: this looks like an access token; a campaign file never holds one
        take it out, have Meta revoke it, and name its source: `token: env:WHATSAPP_ACCESS_TOKEN`
    [unknown-key] spring.yaml:6:1: unknown key `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…`
        known here: campaign, description, sender, recipients, templates, occurrence, require_seed, send, stop_when, budget, report, tests
    [token-in-file] spring.yaml:6:167: this looks like an access token; a campaign file never holds one
        take it out, have Meta revoke it, and name its source: `token: env:WHATSAPP_ACCESS_TOKEN`
    [token-in-file] spring.yaml:6:49: this looks like an access token; a campaign file never holds one
        take it out, have Meta revoke it, and name its source: `token: env:WHATSAPP_ACCESS_TOKEN`
    [token-in-file] spring.yaml:6:14: this looks like an access token; a campaign file never holds one
        take it out, have Meta revoke it, and name its source: `token: env:WHATSAPP_ACCESS_TOKEN`
    ");
    insta::assert_snapshot!(with("sender", "sender: { phone_number_id: 1, token: s3cr3t }"), @"
    [token-source] spring.yaml:2:38: this does not say where the token is; the token itself never stands in a campaign file
        write `env:WHATSAPP_ACCESS_TOKEN`, `file:PATH`, `{ command: [program, argument] }`, `vault:MOUNT/PATH#FIELD` or `conjur:VARIABLE`
    ");
    insta::assert_snapshot!(with("sender", "sender: { phone_number_id: 1, token: \"env:MY TOKEN\" }"), @r#"
    [token-source] spring.yaml:2:39: `env:` must be followed by a variable's name
        write `env:WHATSAPP_ACCESS_TOKEN`, `file:PATH` or `{ command: [program, argument] }`
    "#);
    insta::assert_snapshot!(with("sender", "sender: { phone_number_id: 1, token: vault:secret/x }"), @"
    [token-source] spring.yaml:2:38: `vault:` needs a field behind its path: `vault:MOUNT/PATH#FIELD`
        such as `vault:secret/whatsapp#token`, as `vault kv get` takes it
    ");
    insta::assert_snapshot!(with("sender", "sender: { phone_number_id: 1, token: { command: [] } }"), @r#"
    [token-source] spring.yaml:2:49: the command is empty
        write `[program, argument]`
    "#);
}

#[test]
fn recipients_are_read_as_said_or_not_at_all() {
    insta::assert_snapshot!(with("recipients", "recipients: { file: a.csv, default_country: br }"), @r#"
    [country] spring.yaml:3:45: `br` is no country code
        write `BR`
    "#);
    insta::assert_snapshot!(with("recipients", "recipients: { file: a.csv, default_country: UK }"), @r#"
    [country] spring.yaml:3:45: `UK` is no country code
        the United Kingdom is `GB`
    "#);
    insta::assert_snapshot!(with("recipients", "recipients: { file: \"\", phone: \"\" }"), @r#"
    [empty-text] spring.yaml:3:22: this text is empty
        write a text or an expression, or remove the key
    [empty-text] spring.yaml:3:33: this text is empty
        write a text or an expression, or remove the key
    "#);
    insta::assert_snapshot!(with("recipients", "recipients: { file: a.csv, on_invalid: ignore }"), @r#"
    [unknown-value] spring.yaml:3:40: `on_invalid` cannot be `ignore`
        write `refuse` or `skip`
    "#);
    insta::assert_snapshot!(with("recipients", "recipients: { file: a.csv, defaults: { a: \"{{ b }}\" } }"), @r#"
    [default] spring.yaml:3:44: the default of `a` is taken as it is, without expressions
        write a plain text here, and the expression in the template
    "#);
}

#[test]
fn a_language_is_one_of_metas() {
    insta::assert_snapshot!(with("  - {", "  - { name: a, languages: [en_USA, no, pt-BR, pt, EN_us, xx, es, es] }"), @r#"
    [unknown-language] spring.yaml:5:28: unknown language code `en_USA`
        did you mean `en_US`?
    [unknown-language] spring.yaml:5:36: unknown language code `no`
        did you mean `nb`?
    [unknown-language] spring.yaml:5:40: unknown language code `pt-BR`
        did you mean `pt_BR`?
    [unknown-language] spring.yaml:5:47: unknown language code `pt`
        did you mean `pt_BR` or `pt_PT`?
    [unknown-language] spring.yaml:5:51: unknown language code `EN_us`
        did you mean `en_US`?
    [unknown-language] spring.yaml:5:58: unknown language code `xx`
        write a code as WhatsApp Manager shows it: `en_US`, `pt_BR`, `es`
    [duplicate-language] spring.yaml:5:66: the language `es` stands here a second time
        remove it
    "#);
    insta::assert_snapshot!(with("  - {", "  - { name: a, languages: [] }"), @r#"
    [no-language] spring.yaml:5:27: a template needs a language
        write `languages: [en_US]`
    "#);
    insta::assert_snapshot!(with("  - {", "  - { name: a, languages: [es], fallback: en_US }"), @r#"
    [fallback] spring.yaml:5:43: the fallback `en_US` is none of the languages above
        write one of `es`, or add it to `languages`
    "#);
    insta::assert_snapshot!(with("templates", "templates: []\nx:"), @"
    [no-template] spring.yaml:4:12: a campaign needs a template
        write `[{ name: spring_sale, languages: [en_US] }]`
    [unknown-key] spring.yaml:5:1: unknown key `x`
        known here: campaign, description, sender, recipients, templates, occurrence, require_seed, send, stop_when, budget, report, tests
    ");
    insta::assert_snapshot!(and("  - { name: second, languages: [en_US] }"), @r#"
    [idle-template] spring.yaml:6:13: this entry is never used: entries above have all its languages
        a language goes to the first entry that lists it; remove the entry or change its languages
    "#);
}

#[test]
fn components_hold_what_meta_takes() {
    insta::assert_snapshot!(template("header: {}"), @r#"
    [exactly-one] spring.yaml:6:15: a header holds exactly one key, and this one holds none
        write one of `text`, `image`, `video`, `document`, `location`, `product`
    "#);
    insta::assert_snapshot!(template("header: { image: \"https://e.com/a\", text: a }"), @r#"
    [exactly-one] spring.yaml:6:15: a header holds exactly one key, and this one holds `text` and `image`
        write one of `text`, `image`, `video`, `document`, `location`, `product`
    "#);
    insta::assert_snapshot!(template("header: { video: clip.mp4 }"), @r#"
    [media-link] spring.yaml:6:24: `clip.mp4` is no link
        write a public link that starts with https://, or `{ id: "..." }` for an upload
    "#);
    insta::assert_snapshot!(template("header: { document: { filename: a.pdf } }"), @r#"
    [exactly-one] spring.yaml:6:27: a media file holds exactly one key, and this one holds none
        write one of `link`, `id`
    "#);
    insta::assert_snapshot!(template("header: { text: a }, body: { b: c }"), @r#"
    [mixed-parameters] spring.yaml:6:15: the body's parameters have names, and the header's has none
        write `{ text: { name: "..." } }`
    "#);
    insta::assert_snapshot!(template("header: { text: { a: b } }, body: [c]"), @r#"
    [mixed-parameters] spring.yaml:6:15: the header's parameter has a name, and the body's have none
        write `{ text: "..." }`
    "#);
    insta::assert_snapshot!(template("body: { First: a, 1: b }"), @r#"
    [parameter-name] spring.yaml:6:15: `First` cannot be a parameter's name
        copy the name from the template: lower-case letters, digits and `_`
    [parameter-name] spring.yaml:6:25: `1` cannot be a parameter's name
        write parameters without names as a list: ["{{ first_name }}"]
    "#);
    insta::assert_snapshot!(template("body: [{ currency: brl, amount: 1 }, { amount: 1 }, { date_time: a, amount: 2 }]"), @r#"
    [currency] spring.yaml:6:26: `brl` is no currency code
        write the three capital letters of ISO 4217: `BRL`
    [parameter] spring.yaml:6:44: a parameter is a text, an amount of money or a date
        write "...", `{ currency: BRL, amount: "..." }` or `{ date_time: "..." }`
    [parameter] spring.yaml:6:59: a parameter is a text, an amount of money or a date
        write "...", `{ currency: BRL, amount: "..." }` or `{ date_time: "..." }`
    "#);
    insta::assert_snapshot!(template("buttons: { x: { url: a }, 0: {}, 1: { url: a, flow: {} } }"), @r#"
    [button-position] spring.yaml:6:18: `x` is no button's position
        write the button's position in the template, from 0 to 9: `0: { url: "..." }`
    [exactly-one] spring.yaml:6:36: a button holds exactly one key, and this one holds none
        write one of `url`, `copy_code`, `quick_reply`, `flow`, `catalog`, `products`, `voice_call`, `order_details`
    [exactly-one] spring.yaml:6:43: a button holds exactly one key, and this one holds `url` and `flow`
        write one of `url`, `copy_code`, `quick_reply`, `flow`, `catalog`, `products`, `voice_call`, `order_details`
    "#);
    insta::assert_snapshot!(template("buttons: { 0: { products: { thumbnail: a, sections: [{ title: t, items: [] }] } } }"), @r#"
    [no-product] spring.yaml:6:79: a section needs a product
        write `items: ["..."]`
    "#);
    insta::assert_snapshot!(template("limited_time_offer: { ends: tomorrow }"), @r#"
    [time] spring.yaml:6:35: `tomorrow` is no time with a zone
        write it like 2026-04-07T23:59:00-03:00
    "#);
    insta::assert_snapshot!(template("otp: \"{{ code }}\", body: [a]"), @r#"
    [otp] spring.yaml:6:13: `otp` fills the body and the button of an authentication template
        remove `body` and `buttons`, or remove `otp`
    "#);
    insta::assert_snapshot!(template("carousel: [{ header: { text: a } }]"), @r#"
    [carousel] spring.yaml:6:17: a carousel has 2 to 10 cards, not 1
        write one entry for each card of the template
    [card-header] spring.yaml:6:28: a card's header is an image, a video or a product
        write `header: { image: "https://..." }`
    "#);
}

#[test]
fn a_column_holds_numbers_or_dates_shown_by_an_example() {
    let columns =
        |columns: &str| with("recipients", &format!("recipients: {{ file: a.csv, columns: {{ {columns} }} }}"));
    insta::assert_snapshot!(columns("a: nubmer, b: text, c: { number: \"12,5\" }, d: { date: \"%d/%m\" }"), @r#"
    [column-kind] spring.yaml:3:42: `nubmer` is nothing that a column can hold
        did you mean `number`?
    [column-kind] spring.yaml:3:53: `text` is nothing that a column can hold
        write `number` or `date`; all other columns are text and need no entry
    [number-form] spring.yaml:3:73: `12,5` does not show how numbers are written
        write the number 1234.56 as the file writes it: "1.234,56", "1,234.56", "1234,56" or "1 234,56"
    [date-form] spring.yaml:3:94: `%d/%m` does not show how dates are written
        write the 31st of December 2026 as the file writes it: "31/12/2026", "12/31/2026" or "31.12.26"
    "#);
    insta::assert_snapshot!(columns("a: {}, b: { number: \"1,234.56\", date: 31/12/26 }, c: { nummer: 1 }, d: [date]"), @r#"
    [column-kind] spring.yaml:3:42: a column holds numbers or dates: exactly one of the two
        write `{ number: "1.234,56" }` or `{ date: "31/12/2026" }`
    [column-kind] spring.yaml:3:49: a column holds numbers or dates: exactly one of the two
        write `{ number: "1.234,56" }` or `{ date: "31/12/2026" }`
    [column-kind] spring.yaml:3:92: a column holds numbers or dates: exactly one of the two
        write `{ number: "1.234,56" }` or `{ date: "31/12/2026" }`
    [unknown-key] spring.yaml:3:94: unknown key `nummer`
        did you mean `number`?
    [wrong-kind] spring.yaml:3:110: `d` must be a text or a map, not a list
        write one text here
    "#);
    insta::assert_snapshot!(columns("a: { number: \"1.234.56\" }, b: { date: 12/11/2026 }, c: { date: 31 Dec 2026 }"), @r#"
    [number-form] spring.yaml:3:53: `1.234.56` does not show how numbers are written
        write the number 1234.56 as the file writes it: "1.234,56", "1,234.56", "1234,56" or "1 234,56"
    [date-form] spring.yaml:3:77: `12/11/2026` does not show how dates are written
        write the 31st of December 2026 as the file writes it: "31/12/2026", "12/31/2026" or "31.12.26"
    [date-form] spring.yaml:3:102: `31 Dec 2026` does not show how dates are written
        write the 31st of December 2026 as the file writes it: "31/12/2026", "12/31/2026" or "31.12.26"
    "#);
}

#[test]
fn a_rate_is_a_number_and_a_unit() {
    insta::assert_snapshot!(and("send: { rate: 60 }"), @r#"
    [rate] spring.yaml:6:15: `60` is no rate
        write messages a second or a minute: `60/s` or `600/min`
    "#);
    insta::assert_snapshot!(and("send: { rate: 5000/s }"), @r#"
    [rate] spring.yaml:6:15: `5000/s` is not between 1 and 1000 messages a second
        write messages a second or a minute: `60/s` or `600/min`
    "#);
    insta::assert_snapshot!(and("send: { rate: 6/min }"), @r#"
    [rate] spring.yaml:6:15: `6/min` is not between 1 and 1000 messages a second
        write messages a second or a minute: `60/s` or `600/min`
    "#);
}
