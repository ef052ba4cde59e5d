//! Goals, what was measured, and whether it was enough.

use std::fmt;

/// What a figure ought to be.
#[derive(Debug, Clone, Copy)]
pub enum Goal {
    AtLeast(f64),
    AtMost(f64),
    /// Told, not judged.
    None,
}

#[derive(Debug)]
struct Row {
    what: String,
    goal: Goal,
    measured: f64,
    unit: &'static str,
}

/// All figures of a run of the benchmark.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    pub fn add(&mut self, what: impl Into<String>, goal: Goal, measured: f64, unit: &'static str) {
        self.rows.push(Row { what: what.into(), goal, measured, unit });
    }
}

impl Row {
    fn is_met(&self) -> Option<bool> {
        match self.goal {
            Goal::AtLeast(least) => Some(self.measured >= least),
            Goal::AtMost(most) => Some(self.measured <= most),
            Goal::None => None,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(least) => f.pad(&format!("≥ {least}")),
            Self::AtMost(most) => f.pad(&format!("≤ {most}")),
            Self::None => f.pad(""),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.what.chars().count()).max().unwrap_or(0);
        writeln!(f, "{:width$}  {:>10}  {:>10}  {:12}", "what", "goal", "measured", "")?;
        for row in &self.rows {
            let Row { what, goal, measured, unit } = row;
            let met = match row.is_met() {
                Some(true) => "met",
                Some(false) => "NOT MET",
                None => "",
            };
            writeln!(f, "{what:width$}  {goal:>10}  {measured:>10.3}  {unit:12} {met}")?;
        }
        Ok(())
    }
}
