//! Readmit's automation, run as `cargo xtask <command>`. It builds, tests, measures and checks; it is not part of what
//! ships, and nothing that ships depends on it.

use std::env;
use std::process::ExitCode;

use anyhow::Result;

use crate::workspace::Workspace;

mod archive;
mod content;
mod manifest;
mod package;
mod size;
mod wasm;
mod workspace;

const USAGE: &str = "\
usage: cargo xtask <command>

  build   dist/: the extension for Chrome and for Firefox, unpacked and packed, and the sources";

fn main() -> ExitCode {
    let mut args = env::args().skip(1);
    match args.next().as_deref() {
        Some("build") => report(Workspace::find().and_then(|workspace| package::build(&workspace))),
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// An error is one sentence for the person at the terminal, with what it came from below it.
fn report(result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
