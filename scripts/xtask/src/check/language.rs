//! Rules for the languages other than English: each has every message that English has, with the same placeholders, in exactly
//! its own plural forms. Whether the text is good is for its speakers to judge.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Tree;

const ENGLISH: &str = "extension/_locales/en/messages.json";

/// Each language with its plural categories for whole numbers, as `Intl.PluralRules` names them (`tests/e2e/languages.test.js`
/// compares them). Russian's `other` and the Romance languages' `many` are for fractions and millions.
const LANGUAGES: [(&str, &[&str]); 14] = [
    ("ar", &["zero", "one", "two", "few", "many", "other"]),
    ("de", &["one", "other"]),
    ("es", &["one", "other"]),
    ("fr", &["one", "other"]),
    ("hi", &["one", "other"]),
    ("id", &["other"]),
    ("it", &["one", "other"]),
    ("ja", &["other"]),
    ("ko", &["other"]),
    ("pt_BR", &["one", "other"]),
    ("ru", &["one", "few", "many"]),
    ("tr", &["one", "other"]),
    ("zh_CN", &["other"]),
    ("zh_TW", &["other"]),
];

/// Messages that may be the same as in English: names, the report (which is English in every language), and words that two
/// languages share.
const ALIKE: [(&str, &[&str]); 4] =
    [("*", &["extension_name", "fact_ray", "vpn_tor"]), ("*", REPORT), ("de", &["result_details"]), ("es", &["fact_code"])];

const REPORT: &[&str] = &[
    "report_title",
    "report_site",
    "report_code",
    "report_family",
    "report_ray",
    "report_time",
    "report_colo",
    "report_country",
    "report_browser",
    "report_experiment",
    "report_fix",
    "report_address",
    "report_extensions",
    "report_contact",
];

fn messages(tree: &Tree, path: &str) -> Map<String, Value> {
    serde_json::from_str(tree.file(path)).unwrap_or_default()
}

/// Runs a rule on each language, and puts the file's path before each complaint.
pub(super) fn each(
    tree: &Tree,
    rule: impl Fn(&str, &[&str], &Map<String, Value>, &Map<String, Value>) -> Vec<String>,
) -> Vec<String> {
    let english = messages(tree, ENGLISH);
    let mut complaints = Vec::new();
    for (language, categories) in LANGUAGES {
        let path = format!("extension/_locales/{language}/messages.json");
        let said = rule(language, categories, &english, &messages(tree, &path));
        complaints.extend(said.into_iter().map(|said| format!("{path}: {said}")));
    }
    complaints
}

/// The names that a language must have: English's names, with each plural in the language's own forms.
fn expected(english: &Map<String, Value>, categories: &[&str]) -> BTreeSet<String> {
    let forms = |name: &String| match name.split_once("__") {
        Some((stem, _)) => categories.iter().map(|category| format!("{stem}__{category}")).collect(),
        None => vec![name.clone()],
    };
    english.keys().flat_map(forms).collect()
}

/// The English message; for a plural, its form for many, which uses every placeholder.
pub(super) fn source<'a>(english: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    match name.split_once("__") {
        Some((stem, _)) => english.get(&format!("{stem}__other")),
        None => english.get(name),
    }
}

pub(super) fn complete(tree: &Tree) -> Vec<String> {
    each(tree, |_, categories, english, messages| {
        let expected = expected(english, categories);
        let missing = expected.iter().filter(|name| !messages.contains_key(*name)).map(|name| format!("translate {name}"));
        let left_over = messages.keys().filter(|name| !expected.contains(*name)).map(|name| format!("remove {name}"));
        missing.chain(left_over).collect()
    })
}

pub(super) fn placeholders(tree: &Tree) -> Vec<String> {
    each(tree, |_, _, english, messages| {
        let mut complaints = Vec::new();
        for (name, message) in messages {
            let Some(source) = source(english, name) else { continue };
            if message.get("placeholders") != source.get("placeholders") {
                complaints.push(format!("{name}: copy the placeholders from English"));
            }
            let mut wanted = named(source);
            let found = named(message);
            // "One", "two" and "none" may be written as words.
            if name.contains("__") && !found.contains("count") {
                wanted.remove("count");
            }
            if found != wanted {
                complaints.push(format!("{name}: use each placeholder that English uses, and no other"));
            }
        }
        complaints
    })
}

/// The placeholders that a message uses.
fn named(message: &Value) -> BTreeSet<&str> {
    let text = message["message"].as_str().unwrap_or_default();
    text.split('$').skip(1).step_by(2).collect()
}

pub(super) fn translated(tree: &Tree) -> Vec<String> {
    each(tree, |language, _, english, messages| {
        let is_alike = |name: &str| ALIKE.iter().any(|(of, names)| (*of == "*" || *of == language) && names.contains(&name));
        let mut complaints = Vec::new();
        for (name, message) in messages {
            let same = source(english, name).is_some_and(|source| source["message"] == message["message"]);
            if same && !is_alike(name) {
                complaints.push(format!("{name} is still English"));
            }
            if message.get("description").is_some() {
                complaints.push(format!("{name}: descriptions are for translators, and stand in English alone"));
            }
        }
        complaints
    })
}

/// A language that exists but is missing in the table would not be checked.
pub(super) fn known(tree: &Tree) -> Vec<String> {
    let languages = tree.files().filter_map(|(path, _)| path.strip_prefix("extension/_locales/")?.split('/').next());
    let languages: BTreeSet<&str> = languages.filter(|language| *language != "en").collect();
    let table: BTreeSet<&str> = LANGUAGES.iter().map(|(language, _)| *language).collect();
    languages
        .symmetric_difference(&table)
        .map(|language| format!("{language} is a folder or in the table, but not both"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r#"{"a": {"message": "Hello $name$", "placeholders": {"name": {"content": "$1"}}, "description": "x"},
        "b__one": {"message": "$count$ b", "placeholders": {"count": {"content": "$1"}}},
        "b__other": {"message": "$count$ bs", "placeholders": {"count": {"content": "$1"}}}}"#;
    const GERMAN: &str = "extension/_locales/de/messages.json";

    /// Checks the rule's complaints about this German text.
    fn check(rule: fn(&Tree) -> Vec<String>, german: &str, expected: &[&str]) {
        let complaints = rule(&Tree::of([(ENGLISH, SOURCE), (GERMAN, german)]));
        let said = complaints.iter().filter_map(|said| said.strip_prefix(GERMAN)?.strip_prefix(": "));
        assert_eq!(said.collect::<Vec<_>>(), expected, "{german}");
    }

    #[test]
    fn missing_and_superfluous_messages_are_named() {
        check(complete, r#"{"a": {}, "b__one": {}, "b__other": {}}"#, &[]);
        check(complete, r#"{"a": {}, "b__one": {}, "b__few": {}}"#, &["translate b__other", "remove b__few"]);
        check(complete, "{", &["translate a", "translate b__one", "translate b__other"]);
    }

    #[test]
    fn a_language_with_other_plurals_needs_just_those() {
        let tree = Tree::of([(ENGLISH, SOURCE), ("extension/_locales/ru/messages.json", r#"{"a": {}}"#)]);
        let russian = complete(&tree).into_iter().filter(|said| said.contains("/ru/"));
        let expected = ["few", "many", "one"].map(|form| format!("extension/_locales/ru/messages.json: translate b__{form}"));
        assert_eq!(russian.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_missing_or_additional_placeholder_is_found() {
        let with = |text: &str| format!(r#"{{"a": {{"message": "{text}", "placeholders": {{"name": {{"content": "$1"}}}}}}}}"#);
        check(placeholders, &with("Hallo $name$"), &[]);
        check(placeholders, &with("Hallo"), &["a: use each placeholder that English uses, and no other"]);
        check(placeholders, &with("$Name$"), &["a: use each placeholder that English uses, and no other"]);
        check(placeholders, r#"{"a": {"message": "$name$"}}"#, &["a: copy the placeholders from English"]);
        let one = r#"{"b__one": {"message": "ein b", "placeholders": {"count": {"content": "$1"}}}}"#;
        check(placeholders, one, &[]);
    }

    #[test]
    fn an_untranslated_or_described_message_is_found() {
        let described = r#"{"a": {"message": "Hallo $name$", "description": "x"}}"#;
        check(translated, described, &["a: descriptions are for translators, and stand in English alone"]);
        check(translated, r#"{"a": {"message": "Hello $name$"}}"#, &["a is still English"]);
    }

    #[test]
    fn a_language_missing_in_the_table_is_found() {
        let tree = Tree::of([("extension/_locales/xx/messages.json", "{}")]);
        assert!(known(&tree).contains(&"xx is a folder or in the table, but not both".to_owned()));
    }
}
