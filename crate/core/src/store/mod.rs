//! What is stored: one table of values, from which reading, writing and comparing are derived. Everything else is forgotten
//! when the worker stops.
//!
//! A value is stored under its key as `{version, value}`, written and read by serde. Only the shell knows how to turn that into
//! what the browser stores.

pub mod backup;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use crate::base::id::{SetBack, TabId, Time};
use crate::case::Case;
use crate::extensions::bisect::SearchSession;
use crate::extensions::ledger::Ledger;
use crate::extensions::pin::Pins;
use crate::feature::challenge_loop::Challenges;
use crate::feature::clear_data::clearing::{Clearing, UndoCookies};
use crate::feature::history::History;
use crate::feature::recovery_alert::RecoveryAlerts;
use crate::feature::settings::setting::Settings;
use crate::feature::uninstall::Leaving;
use crate::protocol::delivery::Inbox;

/// Defines everything that follows from the table of stored values: for each row a constant, a field of [`Stored`] and a
/// variant of [`Value`].
macro_rules! stored_values {
    ($($(#[$doc:meta])* $constant:ident, $field:ident, $variant:ident($type:ty): $key:literal in $area:ident, version $version:literal;)*) => {
        $($(#[$doc])* pub const $constant: Item = Item { key: $key, area: Area::$area, version: $version };)*

        /// All stored values.
        pub const ITEMS: &[Item] = &[$($constant),*];

        /// Everything that is stored.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Stored {
            $($(#[$doc])* pub $field: $type,)*
        }

        /// A value that is about to be written.
        #[derive(Clone, Debug, PartialEq, Serialize)]
        #[serde(untagged)]
        pub enum Value {
            $($(#[$doc])* $variant($type),)*
        }

        impl Value {
            /// Its declaration.
            pub fn item(&self) -> Item {
                match self {
                    $(Self::$variant(_) => $constant,)*
                }
            }
        }

        impl Stored {
            /// Reads everything from what `find` returns for each key, and reports what is damaged. A value that is missing or
            /// damaged counts as never written.
            pub fn read<R: Raw>(find: impl Fn(Item) -> R) -> (Self, Vec<(Item, FaultKind)>) {
                let mut damaged = Vec::new();
                let stored = Self { $($field: $constant.read(&find($constant), &mut damaged),)* };
                (stored, damaged)
            }

            /// The values that have to be written so that the areas hold `self` where they held `before`.
            pub fn changes_since(&self, before: &Self) -> Vec<Value> {
                let mut values = Vec::new();
                $(
                    if self.$field != before.$field {
                        values.push(Value::$variant(self.$field.clone()));
                    }
                )*
                values
            }
        }
    };
}

// Raise a version when the shape changes, and keep reading the older ones.
stored_values! {
    /// The extensions that were switched. The ledger outlives the browser, so "Put everything back" always works.
    LEDGER, ledger, Ledger(Ledger): "ledger" in Local, version 2;
    /// The extensions that the user never wants switched off.
    PINS, pins, Pins(Pins): "pins" in Local, version 1;
    /// The culprit search in progress, or an interrupted one that can continue. It outlives the browser.
    SEARCH_SESSION, search_session, SearchSession(Option<SearchSession>): "search" in Local, version 1;
    /// The user's choices.
    SETTINGS, settings, Settings(Settings): "settings" in Local, version 1;
    /// The sites whose return the user wants to be notified of.
    RECOVERY_ALERTS, recovery_alerts, RecoveryAlerts(RecoveryAlerts): "lookouts" in Local, version 1;
    /// When something was stored last. A clock that shows an earlier time was set back.
    CLOCK, clock, Clock(Time): "clock" in Local, version 1;
    /// The history of the last blocked pages.
    HISTORY, history, History(History): "memory" in Local, version 1;
    /// Blocked pages, by tab. Tabs end with the browser, and so do these.
    CASES, cases, Cases(Vec<(TabId, Case)>): "cases" in Session, version 1;
    /// The recent checks of the browser in all tabs.
    CHALLENGES, challenges, Challenges(Challenges): "challenges" in Session, version 1;
    /// The clearing in progress, or the last one.
    CLEARING, clearing, Clearing(Option<Clearing>): "clearing" in Session, version 1;
    /// Cookies that Undo would restore. Never on disk.
    UNDO_COOKIES, undo_cookies, UndoCookies(Option<UndoCookies>): "jar" in Session, version 1;
    /// The match patterns of the sites whose open tabs the content script has entered.
    ENTERED, entered, Entered(Vec<String>): "entered" in Session, version 1;
    /// Orders that were accepted, and what is left to do for them.
    INBOX, inbox, Inbox(Inbox): "orders" in Session, version 1;
    /// Everything is being put back before erasing or removing.
    LEAVING, leaving, Leaving(Option<Leaving>): "leaving" in Session, version 1;
    /// What could not be read when the worker started. It is kept so that it is shown until the browser ends.
    STORAGE_FAULTS, storage_faults, StorageFault(Vec<StorageFault>): "trouble" in Session, version 1;
}

/// Where a value is stored. Content scripts can neither read nor write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// On disk, on this computer only. Never `sync`: which extensions are on differs from computer to computer.
    Local,
    /// In memory until the browser ends.
    Session,
}

/// Where a value is stored, and in which version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its key in the area.
    pub key: &'static str,
    /// The area.
    pub area: Area,
    /// The version that is written. Older ones are read, too.
    pub version: u32,
}

/// A value that could not be read and was set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageFault {
    /// The key that it was found under.
    pub key: String,
    /// What is wrong with it.
    pub kind: FaultKind,
}

/// Why a value is set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// A newer version of Readmit wrote it.
    Newer,
    /// No version of Readmit writes this.
    Unreadable,
}

/// What was found under a value's key, in the format of the reader.
pub trait Raw {
    /// `None` if it cannot be decoded as `T`.
    fn decode<T: DeserializeOwned>(&self) -> Option<T>;
}

impl Stored {
    /// Moves every time that lies in the old clock's future. The cookies for Undo are forgotten: it is unknown how old they are.
    pub fn clock_set_back(&mut self, set_back: SetBack) {
        self.clock = set_back.now;
        self.ledger.clock_set_back(set_back);
        if let Some(session) = &mut self.search_session {
            session.at = set_back.past(session.at);
        }
        self.recovery_alerts.clock_set_back(set_back);
        self.history.clock_set_back(set_back);
        for (_, case) in &mut self.cases {
            case.clock_set_back(set_back);
        }
        self.undo_cookies = None;
    }
}

impl Raw for serde_json::Value {
    fn decode<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(self).ok()
    }
}

/// A value as it is stored.
#[derive(Debug, Serialize)]
pub struct Envelope<'a> {
    version: u32,
    value: &'a Value,
}

impl Value {
    /// What has to be written under [`Item::key`].
    pub fn envelope(&self) -> Envelope<'_> {
        Envelope { version: self.item().version, value: self }
    }
}

impl Item {
    /// Decodes what was found. An older version is read like the current one. A newer one is not decoded, because its meaning
    /// may differ.
    fn take<T: DeserializeOwned>(self, raw: &impl Raw) -> Result<Option<T>, FaultKind> {
        #[derive(Deserialize)]
        struct AnyValue {
            value: Option<IgnoredAny>,
        }
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        #[derive(Deserialize)]
        struct OneValue<T> {
            value: T,
        }
        if let Some(None | Some(AnyValue { value: None })) = raw.decode::<Option<AnyValue>>() {
            return Ok(None);
        }
        match raw.decode::<Version>() {
            Some(Version { version }) if version > self.version => Err(FaultKind::Newer),
            Some(Version { version: 1.. }) => raw.decode::<OneValue<T>>().map(|it| Some(it.value)).ok_or(FaultKind::Unreadable),
            _ => Err(FaultKind::Unreadable),
        }
    }

    fn read<T: DeserializeOwned + Default>(self, raw: &impl Raw, damaged: &mut Vec<(Self, FaultKind)>) -> T {
        let taken = self.take(raw).unwrap_or_else(|kind| {
            damaged.push((self, kind));
            None
        });
        taken.unwrap_or_default()
    }

    /// The keys for setting it aside. The first free one is used, so that earlier values are kept.
    pub fn places_aside(self) -> Vec<String> {
        (1..=MOST_ASIDE).map(|number| [self.key, "-set-aside-", &number.to_string()].concat()).collect()
    }
}

/// How many damaged values are kept under one key. If a browser damages more of them, keeping them does not help.
const MOST_ASIDE: u8 = 4;

/// The values of each area, in the order in which the areas have to be written. Both areas cannot be written at once, and the
/// worker may die in between.
///
/// Flows continue from what is stored in memory, so memory usually comes first. An order, however, counts as accepted as soon
/// as the inbox says so. In that case everything else must already be written.
pub fn in_writing_order(values: Vec<Value>) -> Vec<(Area, Vec<Value>)> {
    let has_order = values.iter().any(|value| matches!(value, Value::Inbox(_)));
    let (session, local): (Vec<_>, Vec<_>) = values.into_iter().partition(|value| value.item().area == Area::Session);
    let mut areas = vec![(Area::Session, session), (Area::Local, local)];
    if has_order {
        areas.reverse();
    }
    areas.retain(|(_, values)| !values.is_empty());
    areas
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(raw: &serde_json::Value, expected: Result<Option<bool>, FaultKind>) {
        let item = Item { key: "a", area: Area::Local, version: 3 };
        assert_eq!(item.take(raw), expected, "{raw}");
    }

    #[test]
    fn an_older_version_is_read_and_a_newer_one_is_set_aside() {
        for version in 1..=3 {
            check(&json!({"version": version, "value": true}), Ok(Some(true)));
            check(&json!({"version": version, "value": "true"}), Err(FaultKind::Unreadable));
        }
        for value in [json!(true), json!("true")] {
            check(&json!({"version": 4, "value": value}), Err(FaultKind::Newer));
            check(&json!({"version": u32::MAX, "value": value}), Err(FaultKind::Newer));
            for version in [json!(0), json!(-1), json!(1.5), json!("1"), json!(null), json!(1_u64 << 32)] {
                check(&json!({"version": version, "value": value}), Err(FaultKind::Unreadable));
            }
            check(&json!({"value": value}), Err(FaultKind::Unreadable));
        }
    }

    #[test]
    fn a_missing_value_is_not_damaged() {
        for raw in [json!(null), json!({}), json!({"version": 1, "value": null}), json!({"version": 9})] {
            check(&raw, Ok(None));
        }
        for raw in [json!(true), json!("true"), json!(7)] {
            check(&raw, Err(FaultKind::Unreadable));
        }
    }

    #[test]
    fn a_damaged_value_does_not_harm_the_others() {
        let found = |item: Item| match item.key {
            "pins" => json!({"version": 1, "value": {"ids": [7]}}),
            "entered" => json!({"version": 1, "value": ["https://*.openai.com/*"]}),
            _ => json!(null),
        };
        let (stored, damaged) = Stored::read(found);
        assert_eq!(stored, Stored { entered: vec!["https://*.openai.com/*".into()], ..Stored::default() });
        assert_eq!(damaged, [(PINS, FaultKind::Unreadable)]);
    }

    #[test]
    fn only_what_changed_is_written() {
        let before = Stored::default();
        let after = Stored { clock: Time(7), ..Stored::default() };
        let changes = after.changes_since(&before);
        assert_eq!(changes, [Value::Clock(Time(7))]);
        assert_eq!(serde_json::to_value(changes[0].envelope()).unwrap(), json!({"version": 1, "value": 7}));
        assert_eq!(after.changes_since(&after), []);
    }

    #[test]
    fn no_two_values_share_a_key() {
        let places: Vec<String> =
            ITEMS.iter().flat_map(|item| item.places_aside().into_iter().chain([item.key.to_owned()])).collect();
        let mut once = places.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), places.len());
    }
}
