//! `cargo xtask recognise [--status N] [--url U] FILE...`: the recognizer's verdict on files, one JSON object per line.

use std::io::Write;
use std::process::ExitCode;

use readmit_core::recognize::{Page, recognize};
use serde_json::json;

const USAGE: &str = "usage: cargo xtask recognise [--status N] [--url U] FILE...";

/// The arguments on the command line.
#[derive(Debug, Default, PartialEq, Eq)]
struct Request {
    status: Option<u16>,
    url: String,
    files: Vec<String>,
}

/// Prints a line for each file. The exit code is 1 if a file could not be read (the others are still printed), and 2 if the
/// command line is invalid.
pub(crate) fn run(args: impl Iterator<Item = String>) -> ExitCode {
    let request = match parse(args) {
        Ok(request) => request,
        Err(complaint) => {
            eprintln!("recognise: {complaint}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let mut failed = false;
    let mut out = std::io::stdout().lock();
    for file in &request.files {
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) => {
                eprintln!("recognise: cannot read {file}: {error}");
                failed = true;
                continue;
            }
        };
        let body = String::from_utf8_lossy(&bytes);
        let verdict = recognize(&Page { status: request.status, headers: &[], url: &request.url, body: &body });
        // If the reader closes the pipe early, as in `| head`, that is not a failure.
        if writeln!(out, "{}", json!({ "file": file, "verdict": verdict })).is_err() {
            break;
        }
    }
    ExitCode::from(u8::from(failed))
}

fn parse(mut args: impl Iterator<Item = String>) -> Result<Request, String> {
    let mut request = Request::default();
    let mut flags_ended = false;
    while let Some(arg) = args.next() {
        if flags_ended || !arg.starts_with('-') {
            request.files.push(arg);
            continue;
        }
        let (flag, inline) = match arg.split_once('=') {
            Some((flag, value)) => (flag.to_owned(), Some(value.to_owned())),
            None => (arg, None),
        };
        let mut value = || inline.clone().or_else(|| args.next()).ok_or_else(|| format!("{flag} needs a value"));
        match flag.as_str() {
            "--" => flags_ended = true,
            "--status" => {
                let text = value()?;
                let status = text.parse().ok().filter(|status| (100..=999).contains(status));
                request.status = Some(status.ok_or_else(|| format!("{text} is not an HTTP status"))?);
            }
            "--url" => request.url = value()?,
            _ => return Err(format!("unknown flag {flag}")),
        }
    }
    if request.files.is_empty() { Err("no file given".to_owned()) } else { Ok(request) }
}

#[cfg(test)]
mod tests {
    use super::{Request, parse};

    fn words(line: &str) -> impl Iterator<Item = String> {
        line.split(' ').map(str::to_owned).collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn flags_may_stand_anywhere_and_take_their_value_either_way() {
        let expected =
            Request { status: Some(403), url: "https://chatgpt.com/".to_owned(), files: vec!["a".to_owned(), "b".to_owned()] };
        assert_eq!(parse(words("a --status 403 --url=https://chatgpt.com/ b")), Ok(expected));
    }

    #[test]
    fn after_two_dashes_everything_is_a_file() {
        assert_eq!(parse(words("-- --status")).unwrap().files, ["--status"]);
    }

    #[test]
    fn invalid_arguments_are_rejected() {
        for line in ["--status 403", "--status x a", "--status 99 a", "a --url", "--verbose a"] {
            assert!(parse(words(line)).is_err(), "{line}");
        }
    }
}
