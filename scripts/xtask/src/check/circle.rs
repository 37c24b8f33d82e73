//! Finds files that import each other, directly or through others. They could only be read, tested and moved together.
//!
//! An arrow leads from a file to the file that defines a name it uses. A re-export does not count as an arrow: it is followed
//! to the definition. Tests inside a file may import anything.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree, VisRestricted, Visibility};

use super::Tree;

/// A path within one crate, from its root.
type Path = Vec<String>;

/// The modules of one crate.
#[derive(Default)]
struct Crate<'a> {
    files: BTreeMap<Path, &'a str>,
    imports: BTreeMap<Path, Vec<Path>>,
    /// The re-exports of a module, by name; `*` for everything in the target.
    signposts: BTreeMap<Path, Vec<(String, Path)>>,
}

/// The files that each file imports, and the names that it uses from them.
type Arrows<'a> = BTreeMap<&'a str, BTreeMap<&'a str, BTreeSet<String>>>;

pub(super) fn circles(tree: &Tree) -> Vec<String> {
    let mut crates: BTreeMap<&str, Crate<'_>> = BTreeMap::new();
    for (file, text) in tree.files() {
        let Some((root, within)) = file.strip_suffix(".rs").and_then(|path| path.split_once("/src/")) else { continue };
        let Ok(syntax) = syn::parse_file(text) else { continue };
        let module = module_of(within);
        let mut found = Names { module: &module, imports: Vec::new(), signposts: Vec::new() };
        found.visit_file(&syntax);
        let Names { imports, signposts, .. } = found;
        let known = crates.entry(root).or_default();
        known.imports.insert(module.clone(), imports);
        known.signposts.insert(module.clone(), signposts);
        known.files.insert(module, file);
    }
    crates.values().flat_map(|known| complaints(&known.arrows())).collect()
}

/// `a/mod` and `a` are the module `a`; `lib` and `main` are the root.
fn module_of(within: &str) -> Path {
    let mut module: Path = within.split('/').map(str::to_owned).collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        module.pop();
    }
    module
}

/// What a file names in its own crate.
struct Names<'a> {
    module: &'a [String],
    imports: Vec<Path>,
    signposts: Vec<(String, Path)>,
}

impl Names<'_> {
    /// The path from the crate's root; `None` if it leads elsewhere.
    fn absolute(&self, path: &[String]) -> Option<Path> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([self.module, rest].concat()),
            "super" => {
                let ups = path.iter().take_while(|segment| *segment == "super").count();
                let above = self.module.get(..self.module.len().checked_sub(ups)?)?;
                Some([above, path.get(ups..)?].concat())
            }
            _ => None,
        }
    }
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Impl(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_test(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let is_signpost = !matches!(item.vis, Visibility::Inherited);
        let mut leaves = Vec::new();
        flatten(&item.tree, &mut Vec::new(), &mut leaves);
        for (name, path) in leaves {
            match self.absolute(&path) {
                Some(path) if is_signpost => self.signposts.push((name, path)),
                Some(path) => self.imports.push(path),
                None => {}
            }
        }
    }

    /// A visibility such as `pub(in path)` is not an import.
    fn visit_vis_restricted(&mut self, _: &'ast VisRestricted) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Path = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.imports.extend(self.absolute(&segments));
        visit::visit_path(self, path);
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
    })
}

/// Every name that a `use` imports, with its path there.
fn flatten(tree: &UseTree, before: &mut Path, leaves: &mut Vec<(String, Path)>) {
    let leaf = |name: &str, last: &str, before: &[String]| (name.to_owned(), [before, &[last.to_owned()]].concat());
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, leaves);
            before.pop();
        }
        UseTree::Name(name) if name.ident == "self" => {
            leaves.push((before.last().cloned().unwrap_or_default(), before.clone()));
        }
        UseTree::Name(name) => leaves.push(leaf(&name.ident.to_string(), &name.ident.to_string(), before)),
        UseTree::Rename(rename) => leaves.push(leaf(&rename.rename.to_string(), &rename.ident.to_string(), before)),
        UseTree::Glob(_) => leaves.push(leaf("*", "*", before)),
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, before, leaves)),
    }
}

impl<'a> Crate<'a> {
    fn arrows(&self) -> Arrows<'a> {
        let mut arrows = Arrows::new();
        for (module, imports) in &self.imports {
            let Some(&from) = self.files.get(module) else { continue };
            for path in imports {
                let Some((to, name)) = self.defined(path, 0) else { continue };
                if to != from {
                    arrows.entry(from).or_default().entry(to).or_default().insert(name);
                }
            }
        }
        arrows
    }

    /// The file that defines what a path names, and its name there.
    fn defined(&self, path: &[String], followed: usize) -> Option<(&'a str, String)> {
        /// Re-exports that form a loop are given up after this many.
        const MOST_FOLLOWED: usize = 8;
        let length =
            (0..=path.len()).rev().find(|length| path.get(..*length).is_some_and(|start| self.files.contains_key(start)))?;
        let (module, rest) = path.split_at_checked(length)?;
        let name = rest.first().cloned().unwrap_or_default();
        let signposts = self.signposts.get(module).into_iter().flatten();
        let mut ways = signposts.filter(|(known, _)| *known == name && name != "*").map(|(_, target)| target);
        match ways.next() {
            Some(target) if followed < MOST_FOLLOWED => self.defined(target, followed + 1),
            _ => self.files.get(module).map(|file| (*file, name)),
        }
    }
}

/// One complaint for each group of files that import each other.
fn complaints(arrows: &Arrows<'_>) -> Vec<String> {
    let reachable_from: BTreeMap<&str, BTreeSet<&str>> = arrows.keys().map(|file| (*file, reachable(arrows, file))).collect();
    let reaches = |from: &str, to: &str| reachable_from.get(from).is_some_and(|files| files.contains(to));
    let mut told = BTreeSet::new();
    let mut complaints = Vec::new();
    for file in arrows.keys().filter(|file| reaches(file, file)) {
        if !told.insert(*file) {
            continue;
        }
        let circle: BTreeSet<&str> =
            arrows.keys().copied().filter(|other| reaches(file, other) && reaches(other, file)).collect();
        told.extend(&circle);
        let within = arrows.iter().filter(|(from, _)| circle.contains(*from));
        let lines = within.flat_map(|(from, targets)| {
            let targets = targets.iter().filter(|(to, _)| circle.contains(*to));
            targets.map(move |(to, names)| {
                format!("{from} takes {} from {to}", names.iter().cloned().collect::<Vec<_>>().join(", "))
            })
        });
        let lines: Vec<String> = lines.collect();
        complaints.push(format!("move what these share into a file that both may import: {}", lines.join("; ")));
    }
    complaints
}

fn reachable<'a>(arrows: &Arrows<'a>, file: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&str> = vec![file];
    while let Some(from) = next.pop() {
        for to in arrows.get(from).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(*to) {
                next.push(to);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check<const N: usize>(files: [(&str, &str); N], expected: &[&str]) {
        assert_eq!(circles(&Tree::of(files)), expected);
    }

    #[test]
    fn files_that_import_each_other_are_found() {
        check(
            [
                ("c/src/a.rs", "use crate::b::{B, C};"),
                ("c/src/b.rs", "mod d;\npub(crate) fn b() { super::a::a() }"),
                ("c/src/b/d.rs", "use super::super::a::A;"),
                ("c/src/lib.rs", "mod a;\nmod b;\nuse crate::a::A;"),
            ],
            &["move what these share into a file that both may import: c/src/a.rs takes B, C from c/src/b.rs; \
               c/src/b.rs takes a from c/src/a.rs"],
        );
    }

    #[test]
    fn a_reexport_is_followed_and_is_not_an_import() {
        check(
            [
                ("c/src/a/mod.rs", "mod b;\npub use self::b::B;\npub struct A;"),
                ("c/src/a/b.rs", "use super::A;\nuse crate::e::E;"),
                ("c/src/e.rs", "use crate::a::B;"),
            ],
            &["move what these share into a file that both may import: c/src/a/b.rs takes E from c/src/e.rs; \
               c/src/e.rs takes B from c/src/a/b.rs"],
        );
    }

    #[test]
    fn tests_and_other_crates_are_ignored() {
        check(
            [
                ("c/src/a.rs", "use crate::b::B;"),
                ("c/src/b.rs", "#[cfg(test)]\nmod tests {\n    use crate::a::A;\n}"),
                ("d/src/b.rs", "use crate::a::A;"),
                ("d/src/a.rs", "use c::b::B;"),
            ],
            &[],
        );
    }
}
