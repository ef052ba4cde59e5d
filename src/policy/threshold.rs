//! When too many messages of a campaign go wrong: more than a share of the last ones, or all of a run's first. Pure.

use std::collections::VecDeque;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// So many refusals at the start of a run, and nothing else, are no accident: the list is wrong, or the country code of
/// its numbers.
const FIRST_REFUSED_MAX: u32 = 20;

/// What can be wrong with a message that is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// WhatsApp refused it, for good.
    Refused,
    /// Nobody knows whether it arrived.
    InDoubt,
}

/// A share from 0% to below 100%, in thousandths of a per cent: as fine as [`Threshold::OF_LAST`] can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share(u32);

/// Why a text is no share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareError {
    /// It is no number with a per cent sign.
    Form,
    /// More than this share cannot be.
    TooLarge,
}

impl Share {
    const WHOLE: u32 = 100 * Self::PER_CENT;
    const PER_CENT: u32 = 1000;
    /// A thousandth.
    const DECIMALS_MAX: usize = 3;

    /// The most of so many that is not above this share.
    fn of(self, count: u32) -> u32 {
        let product = u64::from(self.0) * u64::from(count);
        // Not more than `count`, since a share is not more than the whole.
        (product / u64::from(Self::WHOLE)) as u32
    }
}

impl FromStr for Share {
    type Err = ShareError;

    /// Reads `5%` or `0.5%`.
    fn from_str(text: &str) -> Result<Self, ShareError> {
        let number = text.strip_suffix('%').ok_or(ShareError::Form)?;
        let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
        let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(decimals) || decimals.len() > Self::DECIMALS_MAX {
            return Err(ShareError::Form);
        }
        let thousandths = format!("{whole}{decimals:0<width$}", width = Self::DECIMALS_MAX);
        // What does not fit is far more than the whole.
        match thousandths.parse() {
            Ok(share) if share < Self::WHOLE => Ok(Self(share)),
            _ => Err(ShareError::TooLarge),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, thousandths) = (self.0 / Self::PER_CENT, self.0 % Self::PER_CENT);
        let decimals = format!(".{thousandths:03}");
        write!(f, "{whole}{}%", decimals.trim_end_matches(['0', '.']))
    }
}

/// How much of one trouble is too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// More than this share is too much.
    pub above: Share,
    /// Of so many of the last messages, see [`Threshold::OF_LAST`].
    pub of_last: u32,
}

impl Threshold {
    /// How many of the last messages a threshold may look at.
    pub const OF_LAST: RangeInclusive<u32> = 1..=100_000;
}

/// The thresholds of a campaign; what has none is not watched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StopWhen {
    /// Of refusals.
    pub refused: Option<Threshold>,
    /// Of doubts.
    pub in_doubt: Option<Threshold>,
}

impl StopWhen {
    /// How many of the last messages it looks at.
    pub fn of_last(self) -> u32 {
        self.refused.into_iter().chain(self.in_doubt).map(|threshold| threshold.of_last).max().unwrap_or(0)
    }
}

/// What was too much, in words for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trip {
    /// Too many of the last messages.
    Share {
        /// What is wrong with them.
        trouble: Trouble,
        /// How many there are.
        count: u32,
        /// Among so many.
        among: u32,
        /// What they are too many for.
        threshold: Threshold,
    },
    /// All of the run's first messages were refused.
    First {
        /// How many there were.
        count: u32,
    },
}

impl Trip {
    /// What went wrong too often.
    pub fn trouble(self) -> Trouble {
        match self {
            Self::Share { trouble, .. } => trouble,
            Self::First { .. } => Trouble::Refused,
        }
    }
}

impl fmt::Display for Trip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (trouble, count, among, Threshold { above, of_last }) = match *self {
            Self::Share { trouble, count, among, threshold } => (trouble, count, among, threshold),
            Self::First { count } => return write!(f, "the first {count} messages of this run were all refused"),
        };
        let (what, key) = match (trouble, count) {
            (Trouble::Refused, 1) => ("was refused", "refused"),
            (Trouble::Refused, _) => ("were refused", "refused"),
            (Trouble::InDoubt, 1) => ("is in doubt", "in_doubt"),
            (Trouble::InDoubt, _) => ("are in doubt", "in_doubt"),
        };
        write!(f, "{count} of the last {among} messages {what}, more than {above}")?;
        if among < of_last {
            write!(f, " of {of_last}")?;
        }
        write!(f, " (stop_when.{key})")
    }
}

/// What a run and those before it came to, against its thresholds.
#[derive(Debug, Clone)]
pub struct Thresholds {
    refused: Option<Window>,
    in_doubt: Option<Window>,
    /// How many messages of this run were settled, as long as all were refused and nobody has said how many are too many.
    first_refused: Option<u32>,
}

impl Thresholds {
    /// Before the first message.
    pub fn new(stop_when: StopWhen) -> Self {
        let window = |threshold: Option<Threshold>, trouble| threshold.map(|threshold| Window::new(threshold, trouble));
        Self {
            refused: window(stop_when.refused, Trouble::Refused),
            in_doubt: window(stop_when.in_doubt, Trouble::InDoubt),
            first_refused: stop_when.refused.is_none().then_some(0),
        }
    }

    /// A message that an earlier run settled, and what is wrong with it.
    pub fn recall(&mut self, trouble: Option<Trouble>) {
        for window in self.refused.iter_mut().chain(&mut self.in_doubt) {
            window.push(trouble);
        }
    }

    /// A message that this run settled, and what is wrong with it. What was put back is not settled.
    pub fn settled(&mut self, trouble: Option<Trouble>) {
        self.recall(trouble);
        self.first_refused = match trouble {
            Some(Trouble::Refused) => self.first_refused.map(|count| count.saturating_add(1)),
            _ => None,
        };
    }

    /// What is too much now.
    pub fn trip(&self) -> Option<Trip> {
        let first = self.first_refused.filter(|count| *count >= FIRST_REFUSED_MAX);
        let share = self.refused.iter().chain(&self.in_doubt).find_map(Window::trip);
        share.or(first.map(|count| Trip::First { count }))
    }
}

/// The last messages, as far as one threshold looks.
#[derive(Debug, Clone)]
struct Window {
    threshold: Threshold,
    trouble: Trouble,
    /// Whether each has the trouble, the oldest first.
    last: VecDeque<bool>,
    /// How many of them have it.
    count: u32,
}

impl Window {
    fn new(threshold: Threshold, trouble: Trouble) -> Self {
        Self { threshold, trouble, last: VecDeque::new(), count: 0 }
    }

    fn push(&mut self, trouble: Option<Trouble>) {
        if self.len() >= self.threshold.of_last {
            self.count -= self.last.pop_front().map_or(0, u32::from);
        }
        let has_it = trouble == Some(self.trouble);
        self.last.push_back(has_it);
        self.count += u32::from(has_it);
    }

    /// Of the whole window, even before it is full: what is too much for it will not become less before then.
    fn trip(&self) -> Option<Trip> {
        let Self { threshold, trouble, count, .. } = *self;
        let too_many = count > threshold.above.of(threshold.of_last);
        too_many.then(|| Trip::Share { trouble, count, among: self.len(), threshold })
    }

    /// Never more than the threshold's 32 bits.
    fn len(&self) -> u32 {
        self.last.len() as u32
    }
}
