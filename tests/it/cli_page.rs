//! `tidings preview --html`: a page, looked at in a browser.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::harness::browser::Browser;
use crate::harness::project::Project;

const LOCK: &str = r#"{
  "account": "1", "lock_version": 1,
  "templates": [
    { "name": "hello_world", "language": "en_US", "status": "APPROVED", "category": "MARKETING", "parameter_format": "POSITIONAL",
      "components": [
        { "type": "HEADER", "format": "TEXT", "text": "For {{1}}" },
        { "type": "BODY", "text": "Hello {{1}}, *welcome*.\n\nSee <you> soon & {{2}}\n\n{{3}}." },
        { "type": "FOOTER", "text": "<i>Bye</i>" },
        { "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "Shop", "url": "https://shop.example.com/{{1}}" }] } ] },
    { "name": "hello_world", "language": "ar", "status": "APPROVED", "category": "MARKETING", "parameter_format": "POSITIONAL",
      "components": [
        { "type": "HEADER", "format": "TEXT", "text": "{{1}}" },
        { "type": "BODY", "text": "مرحبا {{1}}، {{2}} الربيع هنا {{3}}." },
        { "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "تسوق", "url": "https://shop.example.com/{{1}}" }] } ] },
    { "name": "hello_world", "language": "it", "status": "APPROVED", "category": "MARKETING", "parameter_format": "POSITIONAL",
      "components": [
        { "type": "HEADER", "format": "TEXT", "text": "{{1}}" },
        { "type": "BODY", "text": "Ciao {{1}} {{2}} {{3}}!" },
        { "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "Compra", "url": "https://shop.example.com/{{1}}" }] } ] }
  ]
}"#;

/// Names that would do harm if a page took them for anything but text.
fn hostile(number: usize) -> String {
    let names = [
        "<script>document.title='ran'</script>",
        "<img src=x onerror=document.title='ran'>",
        "\"><svg onload=document.title='ran'>",
        "' onmouseover='document.title=1' x='",
        "</style><script>1</script><style>",
        "&lt;b&gt; &amp;#60;script&amp;#62;",
        "--> <!-- ]]> <iframe src=//example.com>",
        "javascript:document.title='ran'",
        "\u{202e}txet desrever\u{202c}",
        "<base href=//example.com><link rel=stylesheet href=//example.com/a.css>",
        "${document.title='ran'} {name} {# #}",
        "*<b>bold</b>* ```<pre>```",
    ];
    format!("{} {number}.", names[number % names.len()])
}

/// Rows with three hostile values each.
fn project(rows: usize) -> Project {
    let cell = |number: usize| format!("\"{}\"", hostile(number).replace('"', "\"\""));
    let rows: String = (0..rows)
        .map(|at| {
            let (language, cells) = (["en_US", "ar", "it"][at % 3], [cell(3 * at), cell(3 * at + 1), cell(3 * at + 2)]);
            format!("+1202555{:04},{language},{}\n", 100 + at, cells.join(","))
        })
        .collect();
    Project::new()
        .campaign_with("show_phones: full", "show_phones: masked")
        .campaign_with("recipients: people.csv", "recipients: { file: people.csv, on_invalid: skip }")
        .campaign_with(
            "[en_US]",
            "[en_US, ar, it]\n    header: { text: \"{{ language }}\" }\n    body: [\"{{ name }}\", \"{{ shop }}\", \"{{ city }}\"]\n    \
             buttons: { 0: { url: \"{{ name | urlencode }}\" } }",
        )
        .campaign_with("send:", "description: \"<script>document.title='ran'</script>\"\nsend:")
        .recipients(format!("phone,language,name,shop,city\n{rows}+12025550199,en_US,,x,y\n"))
        .file("templates.lock.json", LOCK)
}

fn page(project: &Project) -> PathBuf {
    let ran = project.preview(["--html", "page.html"]);
    assert!(ran.code(0).stderr.ends_with("page: page.html\n"), "{}", ran.stderr);
    project.path("page.html")
}

/// What a browser told that a page did, beside being shown.
fn misdeeds(browser: &Browser) -> Vec<String> {
    let is_misdeed = |method: &str, params: &Value| match method {
        "Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Log.entryAdded" => true,
        "Network.requestWillBeSent" => params["type"] != "Document",
        _ => false,
    };
    let found = browser.events.iter().filter(|(method, params)| is_misdeed(method, params));
    found.map(|(method, params)| format!("{method}: {params}")).collect()
}

#[test]
fn five_hundred_hostile_names_are_text_and_nothing_else() {
    let project = project(168);
    let page = page(&project);
    let Some(mut browser) = Browser::start() else { return };
    browser.open(&page);
    assert_eq!(misdeeds(&browser), [] as [&str; 0]);
    assert_eq!(browser.evaluate("document.title"), "spring: preview");
    assert_eq!(browser.evaluate("document.querySelectorAll('article').length"), 168);
    // What is text is no element and no attribute.
    let own = "html head meta title style body header h1 h2 h3 bdi p dl div dt dd a section table thead tbody tr th td main \
               fieldset legend label input article b span strong em s code footer";
    let names = browser.evaluate("[...new Set([...document.querySelectorAll('*')].map(it => it.localName))]");
    for name in names.as_array().expect("names") {
        assert!(own.split_whitespace().any(|own| name == own), "<{name}>");
    }
    let known =
        json!(["class", "dir", "id", "name", "type", "lang", "charset", "content", "http-equiv", "href", "checked"]);
    let attributes =
        "[...new Set([...document.querySelectorAll('*')].flatMap(it => it.getAttributeNames()))].sort().join(' ')";
    for attribute in browser.evaluate(attributes).as_str().expect("attributes").split(' ') {
        assert!(known.as_array().is_some_and(|known| known.contains(&json!(attribute))), "{attribute}");
    }
    assert_eq!(browser.evaluate("[...document.links].every(it => it.getAttribute('href').startsWith('#'))"), true);
    // And all of it is there.
    let text = browser.evaluate("[...document.querySelectorAll('.bubble')].map(it => it.textContent).join('\\n')");
    let text = text.as_str().expect("a text");
    for number in 0..504 {
        // A phone shows bold and fixed width without their marks.
        let name = hostile(number).replace("```", "").replace('*', "");
        assert!(text.contains(&name), "{name}");
    }
}

/// What may push a page wider than a phone: long words, links and names, and every kind of message.
fn wide() -> Project {
    const WIDE_LOCK: &str = include_str!("data/wide.lock.json");
    let long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(4);
    let words = "spring is here and so are we ".repeat(24);
    let rows = [
        ("en_US", long.as_str(), words.trim()),
        ("ar", "مرحبا بكم في متجرنا الجديد حيث تجدون كل ما تحتاجونه", "الربيع"),
        ("zh_CN", "春天来了我们的新系列也来了欢迎光临我们的商店", "春天"),
        ("en_US", "https://example.com/a/very/long/path?with=parameters&that=go&on=and&on=0123456789", "x"),
    ];
    let rows: String = rows
        .iter()
        .enumerate()
        .map(|(at, (language, name, text))| {
            format!("+120255501{at:02},{language},{name},{text},{}\n", "c0de".repeat(200))
        })
        .collect();
    Project::new()
        .campaign_with("recipients: people.csv", "recipients: { file: people.csv, on_invalid: skip }")
        .campaign_with("hello_world", "wide_template_with_a_name_as_long_as_names_of_templates_may_be_in_whatsapp_manager")
        .campaign_with(
            "[en_US]",
            "[en_US, ar, zh_CN]\n    header: { image: \"https://cdn.example.com/{{ link }}.jpg\" }\n    body: [\"{{ name | truncate(300) }}\", \
             \"{{ text }}\"]\n    buttons: { 0: { url: \"{{ link }}\" } }\n  - name: wide_carousel\n    languages: [it]\n    carousel:\n\
             \x20     - { header: { image: \"https://cdn.example.com/{{ link }}.jpg\" }, body: [\"{{ name }}\"] }\n\
             \x20     - { header: { image: \"https://cdn.example.com/{{ link }}.jpg\" }, body: [\"{{ name }}\"] }",
        )
        .campaign_with("send:", &format!("description: {}\nsend:", "x".repeat(400)))
        .recipients(format!(
            "phone,language,name,text,link\n{rows}+12025550120,it,{},x,{}\n+1234567{},en_US,a,b,c\n+12025550121,en_US,{},b,c\n",
            &long[..150], "c0de".repeat(200), "9".repeat(200), "n".repeat(2000)
        ))
        .file("templates.lock.json", WIDE_LOCK)
}

#[test]
fn nothing_is_wider_than_a_phone() {
    let project = wide();
    let page = page(&project);
    let Some(mut browser) = Browser::start() else { return };
    for width in [320, 360, 768, 1280] {
        browser.look(width, true);
        browser.open(&page);
        assert_eq!(browser.evaluate("innerWidth"), width);
        keep(&format!("wide-{width}.png"), &browser.screenshot((width, 2400)));
        assert_eq!(browser.evaluate("document.querySelectorAll('article').length"), 6);
        assert!(browser.evaluate("document.documentElement.scrollWidth").as_u64() <= Some(width.into()), "{width}");
        // Nor is anything cut off.
        let cut = "[...document.querySelectorAll('body *:not(input)')].filter(it => it.scrollWidth > it.clientWidth + 1 && \
                   it.clientWidth > 0).map(it => it.outerHTML.slice(0, 200))";
        assert_eq!(browser.evaluate(cut), json!([]), "{width}");
        let out = format!(
            "[...document.querySelectorAll('body *:not(input)')].filter(it => it.getBoundingClientRect().right > {width} + 1 || \
             it.getBoundingClientRect().left < -1).map(it => it.outerHTML.slice(0, 200))"
        );
        assert_eq!(browser.evaluate(&out), json!([]), "{width}");
    }
}

/// The languages of the samples that are seen, with how many there are of each.
fn seen(browser: &mut Browser) -> Value {
    browser.evaluate(
        "(() => { const seen = {}; for (const it of document.querySelectorAll('article')) if (it.checkVisibility()) { const \
         code = it.querySelector('h3 bdi:last-of-type').textContent; seen[code] = (seen[code] || 0) + 1 } return seen })()",
    )
}

#[test]
fn a_language_is_chosen_by_a_click_or_a_key_and_no_script() {
    let project = project(30);
    let page = page(&project);
    let Some(mut browser) = Browser::start() else { return };
    browser.look(360, true);
    browser.open(&page);
    let all = json!({ "en_US": 10, "ar": 10, "it": 10 });
    assert_eq!(browser.evaluate("document.scripts.length"), 0);
    assert_eq!(seen(&mut browser), all);
    browser.click("label:has(#language-0)");
    assert_eq!(seen(&mut browser), json!({ "ar": 10 }));
    browser.click("label:has(#language-2)");
    assert_eq!(seen(&mut browser), json!({ "it": 10 }));
    browser.press("ArrowLeft", 37);
    assert_eq!(seen(&mut browser), json!({ "en_US": 10 }));
    browser.press("ArrowRight", 39);
    browser.press("ArrowRight", 39);
    assert_eq!(seen(&mut browser), all, "behind the last comes the first, which is all");
    // Who comes by keyboard sees where they are.
    browser.open(&page);
    browser.press("Tab", 9);
    browser.press("Tab", 9);
    assert_eq!(browser.evaluate("document.activeElement.name"), "language");
    assert_ne!(browser.evaluate("getComputedStyle(document.activeElement.closest('label')).outlineStyle"), "none");
}

#[test]
fn on_paper_a_page_is_dark_on_white_and_no_bubble_is_cut() {
    let project = project(30);
    let page = page(&project);
    let Some(mut browser) = Browser::start() else { return };
    browser.look(1280, false);
    browser.open(&page);
    let printed = browser.printed();
    assert!(printed.starts_with(b"%PDF-"));
    keep("paper.pdf", &printed);
    browser.ask(
        "Emulation.setEmulatedMedia",
        json!({ "media": "print", "features": [{ "name": "prefers-color-scheme", "value": "dark" }] }),
    );
    let style =
        |selector: &str, property: &str| format!("getComputedStyle(document.querySelector('{selector}')).{property}");
    for selector in ["body", ".sample", ".bubble"] {
        assert_eq!(browser.evaluate(&style(selector, "backgroundColor")), "rgb(255, 255, 255)", "{selector}");
        assert_eq!(browser.evaluate(&style(selector, "color")), "rgb(0, 0, 0)", "{selector}");
    }
    assert_eq!(browser.evaluate(&style(".filter", "display")), "none");
    assert_eq!(browser.evaluate(&style(".bubble", "borderTopStyle")), "solid");
    for selector in [".sample", ".bubble", "tr"] {
        assert_eq!(browser.evaluate(&style(selector, "breakInside")), "avoid", "{selector}");
    }
}

#[test]
fn what_is_worth_a_look_stands_beside_the_counts() {
    let project = project(3);
    let html = fs::read_to_string(page(&project)).expect("a page");
    let (_, section) = html.split_once("<section id=\"worth-a-look\">").expect("a section");
    let (section, _) = section.split_once("</section>").expect("its end");
    assert!(section.contains("<td class=\"count\">1</td><td dir=\"auto\">column `name` holds HTML"), "{section}");
    assert!(section.contains("hello_world` (ar, it) is marketing and has neither a footer nor"), "{section}");
    let (_, samples) = html.split_once("<div class=\"samples\">").expect("samples");
    assert!(samples.contains("worth a look: column `name` holds HTML"));
}

#[test]
fn a_page_loads_nothing_runs_nothing_and_is_for_its_owner_alone() {
    let project = project(6);
    let path = page(&project);
    let html = fs::read_to_string(&path).expect("a page");
    assert!(html.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
    assert!(
        !html.contains("<script") && !html.contains("src=\"") && !html.contains("url(") && !html.contains("@import")
    );
    assert!(html.contains("<meta name=\"viewport\""));
    assert_eq!(fs::metadata(&path).expect("a page").permissions().mode() & 0o777, 0o600);
    assert!(!html.contains("2025550100") && html.contains("+1202****0100"), "a phone is not masked");
    let left = project.tree().into_iter().filter(|name| name.contains("tidings.preview")).count();
    assert_eq!(left, 0);
    for digest in ["campaign.yaml</bdi>, SHA-256", "people.csv</bdi>, SHA-256"] {
        assert!(html.contains(digest), "{digest}");
    }
    assert!(html.contains("Ciao "), "the wording is that of the lock file");
    // Without one the parameters are listed, and the page says why.
    fs::remove_file(project.path("templates.lock.json")).expect("a lock file");
    let html = fs::read_to_string(page(&project)).expect("a page");
    assert!(html.contains("not known here") && !html.contains("Ciao "), "no wording");
}

#[test]
fn a_page_replaces_a_page_and_nothing_else() {
    let project = project(3);
    page(&project);
    page(&project);
    for name in ["campaign.yaml", "people.csv", "."] {
        let before = fs::read(project.path(name)).ok();
        let ran = project.preview(["--html", name]);
        assert!(ran.code(2).stderr.contains("is there already and is no page of a preview"), "{}", ran.stderr);
        assert_eq!(fs::read(project.path(name)).ok(), before);
    }
    project.preview(["--html", "missing/page.html"]).code(74);
}

#[test]
fn a_page_is_readable_on_a_phone_and_a_desk_by_day_and_by_night() {
    let project = project(30);
    let page = page(&project);
    let Some(mut browser) = Browser::start() else { return };
    let mut seen = Vec::new();
    for (width, is_light) in [(360, true), (360, false), (1280, true), (1280, false)] {
        browser.look(width, is_light);
        browser.open(&page);
        let png = browser.screenshot((width, 1200));
        assert!(png.starts_with(b"\x89PNG") && png.len() > 10_000, "an empty page");
        // Text against what it stands on, by the contrast that the Web Content Accessibility Guidelines ask for (AA: 4.5).
        assert_eq!(browser.evaluate(CONTRASTS), json!([]), "{width} {is_light}");
        keep(&format!("{width}-{}.png", if is_light { "day" } else { "night" }), &png);
        seen.push(png);
    }
    assert!(seen[0] != seen[1] && seen[2] != seen[3], "night looks like day");
}

/// The texts whose contrast is too low.
const CONTRASTS: &str = "(() => {
  const parts = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = colour => parts(colour).slice(0, 3).map(it => it / 255)
    .map(it => it <= .04045 ? it / 12.92 : ((it + .055) / 1.055) ** 2.4)
    .reduce((sum, it, at) => sum + it * [.2126, .7152, .0722][at], 0);
  const behind = it => { for (; it; it = it.parentElement) { const colour = getComputedStyle(it).backgroundColor;
    if (parts(colour)[3] !== 0) return colour } return 'rgb(255, 255, 255)' };
  const low = new Set();
  for (const it of document.querySelectorAll('body *')) {
    if (![...it.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
    const [one, other] = [light(getComputedStyle(it).color), light(behind(it))].sort((a, b) => b - a);
    const contrast = (one + .05) / (other + .05);
    if (contrast < 4.5) low.add(`${it.localName}.${it.className}: ${contrast.toFixed(2)}`);
  }
  return [...low] })()";

/// Keeps a picture for somebody to look at, where the variable names a directory.
fn keep(name: &str, bytes: &[u8]) {
    if let Some(directory) = std::env::var_os("TIDINGS_PICTURES") {
        fs::write(PathBuf::from(directory).join(name), bytes).expect("a picture");
    }
}
