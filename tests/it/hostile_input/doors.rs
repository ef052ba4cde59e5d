//! What holds of every input, whatever bytes it is: each door takes them, and panics when something does not hold.
//!
//! The fuzz targets in `tests/fuzz` and the tests beside this file go through the same doors.

use std::fs;
use std::path::{Path, PathBuf};

use csv::StringRecord;
use jiff::civil::date;
use serde_json::Value;
use tempfile::TempDir;
use tidings::audience::csv::Table;
use tidings::campaign::{self, Body, Campaign, Gleaned, Parameter, Source, Text};
use tidings::catalogue::{LOCK_FILE, Lock};
use tidings::message::chat::chat;
use tidings::message::compose::Composer;
use tidings::message::{bubble, definition};
use tidings::plan::saved::{Reader, SavedError};
use tidings::plan::{Outline, Plan};
use tidings::problem::{Place, Problem};

/// What stands between the template and the cells of [`Doors::expression`], and in no file.
pub const BETWEEN: char = '\u{1f}';

/// Reads columns of each kind, and what can be wrong with any of them.
const CAMPAIGN: &str = r##"
campaign: spring
sender: { phone_number_id: "106540352242922" }
recipients:
  file: people.csv
  language: language
  default_country: US
  defaults: { first_name: friend }
  columns: { price: number, ends_on: { date: "31/12/2026" } }
  on_duplicate: first
templates:
  - name: spring_sale
    languages: [en_US, pt_BR]
    fallback: en_US
    body: ["{{ first_name | title }}", "{{ price | money('EUR') }}", "until {{ ends_on | date('long') }}"]
    buttons:
      0: { url: "{{ first_name | urlencode }}" }
"##;

const PEOPLE: &str = "\
phone,first_name,language,price,ends_on
+12025550101,quill,en_US,12.50,31/12/2026
(202) 555-0102,,pt_BR,7,01/01/2027
";

const TEMPLATES: &str = include_str!("../../../campaigns/templates.lock.json");

/// Noon of a day, in milliseconds since 1970.
const NOON: i64 = 1_775_563_200_000;

/// A folder with a sound campaign, its recipients and templates, of which a door replaces one.
pub struct Doors {
    home: TempDir,
    /// What [`Doors::expression`] puts its text into.
    campaign: Campaign,
}

impl Doors {
    /// A folder in memory where there is such a disk.
    pub fn new() -> Self {
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let home = tempfile::tempdir_in(parent).expect("a directory");
        for (name, text) in [("campaign.yaml", CAMPAIGN), ("people.csv", PEOPLE), (LOCK_FILE, TEMPLATES)] {
            fs::write(home.path().join(name), text).expect("a file");
        }
        let Gleaned { campaign, problems, .. } = campaign::glean(&home.path().join("campaign.yaml"));
        assert!(problems.is_empty(), "{problems:?}");
        Self { home, campaign: campaign.expect("a campaign") }
    }

    /// Where a file of the folder is: the sound `campaign.yaml`, or `hostile.yaml` of [`Doors::campaign`].
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).expect("a file");
        path
    }

    /// A campaign file: every problem stands inside the file, and a second look finds the same.
    pub fn campaign(&self, bytes: &[u8]) -> Vec<Problem> {
        let file = self.put("hostile.yaml", bytes);
        let Gleaned { campaign, sound, problems } = campaign::glean(&file);
        let again = campaign::glean(&file);
        assert_eq!((&problems, sound), (&again.problems, again.sound), "two looks differ");
        assert!(campaign.is_some() || !problems.is_empty(), "neither a campaign nor a problem");
        assert!(sound.whole || !problems.is_empty(), "something is left out without a word");
        each_stands_inside(&problems);
        let mut all = problems;
        if let Some(campaign) = campaign {
            for lock in [None, Some(self.lock_beside())] {
                let outline = Plan::examine(&campaign, sound, lock.as_ref(), (date(2026, 4, 7), NOON));
                each_stands_inside(&outline.problems);
                if sound.whole && all.is_empty() && outline.problems_total == 0 {
                    let plan = Plan::prepare(&campaign, lock.as_ref(), date(2026, 4, 7)).expect("a plan");
                    plan.try_all().iter().for_each(|tried| each_stands_inside(&tried.problems));
                }
                all.extend(outline.problems);
            }
        }
        all
    }

    fn lock_beside(&self) -> Lock {
        Lock::read(&self.home.path().join(LOCK_FILE)).expect("the templates")
    }

    /// A recipients file: each line below the header is a row or blank, and each row a message, turned away or a problem.
    pub fn recipients(&self, bytes: &[u8]) -> Vec<Problem> {
        let file = self.put("people.csv", bytes);
        let outline = Plan::examine(&self.campaign, campaign::Sound::WHOLE, None, (date(2026, 4, 7), NOON));
        each_stands_inside(&outline.problems);
        let table = match Table::open(&file) {
            Ok(table) => table,
            Err(problems) => {
                each_stands_inside(&problems);
                assert!(!problems.is_empty() && outline.problems_total > 0, "no table, and no word of it");
                return problems;
            }
        };
        let mut rows = table.rows().expect("rows");
        let mut count = 0;
        while let Some(row) = rows.next().expect("a row") {
            count += 1;
            match row {
                Ok(row) => {
                    assert_eq!(row.cells.len(), table.columns.len());
                    (0..row.cells.len()).for_each(|cell| stands_inside(&file, bytes, row.place(cell)));
                }
                Err(bad) => each_stands_inside(&[bad.problem]),
            }
        }
        assert_eq!(count, table.row_count, "rows that are lost");
        if outline.problems_total == 0 {
            assert_eq!(outline.messages_total() + outline.turned_away_total(), count, "rows that became nothing");
        }
        outline.problems
    }

    /// A text of the campaign and, behind [`BETWEEN`], the cells of a row: what comes out is what WhatsApp takes, the same
    /// each time, or a reason is given.
    pub fn expression(&self, bytes: &[u8]) -> Result<Value, String> {
        let input = String::from_utf8_lossy(bytes);
        let mut parts = input.split(BETWEEN);
        let source = parts.next().unwrap_or_default();
        let text = || Text { source: source.to_owned(), at: Place { line: 1, column: 1 }, turns: Vec::new() };
        let mut campaign = self.campaign.clone();
        campaign.recipients.language = Some(Source::Expression(text()));
        campaign.occurrence = campaign::Occurrence::Each(text());
        campaign.templates[0].body = Body::Positional(vec![Parameter::Text(text())]);
        let columns = ["phone", "first_name", "language", "price", "ends_on"].map(str::to_owned);
        let composer = Composer::new(&campaign, &columns).map_err(|problems| format!("{problems:#?}"))?;
        let cells = ["+12025550101", "quill", "en_US", "12.50", "31/12/2026"];
        let cells: StringRecord =
            cells[..1].iter().copied().chain(cells[1..].iter().map(|cell| parts.next().unwrap_or(cell))).collect();
        // Whether there is one does not matter.
        let _ = (composer.address(&cells), composer.occurrence(&cells));
        let composed = composer.compose(&cells, Some("en_US"));
        assert_eq!(composed, composer.compose(&cells, Some("en_US")), "two times differ");
        let message = match composed {
            Ok(message) => message,
            Err(unfit) => {
                let flaws = composer.flaws(&cells);
                assert!(!unfit.reason.is_empty() && !flaws.is_empty(), "no reason: {unfit:?}");
                return Err(unfit.reason);
            }
        };
        let template: Value = serde_json::from_str(&message.template).expect("JSON");
        let body = template["components"].as_array().and_then(|parts| parts.iter().find(|part| part["type"] == "body"));
        let said = body.and_then(|body| body["parameters"][0]["text"].as_str()).expect("a body");
        assert!(!said.trim().is_empty() && !said.contains(['\n', '\r', '\t']) && !said.contains("     "), "{said:?}");
        assert!(said.chars().count() <= 1024, "{said:?}");
        bubble::text(&message, None, true);
        Ok(template)
    }

    /// A saved plan: its rows, or why it is none.
    pub fn plan(&self, bytes: &[u8]) -> Result<u64, String> {
        let path = self.put("plan.json", bytes);
        let reader = Reader::open(&path).map_err(|error| error.to_string())?;
        let mut rows = 0;
        let footer = reader.rows(|row| {
            rows += 1;
            if let Some(message) = &row.message {
                bubble::entries(message.template.get());
            }
            Ok::<_, SavedError>(())
        });
        let footer = footer.map_err(|error| error.to_string())?;
        assert_eq!(footer.rows, rows);
        Ok(rows)
    }

    /// A lock file: what is read is written as something that is read the same; else the problem stands inside the file.
    pub fn lock(&self, bytes: &[u8]) -> Result<Outline, Problem> {
        let path = self.put("other.lock.json", bytes);
        let lock = Lock::read(&path).inspect_err(|problem| each_stands_inside(std::slice::from_ref(problem)))?;
        self.put("other.lock.json", lock.to_text().as_bytes());
        assert_eq!(Lock::read(&path).expect("what was written"), lock);
        for template in lock.templates() {
            let message =
                serde_json::json!({ "components": [{ "type": "body", "parameters": [{ "text": "quill" }] }] });
            chat(&message.to_string(), template);
        }
        definition::advice(&self.campaign, &lock);
        Ok(Plan::examine(&self.campaign, campaign::Sound::WHOLE, Some(&lock), (date(2026, 4, 7), NOON)))
    }
}

fn each_stands_inside(problems: &[Problem]) {
    for problem in problems {
        assert!(!problem.message.is_empty(), "{problem:?}");
        if let Some(place) = problem.place {
            let bytes = fs::read(&problem.file).unwrap_or_default();
            stands_inside(&problem.file, &bytes, place);
        }
    }
}

/// Whether there is such a line, and the column in it or right behind its end. A CR alone ends a line of YAML and CSV, and
/// none of JSON.
fn stands_inside(file: &Path, bytes: &[u8], Place { line, column }: Place) {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let text = if file.to_string_lossy().ends_with(".json") { text } else { text.replace('\r', "\n") };
    let found = text.split('\n').nth(usize::try_from(line).expect("a line") - 1);
    let found = found.unwrap_or_else(|| panic!("{} has no line {line}", file.display()));
    let length = found.chars().count() as u64;
    assert!((1..=length + 1).contains(&column), "line {line} of {} has no column {column}: {found:?}", file.display());
}
