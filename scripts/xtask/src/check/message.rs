//! Rules for the messages: what people read is in `_locales`, every bit of it used and explained.
//!
//! That a key named in Rust exists is the compiler's business (`readmit_core::text::keys` is generated).

use std::collections::BTreeSet;

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

pub(super) fn used(tree: &Tree) -> Vec<String> {
    let used: BTreeSet<_> = tree.files().flat_map(|(path, text)| uses(path, text)).collect();
    let messages = messages(tree);
    let unused = messages.keys().filter(|name| !used.contains(stem(name)));
    unused.map(|name| format!("{ENGLISH}: nothing uses {name}: use it or remove it")).collect()
}

/// Every name that may be a message's: `keys::name` in Rust, and in the files we ship any quoted name and `__MSG_name__`.
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

/// The places outside Rust that name a message for certain, with their lines.
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
    fn an_unused_message_is_found_in_all_its_forms() {
        let tree = Tree::of([(ENGLISH, MESSAGES), ("manifest.json", "{\"name\": \"__MSG_name__\"}\n")]);
        assert_eq!(used(&tree).len(), 2);
        let tree =
            Tree::of([(ENGLISH, MESSAGES), ("crate/core/src/view.rs", "keys::rows(3)"), ("popup/popup.js", "show('name')")]);
        assert!(used(&tree).is_empty());
    }

    #[test]
    fn a_name_in_a_test_or_a_document_is_no_use() {
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
