//! Checks that no advisory of [RustSec](https://rustsec.org) applies to a crate in our lock files.
//!
//! A test has to give the same result for the same sources, also without a network. So what `RustSec` knew about these crates is in
//! `scripts/advisories.json`, and `cargo xtask advisories FOLDER` writes it anew from a clone of its database. A crate that
//! the file does not know is a complaint, so none comes in unchecked. What became known later is found by writing it anew, or by
//! `cargo deny check advisories`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use semver::{Version, VersionReq};
use serde::{Deserialize, Serialize};

use crate::workspace::{Workspace, output, read_folder};

const FILE: &str = "scripts/advisories.json";

/// One for each workspace: what ships and our tools, the runner of the bindings' tests, the fuzzers.
const LOCK_FILES: [&str; 3] = ["Cargo.lock", "scripts/runner/Cargo.lock", "fuzz/Cargo.lock"];

/// What `RustSec` knew.
#[derive(Debug, Serialize, Deserialize)]
struct Snapshot {
    /// The commit of its database, and the day of that commit.
    commit: String,
    date: String,
    /// Every crate in our lock files, most of them without any advisory.
    crates: BTreeMap<String, Vec<Advisory>>,
}

/// The versions that an advisory does not apply to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Advisory {
    id: String,
    patched: Vec<VersionReq>,
    unaffected: Vec<VersionReq>,
}

/// An advisory as `RustSec` writes it, without its text.
#[derive(Deserialize)]
struct Entry {
    advisory: About,
    versions: Versions,
}

#[derive(Deserialize)]
struct About {
    id: String,
    package: String,
    withdrawn: Option<toml::Value>,
}

#[derive(Deserialize)]
struct Versions {
    #[serde(default)]
    patched: Vec<VersionReq>,
    #[serde(default)]
    unaffected: Vec<VersionReq>,
}

/// What we know about and accept: `ignore` in `deny.toml`.
#[derive(Deserialize)]
struct Policy {
    advisories: Ignored,
}

#[derive(Deserialize)]
struct Ignored {
    ignore: Vec<Accepted>,
}

#[derive(Deserialize)]
struct Accepted {
    id: String,
}

#[derive(Deserialize)]
struct LockFile {
    package: Vec<Locked>,
}

/// A crate in a lock file. Our own have no source.
#[derive(Deserialize)]
struct Locked {
    name: String,
    version: Version,
    source: Option<String>,
}

/// One sentence for each crate that an advisory applies to, or that the file does not know.
pub(crate) fn complaints(workspace: &Workspace) -> Result<Vec<String>> {
    let mut snapshot: Snapshot = serde_json::from_str(&workspace.read(FILE)?).context(FILE)?;
    let Policy { advisories: Ignored { ignore } } = toml::from_str(&workspace.read("deny.toml")?)?;
    for advisories in snapshot.crates.values_mut() {
        advisories.retain(|advisory| !ignore.iter().any(|accepted| accepted.id == advisory.id));
    }
    Ok(locked(workspace)?.iter().flat_map(|locked| complaints_about(locked, &snapshot)).collect())
}

/// Writes the file anew from `database`, a clone of <https://github.com/rustsec/advisory-db>. Fails if an advisory applies.
pub(crate) fn refresh(workspace: &Workspace, database: &Path) -> Result<()> {
    let of_commit = |format: &str| output(Command::new("git").arg("-C").arg(database).args(["log", "-1", format]));
    let mut crates: BTreeMap<String, Vec<Advisory>> =
        locked(workspace)?.into_iter().map(|locked| (locked.name, Vec::new())).collect();
    let files = read_folder(&database.join("crates"))?;
    ensure!(!files.is_empty(), "{} is no clone of RustSec's database", database.display());
    for (path, bytes) in files {
        let known = parse(str::from_utf8(&bytes)?).with_context(|| path.clone())?;
        if let Some((package, advisory)) = known {
            crates.entry(package).and_modify(|advisories| advisories.push(advisory));
        }
    }
    let snapshot = Snapshot {
        commit: of_commit("--format=%H")?.trim().to_owned(),
        date: of_commit("--format=%cs")?.trim().to_owned(),
        crates,
    };
    fs::write(workspace.path(FILE), serde_json::to_string_pretty(&snapshot)? + "\n")?;
    let complaints = complaints(workspace)?;
    ensure!(complaints.is_empty(), "{}", complaints.join("\n"));
    Ok(())
}

fn locked(workspace: &Workspace) -> Result<Vec<Locked>> {
    let mut all = Vec::new();
    for path in LOCK_FILES {
        let file: LockFile = toml::from_str(&workspace.read(path)?).context(path)?;
        all.extend(file.package.into_iter().filter(|locked| locked.source.is_some()));
    }
    Ok(all)
}

/// The crate and its advisory. `None` if the advisory was withdrawn.
fn parse(text: &str) -> Result<Option<(String, Advisory)>> {
    let front = text.strip_prefix("```toml\n").and_then(|text| text.split("\n```").next()).context("no TOML at the top")?;
    let Entry { advisory, versions: Versions { patched, unaffected } } = toml::from_str(front)?;
    let About { id, package, withdrawn } = advisory;
    Ok(withdrawn.is_none().then_some((package, Advisory { id, patched, unaffected })))
}

fn complaints_about(Locked { name, version, .. }: &Locked, snapshot: &Snapshot) -> Vec<String> {
    let Some(advisories) = snapshot.crates.get(name) else {
        return vec![format!("{FILE} does not know {name}: run `cargo xtask advisories FOLDER`")];
    };
    let applies = |advisory: &&Advisory| {
        let Advisory { patched, unaffected, .. } = advisory;
        !patched.iter().chain(unaffected).any(|versions| versions.matches(version))
    };
    let id = |advisory: &Advisory| format!("{} applies to {name} {version}: https://rustsec.org/advisories/{0}", advisory.id);
    advisories.iter().filter(applies).map(id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKIO: &str = "```toml\n[advisory]\nid = \"RUSTSEC-2021-0124\"\npackage = \"tokio\"\n\n[versions]\n\
                         patched = [\">= 1.8.4, < 1.9.0\", \">= 1.13.1\"]\nunaffected = [\"< 0.1.14\"]\n```\n\n# Data race\n";

    #[track_caller]
    fn check(version: &str, expected: bool) {
        let (package, advisory) = parse(TOKIO).unwrap().unwrap();
        let crates = BTreeMap::from([(package, vec![advisory])]);
        let snapshot = Snapshot { commit: String::new(), date: String::new(), crates };
        let locked = Locked { name: "tokio".into(), version: version.parse().unwrap(), source: None };
        assert_eq!(complaints_about(&locked, &snapshot).len(), usize::from(expected), "{version}");
    }

    #[test]
    fn an_advisory_applies_unless_the_version_is_patched_or_unaffected() {
        for version in ["1.8.4", "1.8.9", "1.13.1", "2.0.0", "0.1.13"] {
            check(version, false);
        }
        for version in ["1.8.3", "1.9.0", "1.13.0", "0.1.14"] {
            check(version, true);
        }
    }

    #[test]
    fn a_crate_that_the_file_does_not_know_is_a_complaint() {
        let snapshot = Snapshot { commit: String::new(), date: String::new(), crates: BTreeMap::new() };
        let locked = Locked { name: "new".into(), version: Version::new(1, 0, 0), source: None };
        assert_eq!(complaints_about(&locked, &snapshot).len(), 1);
    }

    #[test]
    fn a_withdrawn_advisory_is_left_out() {
        let withdrawn = TOKIO.replace("\n\n[versions]", "\nwithdrawn = \"2022-01-01\"\n\n[versions]");
        assert!(parse(&withdrawn).unwrap().is_none());
        assert!(parse("# Data race").is_err());
    }
}
