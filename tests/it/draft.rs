//! A campaign written in a few lines of Rust, for tests that compose from one.

use std::collections::BTreeMap;
use std::path::PathBuf;

use csv::StringRecord;
use serde_json::Value;
use tidings::campaign::column::Kind;
use tidings::campaign::{
    Body, Button, Campaign, Card, Header, Json, Media, MediaFrom, Occurrence, OnDuplicate, OnInvalid, Parameter,
    Places, Recipients, Report, Sender, Source, Template, Text,
};
use tidings::cloud::Endpoint;
use tidings::message::Unfit;
use tidings::message::compose::Composer;
use tidings::policy::threshold::StopWhen;
use tidings::problem::{Location, Place};
use tidings::secret::TokenSource;

/// A campaign with one template, `spring_sale` in `en_US`, and a `phone` column.
pub struct Draft(pub Campaign);

pub fn draft() -> Draft {
    Draft(Campaign {
        file: PathBuf::from("spring.yaml"),
        digest: [0; 32],
        defaults: None,
        key: "spring_sale_2026".to_owned(),
        description: None,
        sender: Sender {
            at: Location::default(),
            business_account_id: None,
            business_account_at: None,
            phone_number_id: "106540352242922".to_owned(),
            token: TokenSource::Env("WHATSAPP_ACCESS_TOKEN".to_owned()),
            api_version: "v25.0".to_owned(),
        },
        recipients: Recipients {
            file: PathBuf::from("spring.csv"),
            file_at: Place::default(),
            phone: Source::Column("phone".to_owned(), at(4, 10)),
            language: None,
            default_country: None,
            defaults: BTreeMap::new(),
            columns: BTreeMap::new(),
            on_duplicate: OnDuplicate::Refuse,
            on_invalid: OnInvalid::Refuse,
        },
        templates: vec![template("spring_sale", &["en_US"])],
        occurrence: Occurrence::Once,
        require_seed: false,
        rate_per_second: None,
        stop_when: StopWhen::default(),
        budget: None,
        report: Report { directory: PathBuf::from("reports"), csv: true, jsonl: true, show_phones: false },
        trials: Vec::new(),
    })
}

/// A template entry that nothing fills.
pub fn template(name: &str, languages: &[&str]) -> Template {
    Template {
        at: at(7, 11),
        name: name.to_owned(),
        languages: languages.iter().map(|&code| code.to_owned()).collect(),
        languages_at: vec![at(8, 17); languages.len()],
        fallback: None,
        endpoint: Endpoint::Messages,
        header: None,
        body: Body::Empty,
        buttons: BTreeMap::new(),
        places: Places::default(),
        carousel: Vec::new(),
        carousel_at: at(7, 11),
        limited_time_offer: None,
        otp: None,
        raw_components: Vec::new(),
    }
}

pub fn at(line: u64, column: u64) -> Place {
    Place { line, column }
}

pub fn text(source: &str) -> Text {
    text_at(10, 5, source)
}

pub fn text_at(line: u64, column: u64, source: &str) -> Text {
    Text { source: source.to_owned(), at: at(line, column), turns: Vec::new() }
}

pub fn link(source: &str) -> Media {
    Media { from: MediaFrom::Link(text(source)), filename: None }
}

pub fn upload(source: &str) -> Media {
    Media { from: MediaFrom::Id(text(source)), filename: None }
}

pub fn words(source: &str) -> Parameter {
    Parameter::Text(text(source))
}

/// A body with parameters by position.
pub fn listed(sources: &[&str]) -> Body {
    Body::Positional(sources.iter().map(|source| words(source)).collect())
}

/// The tree that a campaign file would give for this JSON.
pub fn json(value: Value) -> Json {
    match value {
        Value::String(source) => Json::Text(text(&source)),
        Value::Array(items) => Json::List(items.into_iter().map(json).collect()),
        Value::Object(entries) => Json::Map(entries.into_iter().map(|(key, value)| (key, json(value))).collect()),
        plain => Json::Plain(plain),
    }
}

impl Draft {
    fn template(&mut self) -> &mut Template {
        &mut self.0.templates[0]
    }

    pub fn header(mut self, header: Header) -> Self {
        self.template().header = Some(header);
        self
    }

    pub fn body(mut self, body: Body) -> Self {
        self.template().body = body;
        self
    }

    /// One named body parameter more.
    pub fn named(mut self, name: &str, parameter: Parameter) -> Self {
        match &mut self.template().body {
            Body::Named(list) => list.push((name.to_owned(), parameter)),
            other => *other = Body::Named(vec![(name.to_owned(), parameter)]),
        }
        self
    }

    pub fn button(mut self, index: u8, button: Button) -> Self {
        self.template().buttons.insert(index, button);
        self
    }

    pub fn card(mut self, card: Card) -> Self {
        self.template().carousel.push(card);
        self
    }

    pub fn offer_ends(mut self, ends: &str) -> Self {
        self.template().limited_time_offer = Some(text(ends));
        self
    }

    pub fn otp(mut self, code: &str) -> Self {
        self.template().otp = Some(text(code));
        self
    }

    pub fn raw(mut self, component: Value) -> Self {
        self.template().raw_components.push(json(component));
        self
    }

    pub fn templates(mut self, templates: Vec<Template>) -> Self {
        self.0.templates = templates;
        self
    }

    pub fn default(mut self, column: &str, value: &str) -> Self {
        self.0.recipients.defaults.insert(column.to_owned(), (value.to_owned(), at(5, 16)));
        self
    }

    /// Declares what a column holds.
    pub fn column(mut self, column: &str, kind: Kind) -> Self {
        self.0.recipients.columns.insert(column.to_owned(), (kind, at(6, 20)));
        self
    }

    pub fn phone(mut self, source: Source) -> Self {
        self.0.recipients.phone = source;
        self
    }

    pub fn language(mut self, source: Source) -> Self {
        self.0.recipients.language = Some(source);
        self
    }

    #[track_caller]
    pub fn composer(&self, columns: &[&str]) -> Composer {
        match Composer::new(&self.0, &owned(columns)) {
            Ok(composer) => composer,
            Err(problems) => panic!("problems: {problems:#?}"),
        }
    }

    /// Every problem as people read it.
    #[track_caller]
    pub fn problems(&self, columns: &[&str]) -> String {
        match Composer::new(&self.0, &owned(columns)) {
            Ok(_) => panic!("expected problems"),
            Err(problems) => problems.iter().map(|problem| format!("{problem}\n")).collect(),
        }
    }

    /// The `template` object of a row given as pairs of column and cell.
    #[track_caller]
    pub fn composed(&self, row: &[(&str, &str)]) -> Value {
        serde_json::from_str(&self.json(row).unwrap()).unwrap()
    }

    /// Why a row is unfit.
    #[track_caller]
    pub fn unfit(&self, row: &[(&str, &str)]) -> Unfit {
        self.json(row).expect_err("expected the row to be unfit")
    }

    /// What people read when a row is unfit.
    #[track_caller]
    pub fn reason(&self, row: &[(&str, &str)]) -> String {
        self.unfit(row).reason
    }

    #[track_caller]
    pub fn json(&self, row: &[(&str, &str)]) -> Result<String, Unfit> {
        let row: Vec<_> = [("phone", "+12025550123")].iter().chain(row).copied().collect();
        let (columns, cells): (Vec<_>, Vec<_>) = row.into_iter().unzip();
        let composer = self.composer(&columns);
        let cells = StringRecord::from(cells);
        let language = composer.address(&cells)?.language;
        composer.compose(&cells, language.as_deref()).map(|message| message.template)
    }
}

pub fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// The one body parameter that an expression makes of a cell in column `a`.
#[track_caller]
pub fn body(source: &str, cell: &str) -> String {
    let template = draft().body(listed(&[source])).composed(&[("a", cell)]);
    template["components"][0]["parameters"][0]["text"].as_str().unwrap().to_owned()
}

/// Why a cell in column `a` cannot stand there.
#[track_caller]
pub fn body_reason(source: &str, cell: &str) -> String {
    draft().body(listed(&[source])).reason(&[("a", cell)])
}
