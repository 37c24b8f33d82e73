//! What is kept, each value declared once: its key, its area, its version. Everything else is forgotten when the worker
//! sleeps.

use crate::case::Case;
use crate::extensions::culprit::Pursuit;
use crate::extensions::ledger::Ledger;
use crate::extensions::pin::Pins;
use crate::id::TabId;
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
    /// Raised when its shape changes; [`Stored::read`] then migrates the older ones.
    pub version: u32,
}

/// The ledger outlives the browser: it is what makes "Put everything back" true.
pub const LEDGER: Item = Item { key: "ledger", area: Area::Local, version: 1 };
/// What is never switched off, as its owner wishes.
pub const PINS: Item = Item { key: "pins", area: Area::Local, version: 1 };
/// The culprit search under way, or one that was interrupted and can go on. It outlives the browser.
pub const PURSUIT: Item = Item { key: "search", area: Area::Local, version: 1 };
/// What the person chose.
pub const SETTINGS: Item = Item { key: "settings", area: Area::Local, version: 1 };
/// Is the banner off, by choice or by policy? Follows from both; `extension/content.js` reads it, for it can wait for nobody.
pub const QUIET: Item = Item { key: "quiet", area: Area::Local, version: 1 };
/// Refused pages, by tab. Tabs end with the browser, and so do these.
pub const CASES: Item = Item { key: "cases", area: Area::Session, version: 1 };
/// The clearing under way, or the last one.
pub const CLEARING: Item = Item { key: "clearing", area: Area::Session, version: 1 };
/// Cookies that Undo would put back. Never on disk.
pub const JAR: Item = Item { key: "jar", area: Area::Session, version: 1 };

/// All of them.
pub const ITEMS: [Item; 8] = [LEDGER, PINS, PURSUIT, SETTINGS, QUIET, CASES, CLEARING, JAR];

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
    /// See [`CASES`].
    pub cases: Vec<(TabId, Case)>,
    /// See [`CLEARING`].
    pub clearing: Option<Clearing>,
    /// See [`JAR`].
    pub jar: Option<Jar>,
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
    /// See [`CASES`].
    Cases(Vec<(TabId, Case)>),
    /// See [`CLEARING`].
    Clearing(Option<Clearing>),
    /// See [`JAR`].
    Jar(Option<Jar>),
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
            Self::Cases(_) => CASES,
            Self::Clearing(_) => CLEARING,
            Self::Jar(_) => JAR,
        }
    }
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
        if self.cases != before.cases {
            values.push(Value::Cases(self.cases.clone()));
        }
        if self.clearing != before.clearing {
            values.push(Value::Clearing(self.clearing.clone()));
        }
        if self.jar != before.jar {
            values.push(Value::Jar(self.jar.clone()));
        }
        values
    }
}
