//! Whatever the bytes, the recognizer answers: it neither panics nor says more than it saw.

#![allow(clippy::unwrap_used, reason = "a test's helpers may fail the test")]

use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use readmit_core::recognize::{Page, Verdict, recognize};

static PAGES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/pages");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
});

/// Runs the recognizer over it and writes the verdict down, which is all that can go wrong.
fn survive(body: &str) {
    for status in [None, Some(403)] {
        if let Some(verdict) = recognize(&Page { status, headers: &[], url: "https://blocked.example/", body }) {
            let written = serde_json::to_string(&verdict).unwrap();
            assert_eq!(serde_json::from_str::<Verdict>(&written).unwrap(), verdict);
        }
    }
}

#[test]
fn a_page_may_be_cut_off_anywhere() {
    for body in PAGES.iter() {
        // Every byte of the shorter pages; the others in steps, or this test would be slower than all others together.
        let step = if body.len() < 3500 { 1 } else { 1 + body.len() / 700 };
        for end in (0..body.len()).step_by(step) {
            if let Some(cut) = body.get(..end) {
                recognize(&Page { status: None, headers: &[], url: "", body: cut });
            }
        }
    }
}

#[test]
fn a_refusal_without_its_beginning_is_no_danger() {
    for body in PAGES.iter() {
        for start in (0..body.len()).step_by(1 + body.len() / 300) {
            if let Some(cut) = body.get(start..) {
                recognize(&Page { status: None, headers: &[], url: "", body: cut });
            }
        }
    }
}

/// Pieces that mean something to the scanner, in no order that means anything.
fn soup() -> impl Strategy<Value = String> {
    const PIECES: [&str; 44] = [
        "<",
        ">",
        "</",
        "/>",
        "<!--",
        "-->",
        "--!>",
        "<!-->",
        "<![CDATA[",
        "]]>",
        "<!DOCTYPE html>",
        "<?",
        "=",
        "\"",
        "'",
        " ",
        "\n",
        "&",
        "&bull;",
        "\u{feff}",
        "é",
        "\0",
        "<html>",
        "<body>",
        "</html>",
        "<div id=\"cf-wrapper\">",
        "<div id=cf-error-details>",
        "<div class='container'>",
        "<div class=\"logo\">",
        "<h1>",
        "<span data-translate=error>",
        "</div>",
        "<p>",
        "<script>",
        "</script",
        "<title>",
        "</title>",
        "<textarea>",
        "<template>",
        "<svg>",
        "<pre>",
        "1020",
        "8f2c0123456789ab-FRA",
        "{\"a\":[",
    ];
    prop::collection::vec(prop::sample::select(PIECES.as_slice()), 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_survived(body in ".*") {
        survive(&body);
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        survive(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_soup_of_markup_is_survived(body in soup()) {
        survive(&body);
    }

    #[test]
    fn a_page_may_lose_a_piece_and_gain_another(
        which in any::<prop::sample::Index>(),
        from in any::<prop::sample::Index>(),
        length in 0_usize..400,
        piece in soup(),
    ) {
        let mut bytes = which.get::<String>(&PAGES).clone().into_bytes();
        let from = from.index(bytes.len());
        let to = (from + length).min(bytes.len());
        bytes.splice(from..to, piece.into_bytes());
        survive(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_status_below_400_is_silence(status in 0_u16..400, which in any::<prop::sample::Index>()) {
        let page = Page { status: Some(status), headers: &[], url: "", body: which.get::<String>(&PAGES) };
        prop_assert_eq!(recognize(&page), None);
    }

    #[test]
    fn any_headers_are_survived(headers in prop::collection::vec((
        prop::sample::select(["cf-ray", "cf-error-type", "cf-mitigated", "retry-after", "server"].as_slice()).prop_map(str::to_owned),
        ".*",
    ), 0..6)) {
        recognize(&Page { status: Some(403), headers: &headers, url: "https://blocked.example/", body: "" });
    }

    #[test]
    fn any_address_is_survived(url in ".*") {
        recognize(&Page { status: Some(403), headers: &[], url: &url, body: "error code: 1020" });
    }
}
