//! Rules of the repository that no compiler knows. Each rule is a small function with its own test, and each complaint says
//! what to do instead.
//!
//! What the compiler can check is a lint and not a rule here.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Result, ensure};

use crate::count::Count;
use crate::workspace::Workspace;

mod circle;
mod code;
mod glossary;
mod language;
mod message;
mod package;
mod text;

/// What the rule promises, and the function that finds the violations.
type Rule = (&'static str, fn(&Tree) -> Vec<String>);

const RULES: [Rule; 28] = [
    ("text files end in a newline", text::final_newline),
    ("no file names a place on one machine", text::absolute_paths),
    ("packages come from the public registries", text::registries),
    ("lock files know the version of today", text::locked_version),
    ("names say what a file is for", text::vague_names),
    ("documents name files that are there", text::named_files),
    ("each Rust module says what it is for", code::module_docs),
    ("no two files import each other, even over others", circle::circles),
    ("no markup or code is made from strings", code::markup_from_strings),
    ("whatever a browser is asked has a deadline", code::deadlines),
    ("each message is described for translators", message::described),
    ("no two messages are described alike", message::described_apart),
    ("messages use plain words", message::plainly_worded),
    ("apostrophes are curly", message::apostrophes),
    ("each message is used", message::used),
    ("each message that is used exists", message::known),
    ("each language is one of those that are checked", language::known),
    ("each language says all that English says", language::complete),
    ("translations have the placeholders of the original", language::placeholders),
    ("translations are translated", language::translated),
    ("translations keep to the glossary", glossary::kept),
    ("the permissions are the promised ones", package::permissions),
    ("each permission is explained, and no other", package::explained),
    ("each host that may be asked is named", package::hosts),
    ("nothing ships that npm installed", package::packages),
    ("nothing is web-accessible", package::web_accessible),
    ("extension pages load nothing remote", package::remote_sources),
    ("the popup's mark is the icon", package::mark),
];

/// The sources by path. What is not text is empty.
pub(crate) struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    fn read(workspace: &Workspace) -> Result<Self> {
        let mut files = BTreeMap::new();
        for path in workspace.sources()? {
            let text = String::from_utf8(fs::read(workspace.path(&path))?).unwrap_or_default();
            files.insert(path, text);
        }
        Ok(Self { files })
    }

    fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The file's text; empty if there is no such file.
    fn file(&self, path: &str) -> &str {
        self.files.get(path).map_or("", String::as_str)
    }
}

/// Prints all complaints. Returns an error if there is any.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let count = count(workspace)?;
    ensure!(count.failed == 0, "{} of {} rules are broken", count.failed, RULES.len());
    Ok(())
}

/// Prints all complaints, and counts the rules.
pub(crate) fn count(workspace: &Workspace) -> Result<Count> {
    let tree = Tree::read(workspace)?;
    let mut count = Count::default();
    for (promise, broken) in RULES {
        let complaints = broken(&tree);
        count += Count::one(complaints.is_empty());
        println!("{} {promise}", if complaints.is_empty() { "ok    " } else { "BROKEN" });
        for complaint in complaints {
            println!("       {complaint}");
        }
    }
    Ok(count)
}

#[cfg(test)]
impl Tree {
    fn of<const N: usize>(files: [(&str, &str); N]) -> Self {
        Self { files: files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect() }
    }
}
