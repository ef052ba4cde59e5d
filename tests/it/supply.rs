//! What tidings is built from: few crates, from one registry, under licences that ask for little.
//!
//! `.deny.toml` is what cargo-deny goes by. That takes minutes to build, so its rules are held here too, and `.ci/run` asks it
//! where it is installed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("a file of the project")
}

/// Name, version and source of every crate in the lock file, whatever the platform. Ours has no source.
fn locked() -> Vec<(String, String, Option<String>)> {
    let field = |block: &str, name: &str| {
        let start = format!("{name} = \"");
        let line = block.lines().find_map(|line| line.strip_prefix(&start));
        line.map(|rest| rest.trim_end_matches('"').to_owned())
    };
    let crates = read("Cargo.lock")
        .split("[[package]]")
        .skip(1)
        .map(|block| {
            (field(block, "name").expect("a name"), field(block, "version").expect("a version"), field(block, "source"))
        })
        .collect::<Vec<_>>();
    assert!(crates.len() > 100, "the lock file was not understood");
    crates
}

/// The quoted words after a key of `.deny.toml`, up to the bracket that ends its list.
fn listed(key: &str) -> BTreeSet<String> {
    let rules = read(".deny.toml");
    let start = format!("\n{key} = [");
    let rest = rules.split_once(&start).unwrap_or_else(|| panic!("no `{key}` in .deny.toml")).1;
    let list = rest.split_once("\n]").map_or(rest, |(list, _)| list);
    let list = list.lines().map(|line| line.split_once("reason").map_or(line, |(before, _)| before));
    list.flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// What cargo knows of the crates for this machine.
fn metadata() -> Value {
    let host = Command::new(env!("CARGO")).arg("-vV").output().expect("cargo");
    let host = String::from_utf8_lossy(&host.stdout).into_owned();
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let told = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    serde_json::from_slice(&told.stdout).expect("JSON")
}

/// The ids of all crates that the program needs on this machine, and with `tests` those that its tests need too.
fn needed(metadata: &Value, tests: bool) -> BTreeSet<&str> {
    let root = metadata["resolve"]["root"].as_str().expect("a root");
    let nodes = metadata["resolve"]["nodes"].as_array().expect("nodes");
    let node = |id: &str| nodes.iter().find(|node| node["id"] == id).expect("a node");
    let mut found = BTreeSet::new();
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        if !found.insert(id) {
            continue;
        }
        for dependency in node(id)["deps"].as_array().expect("dependencies") {
            let kinds = dependency["dep_kinds"].as_array().expect("kinds");
            if kinds.iter().any(|kind| kind["kind"] != "dev") || (tests && id == root) {
                open.push(dependency["pkg"].as_str().expect("an id"));
            }
        }
    }
    found.remove(root);
    found
}

/// Whether all that a licence expression demands is allowed: of alternatives one, of joined ones each.
fn allows(allowed: &BTreeSet<String>, licence: &str) -> bool {
    let plain = licence.replace(['(', ')'], "").replace(" / ", " OR ").replace('/', " OR ");
    // A joined part that is an alternative itself is taken whole: stricter than it need be, never looser.
    plain.split(" AND ").all(|part| part.split(" OR ").any(|one| allowed.contains(one.trim())))
}

#[test]
fn every_crate_comes_from_the_one_registry_and_is_pinned_by_its_hash() {
    let ours =
        locked().into_iter().filter(|(_, _, source)| source.is_none()).map(|(name, ..)| name).collect::<Vec<_>>();
    assert_eq!(ours, ["tidings"]);
    let elsewhere =
        locked().into_iter().filter(|(_, _, source)| source.as_deref().is_some_and(|source| source != REGISTRY));
    assert_eq!(elsewhere.collect::<Vec<_>>(), []);
    assert_eq!(read("Cargo.lock").matches("\nchecksum = ").count(), locked().len() - 1);
}

#[test]
fn a_crate_stands_in_two_versions_only_where_a_reason_is_given() {
    let mut versions = BTreeMap::<_, Vec<_>>::new();
    for (name, version, _) in locked() {
        versions.entry(name).or_default().push(version);
    }
    let older = versions.iter().flat_map(|(name, versions)| {
        versions.iter().take(versions.len() - 1).map(move |version| format!("{name}@{version}"))
    });
    assert_eq!(listed("skip"), older.collect());
    assert_eq!(read(".deny.toml").matches("reason = \"").count(), listed("skip").len());
}

#[test]
fn crates_that_would_bring_other_ciphers_or_are_forbidden_are_not_there() {
    let forbidden = listed("deny");
    assert!(forbidden.contains("openssl-sys"), "{forbidden:?}");
    assert_eq!(locked().into_iter().filter(|(name, ..)| forbidden.contains(name)).collect::<Vec<_>>(), []);
}

#[test]
fn licences_ask_for_no_more_than_their_names() {
    let (allowed, metadata) = (listed("allow"), metadata());
    let packages = metadata["packages"].as_array().expect("packages");
    let licence = |package: &Value| package["license"].as_str().unwrap_or_default().to_owned();
    let refused = packages.iter().filter(|package| !allows(&allowed, &licence(package)));
    assert_eq!(refused.map(|package| (&package["name"], licence(package))).collect::<Vec<_>>(), []);
    for licence in ["GPL-3.0-only", "MIT AND GPL-3.0-only", "", "(MIT OR Apache-2.0) AND AGPL-3.0-or-later"] {
        assert!(!allows(&allowed, licence), "{licence}");
    }
}

#[test]
fn the_readme_counts_the_crates_right() {
    let metadata = metadata();
    let told = format!(
        "The program is built from {} crates on Linux, and its tests from {}.",
        needed(&metadata, false).len(),
        needed(&metadata, true).len()
    );
    if cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        let readme = read("README.md").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(readme.contains(&told), "README.md should say: {told}");
    }
}

#[test]
fn no_code_of_ours_is_unsafe() {
    assert!(read("Cargo.toml").contains("unsafe_code = \"forbid\""));
}
