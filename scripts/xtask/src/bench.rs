//! Measures what exists and prints it next to its control or its budget. It judges only the sizes, whose limits are the
//! build's.

use std::fs;
use std::hint::black_box;
use std::time::Duration;

use anyhow::{Result, ensure};
use readmit_core::recognize::{Page, recognize};

use crate::culprit;
use crate::linear;
use crate::package;
use crate::stopwatch::time;
use crate::workspace::{Workspace, has_extension, read_folder, run};

/// Odd, so that the median is a measured value. Enough rounds for stable tails, within a few seconds.
const ROUNDS: usize = 301;

pub(crate) fn bench(workspace: &Workspace) -> Result<()> {
    package::build(workspace)?;
    println!();
    sizes(workspace)?;
    println!();
    recognizer(workspace)?;
    println!();
    print!("{}", linear::table()?);
    println!();
    print!("{}", culprit::table());
    println!();
    run(workspace.command("node").arg("tests/e2e/step.js"))?;
    println!();
    run(workspace.command("node").arg("tests/bench/main.js"))
}

/// The size of each part that a browser loads.
fn sizes(workspace: &Workspace) -> Result<()> {
    println!("{:<40}{:>12}", "file", "bytes");
    for path in ["content.js", "page.js", "pages.wasm", "background.js", "background.wasm"] {
        println!("{:<40}{:>12}", format!("dist/chrome/{path}"), fs::metadata(workspace.path("dist/chrome").join(path))?.len());
    }
    for path in ["readmit-chrome.zip", "readmit-firefox.zip", "readmit-source.zip"] {
        println!("{:<40}{:>12}", format!("dist/{path}"), fs::metadata(workspace.path("dist").join(path))?.len());
    }
    Ok(())
}

/// The recognizer, compiled natively, over the pages kept for the tests. The control finds the start of each tag with the
/// standard library's `memchr`, which reads every byte once. The line below it is the sum of all bytes, several at a time,
/// which knows nothing about the page. All of them take turns, so that a busy moment affects all.
fn recognizer(workspace: &Workspace) -> Result<()> {
    let mut pages = Vec::new();
    for (path, bytes) in read_folder(&workspace.path("tests/pages"))? {
        if has_extension(&path, &["html", "htm"]) {
            pages.push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    ensure!(!pages.is_empty(), "there are no pages in tests/pages to measure with");
    let bytes: usize = pages.iter().map(String::len).sum();

    let mut recognized = Vec::with_capacity(ROUNDS);
    let mut tags = Vec::with_capacity(ROUNDS);
    let mut control = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        recognized.push(time_all(&pages, |body| recognize(&Page { status: Some(403), headers: &[], url: "", body }).is_some()));
        tags.push(time_all(&pages, |body| body.matches('<').count() > 0));
        control.push(time_all(&pages, |body| body.bytes().fold(0_u8, u8::wrapping_add) == 0));
    }

    println!("{} pages, {} bytes on average; µs a page, {ROUNDS} rounds, natively compiled", pages.len(), bytes / pages.len());
    println!("{:<24}{:>10}{:>10}{:>10}", "recognizer (µs)", "median", "5 %", "95 %");
    let medians = [("recognize", recognized), ("find each tag", tags), ("add up each byte", control)].map(|(name, mut times)| {
        times.sort_unstable();
        let at = |percent: usize| times.get((times.len() - 1) * percent / 100).copied().unwrap_or_default();
        let [median, low, high] = [at(50), at(5), at(95)].map(|time| micros(time, pages.len()));
        println!("{name:<24}{median:>10.2}{low:>10.2}{high:>10.2}");
        median
    });
    let [recognized, tags, _] = medians;
    println!("{:.1} times as long as finding each tag, which is at most 5 to be reached", recognized / tags);
    Ok(())
}

fn time_all(pages: &[String], mut work: impl FnMut(&str) -> bool) -> Duration {
    time(|| pages.iter().filter(|page| black_box(work(black_box(page)))).count() > 0)
}

#[allow(clippy::cast_precision_loss, reason = "a number of pages is small")]
fn micros(time: Duration, pages: usize) -> f64 {
    time.as_secs_f64() * 1e6 / pages as f64
}
