//! Edits, sends and deaths in any order, against a model that fits on a page: what is sent is what was approved last, to
//! those who stand in the approved plan, and to nobody after they have it.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tidings::cloud::Endpoint;
use tidings::cloud::outcome::{Cause, Outcome};
use tidings::ledger::{
    Claim, Claimed, Content, Edits, Ledger, Opened, PlanId, RunId, Settlement, Staged, Tally, Verdict,
};

use crate::harness::ledger::{Home, addressee, key, phone};

const PEOPLE: u64 = 6;
const TEXTS: u8 = 3;

/// Rows of a recipients file: who, and what each is told.
type File = Vec<(u64, u8)>;

#[derive(Debug, Clone)]
enum Step {
    /// The file is edited, and somebody approves of it.
    Approve(File),
    /// The file is edited, and nobody does.
    Refuse(File),
    /// So many are sent to, and this happens.
    Send(usize, Fate),
    /// So many are sent to, and the program dies.
    Die(usize),
}

#[derive(Debug, Clone, Copy)]
enum Fate {
    Accepted,
    InDoubt,
    PutBack,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Waits(u8),
    Accepted,
    InDoubt,
    Withdrawn,
}

#[derive(Default)]
struct Model {
    people: BTreeMap<u64, Standing>,
    /// The approved file.
    file: File,
    /// Who was withdrawn by approvals that no report tells of yet.
    untold: BTreeSet<u64>,
    /// Whether the approved file came to a report.
    is_told: bool,
}

impl Model {
    fn edits(&self, file: &File) -> (u64, u64, u64) {
        let before = |person: &u64| self.people.get(person);
        let pending = file.iter().filter(|(person, _)| matches!(before(person), Some(Standing::Waits(_))));
        let reworded = |(person, text): &&(u64, u8)| before(person) != Some(&Standing::Waits(*text));
        let again = file.iter().filter(|(person, _)| before(person) == Some(&Standing::Withdrawn));
        (pending.clone().count() as u64, pending.filter(reworded).count() as u64, again.count() as u64)
    }

    fn approve(&mut self, file: File) -> u64 {
        if std::mem::take(&mut self.is_told) {
            self.untold.clear();
        }
        for (person, standing) in &mut self.people {
            if matches!(standing, Standing::Waits(_)) && !file.iter().any(|(named, _)| named == person) {
                *standing = Standing::Withdrawn;
                self.untold.insert(*person);
            }
        }
        for (person, text) in &file {
            let standing = self.people.entry(*person).or_insert(Standing::Withdrawn);
            if matches!(standing, Standing::Waits(_) | Standing::Withdrawn) {
                *standing = Standing::Waits(*text);
            }
        }
        self.file = file;
        self.untold.iter().filter(|person| self.people[person] == Standing::Withdrawn).count() as u64
    }

    fn tally(&self) -> Tally {
        let mut tally = Tally { rows: self.file.len() as u64, ..Tally::default() };
        for (person, _) in &self.file {
            match self.people[person] {
                Standing::Waits(_) => tally.waiting += 1,
                Standing::Accepted => tally.accepted += 1,
                Standing::InDoubt => tally.in_doubt += 1,
                Standing::Withdrawn => tally.withdrawn += 1,
            }
        }
        tally
    }
}

fn stage(ledger: &mut Ledger, file: &File) -> Staged {
    let mut staging = ledger.stage(&key("spring"), 0).expect("staging");
    for (index, (person, text)) in file.iter().enumerate() {
        let (recipient, template) = (phone(*person), text.to_string());
        let content = Content { endpoint: Endpoint::Messages, name: "hello", language: "en_US", template: &template };
        staging.message(&addressee(index as u64 + 2, *person, &recipient), &content).expect("a message");
    }
    staging.finish().expect("a staged plan")
}

fn settled(claimed: Claimed, fate: Fate) -> Settlement {
    let wamid = claimed.recipient.clone();
    let (outcome, verdict) = match fate {
        Fate::Accepted => (Outcome::Accepted { wamid, message_status: None }, Verdict::Accepted),
        Fate::InDoubt => (Outcome::InDoubt { cause: Cause::Lost, why: "reset".into() }, Verdict::InDoubt),
        Fate::PutBack => (Outcome::NotSent { why: "refused".into() }, Verdict::PutBack { due_at: 1 }),
    };
    Settlement { claimed, outcome, verdict, settled_at: 2 }
}

struct Trial {
    home: Home,
    ledger: Option<Ledger>,
    plan: Option<PlanId>,
    model: Model,
}

impl Trial {
    fn new() -> Self {
        let home = Home::new();
        let ledger = Some(home.open());
        Self { home, ledger, plan: None, model: Model::default() }
    }

    fn ledger(&mut self) -> &mut Ledger {
        self.ledger.as_mut().expect("a ledger")
    }

    fn take(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Refuse(file) => self.edit(file).map(drop),
            Step::Approve(file) => {
                let staged = self.edit(file)?;
                let opened = self.ledger().open_plan(&staged, 1).expect("an open plan");
                let removed = self.model.approve(file.clone());
                prop_assert_eq!(opened, Opened { removed, over: 0 });
                self.plan = Some(staged.plan);
                Ok(())
            }
            Step::Send(count, fate) => {
                let (run, claimed) = self.claim(*count)?;
                for claimed in &claimed {
                    match fate {
                        Fate::Accepted => self.note(claimed, Standing::Accepted),
                        Fate::InDoubt => self.note(claimed, Standing::InDoubt),
                        Fate::PutBack => {}
                    }
                }
                let settlements: Vec<_> = claimed.into_iter().map(|claimed| settled(claimed, *fate)).collect();
                self.ledger().commit(&settlements, None, 3).expect("a commit");
                if let Some(run) = run {
                    self.ledger().end_run(run, 3, 0).expect("an end");
                    self.model.is_told = true;
                }
                Ok(())
            }
            Step::Die(count) => {
                for claimed in self.claim(*count)?.1 {
                    self.note(&claimed, Standing::InDoubt);
                }
                self.ledger = None;
                self.ledger = Some(self.home.open());
                self.ledger().recover(4, "died").expect("a recovery");
                Ok(())
            }
        }
    }

    fn edit(&mut self, file: &File) -> Result<Staged, TestCaseError> {
        let staged = stage(self.ledger(), file);
        let Edits { pending, another_wording, readmitted, .. } = staged.edits;
        prop_assert_eq!((pending, another_wording, readmitted), self.model.edits(file));
        Ok(staged)
    }

    /// Takes messages, each of which must be one that waits, with the words that were approved.
    fn claim(&mut self, count: usize) -> Result<(Option<RunId>, Vec<Claimed>), TestCaseError> {
        let Some(plan) = self.plan else { return Ok((None, Vec::new())) };
        let run = self.ledger().begin_run(plan, 2).expect("a run");
        let claimed = self.ledger().commit(&[], Some(Claim { plan, run, count }), 2).expect("a commit").claimed;
        for claimed in &claimed {
            let person = claimed.identity.cast_unsigned();
            let text = claimed.template.parse().expect("a text");
            prop_assert_eq!(self.model.people.get(&person), Some(&Standing::Waits(text)));
            prop_assert!(self.model.file.contains(&(person, text)));
        }
        Ok((Some(run), claimed))
    }

    fn note(&mut self, claimed: &Claimed, standing: Standing) {
        self.model.people.insert(claimed.identity.cast_unsigned(), standing);
    }

    fn check(&mut self) -> Result<(), TestCaseError> {
        if let Some(plan) = self.plan {
            let tally = self.ledger().tally(plan).expect("a tally");
            prop_assert!(tally.adds_up());
            prop_assert_eq!(tally, self.model.tally());
        }
        Ok(())
    }
}

fn files() -> impl Strategy<Value = File> {
    let rows = proptest::collection::btree_map(0..PEOPLE, 0..TEXTS, 0..=PEOPLE as usize);
    rows.prop_map(|rows| rows.into_iter().collect::<File>()).prop_shuffle()
}

fn steps() -> impl Strategy<Value = Step> {
    let fates = prop_oneof![Just(Fate::Accepted), Just(Fate::InDoubt), Just(Fate::PutBack)];
    prop_oneof![
        2 => files().prop_map(Step::Approve),
        1 => files().prop_map(Step::Refuse),
        2 => (0..3_usize, fates).prop_map(|(count, fate)| Step::Send(count, fate)),
        1 => (0..3_usize).prop_map(Step::Die),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_sent_is_what_was_approved_last_and_to_nobody_twice(steps in proptest::collection::vec(steps(), 1..16)) {
        let mut trial = Trial::new();
        for step in &steps {
            trial.take(step)?;
            trial.check()?;
        }
        // To the end: everybody who waits has a turn.
        trial.take(&Step::Send(100, Fate::Accepted))?;
        trial.check()?;
        prop_assert_eq!(trial.model.tally().waiting, 0);
    }
}
