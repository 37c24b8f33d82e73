//! The settings that users may choose, each defined once. The options page, the disk, the backup and an administrator's policy
//! all read this one table. What a setting changes is decided elsewhere, where it takes effect.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::text::{Text, keys};

/// A setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Setting {
    /// The banner on block pages.
    Banner,
    /// Find the cause as soon as the popup opens on a block page. If it is off, no request is sent until a click.
    AskAtOnce,
}

/// Everything about a setting. All settings are switches.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// The setting.
    pub setting: Setting,
    /// Its name on disk, in a backup and in a policy.
    pub key: &'static str,
    /// Its value until the user chooses.
    pub default: bool,
    /// Its title.
    pub title: fn() -> Text,
    /// What it does.
    pub body: fn() -> Text,
}

/// Every setting, in the order in which they are shown.
pub const SETTINGS: [Definition; 2] = [
    Definition {
        setting: Setting::Banner,
        key: "banner",
        default: true,
        title: keys::setting_banner,
        body: keys::setting_banner_body,
    },
    Definition {
        setting: Setting::AskAtOnce,
        key: "askAtOnce",
        default: true,
        title: keys::setting_ask,
        body: keys::setting_ask_body,
    },
];

/// The user's choices. A setting that was not chosen is missing, so that its default can change. On disk, each is stored by its
/// name; names from other versions are dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<String, bool>", into = "BTreeMap<Setting, bool>")]
pub struct Settings {
    chosen: BTreeMap<Setting, bool>,
}

impl From<BTreeMap<String, bool>> for Settings {
    fn from(by_name: BTreeMap<String, bool>) -> Self {
        Self::of(&|key| by_name.get(key).copied())
    }
}

impl From<Settings> for BTreeMap<Setting, bool> {
    fn from(settings: Settings) -> Self {
        settings.chosen
    }
}

impl Settings {
    /// The choices that `read` returns for the settings' names.
    pub fn of(read: &dyn Fn(&'static str) -> Option<bool>) -> Self {
        let mut settings = Self::default();
        for definition in SETTINGS {
            if let Some(on) = read(definition.key) {
                settings.choose(definition.setting, on);
            }
        }
        settings
    }

    /// The choice, if there is one.
    pub fn choice(&self, setting: Setting) -> Option<bool> {
        self.chosen.get(&setting).copied()
    }

    /// Stores a choice.
    pub fn choose(&mut self, setting: Setting, on: bool) {
        self.chosen.insert(setting, on);
    }

    /// All choices by name, in the table's order.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, bool)> {
        SETTINGS.iter().filter_map(|definition| Some((definition.key, self.choice(definition.setting)?)))
    }
}

impl Setting {
    /// Its value until the user chooses.
    pub fn default_choice(self) -> bool {
        SETTINGS.iter().any(|definition| definition.setting == self && definition.default)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_each_setting_once() {
        for definition in SETTINGS {
            assert_eq!(SETTINGS.iter().filter(|other| other.key == definition.key).count(), 1);
            assert_eq!(SETTINGS.iter().filter(|other| other.setting == definition.setting).count(), 1);
            let name = serde_json::to_value(definition.setting).unwrap();
            assert_eq!(name, definition.key, "the name on disk is the name in tests");
        }
    }

    #[test]
    fn only_choices_with_a_known_name_are_read() {
        let mut settings = Settings::default();
        assert_eq!(settings.choice(Setting::Banner), None);
        settings.choose(Setting::AskAtOnce, false);
        settings.choose(Setting::AskAtOnce, true);
        settings.choose(Setting::Banner, false);
        assert_eq!(settings.named().collect::<Vec<_>>(), [("banner", false), ("askAtOnce", true)]);
        let read = Settings::of(&|key| settings.named().find(|(name, _)| *name == key).map(|(_, on)| on));
        assert_eq!(read.named().collect::<Vec<_>>(), settings.named().collect::<Vec<_>>());
    }
}
