//! What people may choose, each setting defined once. The options page, the disk, the backup and an administrator's policy
//! all read this one table. What a setting changes is decided where that happens, not here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::text::{Text, keys};

/// Something to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Setting {
    /// The banner on pages that refuse.
    Banner,
    /// Finding the cause as soon as the popup opens on a refusal. Without it nothing is asked of anybody until a click.
    AskAtOnce,
}

/// All there is to know of a setting. All of them are switches.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// Which.
    pub setting: Setting,
    /// Its name on disk, in a backup and in a policy.
    pub key: &'static str,
    /// What it is for those who never chose.
    pub default: bool,
    /// What it is called.
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

/// Choices. What was not chosen is not in it, so that a default can change. On disk: each by its name; names of other versions are
/// left out.
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
    /// The choices that `read` finds under the settings' names.
    pub fn of(read: &dyn Fn(&'static str) -> Option<bool>) -> Self {
        let mut settings = Self::default();
        for definition in SETTINGS {
            if let Some(on) = read(definition.key) {
                settings.choose(definition.setting, on);
            }
        }
        settings
    }

    /// What was chosen, if anything.
    pub fn choice(&self, setting: Setting) -> Option<bool> {
        self.chosen.get(&setting).copied()
    }

    /// Chooses.
    pub fn choose(&mut self, setting: Setting, on: bool) {
        self.chosen.insert(setting, on);
    }

    /// All choices by name, in the table's order.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, bool)> {
        SETTINGS.iter().filter_map(|definition| Some((definition.key, self.choice(definition.setting)?)))
    }
}

impl Setting {
    /// What it is for those who never chose.
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
    fn a_choice_comes_back_by_its_name_and_nothing_else_does() {
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
