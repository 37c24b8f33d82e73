//! The recognizer against captured pages, which are not part of the project: `../shared/pages` beside the checkout, or
//! wherever `READMIT_PAGES` says. Without them there is nothing to check here, and the test says so.

#![allow(clippy::unwrap_used, reason = "a test's helpers may fail the test")]

use std::io::Write as _;
use std::path::{Path, PathBuf};

use readmit_core::recognize::{Code, Ended, Page, Verdict, recognize};

struct Capture {
    file: String,
    label: String,
    code: Option<u16>,
    status: Option<u16>,
}

fn captures(folder: &Path) -> Vec<Capture> {
    let index = std::fs::read_to_string(folder.join("index.tsv")).unwrap();
    let capture = |line: &str| {
        let mut columns = line.split('\t');
        let mut next = || columns.next().unwrap_or_default().to_owned();
        let (file, label, code, status) = (next(), next(), next(), next());
        Capture { file, label, code: code.parse().ok(), status: status.parse().ok() }
    };
    index.lines().skip(1).map(capture).collect()
}

fn folder() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/pages");
    let folder = std::env::var_os("READMIT_PAGES").map_or_else(beside, PathBuf::from);
    folder.join("index.tsv").is_file().then_some(folder)
}

/// What may be said of a page with this label; `None` stands for no verdict.
fn is_right(capture: &Capture, verdict: Option<&Verdict>) -> bool {
    let family = verdict.map(|verdict| verdict.family.as_str());
    let code = verdict.and_then(|verdict| verdict.code).map(Code::number);
    match capture.label.as_str() {
        "cf-1xxx" => matches!(family, Some("cloudflare-1xxx" | "plain")) && code == capture.code,
        "cf-5xx" => matches!(family, Some("cloudflare-5xx" | "plain")) && code == capture.code,
        "cf-block" => family == Some("cloudflare-block"),
        "cf-challenge" => family == Some("cloudflare-challenge") && has_ended(verdict) == says_that_it_ended(capture),
        "custom" => family == Some("custom") && code == capture.code,
        "cf-unstyled" => family == Some("unstyled") && code == capture.code,
        "openai-json" => matches!(family, Some("openai-unusual-activity" | "openai-rate-limit")),
        "openai" => match family {
            Some("openai-block" | "openai-region" | "openai-capacity") => true,
            Some("cloudflare-1xxx" | "custom") => code == Some(1020),
            _ => false,
        },
        _ => verdict.is_none(),
    }
}

fn has_ended(verdict: Option<&Verdict>) -> Option<Ended> {
    verdict.and_then(|verdict| verdict.ended)
}

/// The captured challenges that have ended say so in their names.
fn says_that_it_ended(capture: &Capture) -> Option<Ended> {
    let reasons = [("-unblock", Ended::Unblock), ("-extension", Ended::Extension), ("-clock", Ended::Clock)];
    let stuck = capture.file.contains("stuck").then_some(capture.file.as_str())?;
    reasons.into_iter().find_map(|(name, reason)| stuck.contains(name).then_some(reason))
}

/// Only its status betrays this one: the markup is Cloudflare's own, byte for byte.
fn is_told_by_status_alone(capture: &Capture) -> bool {
    capture.label == "lookalike" && capture.file.contains("HTTP200")
}

#[test]
fn every_captured_page_is_seen_for_what_it_is() {
    let Some(folder) = folder() else {
        // Printed past the test runner's capture, so that this test is counted as skipped.
        let mut out = std::io::stdout();
        writeln!(out, "\nskipped: every_captured_page_is_seen_for_what_it_is: there are no captured pages here").unwrap();
        return;
    };
    let mut wrong = Vec::new();
    let mut tally = Vec::new();
    for with_status in [true, false] {
        let (mut right, mut all) = (0, 0);
        for capture in captures(&folder) {
            if !with_status && is_told_by_status_alone(&capture) {
                continue;
            }
            let bytes = std::fs::read(folder.join(&capture.file)).unwrap();
            let body = String::from_utf8_lossy(&bytes);
            let status = capture.status.filter(|_| with_status);
            let verdict = recognize(&Page { status, headers: &[], url: "", body: &body });
            all += 1;
            if is_right(&capture, verdict.as_ref()) {
                right += 1;
            } else {
                let said = verdict.map(|verdict| (verdict.family, verdict.code, verdict.evidence));
                wrong.push(format!("{} (status {status:?}): {} {:?}, said {said:?}", capture.file, capture.label, capture.code));
            }
        }
        tally.push(format!("{right} of {all} right {} the status", if with_status { "with" } else { "without" }));
    }
    eprintln!("{}", tally.join(", "));
    assert!(wrong.is_empty(), "{}\n{}", tally.join(", "), wrong.join("\n"));
}
