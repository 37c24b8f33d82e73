//! Readmit's automation, run as `cargo xtask <command>`. It builds, tests, measures and checks. It does not ship, and nothing
//! that ships depends on it.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use crate::workspace::Workspace;

mod advisory;
mod archive;
mod bench;
mod bound;
mod check;
mod count;
mod culprit;
mod dependency;
mod linear;
mod manifest;
mod package;
mod page;
mod recognize;
mod script;
mod size;
mod stopwatch;
mod test;
mod wasm;
mod workspace;

const USAGE: &str = "\
usage: cargo xtask <command>

  build       dist/: the extension for Chrome and for Firefox, unpacked and packed, and the sources
  again       makes the archives a second time and says which are not the same, byte for byte
  test        every ring of tests; the last line is `N passed, N failed`
  check       the repository's own rules
  advisories  FOLDER: writes scripts/advisories.json anew from this clone of RustSec's database
  pictures    takes those of the README and the stores from what was built; with --check, says which of them are stale
  bench       what can be measured, with its control beside it
  linear      of that, what a byte costs in adversarial texts of 1, 4 and 16 MB
  recognise   [--status N] [--url U] FILE...: what the recognizer says of files, one JSON object a line";

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    let result = match args.next().as_deref() {
        Some("build") => in_workspace(|workspace| package::build(workspace).map(|()| ExitCode::SUCCESS)),
        Some("again") => in_workspace(|workspace| package::build_again(workspace).map(|()| ExitCode::SUCCESS)),
        Some("test") => in_workspace(test::test),
        Some("check") => in_workspace(|workspace| check::check(workspace).map(|()| ExitCode::SUCCESS)),
        Some("advisories") => {
            let folder = PathBuf::from(args.next().unwrap_or_default());
            in_workspace(|workspace| advisory::refresh(workspace, &folder).map(|()| ExitCode::SUCCESS))
        }
        Some("pictures") => {
            let checks = args.next().as_deref() == Some("--check");
            in_workspace(|workspace| take_pictures(workspace, checks))
        }
        Some("linear") => linear::table().map(|table| {
            print!("{table}");
            ExitCode::SUCCESS
        }),
        Some("bench") => in_workspace(|workspace| bench::bench(workspace).map(|()| ExitCode::SUCCESS)),
        Some("recognise") => Ok(recognize::run(args)),
        _ => {
            eprintln!("{USAGE}");
            Ok(ExitCode::from(2))
        }
    };
    // One sentence for the user at the terminal, followed by its causes.
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn take_pictures(workspace: &Workspace, checks: bool) -> Result<ExitCode> {
    let args: &[&str] = if checks { &["--test", "tests/e2e/pictures.test.js"] } else { &["tests/e2e/pictures.js"] };
    workspace::run(workspace.command("node").args(args))?;
    Ok(ExitCode::SUCCESS)
}

fn in_workspace(task: impl FnOnce(&Workspace) -> Result<ExitCode>) -> Result<ExitCode> {
    task(&Workspace::find()?)
}
