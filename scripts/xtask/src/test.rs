//! Runs every ring of tests, each even when one before it failed, and counts over all of them.
//!
//! A tool that only says yes or no (the formatter, a linter, the build) counts as one test.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::ops::AddAssign;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::wasm::TARGET;
use crate::workspace::{Workspace, output, run};
use crate::{check, dependency, package};

/// How many passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

impl Count {
    /// One test.
    pub(crate) fn one(passed: bool) -> Self {
        Self { passed: usize::from(passed), failed: usize::from(!passed) }
    }

    /// A run that failed without a test that failed (it did not compile, it crashed) is one that failed.
    fn of_run(self, succeeded: bool) -> Self {
        if succeeded || self.failed > 0 { self } else { Self { failed: 1, ..self } }
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// A name, and what runs the tests and counts them.
type Ring = (&'static str, fn(&Workspace) -> Result<Count>);

/// What is run, in this order: what is quick to say no comes first.
const RINGS: [Ring; 10] = [
    ("format", |workspace| step(workspace.cargo().args(["fmt", "--all", "--check"]))),
    ("lints", |workspace| clippy(workspace, &["--workspace", "--all-targets"])),
    ("lints of what ships", |workspace| {
        let shipped = ["readmit-webext", "readmit-background", "readmit-pages", "readmit-content"];
        clippy(workspace, &[&["--target", TARGET][..], &shipped.map(|name| ["-p", name]).concat()].concat())
    }),
    ("dependencies", dependencies),
    ("repository", check::count),
    ("rules", rust),
    ("artefact", |workspace| package::build(workspace).map(|()| Count::one(true))),
    ("the same again", |workspace| package::build_again(workspace).map(|()| Count::one(true))),
    ("Mozilla's linter", add_on),
    ("flows and browsers", node),
];

/// The last line printed is `N passed, N failed`.
pub(crate) fn test(workspace: &Workspace) -> Result<ExitCode> {
    let mut total = Count::default();
    let mut summary = String::new();
    for (name, ring) in RINGS {
        println!("\n== {name}");
        let count = ring(workspace).unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            Count::one(false)
        });
        writeln!(summary, "{name:<24}{:>6} passed{:>6} failed", count.passed, count.failed)?;
        total += count;
    }
    println!("\n{summary}\n{} passed, {} failed", total.passed, total.failed);
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn step(command: &mut Command) -> Result<Count> {
    run(command).map(|()| Count::one(true))
}

fn clippy(workspace: &Workspace, what: &[&str]) -> Result<Count> {
    let mut cargo = workspace.cargo();
    cargo.args(["clippy", "--quiet", "--locked"]).args(what);
    step(cargo.args(["--", "-D", "warnings", "-D", "clippy::allow_attributes_without_reason"]))
}

/// Licences and sources by our own reading; and, where cargo-deny is installed, by its stricter one. Compiling it takes
/// minutes, so nobody has to have it. The advisories are left out: they change by the day, and a test gives the same answer
/// for the same sources.
fn dependencies(workspace: &Workspace) -> Result<Count> {
    let complaints = dependency::complaints(workspace)?;
    for complaint in &complaints {
        println!("{complaint}");
    }
    let mut count = Count::one(complaints.is_empty());
    if output(workspace.cargo().args(["deny", "--version"])).is_ok() {
        count += step(workspace.cargo().args(["deny", "--workspace", "check", "licenses", "bans", "sources"]))?;
    } else {
        println!("cargo-deny is not installed: licences and sources were checked without it, duplicates were not");
    }
    Ok(count)
}

fn rust(workspace: &Workspace) -> Result<Count> {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--quiet", "--locked", "--workspace", "--no-fail-fast"]).stdout(Stdio::piped());
    let mut child = cargo.spawn().context("cannot start cargo")?;
    let mut count = Count::default();
    for line in BufReader::new(child.stdout.take().context("cargo has no output")?).lines() {
        let line = line?;
        count += cargo_line(&line).unwrap_or_default();
        println!("{line}");
    }
    Ok(count.of_run(child.wait()?.success()))
}

/// `test result: ok. 3 passed; 0 failed; ...`
fn cargo_line(line: &str) -> Option<Count> {
    let (_, result) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut parts = result.split("; ");
    let passed = parts.next()?.strip_suffix(" passed")?.parse().ok()?;
    let failed = parts.next()?.strip_suffix(" failed")?.parse().ok()?;
    Some(Count { passed, failed })
}

/// What Mozilla's store says of the very file that is handed in: not even a notice.
fn add_on(workspace: &Workspace) -> Result<Count> {
    let mut node = workspace.command("node");
    node.args(["node_modules/addons-linter/bin/addons-linter", "--output", "json", "dist/readmit-firefox.zip"]);
    let said = node.output().context("cannot start node")?;
    let report = serde_json::from_slice(&said.stdout).context("the linter gave no report")?;
    let complaints = lint_complaints(&report).context("the linter's report has another shape than it had")?;
    for complaint in &complaints {
        println!("{complaint}");
    }
    Ok(Count::one(complaints.is_empty()))
}

/// Each as `code: message`. `None` for what is no report.
fn lint_complaints(report: &Value) -> Option<Vec<String>> {
    let mut complaints = Vec::new();
    for kind in ["errors", "warnings", "notices"] {
        for said in report[kind].as_array()? {
            complaints.push(format!("{}: {}", said["code"].as_str()?, said["message"].as_str()?));
        }
    }
    Some(complaints)
}

/// Everything in `tests/` that is called `*.test.js`, one file after the other: a browser each is enough for any machine.
fn node(workspace: &Workspace) -> Result<Count> {
    let files: Vec<_> = workspace.sources()?.into_iter().filter(|path| is_node_test(path)).collect();
    let protocol = workspace.target("test/node.tap");
    fs::create_dir_all(workspace.target("test"))?;
    let mut node = workspace.command("node");
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec", "--test-reporter-destination=stdout"]);
    node.arg("--test-reporter=tap").arg(format!("--test-reporter-destination={}", protocol.display()));
    let succeeded = node.args(files).status().context("cannot start node")?.success();
    Ok(node_count(&fs::read_to_string(protocol)?).of_run(succeeded))
}

fn is_node_test(path: &str) -> bool {
    path.starts_with("tests/") && path.ends_with(".test.js")
}

/// The summary of the TAP reporter: `# pass 3`, one line for each kind of outcome, at the end. What was cancelled (its file
/// crashed, its parent failed) did not pass.
fn node_count(protocol: &str) -> Count {
    let of = |outcome: &str| {
        let mut lines = protocol.lines().rev();
        lines.find_map(|line| line.strip_prefix("# ")?.strip_prefix(outcome)?.trim().parse().ok()).unwrap_or(0)
    };
    Count { passed: of("pass "), failed: of("fail ") + of("cancelled ") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_of_cargo_is_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(cargo_line(line), Some(Count { passed: 12, failed: 3 }));
        assert_eq!(cargo_line("test a::result: ok. 1 passed; 0 failed ... ok"), None);
        assert_eq!(cargo_line("running 3 tests"), None);
    }

    #[test]
    fn the_last_summary_of_node_is_counted() {
        let protocol =
            "TAP version 13\n# Subtest: # pass 9\nok 1 - a\n1..3\n# tests 3\n# pass 2\n# fail 1\n# cancelled 1\n# skipped 0\n";
        assert_eq!(node_count(protocol), Count { passed: 2, failed: 2 });
        assert_eq!(node_count(""), Count::default());
    }

    #[test]
    fn whatever_the_linter_says_is_a_complaint() {
        let quiet = json!({"errors": [], "warnings": [], "notices": []});
        assert_eq!(lint_complaints(&quiet), Some(vec![]));
        let loud = json!({"errors": [], "warnings": [], "notices": [{"code": "A", "message": "b"}]});
        assert_eq!(lint_complaints(&loud), Some(vec!["A: b".to_owned()]));
        assert_eq!(lint_complaints(&json!({"errors": []})), None);
    }

    #[test]
    fn a_run_that_fails_without_a_failed_test_is_a_failed_test() {
        let passed = Count { passed: 5, failed: 0 };
        assert_eq!(passed.of_run(true), passed);
        assert_eq!(passed.of_run(false), Count { passed: 5, failed: 1 });
        assert_eq!(Count { passed: 5, failed: 2 }.of_run(false), Count { passed: 5, failed: 2 });
    }

    #[test]
    fn only_test_files_of_the_tests_folder_are_run() {
        assert!(is_node_test("tests/edge/rules.test.js"));
        assert!(!is_node_test("tests/e2e/try.js"));
        assert!(!is_node_test("node_modules/x/tests/a.test.js"));
    }
}
