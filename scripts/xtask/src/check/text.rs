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

pub(super) fn vague_names(tree: &Tree) -> Vec<String> {
    let vague = |part: &str| {
        let stem = part.split('.').next().unwrap_or(part);
        ["util", "utils", "helper", "helpers", "manager", "common"].contains(&stem)
    };
    let named = tree.files().filter(|(path, _)| path.split('/').any(vague));
    named.map(|(path, _)| format!("{path}: name it after what it is for")).collect()
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
    fn a_vague_file_or_folder_name_is_found() {
        let tree = Tree::of([("a/util.rs", ""), ("helpers/b.js", ""), ("common", ""), ("a/utility.rs", "")]);
        assert_eq!(vague_names(&tree).len(), 3);
    }
}
