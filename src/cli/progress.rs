//! How a run shows its progress: a bar on a terminal, a plain line now and then under cron.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::time::Instant;

use super::printer::Printer;
use crate::clock::Clock;
use crate::ledger::{Settlement, Verdict};
use crate::report::summary::ThisRun;

/// Under cron a line a minute tells that it lives.
const LINE_EVERY: Duration = Duration::from_secs(60);

/// The bar is drawn anew this often at the most.
const DRAW_EVERY: Duration = Duration::from_millis(100);

/// Shows how far a run is.
pub struct Progress {
    printer: Printer,
    clock: Clock,
    total: u64,
    counts: ThisRun,
    started: Instant,
    shown: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// For `total` messages; on a terminal with a bar.
    pub fn new(total: u64, printer: Printer, clock: Clock, terminal: bool) -> Self {
        let bar = (terminal && !printer.is_quiet()).then(|| bar(total));
        let now = clock.instant();
        Self { printer, clock, total, counts: ThisRun::default(), started: now, shown: now, bar }
    }

    /// What this run did so far.
    pub fn counts(&self) -> ThisRun {
        self.counts
    }

    /// An attempt was settled.
    pub fn settled(&mut self, settlement: &Settlement) {
        match settlement.verdict {
            Verdict::Accepted => self.counts.accepted += 1,
            Verdict::Refused => self.counts.refused += 1,
            Verdict::InDoubt => self.counts.in_doubt += 1,
            Verdict::PutBack { .. } => self.counts.put_back += 1,
        }
        let now = self.clock.instant();
        let every = if self.bar.is_some() { DRAW_EVERY } else { LINE_EVERY };
        if now - self.shown >= every {
            self.shown = now;
            self.show(now);
        }
    }

    /// Something that people should see now, above the bar.
    pub fn tell(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.printer.talk(text)),
            None => self.printer.talk(text),
        }
    }

    /// Something that people must see, quiet or not, above the bar.
    pub fn warn(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.printer.warn(text)),
            None => self.printer.warn(text),
        }
    }

    /// Takes the bar away.
    pub fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn done(&self) -> u64 {
        self.counts.accepted + self.counts.refused + self.counts.in_doubt
    }

    fn show(&self, now: Instant) {
        let line = self.line(now);
        match &self.bar {
            Some(bar) => {
                bar.set_position(self.done());
                bar.set_message(line);
            }
            None => self.printer.talk(&format!("{} of {}, {line}", self.done(), self.total)),
        }
    }

    fn line(&self, now: Instant) -> String {
        let seconds = (now - self.started).as_secs_f64();
        let rate = if seconds > 0.0 { self.done() as f64 / seconds } else { 0.0 };
        let left = self.total.saturating_sub(self.done());
        // Saturates where the rate is near zero.
        let time_left =
            if rate > 0.0 { time(Duration::from_secs((left as f64 / rate) as u64)) } else { "?".to_owned() };
        let ThisRun { accepted, refused, in_doubt, .. } = self.counts;
        format!("{rate:.0}/s, accepted {accepted}, refused {refused}, in doubt {in_doubt}, {time_left} left")
    }
}

fn bar(total: u64) -> ProgressBar {
    let bar = ProgressBar::new(total);
    // The template is a constant; should it be wrong, the default style serves.
    if let Ok(style) = ProgressStyle::with_template("{bar:6} {percent:>3}% {wide_msg}") {
        bar.set_style(style);
    }
    bar
}

/// A duration for people, no finer than anybody plans with: `45 s`, `12 min`, `2 h 5 min`.
pub fn time(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let minutes = seconds.div_ceil(60);
    match seconds {
        0..90 => format!("{seconds} s"),
        90..3600 => format!("{minutes} min"),
        _ => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}
