//! The campaigns that come with tidings, each in a copy.

use std::fs;
use std::path::Path;

use unicode_width::UnicodeWidthStr;

use crate::harness::browser::Browser;
use crate::harness::project::Project;

fn example(name: &str) -> Project {
    let campaigns = Path::new(env!("CARGO_MANIFEST_DIR")).join("campaigns");
    let read = |file: &str| std::fs::read(campaigns.join(file)).expect("an example");
    let (campaign, recipients) = (format!("{name}.yaml"), format!("{name}.csv"));
    let lock = "templates.lock.json";
    Project::empty().file(&campaign, read(&campaign)).file(&recipients, read(&recipients)).file(lock, read(lock))
}

#[test]
fn hello_world_is_the_smallest_campaign() {
    let project = example("hello_world");
    insta::assert_snapshot!(project.tidings(["preview", "hello_world.yaml"]).code(0).stdout, @"
    hello_world_2026: 3 rows, 3 messages, 0 turned away
    from number 106540352242922, at most 80 a second: about 1 s

    messages
              3  hello_world  en_US

    all messages
    the wording is that of the built-in simulator's templates, from
    templates.lock.json
    row 2 to +1202****0101: hello_world (en_US), the first
    ╭─ hello_world · en_US ───────────────────────────────────────────────────────╮
    │ Hello World                                                                 │
    │                                                                             │
    │ Welcome, and thank you for trying this out. Here is what a message from our │
    │ business looks like.                                                        │
    │                                                                             │
    │ A sample message                                                            │
    ╰─────────────────────────────────────────────────────────────────────────────╯
    row 3 to +1202****0102: hello_world (en_US)
    ╭─ hello_world · en_US ───────────────────────────────────────────────────────╮
    │ Hello World                                                                 │
    │                                                                             │
    │ Welcome, and thank you for trying this out. Here is what a message from our │
    │ business looks like.                                                        │
    │                                                                             │
    │ A sample message                                                            │
    ╰─────────────────────────────────────────────────────────────────────────────╯
    row 4 to +1202****0103: hello_world (en_US)
    ╭─ hello_world · en_US ───────────────────────────────────────────────────────╮
    │ Hello World                                                                 │
    │                                                                             │
    │ Welcome, and thank you for trying this out. Here is what a message from our │
    │ business looks like.                                                        │
    │                                                                             │
    │ A sample message                                                            │
    ╰─────────────────────────────────────────────────────────────────────────────╯
    ");
    let ran = project.tidings(["run", "hello_world.yaml", "--sandbox", "--yes"]);
    ran.code(0).stdout_has("3 rows: 3 accepted");
}

#[test]
fn the_spring_sale_shows_what_a_campaign_can_say_and_what_is_wrong_with_its_rows() {
    let ran = example("spring_sale").tidings(["preview", "spring_sale.yaml"]);
    insta::assert_snapshot!(ran.code(0).stdout, @"
    spring_sale_2026: 30 rows, 20 messages, 10 turned away
    Spring sale, a coupon for each customer of last season
    from number 106540352242922, at most 20 a second: about 1 s

    messages
              9  spring_sale  en_US
              5  spring_sale  es_ES
              6  spring_sale  pt_BR

    languages not written as listed
              1  `it_IT` sent in en_US, the fallback

    turned away
      row 10: `O` is a letter; a phone number has digits only; was it meant to be
              the digit 0?
      row 11: the same person already stands in row 2
      row 12: button 0 url is empty: the cell in column `coupon` is empty; fill it,
              or set `recipients.defaults.coupon`
      row 13: Excel turned this phone number into a figure such as 5.51199E+12, and
              digits are lost; take the number from where it came from, and format
              the column as text before pasting it
      row 14: this phone number has too few digits; write the whole number, with the
              area code
      row 15: body parameter `first_name` (column `first_name`) is `#N/A`, which
              looks like a missing value; write what is meant
      row 16: this row has 6 cells, the header 8 columns
      row 21: this phone number went through a spreadsheet as a figure and ends in
              decimals; remove the decimals, and format the column as text
      row 24: body parameter `first_name` (column `first_name`) holds `{{`, which
              looks like an expression that was never filled in; remove it from the
              data
      row 27: this phone number has an extension, and extensions have no WhatsApp;
              write a number without an extension

    worth a look
              1  column `first_name` is empty, so something else is said (row 9)

    5 of 20 messages
    the wording is that of the built-in simulator's templates, from
    templates.lock.json
    row 2 to +1202****0101: spring_sale (en_US), the first
    ╭─ spring_sale · en_US ──────────────────────────────────────────────────────╮
    │ [image] https://cdn.example.com/spring_sale/women.jpg                      │
    │                                                                            │
    │ Hello Quillan, spring is here.                                             │
    │                                                                            │
    │ Take 20% off the new collection in our shop Old Mill, and online with your │
    │ own coupon. Until April 7, 2026.                                           │
    │                                                                            │
    │ As long as stocks last                                                     │
    ├────────────────────────────────────────────────────────────────────────────┤
    │ [ Shop now ]  https://shop.example.com/spring?code=SPRING-Q101             │
    │ [ Stop offers ]                                                            │
    ╰────────────────────────────────────────────────────────────────────────────╯
    row 3 to +1202****0102: spring_sale (es_ES)
    ╭─ spring_sale · es_ES ────────────────────────────────────────────────────────╮
    │ [image] https://cdn.example.com/spring_sale/men.jpg                          │
    │                                                                              │
    │ Hola Maribrisa, ya es primavera.                                             │
    │                                                                              │
    │ Tienes un 20% de descuento en la nueva colección, en nuestra tienda Old Mill │
    │ y en línea con tu cupón. Hasta el 7 de abril de 2026.                        │
    │                                                                              │
    │ Hasta agotar existencias                                                     │
    ├──────────────────────────────────────────────────────────────────────────────┤
    │ [ Comprar ]  https://shop.example.com/spring?code=SPRING-M102                │
    │ [ No más ofertas ]                                                           │
    ╰──────────────────────────────────────────────────────────────────────────────╯
    row 4 to +1305****0103: spring_sale (pt_BR)
    ╭─ spring_sale · pt_BR ─────────────────────────────────────────────────────╮
    │ [image] https://cdn.example.com/spring_sale/kids.jpg                      │
    │                                                                           │
    │ Olá Jacarim, a primavera chegou.                                          │
    │                                                                           │
    │ Você tem 15% de desconto na nova coleção, na nossa loja Harbour e on-line │
    │ com o seu cupom. Até 7 de abril de 2026.                                  │
    │                                                                           │
    │ Enquanto durarem os estoques                                              │
    ├───────────────────────────────────────────────────────────────────────────┤
    │ [ Comprar ]  https://shop.example.com/spring?code=SPRING-J103             │
    │ [ Parar ofertas ]                                                         │
    ╰───────────────────────────────────────────────────────────────────────────╯
    row 9 to +1415****0108: spring_sale (en_US), the shortest
    worth a look: column `first_name` is empty, so something else is said
    ╭─ spring_sale · en_US ─────────────────────────────────────────────────────╮
    │ [image] https://cdn.example.com/spring_sale/kids.jpg                      │
    │                                                                           │
    │ Hello Friend, spring is here.                                             │
    │                                                                           │
    │ Take 20% off the new collection in our shop Harbour, and online with your │
    │ own coupon. Until April 7, 2026.                                          │
    │                                                                           │
    │ As long as stocks last                                                    │
    ├───────────────────────────────────────────────────────────────────────────┤
    │ [ Shop now ]  https://shop.example.com/spring?code=SPRING-F108            │
    │ [ Stop offers ]                                                           │
    ╰───────────────────────────────────────────────────────────────────────────╯
    row 19 to +1617****0118: spring_sale (pt_BR), the longest
    ╭─ spring_sale · pt_BR ────────────────────────────────────────────────────────╮
    │ [image] https://cdn.example.com/spring_sale/men.jpg                          │
    │                                                                              │
    │ Olá Bromelino, a primavera chegou.                                           │
    │                                                                              │
    │ Você tem 15% de desconto na nova coleção, na nossa loja Wharf, Upper Floor e │
    │ on-line com o seu cupom. Até 7 de abril de 2026.                             │
    │                                                                              │
    │ Enquanto durarem os estoques                                                 │
    ├──────────────────────────────────────────────────────────────────────────────┤
    │ [ Comprar ]  https://shop.example.com/spring?code=SPRING-B118                │
    │ [ Parar ofertas ]                                                            │
    ╰──────────────────────────────────────────────────────────────────────────────╯
    ");
    assert!(ran.stdout.lines().all(|line| line.width() <= 80), "{}", ran.stdout);
}

#[test]
fn the_preview_of_the_readme_is_a_real_one() {
    let shown = example("spring_sale").tidings(["preview", "spring_sale.yaml"]).stdout;
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once("\n## A preview\n").expect("a preview");
    let block = rest.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a block");
    assert!(shown.contains(block.trim_end()), "{block}");
}

/// The page of the README's picture, as text, without what differs from one making to the next.
const PAGE: &str = "tests/it/data/spring_sale.page.txt";
const PICTURE: &str = "campaigns/preview.png";
const PICTURE_BYTES_MAX: usize = 80 * 1024;

/// `TIDINGS_BLESS=1 cargo test the_picture_of_the_readme` makes it again, to be looked at before it is kept.
#[test]
fn the_picture_of_the_readme_shows_the_page_as_it_is() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let project = example("spring_sale");
    project.tidings(["preview", "spring_sale.yaml", "--html", "page.html"]).code(0);
    let Some(mut browser) = Browser::start() else { return };
    browser.look(SIZE.0, true);
    browser.open(&project.path("page.html"));
    let shown =
        browser.evaluate("[...document.body.children].slice(0, -1).map(it => it.innerText.trim()).join('\\n\\n')");
    let shown = format!("{}\n", shown.as_str().expect("a text"));
    if std::env::var_os("TIDINGS_BLESS").is_some() {
        fs::write(home.join(PAGE), &shown).expect("written");
        fs::write(home.join(PICTURE), browser.small_screenshot(SIZE, SCALE)).expect("written");
    }
    let kept = fs::read_to_string(home.join(PAGE)).expect("a text");
    assert_eq!(shown, kept, "make the picture again: TIDINGS_BLESS=1 cargo test the_picture_of_the_readme");
    let picture = fs::read(home.join(PICTURE)).expect("a picture");
    assert!(picture.starts_with(b"\x89PNG"));
    assert!(picture.len() <= PICTURE_BYTES_MAX, "{} bytes", picture.len());
    assert!(include_str!("../../README.md").contains(&format!("]({PICTURE})")), "nobody sees it");
}

/// How much of the page is in the picture, and how much smaller.
const SIZE: (u32, u32) = (1100, 1020);
const SCALE: f64 = 0.62;

#[test]
fn the_diagnostics_of_the_readme_are_real_ones() {
    let readme = include_str!("../../README.md");
    let block = |heading: &str, fence: &str| {
        let (_, rest) = readme.split_once(heading).expect("a heading");
        let block = rest.split(&format!("```{fence}\n")).nth(1).and_then(|rest| rest.split("```").next());
        block.expect("a block").to_owned()
    };
    let campaign = block("\n## A first real campaign\n", "yaml");
    let recipients = block("\n## A first real campaign\n", "csv");
    // The mistakes that the block tells of.
    let campaign = campaign.replace("languages:", "langauges:").replace("{{ first_name", "{{ frist_name");
    let (campaign, recipients) =
        (campaign.replace("# spring.yaml\n", ""), recipients.replace("+1 202 555 0123", "+12025550123"));
    let recipients = recipients.replace("5550123", "555O123");
    let project = Project::empty().file("spring.yaml", campaign).file("spring.csv", recipients);
    let said = project.tidings(["check", "spring.yaml"]).code(2).stderr.clone();
    assert_eq!(said, block("\n## When something is wrong\n", "text"));
}

#[test]
fn the_spring_sale_reaches_everybody_whose_row_is_right() {
    let project = example("spring_sale");
    let ran = project.tidings(["run", "spring_sale.yaml", "--sandbox", "--yes"]);
    ran.code(0).stdout_has("30 rows: 20 accepted, 10 turned away");
    let report = ran.report();
    let wrong: Vec<u64> = report.of("turned_away").iter().map(|row| row.row).collect();
    // Each row that is wrong is one whose note says so, and the other way round.
    let notes = std::fs::read_to_string(project.path("spring_sale.csv")).expect("recipients");
    let mut noted: Vec<u64> =
        (1..).zip(notes.lines()).filter(|(_, line)| line.contains(",wrong: ")).map(|(row, _)| row).collect();
    // This row is wrong in that it ends early, so it has no note of its own.
    noted.push(16);
    noted.sort_unstable();
    assert_eq!(wrong, noted);
    let languages = report.of("accepted").iter().map(|row| row.language.as_str()).collect::<Vec<_>>();
    let count = |code| languages.iter().filter(|language| **language == code).count();
    assert_eq!((count("en_US"), count("es_ES"), count("pt_BR")), (9, 5, 6));
    assert!(report.rows.iter().all(|row| !row.recipient.contains("555010")), "phone numbers are not masked");
}

#[test]
fn every_promise_of_the_readme_names_tests_that_exist() {
    let readme = include_str!("../../README.md");
    let (_, promises) = readme.split_once("## What is promised").expect("the promises");
    let (promises, _) = promises.split_once("\nNot promised").expect("what is not promised");
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    for number in 1..=9 {
        let (_, rest) = promises.split_once(&format!("\n{number}. **")).unwrap_or_else(|| panic!("promise {number}"));
        let promise = rest.split(&format!("\n{}. **", number + 1)).next().unwrap_or(rest);
        let files: Vec<&str> = promise.split("](").skip(1).filter_map(|link| link.split(')').next()).collect();
        assert!(!files.is_empty(), "promise {number} names no test");
        for file in files {
            let text = fs::read_to_string(home.join(file)).unwrap_or_else(|_| panic!("{file} does not exist"));
            assert!(
                file.ends_with("laws.rs")
                    || ["#[test]", "#[tokio::test", "proptest!"].iter().any(|mark| text.contains(mark)),
                "{file}"
            );
        }
    }
}
