//! The input of all candidates: a campaign and as many invented people as wanted.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tidings::audience::phone::Recipient;

use crate::Failure;

pub const PHONE_NUMBER_ID: &str = "106540352242922";
pub const TEMPLATE: &str = "order_update";
pub const LANGUAGE: &str = "en_US";

const CAMPAIGN: &str = r#"campaign: benchmark
sender:
  phone_number_id: "106540352242922"
recipients: people.csv
templates:
  - name: order_update
    languages: [en_US]
    body: ["{{ first_name }}", "{{ order_id }}"]
"#;

const NAMES: [&str; 8] = ["Ana", "Bruno", "Chloé", "Dmitri", "Elif", "Farah", "Giulia", "Hiroshi"];

/// Five expressions, such as campaigns have.
const CAMPAIGN_OF_EXPRESSIONS: &str = r#"campaign: benchmark
sender:
  phone_number_id: "106540352242922"
recipients: people.csv
templates:
  - name: order_update
    languages: [en_US]
    body:
      - "{{ first_name | title }}"
      - "{{ order_id }} for {{ first_name }}"
      - "{{ city | upper }}"
      - "{{ points | int + 100 }}"
      - "{{ 'gold' if points | int > 500 else 'silver' }}"
"#;

/// The same for the yardstick, in one text.
pub const EXPRESSIONS: &str = "{{ first_name | title }} {{ order_id }} for {{ first_name }} {{ city | upper }} \
                               {{ points | int + 100 }} {{ 'gold' if points | int > 500 else 'silver' }}";

const CITIES: [&str; 5] = ["Lisboa", "São Paulo", "Austin", "Zürich", "Osaka"];

/// In no country's file do people stand in the order of their numbers. This step, which shares no factor with any count of
/// numbers here, scatters them.
const STEP: u64 = 1_000_000_007;

/// A directory on the disk with a campaign file and its recipients.
pub struct Input {
    directory: TempDir,
    pub people: u64,
}

impl Input {
    /// A campaign whose parameters are cells.
    pub fn new(people: u64) -> Result<Self, Failure> {
        Self::write(CAMPAIGN, people)
    }

    /// A campaign with five expressions.
    pub fn of_expressions(people: u64) -> Result<Self, Failure> {
        Self::write(CAMPAIGN_OF_EXPRESSIONS, people)
    }

    fn write(campaign: &str, people: u64) -> Result<Self, Failure> {
        // Not in the usual place for temporary files, which may be memory: a ledger has to wait for a disk.
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        fs::write(directory.path().join("campaign.yaml"), campaign)?;
        let mut file = BufWriter::new(File::create(directory.path().join("people.csv"))?);
        writeln!(file, "phone,first_name,order_id,city,points")?;
        let areas = areas();
        let numbers = areas.len() as u64 * 10_000;
        if people > numbers {
            return Err(format!("there are {numbers} invented numbers, not {people}").into());
        }
        for person in 0..people {
            let number = person * STEP % numbers;
            let (area, line) = (areas[(number / 10_000) as usize], number % 10_000);
            let name = NAMES[(person % NAMES.len() as u64) as usize];
            let city = CITIES[(person / 3 % CITIES.len() as u64) as usize];
            writeln!(file, "+1{area}555{line:04},{name},A-{:07},{city},{}", person + 1, person % 1_000)?;
        }
        file.into_inner()?.sync_all()?;
        Ok(Self { directory, people })
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }
}

/// The campaign file in an input's directory.
pub fn campaign_file(directory: &Path) -> PathBuf {
    directory.join("campaign.yaml")
}

/// The recipients file in an input's directory.
pub fn people_file(directory: &Path) -> PathBuf {
    directory.join("people.csv")
}

/// North American area codes in use. Numbers with 555 in the middle belong to nobody there, or to directories.
fn areas() -> Vec<u64> {
    (200..1000).filter(|area| Recipient::parse(&format!("+1{area}5550100"), None).is_ok()).collect()
}
