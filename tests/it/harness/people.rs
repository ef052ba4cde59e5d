//! Invented people with numbers that a phone library takes: +1, an area code, and 555 01xx, which is kept for fiction.

use std::fmt::Write;

const AREA_CODES: [&str; 100] = [
    "201", "202", "203", "205", "206", "207", "208", "209", "210", "212", "213", "214", "215", "216", "217", "218",
    "219", "224", "225", "228", "229", "231", "234", "239", "240", "248", "251", "252", "253", "254", "256", "260",
    "262", "267", "269", "270", "272", "276", "281", "301", "302", "303", "304", "305", "307", "308", "309", "310",
    "312", "313", "314", "315", "316", "317", "318", "319", "320", "321", "323", "325", "330", "331", "334", "336",
    "337", "339", "346", "347", "351", "352", "360", "361", "385", "386", "401", "402", "404", "405", "406", "407",
    "408", "409", "410", "412", "413", "414", "415", "417", "419", "423", "424", "425", "430", "432", "434", "435",
    "440", "442", "443", "458",
];

/// The number of the `n`-th of ten thousand people.
pub fn number(n: usize) -> String {
    format!("+1{}55501{:02}", AREA_CODES[n / 100], n % 100)
}

/// A recipients file with these people.
pub fn csv(people: std::ops::Range<usize>) -> String {
    people.fold("phone\n".to_owned(), |mut csv, n| {
        writeln!(csv, "{}", number(n)).expect("a String grows");
        csv
    })
}
