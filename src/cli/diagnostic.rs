//! How a problem looks on a screen: what is wrong, where, the line itself with a mark below it, and the way out.

use annotate_snippets::renderer::{DEFAULT_ERROR_STYLE, DecorStyle};
use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Message, Origin, Renderer, Snippet};
use anstyle::{AnsiColor, Style};

use unicode_width::UnicodeWidthStr;

use super::quote::Quoted;
use crate::message::wrap::{WIDTH_MAX, wrapped};
use crate::problem::{Place, Problem};

/// So many characters behind the start of the mark are more than a screen is wide.
const CHARS_BEHIND: usize = 400;

/// A longer mark tells no more, and would be wider than the screen.
const MARK_CHARS_MAX: usize = 40;

/// A problem as lines with colours; they may be taken out afterwards.
pub fn rendered(problem: &Problem, quoted: Option<&Quoted>) -> String {
    let calm = Style::new().dimmed();
    let renderer = Renderer::styled()
        .term_width(WIDTH_MAX)
        .decor_style(DecorStyle::Ascii)
        .error(DEFAULT_ERROR_STYLE)
        .line_num(calm)
        .context(calm)
        .help(AnsiColor::Cyan.on_default());
    let title = Level::ERROR.primary_title(lines(&problem.message, "error: ".len()));
    renderer.render(&[Group::with_title(title).elements(elements(problem, quoted))])
}

fn elements<'a>(problem: &'a Problem, quoted: Option<&'a Quoted>) -> Vec<Element<'a>> {
    let mut elements = vec![whereabouts(problem, quoted)];
    if let Some(help) = &problem.help {
        let gutter = problem.place.filter(|_| quoted.is_some()).map_or(1, |place| place.line.to_string().len());
        let help: Message<'a> = Level::HELP.no_name().message(lines(help, gutter + " = ".len()));
        elements.push(help.into());
    }
    elements
}

/// The place, in the words that editors and terminals make a link of; the row, as spreadsheets number it; and the line.
fn whereabouts<'a>(problem: &'a Problem, quoted: Option<&'a Quoted>) -> Element<'a> {
    let path = problem.file.to_string_lossy();
    let number = |number| usize::try_from(number).unwrap_or(usize::MAX);
    match (problem.place, quoted) {
        (Some(Place { line, .. }), Some(Quoted { line: text, span })) => {
            // A whole line may be long, and what is far behind the mark cannot be shown.
            let end =
                text[span.start..].char_indices().nth(CHARS_BEHIND).map_or(text.len(), |(byte, _)| span.start + byte);
            let most = text[span.start..].char_indices().nth(MARK_CHARS_MAX);
            let mark_end = most.map_or(span.end, |(byte, _)| span.end.min(span.start + byte));
            let row = problem.row().map(|row| format!("row {row}"));
            let mark: Annotation<'a> = AnnotationKind::Primary.span(span.start..mark_end).label(row);
            let snippet = Snippet::source(&text[..end]).line_start(number(line)).annotation(mark);
            snippet.path(path).into()
        }
        (Some(Place { line, column }), None) => {
            Origin::path(path).line(number(line)).char_column(number(column)).into()
        }
        (None, _) => Origin::path(path).into(),
    }
}

/// A text in lines that leave room for what stands before them. What is to be written as it stands is not broken where
/// it fits a line.
fn lines(text: &str, before: usize) -> String {
    const UNBROKEN_SPACE: &str = "\u{a0}";
    let width = WIDTH_MAX - before;
    let part = |(index, part): (usize, &str)| {
        let is_code = index % 2 == 1 && part.width() + 2 <= width;
        if is_code { part.replace(' ', UNBROKEN_SPACE) } else { part.to_owned() }
    };
    let whole: Vec<String> = text.split('`').enumerate().map(part).collect();
    wrapped(&whole.join("`"), width).join("\n").replace(UNBROKEN_SPACE, " ")
}
