//! The glossary (`docs/glossary.tsv`): in each language, how a translation of a message that has an English term has to call it, and
//! what no message of that language may say. A row is a term and a column is a language; alternatives are separated by `|`, and
//! each may be the beginning of a word. The row `(never)` has what is not said.

use serde_json::{Map, Value};

use super::Tree;
use super::language;

const GLOSSARY: &str = "docs/glossary.tsv";
const NEVER: &str = "(never)";

/// Messages that do without a term: a menu of Firefox's has another name for extensions, and a search field has no room for it.
const EXCEPT: [(&str, &str); 2] = [("extension", "hand_hint"), ("extension", "extensions_search")];

/// A row, and its cell for one language.
struct Entry<'a> {
    term: &'a str,
    words: Vec<&'a str>,
}

pub(super) fn kept(tree: &Tree) -> Vec<String> {
    let table = tree.file(GLOSSARY);
    language::each(tree, |language, _, english, messages| match column(table, language) {
        Some(entries) => entries.iter().flat_map(|entry| complaints(entry, english, messages)).collect(),
        None => vec![format!("{GLOSSARY} has no column for this language")],
    })
}

fn column<'a>(table: &'a str, language: &str) -> Option<Vec<Entry<'a>>> {
    let mut rows = table.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let place = rows.next()?.iter().position(|head| *head == language)?;
    rows.map(|row| Some(Entry { term: row.first()?, words: row.get(place)?.split('|').collect() })).collect()
}

fn complaints(entry: &Entry<'_>, english: &Map<String, Value>, messages: &Map<String, Value>) -> Vec<String> {
    let Entry { term, words } = entry;
    let mut complaints = Vec::new();
    for (name, message) in messages {
        let text = message["message"].as_str().unwrap_or_default().to_lowercase();
        let found = words.iter().find(|word| text.contains(&word.to_lowercase()));
        if *term == NEVER {
            complaints.extend(found.map(|word| format!("{name}: say it without \u{201c}{word}\u{201d}")));
        } else if found.is_none() && !EXCEPT.contains(&(term, name)) && !name.starts_with("report_") {
            let source = language::source(english, name).and_then(|source| source["message"].as_str()).unwrap_or_default();
            let is_missing = mentions(&without_placeholders(source), term);
            complaints
                .extend(is_missing.then(|| {
                    format!("{name}: \u{201c}{term}\u{201d} is \u{201c}{}\u{201d}", words.join("\u{201d} or \u{201c}"))
                }));
        }
    }
    complaints
}

fn without_placeholders(text: &str) -> String {
    text.split('$').step_by(2).collect()
}

/// Is the term in the text as a word, or several, of its own? Also in the plural.
fn mentions(text: &str, term: &str) -> bool {
    let is_letter = |letter: Option<char>| letter.is_some_and(char::is_alphabetic);
    let text = text.to_lowercase();
    // Between two parts stands the term.
    let parts: Vec<&str> = text.split(&term.to_lowercase()).collect();
    parts.windows(2).any(|around| {
        let [before, behind] = around else { return false };
        let rest = ["es", "s", ""].into_iter().find_map(|ending| behind.strip_prefix(ending)).unwrap_or_default();
        !is_letter(before.chars().next_back()) && !is_letter(rest.chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_a_whole_word_in_singular_or_plural() {
        for text in ["Your extensions", "an Extension.", "IP addresses", "(extension)"] {
            assert!(mentions(text, "extension") || mentions(text, "IP address"), "{text}");
        }
        for text in ["extensionless", "VIP address", "an address"] {
            assert!(!mentions(text, "extension") && !mentions(text, "IP address"), "{text}");
        }
    }

    fn check(words: &str, translation: &str, expected: &[&str]) {
        let messages = |text: &str| {
            let message = serde_json::json!({ "a": { "message": text } });
            message.as_object().unwrap().clone()
        };
        let table = format!("term\tde\nextension\t{words}\n(never)\tZeug");
        let entries = column(&table, "de").unwrap();
        let english = messages("Your extensions on $extension$");
        let said: Vec<_> = entries.iter().flat_map(|entry| complaints(entry, &english, &messages(translation))).collect();
        assert_eq!(said, expected, "{translation}");
    }

    #[test]
    fn a_translation_has_one_of_the_words_and_none_of_the_forbidden() {
        check("erweiterung|add-on", "Ihre Erweiterungen", &[]);
        check("erweiterung|add-on", "Ihre Add-ons", &[]);
        check("erweiterung", "Ihre Plugins", &["a: “extension” is “erweiterung”"]);
        check("erweiterung", "Erweiterungszeug", &["a: say it without “Zeug”"]);
        assert!(column("term\tde", "fr").is_none());
    }
}
