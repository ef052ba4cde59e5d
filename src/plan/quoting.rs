//! What problems of recipients show of their file, and which line is to blame for a file that cannot be opened.

use crate::audience::csv::Table;
use crate::campaign::{Campaign, Source};
use crate::problem::{Problem, Quote};

/// Before the columns are known, only whether phones are masked can be said.
pub(super) fn shown_in_full(campaign: &Campaign, problem: Problem) -> Problem {
    match problem.quote {
        Quote::MaskedRow(_) if campaign.report.show_phones => Problem { quote: Quote::Row, ..problem },
        _ => problem,
    }
}

/// Says where the phones stand that are masked when a row is quoted, and whether they are.
pub(super) fn quotable(campaign: &Campaign, table: &Table, problem: Problem) -> Problem {
    let quote = match problem.quote {
        Quote::MaskedRow(_) => {
            let column = phone_column(campaign, table).and_then(|column| u16::try_from(column).ok());
            Quote::MaskedRow(column)
        }
        other => other,
    };
    shown_in_full(campaign, Problem { quote, ..problem })
}

/// The column that holds the phones, where it is one.
pub(super) fn phone_column(campaign: &Campaign, table: &Table) -> Option<usize> {
    match &campaign.recipients.phone {
        Source::Column(name, _) => table.columns.iter().position(|column| column == name),
        Source::Expression(_) => None,
    }
}

/// A file that cannot be opened is a problem of the line that names it.
pub(super) fn blame(campaign: &Campaign, problems: Vec<Problem>) -> Vec<Problem> {
    let recipients = &campaign.recipients;
    let blamed = |problem: Problem| match problem {
        Problem {
            place: None, code: "missing-file" | "not-a-file" | "unreadable-file", message, help, file, ..
        } => {
            let message = format!("the recipients file `{}`: {message}", file.display());
            Problem { help, ..Problem::at(&campaign.file, recipients.file_at, problem.code, message) }
        }
        problem => problem,
    };
    problems.into_iter().map(blamed).collect()
}
