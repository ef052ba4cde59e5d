//! `tidings templates show`: a template as people see it, in each of its languages.

use std::path::PathBuf;

use super::{json, read_lock};
use crate::catalogue::{Lock, Part, gaps, parts};
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::printer::Printer;
use crate::cloud::templates::{Category, TemplateDefinition};
use crate::message::bubble::{Entry, framed};
use crate::message::wrap::{WIDTH_MAX, wrapped};
use crate::problem::nearest;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The template's name.
    #[arg(value_name = "NAME")]
    name: String,
    /// A campaign file, a directory or the lock file itself.
    #[arg(value_name = "FILE", default_value = ".")]
    file: PathBuf,
    /// Print it as JSON, as Meta lists it.
    #[arg(long)]
    json: bool,
}

/// Prints the template.
pub fn run(args: &Args, printer: Printer) -> Result<Exit, Failure> {
    let lock = read_lock(&args.file)?;
    let templates: Vec<_> = lock.named(&args.name).collect();
    if templates.is_empty() {
        return Err(Failure::Usage(unknown(&args.name, &lock)));
    }
    if args.json {
        printer.json(&json(&templates.iter().map(|template| template.as_json()).collect::<Vec<_>>()));
    } else {
        printer.data(&templates.iter().map(|template| text(template)).collect::<Vec<_>>().join("\n\n"));
    }
    Ok(Exit::Complete)
}

fn unknown(name: &str, lock: &Lock) -> String {
    let name = wrapped(name, WIDTH_MAX).swap_remove(0);
    match nearest(&name, lock.templates().iter().map(|template| template.name.as_str())) {
        Some(near) => format!("there is no template `{name}` in the lock file; did you mean `{near}`?"),
        None => format!("there is no template `{name}` in the lock file; `tidings templates list` shows all"),
    }
}

fn text(template: &TemplateDefinition) -> String {
    let bubble = framed(&format!("{} · {}", template.name, template.language), &entries(template));
    let gaps = gaps(template);
    let filled = if gaps.is_empty() { "nothing".to_owned() } else { gaps.join(", ") };
    let lines = [state(template), format!("a message fills in: {filled}")];
    let lines = lines.iter().flat_map(|line| wrapped(line, WIDTH_MAX));
    std::iter::once(bubble).chain(lines).collect::<Vec<_>>().join("\n")
}

/// A part may have lines; the name stands at the first.
fn entries(template: &TemplateDefinition) -> Vec<Entry> {
    let lines = |Part { name, text }: Part| {
        let lines: Vec<_> = text.split('\n').map(str::to_owned).collect();
        let names = std::iter::once(name).chain(std::iter::repeat(String::new()));
        names.zip(lines).map(|(name, value)| Entry { name, value }).collect::<Vec<_>>()
    };
    parts(template).into_iter().flat_map(lines).collect()
}

fn state(template: &TemplateDefinition) -> String {
    let TemplateDefinition { status, category, quality, parameter_format, .. } = template;
    let mut text = format!("{status}, {category}");
    if let Some(before) = &template.previous_category {
        text.push_str(&format!(" (was {before})"));
    }
    if let Some(quality) = quality {
        text.push_str(&format!(", quality {quality}"));
    }
    text.push_str(&format!(", {parameter_format} parameters"));
    if !status.is_sendable() {
        text.push_str("; cannot be sent now");
    }
    match &template.correct_category {
        Some(soon) if soon != category && *soon == Category::Marketing => {
            text.push_str(&format!("; WhatsApp announces {soon}, which costs more"));
        }
        Some(soon) if soon != category => text.push_str(&format!("; WhatsApp announces {soon}")),
        _ => {}
    }
    text
}
