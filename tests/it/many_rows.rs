//! Files of thousands of rows, which several threads work on: nobody can tell from what comes out.

use std::fmt::Write;
use std::fs;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::harness::project::Project;

const CAMPAIGN: &str = r#"campaign: many
sender: { phone_number_id: "106540352242922" }
recipients: { file: people.csv, on_duplicate: first, on_invalid: skip }
templates:
  - name: spring_sale
    languages: [en_US, pt_BR]
    body: ["{{ first_name | title }}", "{{ points | int + 1 }} for {{ first_name }}"]
"#;

/// More than two threads take in turns, with every kind of row among them.
fn people() -> String {
    let mut text = "phone,first_name,points,language\n".to_owned();
    for row in 0..7_000_u32 {
        let phone = format!("+1{}555{:04}", 202 + row / 10_000, row % 6_400);
        let (name, language) =
            (["ana", "", "#N/A", "joão"][(row % 97 % 4) as usize], ["en_US", "pt-br"][row as usize % 2]);
        let extra = if row % 331 == 7 { ",too,many" } else { "" };
        writeln!(text, "{phone},{name},{row},{language}{extra}").expect("a string");
    }
    text
}

/// What comes of one core, and of all there are.
fn on_one_and_all<T>(mut work: impl FnMut() -> T) -> [T; 2] {
    let all = sched_getaffinity(None).expect("cores");
    let mut one = CpuSet::new();
    one.set((0..CpuSet::MAX_CPU).find(|core| all.is_set(*core)).expect("a core"));
    // Of this thread alone, and of what it starts.
    [one, all].map(|cores| {
        sched_setaffinity(None, &cores).expect("the cores are ours");
        work()
    })
}

#[test]
fn threads_change_nothing_about_a_plan() {
    let project = Project::empty().campaign(CAMPAIGN).recipients(people());
    let [one, all] = on_one_and_all(|| {
        let told = project.tidings(["preview", "campaign.yaml", "--json", "--out", "plan"]).code(0).stdout.clone();
        let plan = fs::read_to_string(project.path("plan")).expect("a plan");
        // The first line says when it was made, and the last has a digest of that.
        let rows: Vec<String> = plan.lines().skip(1).take(7_000).map(str::to_owned).collect();
        (told, rows)
    });
    assert_eq!(one.1.len(), 7_000);
    assert!(one == all, "{}\n{}", one.0, all.0);
}

#[test]
fn threads_change_nothing_about_problems_and_their_order() {
    let strict = CAMPAIGN.replace("on_duplicate: first, on_invalid: skip", "on_duplicate: refuse");
    let project = Project::empty().campaign(&strict).recipients(people());
    let [one, all] = on_one_and_all(|| project.tidings(["check", "campaign.yaml", "--json"]).code(2).stdout.clone());
    assert_eq!(one, all);
    let rows: Vec<u64> = one
        .lines()
        .filter_map(|line| line.trim().strip_prefix("\"row\": ")?.trim_end_matches(',').parse().ok())
        .collect();
    assert!(rows.len() >= 1_000 && rows.is_sorted(), "{}", rows.len());
}
