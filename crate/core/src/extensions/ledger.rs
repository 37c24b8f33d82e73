//! Records each extension before Readmit turns it off, so that it can always be restored.
//!
//! An entry means: "this extension was on, and Readmit turned it off (or was about to)". The entry is on disk before the browser
//! is called. What the browser reports later takes precedence: [`Ledger::reconcile`] never repeats an old switch.
//!
//! ```text
//!   on ──open(entry)──▶ saved ──switch──▶ off ──restore──▶ on, entry has `restored_at` ── later ──▶ (no entry)
//!                         │                │                └── killed here: off again, and still in the ledger
//!                         └── killed here: on, so reconcile removes the entry
//!                                          └── killed here: off, so the entry stays and restoring is offered
//! ```
//!
//! A browser that is killed loses the switches of its last seconds, including those that restored an extension. So an entry stays
//! for [`LASTING`] seconds after the extension was restored. If the extension is off again although no one turned it off, it is
//! restored again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::base::id::{ExtensionId, SetBack, Time};

/// Seconds after which the browser has certainly written a switch to disk. Chromium writes its preferences every ten seconds.
pub const LASTING: u32 = 30;

/// Every extension that Readmit turned off and has not restored, or restored only recently.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    entries: Vec<Entry>,
}

/// One extension that was on before Readmit switched it off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The extension.
    pub id: ExtensionId,
    /// When it was turned off.
    pub at: Time,
    /// Was it turned off for a search, or by a browser crash? Then it is restored automatically.
    #[serde(default, rename = "lent")]
    pub temporary: bool,
    /// When it was turned on again.
    #[serde(default, rename = "back", skip_serializing_if = "Option::is_none")]
    pub restored_at: Option<Time>,
}

impl FromIterator<Entry> for Ledger {
    fn from_iter<T: IntoIterator<Item = Entry>>(entries: T) -> Self {
        Self { entries: entries.into_iter().collect() }
    }
}

impl Ledger {
    /// Is there nothing to restore or to watch?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The clock was set back.
    pub fn clock_set_back(&mut self, set_back: SetBack) {
        for entry in &mut self.entries {
            entry.at = set_back.past(entry.at);
            entry.restored_at = entry.restored_at.map(|time| set_back.past(time));
        }
    }

    /// All entries, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// The extensions to restore, oldest first.
    pub fn off(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.restored_at.is_none())
    }

    /// The same, to look up many of them.
    pub(crate) fn held(&self) -> BTreeSet<&ExtensionId> {
        self.off().map(|entry| &entry.id).collect()
    }

    /// Did Readmit turn this one off without restoring it?
    pub fn holds(&self, id: &ExtensionId) -> bool {
        self.off().any(|entry| entry.id == *id)
    }

    /// Records that these are on and about to be turned off. `temporary` is for a search. A second call for the same extension
    /// changes nothing, because the first state counts.
    pub fn open(&mut self, ids: &[ExtensionId], at: Time, temporary: bool) {
        let opened: BTreeSet<&ExtensionId> = ids.iter().collect();
        self.entries.retain(|entry| entry.restored_at.is_none() || !opened.contains(&entry.id));
        let held = self.held();
        let entry = |id: &ExtensionId| Entry { id: id.clone(), at, temporary, restored_at: None };
        let new: Vec<Entry> = ids.iter().filter(|id| !held.contains(id)).map(entry).collect();
        self.entries.extend(new);
    }

    /// A search is over, and this extension stays off until the user turns it on.
    pub fn keep(&mut self, id: &ExtensionId) {
        for entry in self.entries.iter_mut().filter(|entry| entry.id == *id) {
            entry.temporary = false;
        }
    }

    /// Records that these extensions are on again.
    pub fn are_back(&mut self, now: Time, is_back: &dyn Fn(&ExtensionId) -> bool) {
        for entry in self.entries.iter_mut().filter(|entry| is_back(&entry.id)) {
            entry.restored_at = Some(now);
        }
    }

    /// The user turned it off after it was restored, so it stays off.
    pub fn switched_off_by_hand(&mut self, id: &ExtensionId) {
        self.entries.retain(|entry| entry.id != *id || entry.restored_at.is_none());
    }

    /// Removes `id`: it was uninstalled, or its state is final.
    pub fn close(&mut self, id: &ExtensionId) {
        self.entries.retain(|entry| entry.id != *id);
    }

    /// Compares the entries with what the browser reports: `is_on` is `None` for what is not installed. An extension needs no
    /// entry if it is no longer installed, or if it is on (and stayed on for a while, if Readmit restored it). Extensions that are
    /// being switched right now (`under_way`) are skipped.
    pub fn reconcile(
        &mut self,
        now: Time,
        is_on: impl Fn(&ExtensionId) -> Option<bool>,
        under_way: impl Fn(&ExtensionId) -> bool,
    ) {
        self.entries.retain_mut(|entry| {
            if under_way(&entry.id) {
                return true;
            }
            match (is_on(&entry.id), entry.restored_at) {
                (None, _) => false,
                (Some(on), None) => !on,
                (Some(true), Some(back)) => now < back.plus_seconds(LASTING),
                (Some(false), Some(_)) => {
                    entry.restored_at = None;
                    entry.temporary = true;
                    true
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> ExtensionId {
        ExtensionId(name.into())
    }

    fn holding(names: &[&str]) -> Ledger {
        let mut ledger = Ledger::default();
        for name in names {
            ledger.open(&[id(name)], Time(1), false);
        }
        ledger
    }

    #[test]
    fn entries_stay_only_for_extensions_that_are_off() {
        let mut ledger = holding(&["killed-before-the-switch", "switched", "uninstalled"]);
        let is_on = |id: &ExtensionId| match id.as_str() {
            "killed-before-the-switch" => Some(true),
            "switched" | "never-ours" => Some(false),
            _ => None,
        };
        ledger.reconcile(Time(2), is_on, |_| false);
        assert_eq!(ledger, holding(&["switched"]));
    }

    #[test]
    fn a_switch_in_progress_does_not_count_as_restored() {
        let mut ledger = holding(&["a"]);
        ledger.reconcile(Time(2), |_| Some(true), |_| true);
        assert!(ledger.holds(&id("a")));
    }

    #[test]
    fn a_second_open_keeps_the_first_time() {
        let mut ledger = holding(&["a"]);
        ledger.open(&[id("a")], Time(9), true);
        assert_eq!(ledger, holding(&["a"]));
    }

    #[test]
    fn a_restore_lost_when_the_browser_was_killed_is_repeated() {
        let mut ledger = holding(&["a"]);
        ledger.are_back(Time(5), &|back| *back == id("a"));
        assert!(!ledger.holds(&id("a")) && !ledger.is_empty());
        ledger.reconcile(Time(90_000), |_| Some(false), |_| false);
        assert!(ledger.holds(&id("a")) && ledger.entries().all(|entry| entry.temporary));
    }

    #[test]
    fn an_entry_is_removed_some_time_after_its_restore() {
        let mut ledger = holding(&["a"]);
        ledger.are_back(Time(5), &|back| *back == id("a"));
        ledger.reconcile(Time(6), |_| Some(true), |_| false);
        assert!(!ledger.is_empty(), "too early");
        ledger.reconcile(Time(5).plus_seconds(LASTING), |_| Some(true), |_| false);
        assert!(ledger.is_empty());
    }

    #[test]
    fn an_extension_that_the_user_turned_off_later_stays_off() {
        let mut ledger = holding(&["a", "b"]);
        ledger.are_back(Time(5), &|back| *back == id("a"));
        ledger.switched_off_by_hand(&id("a"));
        ledger.switched_off_by_hand(&id("b"));
        assert_eq!(ledger, holding(&["b"]), "the other one is still to be put back");
    }

    #[test]
    fn an_older_versions_ledger_can_be_read() {
        let ledger: Ledger = serde_json::from_str(r#"{"entries":[{"id":"a","at":1}]}"#).unwrap();
        assert_eq!(ledger, holding(&["a"]));
    }
}
