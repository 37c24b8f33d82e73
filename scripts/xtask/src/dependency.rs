//! Checks the crates that we depend on: only licenses that merely require attribution, and only crates from crates.io. It reads
//! the lists in `deny.toml` and needs no tool. Where cargo-deny is installed, it checks more closely (`test.rs`).

use anyhow::{Context, Result};
use serde_json::Value;

use crate::workspace::{Workspace, output};

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// One sentence for each crate that is not allowed.
pub(crate) fn complaints(workspace: &Workspace) -> Result<Vec<String>> {
    let policy = workspace.read("deny.toml")?;
    let allowed = allowed(&policy).context("deny.toml allows no license")?;
    let metadata = output(workspace.cargo().args(["metadata", "--locked", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata.get("packages").and_then(Value::as_array).context("cargo names no packages")?;
    Ok(packages.iter().filter_map(|package| complaint(package, &allowed)).collect())
}

/// The licenses in `deny.toml`'s first list named `allow`.
fn allowed(policy: &str) -> Option<Vec<&str>> {
    let list = policy.lines().find_map(|line| line.strip_prefix("allow = ["))?;
    Some(list.split('"').skip(1).step_by(2).collect())
}

fn complaint(package: &Value, allowed: &[&str]) -> Option<String> {
    let text = |key: &str| package.get(key).and_then(Value::as_str);
    let name = text("name").unwrap_or_default();
    // Our own crates have no source.
    let source = text("source")?;
    if source != REGISTRY {
        return Some(format!("{name} comes from {source}, and may come from crates.io only"));
    }
    let license = text("license").unwrap_or("a file of its own");
    (!is_allowed(license, allowed)).then(|| format!("{name} is under {license}: allow it in deny.toml, or do without"))
}

/// Is this [SPDX expression](https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/) allowed? Handles the expressions
/// that crates use: licenses that all apply (`AND`), alternatives (`OR`), and parentheses. The old `/` is an `OR`.
fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let expression = expression.replace('/', " OR ");
    split(&expression, " AND ").into_iter().all(|part| {
        let part = part.trim();
        let inner = part.strip_prefix('(').and_then(|part| part.strip_suffix(')')).unwrap_or(part);
        split(inner, " OR ").into_iter().any(|license| {
            let license = license.trim();
            if license.contains(" AND ") { is_allowed(license, allowed) } else { allowed.contains(&license) }
        })
    })
}

/// Splits only where no parenthesis is open.
fn split<'a>(expression: &'a str, separator: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, _) in expression.match_indices(separator) {
        let before = expression.get(from..at).unwrap_or_default();
        if before.matches('(').count() == before.matches(')').count() {
            parts.push(before);
            from = at + separator.len();
        }
    }
    parts.push(expression.get(from..).unwrap_or_default());
    parts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ALLOWED: [&str; 3] = ["MIT", "Apache-2.0", "Unicode-3.0"];

    #[track_caller]
    fn check(license: &str, expected: bool) {
        assert_eq!(is_allowed(license, &ALLOWED), expected, "{license}");
    }

    #[test]
    fn every_and_part_needs_an_allowed_alternative() {
        check("MIT", true);
        check("MIT OR GPL-3.0", true);
        check("GPL-3.0/MIT", true);
        check("GPL-3.0", false);
        check("MIT AND GPL-3.0", false);
        check("(MIT OR Apache-2.0) AND Unicode-3.0", true);
        check("(GPL-3.0 OR Apache-2.0) AND GPL-3.0", false);
        check("Apache-2.0 WITH LLVM-exception OR MIT", true);
        check("Apache-2.0 WITH LLVM-exception", false);
        check("", false);
    }

    #[test]
    fn a_crate_from_elsewhere_is_found_and_ours_are_skipped() {
        let crate_of = |source: Value| json!({"name": "a", "license": "MIT", "source": source});
        assert_eq!(complaint(&crate_of(json!(REGISTRY)), &ALLOWED), None);
        assert_eq!(complaint(&crate_of(Value::Null), &ALLOWED), None);
        assert!(complaint(&crate_of(json!("git+https://example.com/a")), &ALLOWED).is_some());
        assert!(complaint(&json!({"name": "a", "source": REGISTRY}), &ALLOWED).is_some());
    }

    #[test]
    fn the_policy_is_read() {
        assert_eq!(allowed("[licenses]\n# x\nallow = [\"MIT\", \"Zlib\"]\n"), Some(vec!["MIT", "Zlib"]));
    }
}
