//! One extension as the browser describes it.

use serde::Deserialize;

use crate::base::id::ExtensionId;

/// [`management.ExtensionInfo`](https://developer.chrome.com/docs/extensions/reference/api/management#type-ExtensionInfo),
/// the parts that matter here. Missing lists are empty.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Installed {
    /// The browser's name for it.
    pub id: ExtensionId,
    /// As its maker wrote it; untrusted text.
    pub name: String,
    /// Its version.
    #[serde(default)]
    pub version: String,
    /// Is it on?
    pub enabled: bool,
    /// May a person (and so we) switch it? `false` for what a policy installed.
    pub may_disable: bool,
    /// May it be switched on again? The browser says so only of extensions that are off.
    pub may_enable: Option<bool>,
    /// Why the browser keeps it off: `permissions_increase` or `unknown`. Chromium only.
    pub disabled_reason: Option<String>,
    /// `extension`, `theme`, `hosted_app`, `packaged_app`, ...
    #[serde(rename = "type")]
    pub kind: String,
    /// The API permissions it holds.
    #[serde(default)]
    pub permissions: Vec<String>,
    /// The match patterns it may reach, content scripts included.
    #[serde(default)]
    pub host_permissions: Vec<String>,
    /// Its icons, by size. Can be missing.
    #[serde(default)]
    pub icons: Vec<Icon>,
}

/// An icon's address, which only the browser's own pages and extension pages can load.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Icon {
    /// Pixels a side.
    pub size: u32,
    /// `chrome://extension-icon/...` or `moz-extension://...`.
    pub url: String,
}

impl Installed {
    /// Can it act on pages at all? Themes and apps cannot.
    pub fn is_extension(&self) -> bool {
        self.kind == "extension"
    }

    /// Its name without the slogan: "Foo - the best foo" is "Foo".
    pub fn short_name(&self) -> &str {
        let name = self.name.trim();
        // Most have none, and looking for each of them takes long.
        if !name.contains(['-', '\u{2013}', '\u{2014}', '|', ':', '\u{2022}']) {
            return name;
        }
        [" - ", " \u{2013} ", " \u{2014} ", " | ", ": ", " \u{2022} "]
            .iter()
            .filter_map(|separator| name.split_once(separator))
            .map(|(head, _slogan)| head.trim())
            .filter(|head| head.chars().count() >= 3)
            .min_by_key(|head| head.len())
            .unwrap_or(name)
    }

    /// The icon that is sharp at `pixels`: the smallest that is large enough, else the largest.
    pub fn icon(&self, pixels: u32) -> Option<&str> {
        let enough = self.icons.iter().filter(|icon| icon.size >= pixels).min_by_key(|icon| icon.size);
        enough.or_else(|| self.icons.iter().max_by_key(|icon| icon.size)).map(|icon| icon.url.as_str())
    }

    /// What the browser told while it was on. Firefox tells of one that is off neither what it may do nor how it looks.
    pub fn recall(&mut self, before: &Self) {
        let is_bare = self.permissions.is_empty() && self.host_permissions.is_empty() && self.icons.is_empty();
        if !self.enabled && is_bare {
            self.permissions.clone_from(&before.permissions);
            self.host_permissions.clone_from(&before.host_permissions);
            self.icons.clone_from(&before.icons);
        }
    }

    /// Can it be switched off and, as far as the browser tells, on again?
    pub fn lock(&self) -> Option<Lock> {
        if self.enabled {
            return (!self.may_disable).then_some(Lock::Policy);
        }
        // Of one that is off Firefox says that it may not be switched off; and Chromium, that it may not be switched on.
        match (self.disabled_reason.as_deref(), self.may_enable) {
            (Some("permissions_increase"), _) => Some(Lock::MorePermissions),
            (_, Some(false)) => Some(Lock::Browser),
            _ => None,
        }
    }
}

/// Why a switch cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// Whoever manages this computer decided.
    Policy,
    /// It wants more permissions than were granted; only the browser's own page may ask for them.
    MorePermissions,
    /// The browser will not have it on: unsupported, corrupted or blocked.
    Browser,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An extension that is on, may be switched, and can do nothing.
    pub(crate) fn innocent(id: &str) -> Installed {
        Installed {
            id: ExtensionId(id.into()),
            name: id.into(),
            version: "1.0".into(),
            enabled: true,
            may_disable: true,
            may_enable: None,
            disabled_reason: None,
            kind: "extension".into(),
            permissions: Vec::new(),
            host_permissions: Vec::new(),
            icons: Vec::new(),
        }
    }

    #[track_caller]
    fn check_name(name: &str, expected: &str) {
        assert_eq!(Installed { name: name.into(), ..innocent("a") }.short_name(), expected);
    }

    #[test]
    fn a_slogan_is_left_out() {
        check_name("Foo - the best foo", "Foo");
        check_name("AdGuard AdBlocker: Block ads | Fast", "AdGuard AdBlocker");
        check_name("  Plain  ", "Plain");
    }

    #[test]
    fn a_name_is_not_cut_to_a_stump() {
        check_name("1 - One", "1 - One");
        check_name("User-Agent Switcher", "User-Agent Switcher");
    }

    #[test]
    fn the_icon_is_the_smallest_that_is_sharp() {
        let icon = |size| Icon { size, url: size.to_string() };
        let some = Installed { icons: vec![icon(128), icon(16), icon(48)], ..innocent("a") };
        assert_eq!(some.icon(32), Some("48"));
        assert_eq!(some.icon(256), Some("128"));
        assert_eq!(innocent("a").icon(32), None);
    }

    #[test]
    fn what_was_told_of_one_that_is_off_now_is_recalled() {
        let before = Installed { permissions: vec!["proxy".into()], ..innocent("a") };
        let mut off = Installed { enabled: false, may_disable: false, ..innocent("a") };
        off.recall(&before);
        assert_eq!((off.permissions.clone(), off.lock()), (before.permissions.clone(), None));
        let mut told = Installed { enabled: false, icons: vec![Icon { size: 16, url: "x".into() }], ..innocent("a") };
        told.recall(&before);
        assert!(told.permissions.is_empty(), "the browser did tell");
    }

    #[test]
    fn a_lock_says_who_holds_it() {
        let off = Installed { enabled: false, ..innocent("a") };
        assert_eq!(innocent("a").lock(), None);
        assert_eq!(off.lock(), None);
        assert_eq!(Installed { may_disable: false, ..innocent("a") }.lock(), Some(Lock::Policy));
        assert_eq!(Installed { may_enable: Some(false), ..off.clone() }.lock(), Some(Lock::Browser));
        let wants_more = Installed { disabled_reason: Some("permissions_increase".into()), ..off };
        assert_eq!(wants_more.lock(), Some(Lock::MorePermissions));
    }
}
