//! The lock file: the same templates give the same bytes, and a damaged file says where.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};
use tidings::catalogue::{Lock, Written, compare};

use crate::templates::{read, template};

fn spring(status: &str, category: &str, body: &str) -> Value {
    let mut json = template("spring", "en_US", json!([{ "type": "BODY", "text": body }]));
    json["status"] = json!(status);
    json["category"] = json!(category);
    json
}

fn lock() -> Lock {
    Lock::new("102290129340398", vec![read(spring("APPROVED", "UTILITY", "Hello"))])
}

/// What is wrong with a file that holds this.
#[track_caller]
fn problem(text: impl AsRef<[u8]>) -> String {
    let home = tempfile::tempdir().expect("a directory");
    let path = home.path().join("templates.lock.json");
    std::fs::write(&path, text).expect("a file");
    let problem = Lock::read(&path).expect_err("a problem").to_string();
    problem.replace(&home.path().display().to_string(), "[home]")
}

#[test]
fn the_file_is_made_to_be_read_and_compared() {
    insta::assert_snapshot!(lock().to_text(), @r#"
    {
      "account": "102290129340398",
      "lock_version": 1,
      "templates": [
        {
          "category": "UTILITY",
          "components": [
            {
              "text": "Hello",
              "type": "BODY"
            }
          ],
          "id": "165",
          "language": "en_US",
          "name": "spring",
          "parameter_format": "POSITIONAL",
          "status": "APPROVED"
        }
      ]
    }
    "#);
    assert!(lock().to_text().ends_with("}\n"));
}

#[test]
fn what_changes_by_itself_is_not_kept() {
    let reading = |signature: &str, date: u64| {
        let handle = json!({ "header_handle": [format!("https://cdn.example.com/a?sig={signature}")] });
        let card = json!({ "components": [{ "type": "HEADER", "format": "IMAGE", "example": handle.clone() }] });
        let mut json = template(
            "spring",
            "en_US",
            json!([
                { "type": "HEADER", "format": "IMAGE", "example": handle },
                { "type": "CAROUSEL", "cards": [card] },
                { "type": "BODY", "text": "Hello {{1}}", "example": { "body_text": [["Quillan"]] } },
            ]),
        );
        json["quality_score"] = json!({ "score": "GREEN", "date": date });
        Lock::new("1", vec![read(json)]).to_text()
    };
    let text = reading("abc", 1);
    assert_eq!(text, reading("xyz", 2));
    assert!(!text.contains("cdn.example.com") && text.contains("Quillan") && text.contains("GREEN"), "{text}");
}

#[test]
fn a_file_that_says_the_same_is_left_alone() {
    let home = tempfile::tempdir().expect("a directory");
    let path = home.path().join("templates.lock.json");
    assert_eq!(lock().write(&path).expect("a file"), Written::Changed);
    let before = std::fs::metadata(&path).expect("a file");
    assert_eq!(lock().write(&path).expect("a file"), Written::Unchanged);
    let after = std::fs::metadata(&path).expect("a file");
    assert_eq!((before.ino(), before.mtime_nsec()), (after.ino(), after.mtime_nsec()));
    assert_eq!(Lock::read(&path), Ok(lock()));
    assert_eq!(std::fs::read_dir(home.path()).expect("a directory").count(), 1, "a temporary file is left");
    assert_ne!(after.permissions().mode() & 0o600, 0);
}

#[test]
fn a_link_stays_a_link_and_a_full_directory_of_no_use_keeps_the_old_file() {
    let home = tempfile::tempdir().expect("a directory");
    let (file, link) = (home.path().join("real.json"), home.path().join("link.json"));
    std::fs::write(&file, "old").expect("a file");
    std::os::unix::fs::symlink(&file, &link).expect("a link");
    lock().write(&link).expect("a file");
    assert!(link.is_symlink());
    assert_eq!(Lock::read(&file), Ok(lock()));
    assert!(lock().write(&home.path().join("missing/templates.lock.json")).is_err());
}

#[test]
fn a_damaged_file_says_where() {
    insta::assert_snapshot!(problem(""), @"
    [home]/templates.lock.json:1:1: this is no lock file of templates: EOF while parsing a value
        read it again with `tidings templates pull FILE`
    ");
    insta::assert_snapshot!(problem("{\n<<<<<<< HEAD\n"), @"
    [home]/templates.lock.json:2:1: this is no lock file of templates: key must be a string
        read it again with `tidings templates pull FILE`
    ");
    insta::assert_snapshot!(problem(r#"{ "lock_version": 1, "account": "1" }"#), @"
    [home]/templates.lock.json:1:37: this is no lock file of templates: missing field `templates`
        read it again with `tidings templates pull FILE`
    ");
    insta::assert_snapshot!(problem(lock().to_text().replace("\"spring\"", "7")), @"
    [home]/templates.lock.json:5:5: a template has no `name`, or one that is no text
        read it again with `tidings templates pull FILE`
    ");
    insta::assert_snapshot!(problem(lock().to_text().replace("\"lock_version\": 1", "\"lock_version\": 2")), @"
    [home]/templates.lock.json:3:19: this is version 2 of the file, and this tidings reads 1
        use the version of tidings that wrote it, or a later one
    ");
    insta::assert_snapshot!(problem(b"\xff"), @"
    [home]/templates.lock.json: is not UTF-8 text
        read it again with `tidings templates pull FILE`
    ");
    assert!(Lock::read(Path::new("/nowhere/templates.lock.json")).is_err_and(|problem| problem.code == "lock-missing"));
}

#[test]
fn utility_that_becomes_marketing_is_called_dearer() {
    let changes = |before: Value, after: Value| compare(&[read(before)], &[read(after)]);
    let utility = || spring("APPROVED", "UTILITY", "Hello");
    let dearer = |category| changes(utility(), spring("APPROVED", category, "Hello")).changed[0].dearer;
    assert!(dearer("MARKETING"));
    assert!(!dearer("AUTHENTICATION"));
    let back = changes(spring("APPROVED", "MARKETING", "Hello"), utility());
    assert!(!back.changed[0].dearer);
    let mut announced = utility();
    announced["correct_category"] = json!("MARKETING");
    let soon = changes(utility(), announced.clone());
    assert!(soon.changed[0].dearer_soon && !soon.changed[0].dearer);
    assert!(changes(announced.clone(), announced).is_empty());
}

proptest! {
    /// Whatever the order of templates and of keys.
    #[test]
    fn the_same_templates_give_the_same_file(
        made in proptest::collection::btree_map(("[a-z_]{1,8}", "(en|pt_BR|es)"), ("[a-zé{}1\n]{0,20}", any::<bool>()), 0..12),
        shuffle in any::<prop::sample::Index>(),
    ) {
        let templates = |turned: bool| {
            let make = |((name, language), (body, quality)): (&(String, String), &(String, bool))| {
                let mut json = template(name, language, json!([{ "type": "BODY", "text": body }]));
                if *quality {
                    json["quality_score"] = json!({ "score": "GREEN", "date": 5 });
                }
                let mut fields: Vec<_> = json.as_object().expect("an object").clone().into_iter().collect();
                if turned {
                    fields.reverse();
                }
                read(Value::Object(fields.into_iter().collect()))
            };
            made.iter().map(make).collect::<Vec<_>>()
        };
        let (straight, mut turned) = (templates(false), templates(true));
        if !turned.is_empty() {
            let by = shuffle.index(turned.len());
            turned.rotate_left(by);
            turned[by..].reverse();
        }
        let (one, other) = (Lock::new("1", straight), Lock::new("1", turned));
        prop_assert_eq!(one.to_text(), other.to_text());
        prop_assert!(compare(one.templates(), other.templates()).is_empty());
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("lock.json");
        one.write(&path).expect("a file");
        prop_assert_eq!(Lock::read(&path).expect("a lock"), one);
    }

    #[test]
    fn no_text_makes_reading_stumble(text in "\\PC{0,60}", cut in 0..400_usize) {
        let home = tempfile::tempdir().expect("a directory");
        let path = home.path().join("lock.json");
        let whole = lock().to_text();
        for text in [text.as_str(), &whole[..cut.min(whole.len() - 3)]] {
            std::fs::write(&path, text).expect("a file");
            prop_assert!(Lock::read(&path).is_err());
        }
    }
}
