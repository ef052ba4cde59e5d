//! The campaigns' own tests as JUnit XML: a suite for each campaign, a case for each test, and one for the check itself.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::failure::Failure;
use super::read::Looked;
use crate::plan::Tried;
use crate::problem::Problem;

/// Writes the file.
pub fn write(path: &Path, files: &[PathBuf], looked: &[Looked]) -> Result<(), Failure> {
    let unwritable = |error: io::Error| {
        Failure::System(io::Error::new(error.kind(), format!("{} cannot be written: {error}", path.display())))
    };
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    suites(&mut xml, files, looked).map_err(unwritable)?;
    let mut text = xml.into_inner();
    text.push(b'\n');
    fs::write(path, text).map_err(unwritable)
}

fn suites(xml: &mut Writer<Vec<u8>>, files: &[PathBuf], looked: &[Looked]) -> io::Result<()> {
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("testsuites")
        .with_attribute(("name", "tidings check"))
        .write_inner_content(|xml| files.iter().zip(looked).try_for_each(|(file, looked)| suite(xml, file, looked)))?;
    Ok(())
}

fn suite(xml: &mut Writer<Vec<u8>>, file: &Path, looked: &Looked) -> io::Result<()> {
    let of_tests: Vec<&Problem> = looked.tried.iter().flat_map(|tried| &tried.problems).collect();
    let others: Vec<&Problem> = looked.problems.iter().filter(|problem| !of_tests.contains(problem)).collect();
    let failed =
        looked.tried.iter().filter(|tried| !tried.problems.is_empty()).count() + usize::from(!others.is_empty());
    let (name, tests) = (clean(&file.display().to_string()), (looked.tried.len() + 1).to_string());
    xml.create_element("testsuite")
        .with_attributes([("name", &*name), ("tests", &*tests), ("failures", &*failed.to_string())])
        .write_inner_content(|xml| {
            case(xml, &name, "campaign and recipients", &others)?;
            looked.tried.iter().try_for_each(|Tried { at, problems }| {
                case(xml, &name, &format!("test in line {}", at.line), &problems.iter().collect::<Vec<_>>())
            })
        })?;
    Ok(())
}

fn case(xml: &mut Writer<Vec<u8>>, suite: &str, name: &str, problems: &[&Problem]) -> io::Result<()> {
    let case = xml.create_element("testcase").with_attributes([("classname", suite), ("name", name)]);
    let Some(first) = problems.first() else {
        case.write_empty()?;
        return Ok(());
    };
    let text = problems.iter().map(|problem| clean(&problem.to_string())).collect::<Vec<_>>().join("\n");
    case.write_inner_content(|xml| {
        let failure = xml.create_element("failure").with_attribute(("message", &*clean(&first.message)));
        failure.write_text_content(BytesText::new(&text))?;
        Ok(())
    })?;
    Ok(())
}

/// XML cannot hold control characters, however they are written.
fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}
