//! One extension as the browser describes it.

use serde::Deserialize;

use crate::base::id::ExtensionId;

/// [`management.ExtensionInfo`](https://developer.chrome.com/docs/extensions/reference/api/management#type-ExtensionInfo), but
/// only the fields that matter here. Missing lists are empty.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Installed {
    /// The browser's ID of the extension.
    pub id: ExtensionId,
    /// The name as the developer wrote it. Untrusted text.
    pub name: String,
    /// Its version.
    #[serde(default)]
    pub version: String,
    /// Is it on?
    pub enabled: bool,
    /// May the user (and so Readmit) turn it on and off? `false` if a policy installed it.
    pub may_disable: bool,
    /// May it be turned on again? The browser gives this only for extensions that are off.
    pub may_enable: Option<bool>,
    /// Why the browser keeps it off: `permissions_increase` or `unknown`. Only in Chromium.
    pub disabled_reason: Option<String>,
    /// `extension`, `theme`, `hosted_app`, `packaged_app`, ...
    #[serde(rename = "type")]
    pub kind: String,
    /// The API permissions that it has.
    #[serde(default)]
    pub permissions: Vec<String>,
    /// The match patterns of the hosts that it may access, including its content scripts.
    #[serde(default)]
    pub host_permissions: Vec<String>,
    /// Its icons in several sizes. Can be empty.
    #[serde(default)]
    pub icons: Vec<Icon>,
}

/// The URL of an icon. Only extension pages and the browser's own pages can load it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Icon {
    /// The width and height in pixels.
    pub size: u32,
    /// `chrome://extension-icon/...` or `moz-extension://...`.
    pub url: String,
}

impl Installed {
    /// Can it act on pages at all? Themes and apps cannot.
    pub fn is_extension(&self) -> bool {
        self.kind == "extension"
    }

    /// The name without the slogan: "Foo - the best foo" becomes "Foo".
    pub fn short_name(&self) -> &str {
        let name = self.name.trim();
        // Most names have no separator, and searching for each of them is slow.
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

    /// The icon for `pixels`: the smallest one that is large enough, otherwise the largest.
    pub fn icon(&self, pixels: u32) -> Option<&str> {
        let enough = self.icons.iter().filter(|icon| icon.size >= pixels).min_by_key(|icon| icon.size);
        enough.or_else(|| self.icons.iter().max_by_key(|icon| icon.size)).map(|icon| icon.url.as_str())
    }

    /// Copies the data from when the extension was on. If an extension is off, Firefox gives neither its permissions nor its
    /// icons.
    pub fn recall(&mut self, before: &Self) {
        let is_bare = self.permissions.is_empty() && self.host_permissions.is_empty() && self.icons.is_empty();
        if !self.enabled && is_bare {
            self.permissions.clone_from(&before.permissions);
            self.host_permissions.clone_from(&before.host_permissions);
            self.icons.clone_from(&before.icons);
        }
    }

    /// Why it cannot be turned off and, as far as the browser says, on again. `None` if it can be.
    pub fn lock(&self) -> Option<Lock> {
        if self.enabled {
            return (!self.may_disable).then_some(Lock::Policy);
        }
        // For an extension that is off, Firefox says that it may not be turned off, so `may_disable` is ignored here. Chromium
        // says if it may not be turned on.
        match (self.disabled_reason.as_deref(), self.may_enable) {
            (Some("permissions_increase"), _) => Some(Lock::MorePermissions),
            (_, Some(false)) => Some(Lock::Browser),
            _ => None,
        }
    }
}

/// Why an extension cannot be turned on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// The administrator of this computer decided it.
    Policy,
    /// It needs more permissions than were granted. Only the browser's own page can ask for them.
    MorePermissions,
    /// The browser keeps it off: it is unsupported, corrupted or blocked.
    Browser,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An extension that is on, can be turned off, and has no permissions.
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
    fn a_slogan_is_removed() {
        check_name("Foo - the best foo", "Foo");
        check_name("AdGuard AdBlocker: Block ads | Fast", "AdGuard AdBlocker");
        check_name("  Plain  ", "Plain");
    }

    #[test]
    fn a_name_is_never_cut_too_short() {
        check_name("1 - One", "1 - One");
        check_name("User-Agent Switcher", "User-Agent Switcher");
    }

    #[test]
    fn the_smallest_sharp_icon_is_chosen() {
        let icon = |size| Icon { size, url: size.to_string() };
        let some = Installed { icons: vec![icon(128), icon(16), icon(48)], ..innocent("a") };
        assert_eq!(some.icon(32), Some("48"));
        assert_eq!(some.icon(256), Some("128"));
        assert_eq!(innocent("a").icon(32), None);
    }

    #[test]
    fn data_from_before_it_was_off_is_kept() {
        let before = Installed { permissions: vec!["proxy".into()], ..innocent("a") };
        let mut off = Installed { enabled: false, may_disable: false, ..innocent("a") };
        off.recall(&before);
        assert_eq!((off.permissions.clone(), off.lock()), (before.permissions.clone(), None));
        let mut told = Installed { enabled: false, icons: vec![Icon { size: 16, url: "x".into() }], ..innocent("a") };
        told.recall(&before);
        assert!(told.permissions.is_empty(), "the browser did tell");
    }

    #[test]
    fn a_lock_gives_its_reason() {
        let off = Installed { enabled: false, ..innocent("a") };
        assert_eq!(innocent("a").lock(), None);
        assert_eq!(off.lock(), None);
        assert_eq!(Installed { may_disable: false, ..innocent("a") }.lock(), Some(Lock::Policy));
        assert_eq!(Installed { may_enable: Some(false), ..off.clone() }.lock(), Some(Lock::Browser));
        let wants_more = Installed { disabled_reason: Some("permissions_increase".into()), ..off };
        assert_eq!(wants_more.lock(), Some(Lock::MorePermissions));
    }
}
