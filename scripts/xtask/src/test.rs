//! Runs every ring of tests, each even if an earlier one failed, and counts over all of them.
//!
//! A tool that only succeeds or fails (the formatter, a linter, the build) counts as one test.

use std::env::consts::EXE_SUFFIX;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::count::Count;
use crate::wasm::TARGET;
use crate::workspace::{Workspace, output, run};
use crate::{advisory, check, dependency, package};

/// A name, and the function that runs the tests and counts them.
type Ring = (&'static str, fn(&Workspace) -> Result<Count>);

/// The rings in the order in which they run: those that fail fastest come first.
const RINGS: [Ring; 12] = [
    ("format", |workspace| step(workspace.cargo().args(["fmt", "--all", "--check"]))),
    ("lints", |workspace| clippy(workspace, &["--workspace", "--all-targets"])),
    ("lints of what ships", |workspace| {
        let shipped = ["readmit-webext", "readmit-background", "readmit-pages", "readmit-content"];
        clippy(workspace, &[&["--all-targets", "--target", TARGET][..], &shipped.map(|name| ["-p", name]).concat()].concat())
    }),
    ("types", types),
    ("dependencies", dependencies),
    ("repository", check::count),
    ("rules", rust),
    ("bindings", bindings),
    ("artifact", |workspace| package::build(workspace).map(|()| Count::one(true))),
    ("the same again", |workspace| package::build_again(workspace).map(|()| Count::one(true))),
    ("Mozilla's linter", add_on),
    ("flows and browsers", node),
];

/// The last line printed is `N passed, N failed`, and `, N skipped` if something could not be run. Each skipped test is named
/// above it.
#[allow(clippy::disallowed_methods, reason = "measuring time is for whoever waits for it; nothing that ships is in here")]
pub(crate) fn test(workspace: &Workspace) -> Result<ExitCode> {
    let mut total = Count::default();
    let mut summary = String::new();
    for (name, ring) in RINGS {
        println!("\n== {name}");
        let begun = Instant::now();
        let count = ring(workspace).unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            Count::one(false)
        });
        let seconds = begun.elapsed().as_secs();
        writeln!(summary, "{name:<24}{:>6} passed{:>6} failed{seconds:>6} s", count.passed, count.failed)?;
        total += count;
    }
    println!("\n{summary}");
    for skipped in &total.skipped {
        println!("skipped: {skipped}");
    }
    println!("{total}");
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

/// Checks the types in the comments of our JavaScript strictly: in what ships, and in the tests.
fn types(workspace: &Workspace) -> Result<Count> {
    let mut count = Count::default();
    for project in ["extension", "tests"] {
        let checked = workspace.npm_tool("tsc")?.args(["--project", project]).status().context("cannot start tsc")?;
        count += Count::one(checked.success());
    }
    Ok(count)
}

/// Checks licenses, sources and advisories with our own code and, where cargo-deny is installed, also with that stricter tool.
/// Compiling it takes minutes, so it is not required. Its check of advisories is left out: they change daily, and a test gives the
/// same result for the same sources.
fn dependencies(workspace: &Workspace) -> Result<Count> {
    let mut count = Count::default();
    for complaints in [dependency::complaints(workspace)?, advisory::complaints(workspace)?] {
        for complaint in &complaints {
            println!("{complaint}");
        }
        count += Count::one(complaints.is_empty());
    }
    if output(workspace.cargo().args(["deny", "--version"])).is_ok() {
        count += step(workspace.cargo().args(["deny", "--workspace", "check", "licenses", "bans", "sources"]))?;
    } else {
        count += Count::skip("duplicates of crates: cargo-deny is not installed");
    }
    Ok(count)
}

fn rust(workspace: &Workspace) -> Result<Count> {
    let mut cargo = workspace.cargo();
    let mut count = cargo_tests(cargo.args(["test", "--quiet", "--locked", "--workspace", "--no-fail-fast"]))?;
    // Cargo counts a test that had nothing to test as passed.
    count.passed = count.passed.saturating_sub(count.skipped.len());
    let listed = output(workspace.cargo().args(["test", "--quiet", "--locked", "--workspace", "--", "--ignored", "--list"]))?;
    count.skipped.extend(ignored(&listed));
    Ok(count)
}

/// Runs what is compiled to WebAssembly, as it ships, in Node. The runner is built from its own lock file, which takes a minute
/// or two the first time.
fn bindings(workspace: &Workspace) -> Result<Count> {
    let built = workspace.target("runner");
    let manifest = workspace.path("scripts/runner/Cargo.toml");
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--quiet", "--locked", "--manifest-path"]).arg(manifest).arg("--target-dir").arg(&built);
    run(&mut cargo)?;
    let runner = built.join("debug").join(["runner", EXE_SUFFIX].concat());
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--locked", "--target", TARGET, "--lib"]);
    cargo.args(["--package", "readmit-webext", "--package", "readmit-background"]);
    cargo_tests(cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner))
}

/// Runs tests with cargo, prints their output, and counts them. A test program that starts and never reports a result has failed:
/// Node exits without an error when nothing is left to wait for.
fn cargo_tests(cargo: &mut Command) -> Result<Count> {
    let mut child = cargo.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    let mut count = Count::default();
    let mut unfinished = 0_usize;
    for line in BufReader::new(child.stdout.take().context("cargo has no output")?).lines() {
        let line = line?;
        count += cargo_line(&line).unwrap_or_default();
        unfinished = unfinished_after(unfinished, &line);
        println!("{line}");
    }
    count.failed += unfinished;
    Ok(count.of_run(child.wait()?.success()))
}

/// Reads `test result: ok. 3 passed; 0 failed; ...`, or the output of a test that has nothing to test: `skipped: NAME: WHY`.
fn cargo_line(line: &str) -> Option<Count> {
    if let Some((_, what)) = line.split_once("skipped: ") {
        return Some(Count::skip(what));
    }
    let (_, result) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let mut parts = result.split("; ");
    let passed = parts.next()?.strip_suffix(" passed")?.parse().ok()?;
    let failed = parts.next()?.strip_suffix(" failed")?.parse().ok()?;
    Some(Count { passed, failed, ..Count::default() })
}

/// How many test programs have started and not ended after this line of output.
fn unfinished_after(unfinished: usize, line: &str) -> usize {
    if line.starts_with("running ") && (line.ends_with(" tests") || line.ends_with(" test")) {
        unfinished + 1
    } else if line.starts_with("test result: ") {
        unfinished.saturating_sub(1)
    } else {
        unfinished
    }
}

/// The tests in cargo's list, one per line: `NAME: test`.
fn ignored(listed: &str) -> impl Iterator<Item = String> {
    listed.lines().filter_map(|line| Some(format!("{}: it is marked so", line.strip_suffix(": test")?)))
}

/// Runs the linter of Mozilla's store on the file that is submitted. It must not report anything, not even a notice.
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

/// Each complaint as `code: message`. `None` if this is not a report.
fn lint_complaints(report: &Value) -> Option<Vec<String>> {
    let mut complaints = Vec::new();
    for kind in ["errors", "warnings", "notices"] {
        for said in report[kind].as_array()? {
            complaints.push(format!("{}: {}", said["code"].as_str()?, said["message"].as_str()?));
        }
    }
    Some(complaints)
}

/// The longest time for a file of tests, in milliseconds. A file that hangs is ended and has failed. The test itself reports
/// what it waits for long before (`tests/e2e/deadline.js`).
const FILE_PATIENCE: u32 = 1_200_000;

/// Runs every file in `tests/` that is called `*.test.js`. Two go together: with three on two cores, stories miss their deadlines.
fn node(workspace: &Workspace) -> Result<Count> {
    let files: Vec<_> = workspace.sources()?.into_iter().filter(|path| is_node_test(path)).collect();
    let protocol = workspace.target("test/node.tap");
    fs::create_dir_all(workspace.target("test"))?;
    let mut node = workspace.command("node");
    let at_once = if policies_are_apart(workspace) { 2 } else { 1 };
    node.args(["--test", &format!("--test-concurrency={at_once}"), &format!("--test-timeout={FILE_PATIENCE}")]);
    node.args(["--test-reporter=spec", "--test-reporter-destination=stdout"]);
    node.arg("--test-reporter=tap").arg(format!("--test-reporter-destination={}", protocol.display()));
    let succeeded = node.args(files).status().context("cannot start node")?.success();
    Ok(node_count(&fs::read_to_string(protocol)?).of_run(succeeded))
}

/// Can a browser have its own policies (`tests/e2e/restart.js`)? If policies apply to all browsers, no other browser may run at
/// the same time.
fn policies_are_apart(workspace: &Workspace) -> bool {
    let works = |flags: &[&str]| output(workspace.command("unshare").args(flags).arg("true")).is_ok();
    works(&["--mount"]) || works(&["--map-root-user", "--mount"])
}

fn is_node_test(path: &str) -> bool {
    path.starts_with("tests/") && path.ends_with(".test.js")
}

/// Reads the summary of the TAP reporter: `# pass 3`, one line for each kind of result, at the end. A canceled test (its file
/// crashed, its parent failed) did not pass. A skipped test has its own line, `ok 1 - NAME # SKIP WHY`.
fn node_count(protocol: &str) -> Count {
    let of = |outcome: &str| {
        let mut lines = protocol.lines().rev();
        lines.find_map(|line| line.strip_prefix("# ")?.strip_prefix(outcome)?.trim().parse().ok()).unwrap_or(0)
    };
    let skipped = protocol.lines().filter_map(|line| {
        let (what, why) = line.trim_start().strip_prefix("ok ")?.split_once(" # SKIP")?;
        let (_, name) = what.split_once(" - ")?;
        Some(format!("{name}: {}", why.trim()))
    });
    Count { passed: of("pass "), failed: of("fail ") + of("cancelled "), skipped: skipped.collect() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cargo_result_line_is_counted() {
        let line = "test result: ok. 6 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.73s";
        assert_eq!(
            cargo_line(line),
            Some(Count { passed: 6, ..Count::default() }),
            "wasm-bindgen's runner says it a little differently"
        );
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(cargo_line(line), Some(Count { passed: 12, failed: 3, ..Count::default() }));
        assert_eq!(cargo_line("test a::result: ok. 1 passed; 0 failed ... ok"), None);
        assert_eq!(cargo_line("running 3 tests"), None);
    }

    #[test]
    fn test_programs_without_a_result_are_counted() {
        let after = |lines: &[&str]| lines.iter().fold(0, |unfinished, line| unfinished_after(unfinished, line));
        let result = "test result: ok. 1 passed; 0 failed; 0 ignored";
        assert_eq!(after(&["running 1 test", "running late", result, "running 40 tests", result]), 0);
        assert_eq!(after(&["running 40 tests", "running 1 test", result]), 1);
    }

    #[test]
    fn tests_that_cargo_skips_are_named() {
        assert_eq!(cargo_line("..skipped: a: nothing is there"), Some(Count::skip("a: nothing is there")));
        assert_eq!(ignored("a::b: test\n\n1 test, 0 benchmarks\n").collect::<Vec<_>>(), ["a::b: it is marked so"]);
    }

    #[test]
    fn the_last_node_summary_is_counted() {
        let protocol =
            "TAP version 13\n# Subtest: # pass 9\nok 1 - a\n1..3\n# tests 3\n# pass 2\n# fail 1\n# cancelled 1\n# skipped 0\n";
        assert_eq!(node_count(protocol), Count { passed: 2, failed: 2, ..Count::default() });
        assert_eq!(node_count(""), Count::default());
    }

    #[test]
    fn tests_that_node_skips_are_named() {
        let protocol = "ok 1 - a\n    ok 2 - b - c # SKIP no browser\nok 3 - d\n# pass 2\n# skipped 1\n";
        let skipped = vec!["b - c: no browser".to_owned()];
        assert_eq!(node_count(protocol), Count { passed: 2, failed: 0, skipped });
    }

    #[test]
    fn everything_that_the_linter_reports_is_a_complaint() {
        let banner_disabled = json!({"errors": [], "warnings": [], "notices": []});
        assert_eq!(lint_complaints(&banner_disabled), Some(vec![]));
        let loud = json!({"errors": [], "warnings": [], "notices": [{"code": "A", "message": "b"}]});
        assert_eq!(lint_complaints(&loud), Some(vec!["A: b".to_owned()]));
        assert_eq!(lint_complaints(&json!({"errors": []})), None);
    }

    #[test]
    fn only_test_files_in_the_tests_folder_are_run() {
        assert!(is_node_test("tests/edge/rules.test.js"));
        assert!(!is_node_test("tests/e2e/try.js"));
        assert!(!is_node_test("node_modules/x/tests/a.test.js"));
    }
}
