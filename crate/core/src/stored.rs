//! What is kept, each value declared once: its key, its area, its version. Everything else is forgotten when the worker
//! sleeps.

use crate::case::Case;
use crate::challenge::Challenges;
use crate::delivery::Inbox;
use crate::extensions::culprit::Pursuit;
use crate::extensions::ledger::Ledger;
use crate::extensions::pin::Pins;
use crate::id::TabId;
use crate::lookout::Lookouts;
use crate::memory::Memory;
use crate::model::Leaving;
use crate::packed::Packed;
use crate::setting::Settings;
use crate::sitedata::clearing::{Clearing, Jar};

/// Where a value is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// On disk, on this computer only. Never `sync`: what is on or off differs from computer to computer.
    Local,
    /// In memory until the browser ends. Not readable by content scripts.
    Session,
}

/// A value that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its key in the area.
    pub key: &'static str,
    /// Where.
    pub area: Area,
    /// Raised when its shape changes. Whoever reads it reads the older ones too: what they do not have is as it was then.
    pub version: u32,
}

/// Something that could not be read, and was set aside.
#[derive(Clone, Debug, PartialEq, Eq, Packed)]
pub struct Trouble {
    /// The key it was found at.
    pub key: String,
    /// What is wrong with it.
    pub damage: Damage,
}

/// Why a value is set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Packed)]
pub enum Damage {
    /// A newer version of Readmit wrote it.
    Newer,
    /// It is not what any version wrote.
    Unreadable,
}

impl Item {
    /// Takes a value that was found with this version written beside it, if `read` can. An older version is read like the
    /// present one; a newer one is not even tried, for it may mean something else.
    pub fn take<T>(self, version: Option<u32>, read: impl FnOnce() -> Option<T>) -> Result<T, Trouble> {
        let may_be_read = matches!(version, Some(written) if (1..=self.version).contains(&written));
        let value = if may_be_read { read() } else { None };
        value.ok_or_else(|| self.trouble(version))
    }

    fn trouble(self, version: Option<u32>) -> Trouble {
        let is_newer = version.is_some_and(|written| written > self.version);
        Trouble { key: self.key.to_owned(), damage: if is_newer { Damage::Newer } else { Damage::Unreadable } }
    }

    /// Where it is set aside: at the first of these that is free, so that nothing set aside before is lost.
    pub fn places_aside(self) -> Vec<String> {
        (1..=MOST_ASIDE).map(|number| [self.key, "-set-aside-", &number.to_string()].concat()).collect()
    }
}

/// So many damaged values of one kind are kept; a browser that damages more of them is beyond help.
const MOST_ASIDE: u8 = 4;

/// The ledger outlives the browser: it is what makes "Put everything back" true.
pub const LEDGER: Item = Item { key: "ledger", area: Area::Local, version: 2 };
/// What is never switched off, as its owner wishes.
pub const PINS: Item = Item { key: "pins", area: Area::Local, version: 1 };
/// The culprit search under way, or one that was interrupted and can go on. It outlives the browser.
pub const PURSUIT: Item = Item { key: "search", area: Area::Local, version: 1 };
/// What the person chose.
pub const SETTINGS: Item = Item { key: "settings", area: Area::Local, version: 1 };
/// Is the banner off, by choice or by policy? Follows from both; `extension/content/banner.js` reads it, for it can wait for nobody.
pub const QUIET: Item = Item { key: "quiet", area: Area::Local, version: 1 };
/// The sites that somebody wants to be told of when they are back.
pub const LOOKOUTS: Item = Item { key: "lookouts", area: Area::Local, version: 1 };
/// What came of the last refused pages. Written as JSON that names everything.
pub const MEMORY: Item = Item { key: "memory", area: Area::Local, version: 1 };
/// Refused pages, by tab. Tabs end with the browser, and so do these.
pub const CASES: Item = Item { key: "cases", area: Area::Session, version: 1 };
/// Checks of the browser that tabs have shown of late.
pub const CHALLENGES: Item = Item { key: "challenges", area: Area::Session, version: 1 };
/// The clearing under way, or the last one.
pub const CLEARING: Item = Item { key: "clearing", area: Area::Session, version: 1 };
/// Cookies that Undo would put back. Never on disk.
pub const JAR: Item = Item { key: "jar", area: Area::Session, version: 1 };

/// Orders that were taken in, and what of them is still to be done.
pub const INBOX: Item = Item { key: "orders", area: Area::Session, version: 1 };
/// Everything is being put back, before erasing or removing.
pub const LEAVING: Item = Item { key: "leaving", area: Area::Session, version: 1 };

/// What could not be read when the worker started, so that it is told until the browser ends.
pub const TROUBLE: Item = Item { key: "trouble", area: Area::Session, version: 1 };

/// All of them.
pub const ITEMS: [Item; 14] =
    [LEDGER, PINS, PURSUIT, SETTINGS, QUIET, LOOKOUTS, MEMORY, CASES, CHALLENGES, CLEARING, JAR, INBOX, LEAVING, TROUBLE];

/// Everything that is kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stored {
    /// See [`LEDGER`].
    pub ledger: Ledger,
    /// See [`PINS`].
    pub pins: Pins,
    /// See [`PURSUIT`].
    pub pursuit: Option<Pursuit>,
    /// See [`SETTINGS`].
    pub settings: Settings,
    /// See [`QUIET`].
    pub quiet: bool,
    /// See [`LOOKOUTS`].
    pub lookouts: Lookouts,
    /// See [`MEMORY`].
    pub memory: Memory,
    /// See [`CASES`].
    pub cases: Vec<(TabId, Case)>,
    /// See [`CHALLENGES`].
    pub challenges: Challenges,
    /// See [`CLEARING`].
    pub clearing: Option<Clearing>,
    /// See [`JAR`].
    pub jar: Option<Jar>,
    /// See [`INBOX`].
    pub inbox: Inbox,
    /// See [`LEAVING`].
    pub leaving: Option<Leaving>,
    /// See [`TROUBLE`].
    pub trouble: Vec<Trouble>,
}

/// A value on its way to its place.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// See [`LEDGER`].
    Ledger(Ledger),
    /// See [`PINS`].
    Pins(Pins),
    /// See [`PURSUIT`].
    Pursuit(Option<Pursuit>),
    /// See [`SETTINGS`].
    Settings(Settings),
    /// See [`QUIET`].
    Quiet(bool),
    /// See [`LOOKOUTS`].
    Lookouts(Lookouts),
    /// See [`MEMORY`].
    Memory(Memory),
    /// See [`CASES`].
    Cases(Vec<(TabId, Case)>),
    /// See [`CHALLENGES`].
    Challenges(Challenges),
    /// See [`CLEARING`].
    Clearing(Option<Clearing>),
    /// See [`JAR`].
    Jar(Option<Jar>),
    /// See [`INBOX`].
    Inbox(Inbox),
    /// See [`LEAVING`].
    Leaving(Option<Leaving>),
    /// See [`TROUBLE`].
    Trouble(Vec<Trouble>),
}

impl Value {
    /// Its declaration.
    pub fn item(&self) -> Item {
        match self {
            Self::Ledger(_) => LEDGER,
            Self::Pins(_) => PINS,
            Self::Pursuit(_) => PURSUIT,
            Self::Settings(_) => SETTINGS,
            Self::Quiet(_) => QUIET,
            Self::Lookouts(_) => LOOKOUTS,
            Self::Memory(_) => MEMORY,
            Self::Cases(_) => CASES,
            Self::Challenges(_) => CHALLENGES,
            Self::Clearing(_) => CLEARING,
            Self::Jar(_) => JAR,
            Self::Inbox(_) => INBOX,
            Self::Leaving(_) => LEAVING,
            Self::Trouble(_) => TROUBLE,
        }
    }
}

/// The values of each area, in the order in which the areas are to be written: both cannot be written at once, and the worker may
/// die in between.
///
/// Flows in memory are taken up from what they know, so memory comes first. An order, though, counts as taken in as soon as the
/// inbox says so: then everything else must have been written already.
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

impl Stored {
    /// What has to be written so that the areas hold `self` where they held `before`.
    pub fn changes_since(&self, before: &Self) -> Vec<Value> {
        let mut values = Vec::new();
        if self.ledger != before.ledger {
            values.push(Value::Ledger(self.ledger.clone()));
        }
        if self.pins != before.pins {
            values.push(Value::Pins(self.pins.clone()));
        }
        if self.pursuit != before.pursuit {
            values.push(Value::Pursuit(self.pursuit.clone()));
        }
        if self.settings != before.settings {
            values.push(Value::Settings(self.settings.clone()));
        }
        if self.quiet != before.quiet {
            values.push(Value::Quiet(self.quiet));
        }
        if self.lookouts != before.lookouts {
            values.push(Value::Lookouts(self.lookouts.clone()));
        }
        if self.memory != before.memory {
            values.push(Value::Memory(self.memory.clone()));
        }
        if self.cases != before.cases {
            values.push(Value::Cases(self.cases.clone()));
        }
        if self.challenges != before.challenges {
            values.push(Value::Challenges(self.challenges.clone()));
        }
        if self.clearing != before.clearing {
            values.push(Value::Clearing(self.clearing.clone()));
        }
        if self.jar != before.jar {
            values.push(Value::Jar(self.jar.clone()));
        }
        if self.inbox != before.inbox {
            values.push(Value::Inbox(self.inbox.clone()));
        }
        if self.leaving != before.leaving {
            values.push(Value::Leaving(self.leaving.clone()));
        }
        if self.trouble != before.trouble {
            values.push(Value::Trouble(self.trouble.clone()));
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(version: Option<u32>, readable: bool, expected: Result<(), Damage>) {
        let item = Item { key: "a", area: Area::Local, version: 3 };
        let taken = item.take(version, || readable.then_some(()));
        assert_eq!(taken.map_err(|trouble| trouble.damage), expected, "{version:?}");
    }

    #[test]
    fn an_older_version_is_read_and_a_newer_one_is_set_aside() {
        for version in 1..=3 {
            check(Some(version), true, Ok(()));
            check(Some(version), false, Err(Damage::Unreadable));
        }
        for readable in [true, false] {
            check(Some(4), readable, Err(Damage::Newer));
            check(Some(u32::MAX), readable, Err(Damage::Newer));
            check(Some(0), readable, Err(Damage::Unreadable));
            check(None, readable, Err(Damage::Unreadable));
        }
    }

    #[test]
    fn no_two_values_share_a_place() {
        let places: Vec<String> =
            ITEMS.iter().flat_map(|item| item.places_aside().into_iter().chain([item.key.to_owned()])).collect();
        let mut once = places.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), places.len());
    }
}
