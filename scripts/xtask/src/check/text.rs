//! Rules for any file, in any language.

use super::Tree;

/// Captured pages are kept unchanged, and the fuzzers' inputs are bytes.
fn is_captured(path: &str) -> bool {
    path.starts_with("tests/pages/") || path.starts_with("fuzz/corpus/")
}

pub(super) fn final_newline(tree: &Tree) -> Vec<String> {
    let cut_short = tree.files().filter(|(path, text)| !is_captured(path) && !text.is_empty() && !text.ends_with('\n'));
    cut_short.map(|(path, _)| format!("{path}: end the last line")).collect()
}

/// The top folders where users and machines keep private files.
const PRIVATE_ROOTS: [&str; 5] = ["home", "root", "Users", "work", "tmp"];

pub(super) fn absolute_paths(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| !is_captured(path)) {
        for (number, line) in (1..).zip(text.lines()) {
            if PRIVATE_ROOTS.iter().any(|root| names_place(line, &format!("/{root}/"))) {
                complaints.push(format!("{path}:{number}: name a path from the repository's root, or ask for a temporary one"));
            }
        }
    }
    complaints
}

/// Does the line have a path that begins with `root`? A path with `root` in the middle, as in a URL, does not count.
fn names_place(line: &str, root: &str) -> bool {
    line.match_indices(root).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        let after = line.get(at + root.len()..).and_then(|after| after.chars().next());
        before.is_none_or(|c| !c.is_alphanumeric() && !"._-)}]$*/".contains(c)) && after.is_some_and(char::is_alphanumeric)
    })
}

/// A lock file stores where its packages came from, and every other machine downloads them from there.
pub(super) fn registries(tree: &Tree) -> Vec<String> {
    let known = [
        ("package-lock.json", "\"resolved\": \"", "https://registry.npmjs.org/"),
        ("Cargo.lock", "source = \"", "registry+https://github.com/rust-lang/crates.io-index\""),
    ];
    let mut complaints = Vec::new();
    for (path, field, registry) in known {
        for (number, line) in (1..).zip(tree.file(path).lines()) {
            if line.trim_start().strip_prefix(field).is_some_and(|source| !source.starts_with(registry)) {
                complaints.push(format!("{path}:{number}: lock it again with the public registry"));
            }
        }
    }
    complaints
}

/// Where a lock file still knows the core by its last version, cargo refuses to build from it.
pub(super) fn locked_version(tree: &Tree) -> Vec<String> {
    let version = format!("version = \"{}\"", env!("CARGO_PKG_VERSION"));
    let locks = tree.files().filter(|(path, _)| path.rsplit('/').next() == Some("Cargo.lock"));
    let stale = locks.filter(|(_, text)| {
        let core = text.split_once("name = \"readmit-core\"\n");
        core.is_some_and(|(_, rest)| rest.lines().next() != Some(&version))
    });
    stale.map(|(path, _)| format!("{path}: run `cargo metadata --offline` in its folder")).collect()
}

pub(super) fn vague_names(tree: &Tree) -> Vec<String> {
    let vague = |part: &str| {
        let stem = part.split('.').next().unwrap_or(part);
        ["util", "utils", "helper", "helpers", "manager", "common"].contains(&stem)
    };
    let named = tree.files().filter(|(path, _)| path.split('/').any(vague));
    named.map(|(path, _)| format!("{path}: name it after what it is for")).collect()
}

/// Folders that a build makes, or that are not ours. What lies in them cannot be looked for.
const ELSEWHERE: [&str; 5] = ["target/", "dist/", "/", "..", "distribution/"];

/// A document outlives the files that it names, unless someone looks. Only the change log may name what is gone.
pub(super) fn named_files(tree: &Tree) -> Vec<String> {
    let documents =
        tree.files().filter(|(path, _)| path.rsplit_once('.').is_some_and(|(_, kind)| kind == "md") && *path != "CHANGELOG.md");
    let mut complaints = Vec::new();
    for (path, text) in documents {
        for (number, line) in (1..).zip(text.lines()) {
            // Every second part is between backticks.
            let quoted = line.split('`').skip(1).step_by(2);
            let paths =
                quoted.filter(|it| it.contains('/') && it.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c)));
            for named in paths.filter(|it| !ELSEWHERE.iter().any(|start| it.starts_with(start)) && !is_there(tree, it)) {
                complaints.push(format!("{path}:{number}: there is no {named}; say where it is today"));
            }
        }
    }
    complaints
}

/// Is it a file or a folder? The beginning of its path may be left out, and the ending of its name.
fn is_there(tree: &Tree, named: &str) -> bool {
    let wanted = format!("/{}", named.trim_end_matches('/'));
    tree.files().any(|(path, _)| {
        let path = format!("/{path}");
        let after = path.match_indices(&wanted).map(|(at, _)| path.get(at + wanted.len()..).unwrap_or_default());
        after.into_iter().any(|after| after.is_empty() || after.starts_with(['/', '.']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_final_newline_is_found() {
        let tree = Tree::of([("a", "x\n"), ("b", "x"), ("c", ""), ("tests/pages/d.html", "x")]);
        assert_eq!(final_newline(&tree), ["b: end the last line"]);
    }

    #[test]
    fn an_absolute_path_is_found_and_a_url_is_not() {
        let place = |root: &str| format!("cd {root}/me\n");
        assert_eq!(absolute_paths(&Tree::of([("a", &place("/home"))])).len(), 1);
        assert_eq!(
            absolute_paths(&Tree::of([("a", &place("ok\n/tmp"))])),
            ["a:2: name a path from the repository's root, or ask for a temporary one"]
        );
        assert!(absolute_paths(&Tree::of([("a", &place("https://example.com/home"))])).is_empty());
        assert!(absolute_paths(&Tree::of([("a", "a /home/ or two, ${base}/work/x, ./tmp/x, file:///tmp/page.html")])).is_empty());
    }

    #[test]
    fn a_package_from_a_private_registry_is_found() {
        let public = "    \"resolved\": \"https://registry.npmjs.org/a/-/a-1.tgz\",\n";
        let private = "    \"resolved\": \"https://packages.example/a/-/a-1.tgz\",\n";
        assert!(registries(&Tree::of([("package-lock.json", public)])).is_empty());
        assert_eq!(registries(&Tree::of([("package-lock.json", private)])).len(), 1);
        let public = "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n";
        assert!(registries(&Tree::of([("Cargo.lock", public)])).is_empty());
        assert_eq!(registries(&Tree::of([("Cargo.lock", "source = \"sparse+https://packages.example/\"\n")])).len(), 1);
    }

    #[test]
    fn a_lock_file_of_an_earlier_version_is_found() {
        let lock = |version: &str| format!("[[package]]\nname = \"readmit-core\"\nversion = \"{version}\"\n");
        let (now, before) = (lock(env!("CARGO_PKG_VERSION")), lock("0.0.1"));
        assert_eq!(
            locked_version(&Tree::of([("Cargo.lock", &now), ("fuzz/Cargo.lock", &before), ("a/Cargo.lock", "")])),
            ["fuzz/Cargo.lock: run `cargo metadata --offline` in its folder"]
        );
    }

    #[test]
    fn a_file_that_is_gone_is_not_named() {
        let tree = |text| {
            Tree::of([
                ("docs/a.md", text),
                ("CHANGELOG.md", "`e2e/gone`"),
                ("tests/e2e/guard.test.js", ""),
                ("crate/core/b.rs", ""),
            ])
        };
        for there in ["`e2e/guard`", "`core/b.rs` and `crate/`", "a/b", "`a / b`", "`dist/x.zip`", "`https://example.com/x`"] {
            assert!(named_files(&tree(there)).is_empty(), "{there}");
        }
        assert_eq!(named_files(&tree("x\n`e2e/guar`")), ["docs/a.md:2: there is no e2e/guar; say where it is today"]);
        assert_eq!(named_files(&tree("`e2e/gone`")).len(), 1);
    }

    #[test]
    fn a_vague_file_or_folder_name_is_found() {
        let tree = Tree::of([("a/util.rs", ""), ("helpers/b.js", ""), ("common", ""), ("a/utility.rs", "")]);
        assert_eq!(vague_names(&tree).len(), 3);
    }
}
