//! Rules for the messages: all text for users is in `_locales`, and every message is used and described.
//!
//! The compiler checks that a key named in Rust exists (`readmit_core::base::text::keys` is generated).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::Tree;
use crate::workspace::has_extension;

const ENGLISH: &str = "extension/_locales/en/messages.json";

fn messages(tree: &Tree) -> Map<String, Value> {
    serde_json::from_str(tree.file(ENGLISH)).unwrap_or_default()
}

/// `cleared__one` and `cleared__other` are forms of `cleared`.
fn stem(name: &str) -> &str {
    name.split_once("__").map_or(name, |(stem, _)| stem)
}

pub(super) fn described(tree: &Tree) -> Vec<String> {
    let messages = messages(tree);
    if messages.is_empty() {
        return vec![format!("{ENGLISH}: there are no messages")];
    }
    let described = |message: &Value| message["description"].as_str().is_some_and(|text| !text.trim().is_empty());
    let bare = messages.iter().filter(|(_, message)| !described(message));
    bare.map(|(name, _)| format!("{ENGLISH}: {name} needs a description for translators")).collect()
}

/// The forms of one plural may share a description, because they appear in the same place.
pub(super) fn described_apart(tree: &Tree) -> Vec<String> {
    let messages = messages(tree);
    let mut first = BTreeMap::new();
    let mut complaints = Vec::new();
    for (name, message) in &messages {
        let Some(description) = message["description"].as_str() else { continue };
        let other = *first.entry(description.trim()).or_insert(stem(name));
        if other != stem(name) {
            complaints.push(format!("{ENGLISH}: {name} is described like {other}: say where this one stands"));
        }
    }
    complaints
}

/// Words that messages must not use, each with its replacement. A word ending in `*` stands for all words with that beginning.
const UNWANTED: [(&str, &str); 24] = [
    ("refus*", "write that the page or the browser is blocked"),
    ("blam*", "write \u{201c}cause\u{201d}"),
    ("culprit*", "write \u{201c}cause\u{201d}"),
    ("guilty", "write \u{201c}cause\u{201d}"),
    ("innocent", "write \u{201c}not the cause\u{201d}"),
    ("prove*", "write \u{201c}tested\u{201d}, and say how"),
    ("by itself", "write \u{201c}automatically\u{201d}"),
    ("somebody", "write \u{201c}someone\u{201d}"),
    ("nobody", "write \u{201c}no one\u{201d}"),
    ("anybody", "write \u{201c}anyone\u{201d}"),
    ("whoever", "write \u{201c}anyone who\u{201d}"),
    ("mend*", "write \u{201c}fix\u{201d}"),
    ("way in", "write that the page opens, or works again"),
    ("ways in", "write \u{201c}other things to try\u{201d}"),
    ("way back in", "write that the page opens, or works again"),
    ("let in", "write that the page opens"),
    ("door*", "write that the page opens, or works again"),
    ("bypass*", "nothing is bypassed: write what is fixed"),
    ("circumvent*", "nothing is circumvented: write what is fixed"),
    ("get around", "nothing is circumvented: write what is fixed"),
    ("stead", "write \u{201c}instead\u{201d}"),
    ("once more", "write \u{201c}again\u{201d}"),
    ("would not", "write that it could not be done: software has no will"),
    ("centre*", "write \u{201c}center\u{201d}"),
];

pub(super) fn plainly_worded(tree: &Tree) -> Vec<String> {
    let messages = messages(tree);
    let mut complaints = Vec::new();
    for (name, message) in &messages {
        let words = words(message["message"].as_str().unwrap_or_default());
        for (unwanted, instead) in UNWANTED.iter().filter(|(unwanted, _)| says(&words, unwanted)) {
            complaints.push(format!("{ENGLISH}: {name} says \u{201c}{}\u{201d}: {instead}", unwanted.trim_end_matches('*')));
        }
        if says_bare_address(&words) {
            complaints.push(format!("{ENGLISH}: {name} says \u{201c}address\u{201d}: write IP address, site, web page or link"));
        }
    }
    complaints
}

/// The message's words in lowercase, without the placeholders.
fn words(message: &str) -> Vec<String> {
    let text: String = message.split('$').step_by(2).collect::<Vec<_>>().join(" ").to_lowercase();
    text.split(|c: char| !c.is_alphanumeric() && c != '\u{2019}').filter(|word| !word.is_empty()).map(Into::into).collect()
}

fn says(words: &[String], unwanted: &str) -> bool {
    let wanted: Vec<&str> = unwanted.split(' ').collect();
    let is_like = |(word, like): (&String, &&str)| like.strip_suffix('*').map_or(word == like, |start| word.starts_with(start));
    words.windows(wanted.len()).any(|part| part.iter().zip(&wanted).all(is_like))
}

/// "Address" alone is ambiguous: only "IP address" and the browser's "address bar" are allowed.
fn says_bare_address(words: &[String]) -> bool {
    let is_address = |word: &str| ["address", "addresses"].contains(&word);
    let word = |index: Option<usize>| index.and_then(|index| words.get(index)).map_or("", String::as_str);
    let is_bare = |index: usize| word(index.checked_sub(1)) != "ip" && word(index.checked_add(1)) != "bar";
    (0..words.len()).any(|index| is_address(word(Some(index))) && is_bare(index))
}

/// The languages that use apostrophes.
const APOSTROPHES: [&str; 4] = ["en", "fr", "it", "tr"];

pub(super) fn apostrophes(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for language in APOSTROPHES {
        let path = format!("extension/_locales/{language}/messages.json");
        let messages: Map<String, Value> = serde_json::from_str(tree.file(&path)).unwrap_or_default();
        for (name, message) in &messages {
            let is_straight = |field: &str| message[field].as_str().is_some_and(|text| text.contains(['\'', '"']));
            if ["message", "description"].into_iter().any(is_straight) {
                complaints.push(format!("{path}: {name} has a straight quotation mark: write \u{2019}, \u{201c} or \u{201d}"));
            }
        }
    }
    complaints
}

pub(super) fn used(tree: &Tree) -> Vec<String> {
    let used: BTreeSet<_> = tree.files().flat_map(|(path, text)| uses(path, text)).collect();
    let messages = messages(tree);
    let unused = messages.keys().filter(|name| !used.contains(stem(name)));
    unused.map(|name| format!("{ENGLISH}: nothing uses {name}: use it or remove it")).collect()
}

/// Every name that may be a message's: `keys::name` in Rust, and every quoted name and `__MSG_name__` in the files that we
/// ship.
fn uses<'a>(path: &str, text: &'a str) -> Vec<&'a str> {
    if path.starts_with("crate/") && has_extension(path, &["rs"]) {
        return text.split("keys::").skip(1).filter_map(leading_name).collect();
    }
    let quoted = if is_shipped(path) { text.split(['"', '\'', '`']).collect() } else { Vec::new() };
    quoted.into_iter().chain(references(path, text).into_iter().map(|(_, name)| name)).collect()
}

pub(super) fn known(tree: &Tree) -> Vec<String> {
    let messages = messages(tree);
    let mut complaints = Vec::new();
    for (path, text) in tree.files() {
        let unknown = references(path, text).into_iter().filter(|(_, name)| !messages.keys().any(|key| stem(key) == *name));
        complaints.extend(unknown.map(|(number, name)| format!("{path}:{number}: {ENGLISH} has no {name}")));
    }
    complaints
}

/// The places outside Rust that certainly name a message, with their lines.
fn references<'a>(path: &str, text: &'a str) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    if !is_shipped(path) {
        return found;
    }
    for (number, line) in (1..).zip(text.lines()) {
        let substituted = line.split("__MSG_").skip(1).filter_map(|rest| rest.split_once("__").map(|(name, _)| name));
        let called = line.split("getMessage(\"").skip(1).filter_map(leading_name);
        let values = line.split("data-i18n").skip(1).filter_map(|rest| rest.split_once("=\"").map(|(_, value)| value));
        let named = values.filter_map(leading_name);
        found.extend(substituted.chain(called).chain(named).map(|name| (number, name)));
    }
    found
}

fn is_shipped(path: &str) -> bool {
    let folder = path.starts_with("extension/") || path.starts_with("popup/");
    path == "manifest.json" || folder && has_extension(path, &["js", "html"])
}

fn leading_name(text: &str) -> Option<&str> {
    let name = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()?;
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGES: &str = r#"{"name": {"message": "x", "description": "The name."},
        "rows__one": {"message": "$count$ row", "description": "Rows."}, "rows__other": {"message": "$count$ rows", "description": " "}}"#;

    #[test]
    fn a_message_without_description_is_found() {
        let expected = [format!("{ENGLISH}: rows__other needs a description for translators")];
        assert_eq!(described(&Tree::of([(ENGLISH, MESSAGES)])), expected);
        assert_eq!(described(&Tree::of([])).len(), 1, "no messages at all");
    }

    #[test]
    fn only_different_messages_need_different_descriptions() {
        let alike = r#"{"a": {"message": "x", "description": "A note."}, "b__one": {"message": "y", "description": "Rows."},
            "b__other": {"message": "z", "description": "Rows."}, "c": {"message": "w", "description": "A note. "}}"#;
        let expected = [format!("{ENGLISH}: c is described like a: say where this one stands")];
        assert_eq!(described_apart(&Tree::of([(ENGLISH, alike)])), expected);
    }

    /// How many complaints this English text causes.
    fn complaints(message: &str) -> usize {
        let messages = serde_json::json!({"a": {"message": message}}).to_string();
        plainly_worded(&Tree::of([(ENGLISH, &messages)])).len()
    }

    #[test]
    fn an_unwanted_word_is_found_whole_and_with_its_endings() {
        assert_eq!(complaints("Nobody refused it. Other ways in"), 3);
        assert_eq!(complaints("$refused$ is indoors, and always inside, instead"), 0);
        let messages = r#"{"a": {"message": "The culprits"}}"#;
        let expected = [format!("{ENGLISH}: a says \u{201c}culprit\u{201d}: write \u{201c}cause\u{201d}")];
        assert_eq!(plainly_worded(&Tree::of([(ENGLISH, messages)])), expected);
    }

    #[test]
    fn a_bare_address_is_found() {
        assert_eq!(complaints("Your IP address is new. Click the address bar. IP addresses"), 0);
        assert_eq!(complaints("Address of a site"), 1);
        assert_eq!(complaints("Copy the address"), 1);
    }

    #[test]
    fn a_straight_apostrophe_is_found() {
        let messages =
            r#"{"a": {"message": "It's"}, "b": {"message": "It\u2019s"}, "c": {"message": "x", "description": "'x'"}}"#;
        let found = apostrophes(&Tree::of([(ENGLISH, messages)]));
        assert_eq!(found.iter().map(|found| found.split(' ').nth(1).unwrap_or_default()).collect::<Vec<_>>(), ["a", "c"]);
    }

    #[test]
    fn an_unused_message_is_found_in_all_its_forms() {
        let tree = Tree::of([(ENGLISH, MESSAGES), ("manifest.json", "{\"name\": \"__MSG_name__\"}\n")]);
        assert_eq!(used(&tree).len(), 2);
        let tree =
            Tree::of([(ENGLISH, MESSAGES), ("crate/core/src/view.rs", "keys::rows(3)"), ("popup/popup.js", "show('name')")]);
        assert!(used(&tree).is_empty());
    }

    #[test]
    fn a_name_in_a_test_or_document_does_not_count() {
        let tree = Tree::of([(ENGLISH, MESSAGES), ("tests/e2e/a.js", "\"name\""), ("README.md", "`rows`")]);
        assert_eq!(used(&tree).len(), 3);
    }

    #[test]
    fn a_message_that_does_not_exist_is_found_wherever_it_is_named() {
        let html = "<p data-i18n=\"name\"></p>\n<p data-i18n-title=\"nmae\" data-i18n=\"rows\"></p>\n";
        let tree = Tree::of([(ENGLISH, MESSAGES), ("popup/popup.html", html), ("manifest.json", "\"__MSG_what__\"")]);
        let expected = [format!("manifest.json:1: {ENGLISH} has no what"), format!("popup/popup.html:2: {ENGLISH} has no nmae")];
        assert_eq!(known(&tree), expected);
    }
}
