//! Derives each browser's manifest from the one at the repository's root.
//!
//! A key `{{chrome}}.key` is for Chrome only and `{{firefox}}.key` for Firefox only, at any depth; all other keys are for both.
//! `"{{version}}"` stands for the workspace's version. Nothing else is special.
//!
//! JSON has no comments, so the reasons for the contents of `manifest.json` are here:
//!
//! - **`content_security_policy`** allows only the extension's own files, kind by kind, and `wasm-unsafe-eval`, because
//!   WebAssembly does not run in an extension's pages without it. `require-trusted-types-for` makes the browser reject markup
//!   from strings. The build adds the hash of the one style that is inlined in a page, the popup's. The other extensions' icons
//!   come from `chrome://extension-icon` in Chrome and from `moz-extension:` in Firefox. There is no `default-src` and no
//!   `connect-src`, on purpose: the only thing this leaves open is where a *fetch* may go. That is the user's decision, made
//!   through host permissions (the blocked site may be any site), and a fixed list here could not follow it. There is no
//!   `upgrade-insecure-requests` either: Firefox would otherwise add it, and it would make a probe of an `http:` page request
//!   another URL than the page's.
//! - **`content_scripts`** run in the top frame only, because a block page is a whole page and not a part of one, and at
//!   `document_end`, the first moment at which the whole page can be read.
//! - **`host_permissions`** name the service's hosts (`*.chatgpt.com` includes `chatgpt.com` itself), and
//!   `optional_host_permissions` name every site, so that any one of them can be requested on a click.
//! - **`background`** differs: Chrome has only service workers, Firefox only event pages. Both load one module.
//! - **`incognito`** is `not_allowed`: a private window is what a block page is compared with, it forgets everything on its
//!   own, and clearing from one would clear the normal profile (Chrome keeps one background for both).
//! - **`minimum_chrome_version`** 127: `action.openPopup`. **`strict_min_version`** 153: the oldest version in which all of
//!   this was tested, the extended support release of 2026.

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value};

/// The browsers that we build for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    Chrome,
    Firefox,
}

impl Browser {
    pub(crate) const ALL: [Self; 2] = [Self::Chrome, Self::Firefox];

    /// The name in prefixes and in `dist/`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chrome => "chrome",
            Self::Firefox => "firefox",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|browser| browser.name() == name)
    }
}

/// The manifest of one browser, derived from the text of the common manifest.
pub(crate) fn derive(source: &str, browser: Browser, version: &str) -> Result<Value> {
    let source: Value = serde_json::from_str(source).context("manifest.json is not JSON")?;
    derive_value(source, browser, version).context("manifest.json")
}

/// The manifest that also allows the style with this hash in our pages.
pub(crate) fn allow_style(manifest: &str, source: &str) -> Result<String> {
    const STYLES: &str = "style-src 'self'";
    ensure!(manifest.matches(STYLES).count() == 1, "manifest.json: the policy has to say {STYLES}, once for each browser");
    Ok(manifest.replace(STYLES, &format!("{STYLES} {source}")))
}

fn derive_value(value: Value, browser: Browser, version: &str) -> Result<Value> {
    Ok(match value {
        Value::Object(object) => derive_object(object, browser, version)?,
        Value::Array(items) => {
            let items: Result<_> = items.into_iter().map(|item| derive_value(item, browser, version)).collect();
            Value::Array(items?)
        }
        Value::String(text) if text == "{{version}}" => version.into(),
        Value::String(text) if text.contains("{{") => bail!("`{text}` is not known: did you mean `{{{{version}}}}`?"),
        other => other,
    })
}

fn derive_object(object: Map<String, Value>, browser: Browser, version: &str) -> Result<Value> {
    let mut derived = Map::new();
    for (name, value) in object {
        let (only, key) = split_prefix(&name)?;
        if only.is_none_or(|only| only == browser) {
            let before = derived.insert(key.to_owned(), derive_value(value, browser, version)?);
            ensure!(before.is_none(), "`{key}` is there twice for {}", browser.name());
        }
    }
    Ok(Value::Object(derived))
}

/// `{{chrome}}.key` is Chrome's `key`; a name without braces is for both browsers.
fn split_prefix(name: &str) -> Result<(Option<Browser>, &str)> {
    if !name.contains("{{") {
        return Ok((None, name));
    }
    let parts = name.strip_prefix("{{").and_then(|rest| rest.split_once("}}."));
    let known = parts.and_then(|(prefix, key)| Some((Browser::named(prefix)?, key)));
    let (browser, key) = known.with_context(|| format!("`{name}`: only {{{{chrome}}}}. and {{{{firefox}}}}. are known"))?;
    Ok((Some(browser), key))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(source: &Value, chrome: &Value, firefox: &Value) {
        let source = source.to_string();
        assert_eq!(&derive(&source, Browser::Chrome, "1.2.3").unwrap(), chrome);
        assert_eq!(&derive(&source, Browser::Firefox, "1.2.3").unwrap(), firefox);
    }

    #[test]
    fn the_style_hash_is_added_to_style_src() {
        let allowed = allow_style("script-src 'self'; style-src 'self'; img-src 'self'", "'sha256-x'").unwrap();
        assert_eq!(allowed, "script-src 'self'; style-src 'self' 'sha256-x'; img-src 'self'");
        assert!(allow_style("script-src 'self'", "'sha256-x'").is_err());
    }

    fn check_error(source: &Value, expected: &str) {
        let error = format!("{:#}", derive(&source.to_string(), Browser::Chrome, "1.2.3").unwrap_err());
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn a_key_without_prefix_is_for_both() {
        check(&json!({"a": [1, {"b": null}]}), &json!({"a": [1, {"b": null}]}), &json!({"a": [1, {"b": null}]}));
    }

    #[test]
    fn a_prefixed_key_is_for_one_at_any_depth() {
        let source = json!({"a": {"{{chrome}}.b": 1, "{{firefox}}.b": 2, "c": 3}, "{{firefox}}.d": 4});
        check(&source, &json!({"a": {"b": 1, "c": 3}}), &json!({"a": {"b": 2, "c": 3}, "d": 4}));
    }

    #[test]
    fn the_version_is_the_workspaces() {
        check(&json!({"version": "{{version}}"}), &json!({"version": "1.2.3"}), &json!({"version": "1.2.3"}));
    }

    #[test]
    fn an_unknown_prefix_is_an_error() {
        check_error(&json!({"a": {"{{safari}}.b": 1}}), "`{{safari}}.b`: only {{chrome}}. and {{firefox}}. are known");
        check_error(&json!({"{{chrome}}b": 1}), "`{{chrome}}b`: only");
        check_error(&json!({"a": "{{versoin}}"}), "`{{versoin}}` is not known");
    }

    #[test]
    fn a_duplicate_key_is_an_error() {
        check_error(&json!({"a": 1, "{{chrome}}.a": 2}), "`a` is there twice for chrome");
    }
}
