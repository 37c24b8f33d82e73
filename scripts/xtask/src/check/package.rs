//! Rules for what the browser is asked for: the promises made to people in the store and in `docs/permissions.md`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Tree;
use crate::manifest::{self, Browser};

/// Every key of the manifest that asks for something, and all it may ask for.
const PROMISED: [(&str, &[&str]); 4] = [
    ("permissions", &["activeTab", "alarms", "browsingData", "cookies", "management", "scripting", "storage"]),
    ("host_permissions", &["https://*.chatgpt.com/*", "https://*.openai.com/*"]),
    ("optional_permissions", &["notifications"]),
    ("optional_host_permissions", &["http://*/*", "https://*/*"]),
];

/// Runs a rule on each browser's manifest.
fn each(tree: &Tree, rule: impl Fn(&Value) -> Vec<String>) -> Vec<String> {
    let mut complaints = Vec::new();
    for browser in Browser::ALL {
        match manifest::derive(tree.file("manifest.json"), browser, "0.0.0") {
            Ok(manifest) => complaints.extend(rule(&manifest).into_iter().map(|said| format!("{}: {said}", browser.name()))),
            Err(error) => complaints.push(format!("{}: {error:#}", browser.name())),
        }
    }
    complaints
}

pub(super) fn permissions(tree: &Tree) -> Vec<String> {
    each(tree, |manifest| {
        let asked = |key: &str| manifest[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<BTreeSet<_>>();
        let differs = PROMISED.iter().filter(|(key, promised)| asked(key) != promised.iter().copied().collect());
        differs.map(|(key, promised)| format!("{key} must be {}, no more and no less", promised.join(", "))).collect()
    })
}

pub(super) fn web_accessible(tree: &Tree) -> Vec<String> {
    each(tree, |manifest| {
        let accessible = manifest.get("web_accessible_resources").is_some();
        accessible
            .then(|| "remove web_accessible_resources: a page could find out that we are there".to_owned())
            .into_iter()
            .collect()
    })
}

pub(super) fn remote_sources(tree: &Tree) -> Vec<String> {
    const LOCAL: [&str; 6] = ["'self'", "'none'", "'wasm-unsafe-eval'", "'script'", "chrome://extension-icon", "moz-extension:"];
    each(tree, |manifest| {
        let policy =
            manifest.pointer("/content_security_policy/extension_pages").and_then(Value::as_str).unwrap_or("script-src *");
        let sources = policy.split(';').flat_map(|directive| directive.split_whitespace().skip(1));
        let remote = sources.filter(|source| !LOCAL.contains(source));
        remote
            .map(|source| format!("content_security_policy must not name {source}: extension pages load only our own files"))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(text: &str) -> Tree {
        Tree::of([("manifest.json", text)])
    }

    #[test]
    fn a_permission_too_many_and_one_too_few_are_found() {
        let promised = r#"{"permissions": ["management", "browsingData", "cookies", "storage", "scripting", "activeTab", "alarms"],
            "host_permissions": ["https://*.chatgpt.com/*", "https://*.openai.com/*"], "optional_permissions": ["notifications"],
            "optional_host_permissions": ["https://*/*", "http://*/*"]}"#;
        assert!(permissions(&manifest(promised)).is_empty());
        assert_eq!(permissions(&manifest(&promised.replace("\"alarms\"", "\"alarms\", \"tabs\""))).len(), 2, "in both browsers");
        assert_eq!(permissions(&manifest(&promised.replace(", \"alarms\"", ""))).len(), 2);
        let firefox = promised.replace("\"host_permissions\"", "\"{{firefox}}.host_permissions\"");
        let complaints = permissions(&manifest(&firefox));
        assert_eq!(
            complaints,
            ["chrome: host_permissions must be https://*.chatgpt.com/*, https://*.openai.com/*, no more and no less"]
        );
    }

    #[test]
    fn a_web_accessible_file_is_found() {
        assert!(web_accessible(&manifest("{}")).is_empty());
        assert_eq!(web_accessible(&manifest(r#"{"{{chrome}}.web_accessible_resources": []}"#)).len(), 1);
    }

    #[test]
    fn a_remote_source_is_found_and_so_is_a_missing_policy() {
        let policy = |text: &str| manifest(&format!(r#"{{"content_security_policy": {{"extension_pages": "{text}"}}}}"#));
        assert!(remote_sources(&policy("script-src 'self' 'wasm-unsafe-eval'; object-src 'none'")).is_empty());
        assert_eq!(remote_sources(&policy("script-src 'self' https://example.com")).len(), 2);
        assert_eq!(remote_sources(&manifest("{}")).len(), 2);
    }
}
