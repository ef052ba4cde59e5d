//! Who stood in the file before: duplicates by identity, in a few bytes a person.

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// The people met so far, and the rows where each stood first and last.
///
/// About 27 bytes a person: a million people fit into 30 MB.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    people: Vec<Person>,
    /// Indices into `people`, found by identity.
    index: HashTable<u32>,
}

/// Rows fit 32 bits: a file of 4,294,967,295 rows would be over 60 GB, and later rows count as that one.
#[derive(Debug, Clone, Copy)]
struct Person {
    identity: u64,
    first_row: u32,
    last_row: u32,
}

impl Seen {
    /// Nobody met yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Meets a person in a row; the row where the same person stood first, if there was one before.
    pub fn meet(&mut self, row: u64, identity: u64) -> Option<u64> {
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        let people = &mut self.people;
        let same = |&at: &u32| people[at as usize].identity == identity;
        match self.index.entry(mix(identity), same, |&at| mix(people[at as usize].identity)) {
            Entry::Occupied(met) => {
                let person = &mut people[*met.get() as usize];
                person.last_row = row;
                Some(u64::from(person.first_row))
            }
            Entry::Vacant(stranger) => {
                // As many people as rows at most.
                stranger.insert(u32::try_from(people.len()).unwrap_or(u32::MAX));
                people.push(Person { identity, first_row: row, last_row: row });
                None
            }
        }
    }

    /// The last row where a person was met.
    pub fn last_row(&self, identity: u64) -> Option<u64> {
        let at = self.index.find(mix(identity), |&at| self.people[at as usize].identity == identity)?;
        Some(u64::from(self.people[*at as usize].last_row))
    }
}

/// Spreads identities over 64 bits: phone numbers of one country differ in few. The finaliser of SplitMix64.
fn mix(identity: u64) -> u64 {
    let mixed = (identity ^ (identity >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
