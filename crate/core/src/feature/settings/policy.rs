//! The policy that an administrator sets for many computers. It is read from the browser's managed storage and overrides every
//! setting. It can only remove or fix a choice; nothing in it makes Readmit do anything.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::base::host::Host;
use crate::base::id::ExtensionId;
use crate::diagnosis::fix::Fix;
use crate::evidence::status::Title;
use crate::feature::clear_data::{Site, Strength};
use crate::feature::settings::setting::{Setting, Settings};
use crate::feature::settings::watched::Watched;

/// Sites to watch, by host.
pub const WATCHED_SITES: &str = "watchedSites";
/// Extensions that are never switched, by id.
pub const KEPT_EXTENSIONS: &str = "keptExtensions";
/// Sites whose data is never cleared, by host.
pub const PROTECTED_SITES: &str = "protectedSites";
/// Fixes that are neither shown nor carried out, by name.
pub const HIDDEN_FIXES: &str = "hiddenFixes";
/// The recipient of reports.
pub const OWNER_CONTACT: &str = "ownerContact";

/// A policy as it was read: types are checked, values are not. A member of the wrong type counts as missing. Browsers check most
/// types, and the rest of a policy has to stay in force.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "BTreeMap<String, Value>")]
pub struct Rules {
    /// The settings that are fixed.
    pub settings: Settings,
    /// See [`WATCHED_SITES`].
    pub watched_sites: Vec<String>,
    /// See [`KEPT_EXTENSIONS`].
    pub kept_extensions: Vec<String>,
    /// See [`PROTECTED_SITES`].
    pub protected_sites: Vec<String>,
    /// See [`HIDDEN_FIXES`].
    pub hidden_fixes: Vec<String>,
    /// See [`OWNER_CONTACT`].
    pub owner_contact: Option<String>,
}

impl From<BTreeMap<String, Value>> for Rules {
    fn from(mut members: BTreeMap<String, Value>) -> Self {
        let settings = Settings::of(&|key| members.get(key)?.as_bool());
        let mut texts = |key| members.remove(key).and_then(|texts| serde_json::from_value(texts).ok()).unwrap_or_default();
        Self {
            settings,
            watched_sites: texts(WATCHED_SITES),
            kept_extensions: texts(KEPT_EXTENSIONS),
            protected_sites: texts(PROTECTED_SITES),
            hidden_fixes: texts(HIDDEN_FIXES),
            owner_contact: members.get(OWNER_CONTACT).and_then(Value::as_str).map(Into::into),
        }
    }
}

/// The policy in force.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    settings: Settings,
    /// Sites to watch.
    pub watched_sites: Vec<Host>,
    /// Extensions that are never switched.
    pub kept_extensions: Vec<ExtensionId>,
    /// Sites whose data is never cleared.
    pub protected_sites: Vec<Host>,
    /// Fixes that are neither shown nor carried out.
    pub hidden_fixes: Vec<Fix>,
    /// The recipient of reports.
    pub owner_contact: Option<Title>,
    /// Values that are not valid, as they were written. They are shown so that an administrator sees that they have no effect.
    pub unread: Vec<Title>,
}

impl Policy {
    /// The valid part of `rules`.
    pub fn of(rules: Rules) -> Self {
        let mut unread = Vec::new();
        let watched_sites = hosts(&rules.watched_sites, &mut unread);
        let protected_sites = hosts(&rules.protected_sites, &mut unread);
        let mut hidden_fixes = Vec::new();
        for text in &rules.hidden_fixes {
            match Fix::ALL.into_iter().find(|fix| fix.name() == text) {
                Some(fix) => hidden_fixes.push(fix),
                None => unread.push(Title::new(text)),
            }
        }
        Self {
            settings: rules.settings,
            watched_sites,
            kept_extensions: rules.kept_extensions.into_iter().map(ExtensionId).collect(),
            protected_sites,
            hidden_fixes,
            owner_contact: rules.owner_contact.map(|text| Title::new(&text)).filter(|contact| !contact.as_str().is_empty()),
            unread,
        }
    }

    /// The value that the policy fixes for a setting, if any.
    pub fn setting(&self, setting: Setting) -> Option<bool> {
        self.settings.choice(setting)
    }

    /// Is this extension never switched?
    pub fn keeps(&self, id: &ExtensionId) -> bool {
        self.kept_extensions.contains(id)
    }

    /// Is this fix neither shown nor carried out on `site`?
    pub fn forbids(&self, fix: Fix, site: &Site) -> bool {
        let clears = [Strength::Everything, Strength::CloudflareCheck].iter().any(|&strength| Fix::from(strength) == fix);
        self.hidden_fixes.contains(&fix) || (clears && self.protected_sites.iter().any(|host| is_touched(host, site)))
    }
}

fn hosts(texts: &[String], unread: &mut Vec<Title>) -> Vec<Host> {
    let mut hosts = Vec::new();
    for text in texts {
        match Host::parse(text) {
            Some(host) => hosts.push(host),
            None => unread.push(Title::new(text)),
        }
    }
    hosts
}

/// Would clearing `site` also clear data of `host`? Cookies are cleared for the whole registrable domain.
fn is_touched(host: &Host, site: &Site) -> bool {
    match site {
        Site::Openai => host.is_openai(),
        Site::Other { domain: Some(domain), .. } => host.is_within(domain.as_str()),
        Site::Other { host: other, .. } => domain(host.as_str()) == domain(other.as_str()),
    }
}

/// The registrable domain, or in doubt a larger one, which protects more. The list of public suffixes would be larger than the
/// rest of Readmit.
fn domain(name: &str) -> &str {
    let cut = |labels: usize| name.rmatch_indices('.').nth(labels - 1).map_or(name, |(at, _)| name.get(at + 1..).unwrap_or(name));
    let two = cut(2);
    let is_suffix = two.split_once('.').is_some_and(|(second, first)| first.len() == 2 && second.len() <= 3);
    if is_suffix { cut(3) } else { two }
}

/// The part of the policy that the popup shows, and the other sites with a permission.
pub(crate) struct PolicyInput<'a> {
    /// The recipient of reports, set by the administrator.
    pub(crate) contact: Option<&'a Title>,
    /// Fixes that the administrator has forbidden.
    pub(crate) forbidden: Vec<Fix>,
    /// The other sites with a permission; `None` until the browser has answered.
    pub(crate) watched: Option<&'a Watched>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = include_str!("../../../../../extension/managed.json");

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.into()).collect()
    }

    #[test]
    fn the_schema_for_browsers_has_exactly_these_keys() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        let mut expected = vec![WATCHED_SITES, KEPT_EXTENSIONS, PROTECTED_SITES, HIDDEN_FIXES, OWNER_CONTACT];
        expected.extend(crate::feature::settings::setting::SETTINGS.iter().map(|definition| definition.key));
        expected.sort_unstable();
        let mut keys: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
        keys.sort_unstable();
        assert_eq!(keys, expected);
        // Not an enum: Chromium drops the whole list for one unknown name and reports it nowhere.
        let described = schema["properties"][HIDDEN_FIXES]["description"].as_str().unwrap();
        assert!(described.ends_with(&[&Fix::ALL.map(Fix::name).join(", "), "."].concat()), "{described}");
    }

    #[test]
    fn invalid_values_are_reported_and_the_others_apply() {
        let policy = Policy::of(Rules {
            watched_sites: texts(&["intranet.example", "https://not.a.host/"]),
            hidden_fixes: texts(&["router", "rooter"]),
            owner_contact: Some("  ".into()),
            ..Rules::default()
        });
        assert_eq!(policy.watched_sites, [Host::parse("intranet.example").unwrap()]);
        assert_eq!(policy.hidden_fixes, [Fix::Router]);
        assert_eq!(policy.unread.iter().map(Title::as_str).collect::<Vec<_>>(), ["https://not.a.host/", "rooter"]);
        assert_eq!(policy.owner_contact, None);
    }

    #[test]
    fn a_member_of_the_wrong_type_counts_as_missing() {
        let rules: Rules = serde_json::from_value(serde_json::json!({
            "banner": false,
            "askAtOnce": "no",
            WATCHED_SITES: "intranet.example",
            KEPT_EXTENSIONS: ["a", 7],
            PROTECTED_SITES: null,
            HIDDEN_FIXES: ["router"],
            OWNER_CONTACT: ["x"],
            "other": {},
        }))
        .unwrap();
        assert_eq!(rules.settings.named().collect::<Vec<_>>(), [("banner", false)]);
        for texts in [rules.watched_sites, rules.kept_extensions, rules.protected_sites] {
            assert_eq!(texts, [""; 0]);
        }
        assert_eq!((rules.hidden_fixes, rules.owner_contact), (texts(&["router"]), None));
    }

    #[track_caller]
    fn check(protected: &str, site: &str, forbidden: bool) {
        let policy = Policy::of(Rules { protected_sites: texts(&[protected]), ..Rules::default() });
        let site = Site::of(&Host::parse(site).unwrap());
        for fix in [Fix::SiteData, Fix::CloudflareCheck] {
            assert_eq!(policy.forbids(fix, &site), forbidden, "{protected} {site:?}");
        }
        assert!(!policy.forbids(Fix::Router, &site));
    }

    #[test]
    fn a_protected_site_protects_everything_that_is_cleared_with_it() {
        check("sso.corp.example", "wiki.corp.example", true);
        check("corp.example", "corp.example", true);
        check("corp.example", "other.example", false);
        check("shop.co.uk", "bank.co.uk", false);
        check("a.shop.co.uk", "shop.co.uk", true);
        check("auth.openai.com", "chatgpt.com", true);
        check("corp.example", "chatgpt.com", false);
    }
}
