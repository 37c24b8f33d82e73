//! Rules for our own code, in Rust and in JavaScript.

use super::Tree;
use crate::workspace::has_extension;

pub(super) fn module_docs(tree: &Tree) -> Vec<String> {
    let modules = tree.files().filter(|(path, _)| has_extension(path, &["rs"]));
    let silent = modules.filter(|(_, text)| !text.starts_with("//! "));
    silent.map(|(path, _)| format!("{path}: begin with `//!`: what it is for, and what it deliberately is not")).collect()
}

/// The ways to create markup or code from a string, in both languages.
const FROM_STRINGS: [&str; 12] = [
    ".innerHTML",
    ".setHTMLUnsafe",
    "insertAdjacentHTML",
    "createContextualFragment",
    "document.write",
    "new Function",
    " eval(",
    "set_inner_html",
    "set_outer_html",
    "insert_adjacent_html",
    "create_contextual_fragment",
    "js_sys::eval",
];

pub(super) fn markup_from_strings(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| runs_in_a_browser(path)) {
        for (number, line) in (1..).zip(text.lines()) {
            if !is_comment(line) && (FROM_STRINGS.iter().any(|way| line.contains(way)) || sets_outer_html(line)) {
                complaints.push(format!("{path}:{number}: build elements and set their text: no markup or code from strings"));
            }
        }
    }
    complaints
}

/// A browser may never answer a request, and code that waits for the answer would wait forever.
pub(super) fn deadlines(tree: &Tree) -> Vec<String> {
    let ours = |path: &str| ["tests/e2e/", "tests/bench/"].iter().any(|folder| path.starts_with(folder));
    let mut complaints = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| ours(path) && has_extension(path, &["js"])) {
        if path.ends_with(".test.js")
            && text.lines().any(|line| line.starts_with("import test") && line.ends_with("\"node:test\";"))
        {
            complaints
                .push(format!("{path}: take `test` from tests/e2e/deadline.js: its tests end, and say what they waited for"));
        }
        if path != "tests/e2e/browser.js" && text.contains("puppeteer.launch(") {
            complaints.push(format!(
                "{path}: start browsers with `launch` of tests/e2e/browser.js: what is asked of them has a deadline"
            ));
        }
    }
    complaints
}

fn runs_in_a_browser(path: &str) -> bool {
    let ours = ["extension/", "popup/", "crate/app/", "crate/content/src/", "crate/webext/src/"];
    ours.iter().any(|folder| path.starts_with(folder)) && has_extension(path, &["js", "html", "rs"])
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Block pages are recognized by reading a page's markup. Only writing it is wrong.
fn sets_outer_html(line: &str) -> bool {
    let after = line.split(".outerHTML").skip(1).map(str::trim_start);
    after.into_iter().any(|rest| rest.starts_with('=') && !rest.starts_with("=="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_without_its_purpose_is_found() {
        let tree = Tree::of([("a.rs", "//! For this.\n"), ("b.rs", "use std::fs;\n"), ("c.js", "x\n")]);
        let expected = ["b.rs: begin with `//!`: what it is for, and what it deliberately is not"];
        assert_eq!(module_docs(&tree), expected);
    }

    fn check(path: &str, line: &str, found: bool) {
        assert_eq!(markup_from_strings(&Tree::of([(path, line)])).len(), usize::from(found), "{line}");
    }

    #[test]
    fn markup_from_a_string_is_found() {
        check("popup/popup.js", "row.innerHTML = name;", true);
        check("extension/content.js", "root.outerHTML = page;", true);
        check("crate/app/pages/src/popup.rs", "row.set_inner_html(name);", true);
        check("popup/popup.js", "const f = new Function(text);", true);
    }

    #[test]
    fn a_wait_without_an_end_is_found() {
        let endless = "import test from \"node:test\";\nconst browser = await puppeteer.launch({});\n";
        let tree = Tree::of([("tests/e2e/a.test.js", endless), ("tests/edge/a.test.js", endless)]);
        assert_eq!(deadlines(&tree).len(), 2);
        let hooks = "import { after } from \"node:test\";\nimport test from \"./deadline.js\";\n";
        assert_eq!(deadlines(&Tree::of([("tests/e2e/a.test.js", hooks)])), [""; 0]);
    }

    #[test]
    fn reading_markup_and_talking_about_it_are_fine() {
        check("extension/content.js", "const page = document.documentElement.outerHTML;", false);
        check("extension/content.js", "if (a.outerHTML === b.outerHTML) {", false);
        check("extension/content.js", "// never .innerHTML", false);
        check("tests/e2e/page.js", "row.innerHTML = name;", false);
    }
}
