//! Rules for what we ask of the browser: the promises made to users in the store and in `docs/permissions.md`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Tree;
use crate::manifest::{self, Browser};
use crate::workspace::has_extension;

/// Every key of the manifest that requests something, and everything it may request.
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

/// The first column of the tables in `docs/permissions.md`: everything that is requested, each with its reason.
pub(super) fn explained(tree: &Tree) -> Vec<String> {
    let document = tree.file("docs/permissions.md");
    let rows = document.lines().filter_map(|line| line.strip_prefix("| `")?.split_once(" | "));
    let explained: BTreeSet<&str> =
        rows.clone().flat_map(|(names, _)| names.split(['`', ',', ' '])).filter(|name| !name.is_empty()).collect();
    let mut complaints: Vec<String> =
        rows.filter(|(_, reason)| reason.len() < 20).map(|(names, _)| format!("`{names}: say what it is for")).collect();
    complaints.extend(each(tree, |manifest| {
        let asked =
            PROMISED.iter().flat_map(|(key, _)| manifest[*key].as_array().into_iter().flatten().filter_map(Value::as_str));
        let asked: BTreeSet<&str> = asked.collect();
        let missing = asked.difference(&explained).map(|name| format!("docs/permissions.md must say what {name} is for"));
        let idle =
            explained.difference(&asked).map(|name| format!("docs/permissions.md explains {name}, which is not asked for"));
        missing.chain(idle).collect()
    }));
    complaints
}

/// Hosts named in the files that ship are contacted or opened sooner or later, so `docs/privacy.md` has to name them.
pub(super) fn hosts(tree: &Tree) -> Vec<String> {
    let document = tree.file("docs/privacy.md");
    let mut complaints = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| is_shipped(path)) {
        // Tests come last in a file, and name hosts that are never contacted.
        let text = text.split("#[cfg(test)]").next().unwrap_or(text);
        for (at, _) in text.match_indices("\"https://") {
            let rest = text.get(at + 9..).unwrap_or_default();
            let host = rest.split(|c: char| !(c.is_ascii_alphanumeric() || ".-".contains(c))).next().unwrap_or_default();
            if host.contains('.') && !document.contains(&format!("`{host}`")) {
                complaints.push(format!("{path}: docs/privacy.md must say when {host} is asked"));
            }
        }
    }
    complaints
}

/// Packages are for the checks and the build. What ships imports only its own files.
pub(super) fn packages(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    if serde_json::from_str::<Value>(tree.file("package.json")).is_ok_and(|package| package.get("dependencies").is_some()) {
        complaints.push("package.json: packages are development packages only".to_owned());
    }
    for (path, text) in tree.files().filter(|(path, _)| is_shipped(path)) {
        for line in text.lines() {
            let imported =
                ["from \"", "import \"", "import(\"", "importScripts(\""].iter().find_map(|word| Some(line.split_once(word)?.1));
            if imported.is_some_and(|file| !file.starts_with('.')) && has_extension(path, &["js", "html"]) {
                complaints.push(format!("{path}: what ships imports its own files only"));
            }
        }
    }
    complaints
}

fn is_shipped(path: &str) -> bool {
    let folders = ["extension/", "popup/", "crate/app/", "crate/content/src/", "crate/core/src/", "crate/webext/src/"];
    folders.iter().any(|folder| path.starts_with(folder))
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

/// The icon is drawn again in the popup, because an image would be one more file to load.
pub(super) fn mark(tree: &Tree) -> Vec<String> {
    let popup = tree.file("popup/popup.html");
    let shapes = tree.file("extension/icons/readmit.svg").lines().map(str::trim).filter(|line| line.contains(" fill="));
    let missing: Vec<&str> = shapes.filter(|shape| !popup.contains(shape)).collect();
    missing.into_iter().map(|shape| format!("popup/popup.html: the mark lacks what the icon has: {shape}")).collect()
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
    fn permissions_and_reasons_have_to_match() {
        let manifest = r#"{"permissions": ["storage", "alarms"], "optional_host_permissions": ["https://*/*", "http://*/*"]}"#;
        let explaining = |document: &str| explained(&Tree::of([("manifest.json", manifest), ("docs/permissions.md", document)]));
        let hosts = "| `https://*/*`, `http://*/*` | One site, on the click that needs it. |\n";
        let whole = format!(
            "| permission | what for |\n| `storage` | Keeps what was switched. |\n| `alarms` | Forgets after ten minutes. |\n{hosts}"
        );
        assert!(explaining(&whole).is_empty());
        assert_eq!(explaining(&whole.replace("`alarms`", "`tabs`")).len(), 4, "in both browsers, in both directions");
        assert_eq!(explaining(&whole.replace("Keeps what was switched.", "")).len(), 1);
    }

    #[test]
    fn a_host_that_is_not_named_is_found() {
        let with = |path: &'static str, text: &'static str| {
            hosts(&Tree::of([("docs/privacy.md", "`status.example.com`"), (path, text)]))
        };
        assert!(
            with("crate/core/src/a.rs", "//! https://docs.example\n\"https://status.example.com/x\" \"https://\"").is_empty()
        );
        assert_eq!(with("crate/core/src/a.rs", "\"https://evil.example/\"").len(), 1);
        assert!(with("crate/core/src/a.rs", "#[cfg(test)]\n\"https://evil.example/\"").is_empty());
        assert!(with("tests/a.js", "\"https://evil.example/\"").is_empty());
    }

    #[test]
    fn a_package_that_would_ship_is_found() {
        let with = |package: &'static str, script: &'static str| {
            packages(&Tree::of([("package.json", package), ("extension/a.js", script)])).len()
        };
        assert_eq!(with(r#"{"devDependencies": {"a": "1"}}"#, "import init from \"./app.js\";"), 0);
        assert_eq!(with(r#"{"dependencies": {"a": "1"}}"#, ""), 1);
        assert_eq!(with("{}", "import a from \"a\";"), 1);
        assert_eq!(with("{}", "await import(\"https://cdn.example/a.js\");"), 1);
    }

    #[test]
    fn a_web_accessible_file_is_found() {
        assert!(web_accessible(&manifest("{}")).is_empty());
        assert_eq!(web_accessible(&manifest(r#"{"{{chrome}}.web_accessible_resources": []}"#)).len(), 1);
    }

    #[test]
    fn a_popup_icon_that_differs_is_found() {
        let drawn = |popup: &'static str| {
            mark(&Tree::of([
                ("extension/icons/readmit.svg", "<svg>\n  <path fill=\"#fff\" d=\"M1 1\"/>\n</svg>\n"),
                ("popup/popup.html", popup),
            ]))
        };
        assert!(drawn("<svg class=\"mark\"><path fill=\"#fff\" d=\"M1 1\"/></svg>").is_empty());
        assert_eq!(drawn("<svg class=\"mark\"><path fill=\"#fff\" d=\"M1 2\"/></svg>").len(), 1);
    }

    #[test]
    fn a_remote_source_is_found_and_so_is_a_missing_policy() {
        let policy = |text: &str| manifest(&format!(r#"{{"content_security_policy": {{"extension_pages": "{text}"}}}}"#));
        assert!(remote_sources(&policy("script-src 'self' 'wasm-unsafe-eval'; object-src 'none'")).is_empty());
        assert_eq!(remote_sources(&policy("script-src 'self' https://example.com")).len(), 2);
        assert_eq!(remote_sources(&manifest("{}")).len(), 2);
    }
}
