//! What was switched, written down before it is switched, so that it can always be put back.
//!
//! An entry means: "this one was on, and we switched it off (or were about to)". It is on disk before the browser is
//! told. What the browser says afterwards wins: [`Ledger::reconcile`] never replays.
//!
//! ```text
//!   on ──open(entry)──▶ saved ──switch──▶ off ──put back──▶ on, entry "back" ── a while later ──▶ (no entry)
//!                         │                 │                 └── killed here: off once more, and still in the ledger
//!                         └── killed here: on, so reconcile closes it
//!                                           └── killed here: off, so the entry stays and is offered
//! ```
//!
//! A browser that is killed forgets the switches of its last seconds, those that put something back among them. So an entry
//! outlives its own end for [`LASTING`] seconds: whoever is off again without anybody having switched it is put back again.

use serde::{Deserialize, Serialize};

use super::installed::Installed;
use crate::base::id::{ExtensionId, Time};

/// Seconds after which a switch is surely on the browser's disk. Chromium writes its preferences every ten.
pub const LASTING: u32 = 30;

/// Everything Readmit switched off and has not put back, or only just.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    entries: Vec<Entry>,
}

/// One extension that was on before Readmit switched it off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Which.
    pub id: ExtensionId,
    /// When it was switched off.
    pub at: Time,
    /// Off for a search, or by a browser's crash: it is put back without anybody asking for it.
    #[serde(default, rename = "lent")]
    pub temporary: bool,
    /// When it was switched on again.
    #[serde(default, rename = "back", skip_serializing_if = "Option::is_none")]
    pub restored_at: Option<Time>,
}

impl FromIterator<Entry> for Ledger {
    fn from_iter<T: IntoIterator<Item = Entry>>(entries: T) -> Self {
        Self { entries: entries.into_iter().collect() }
    }
}

impl Ledger {
    /// Is there anything to put back, or to look after?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All that is written down, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// What is to be put back, oldest first.
    pub fn off(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.restored_at.is_none())
    }

    /// Was this one switched off by us, and not put back?
    pub fn holds(&self, id: &ExtensionId) -> bool {
        self.off().any(|entry| entry.id == *id)
    }

    /// Notes that `id` is on now and about to be switched off; `temporary` for a search. A second note of the same changes nothing:
    /// what counts is how it was first.
    pub fn open(&mut self, id: &ExtensionId, at: Time, temporary: bool) {
        if !self.holds(id) {
            self.close(id);
            self.entries.push(Entry { id: id.clone(), at, temporary: temporary, restored_at: None });
        }
    }

    /// A search is over, and this one stays off until its owner says otherwise.
    pub fn keep(&mut self, id: &ExtensionId) {
        for entry in self.entries.iter_mut().filter(|entry| entry.id == *id) {
            entry.temporary = false;
        }
    }

    /// It is on again.
    pub fn is_back(&mut self, id: &ExtensionId, now: Time) {
        for entry in self.entries.iter_mut().filter(|entry| entry.id == *id) {
            entry.restored_at = Some(now);
        }
    }

    /// Its owner switched it off after it was put back: that is how it is to be.
    pub fn switched_off_by_hand(&mut self, id: &ExtensionId) {
        self.entries.retain(|entry| entry.id != *id || entry.restored_at.is_none());
    }

    /// Forgets `id`: it is gone, or stays as it is for good.
    pub fn close(&mut self, id: &ExtensionId) {
        self.entries.retain(|entry| entry.id != *id);
    }

    /// Compares with what the browser says now: whoever is on (for a while already, if we put it back), or no longer installed,
    /// needs no entry. Those that are being switched at this very moment (`under_way`) are left alone.
    pub fn reconcile(&mut self, now: Time, installed: &[Installed], under_way: impl Fn(&ExtensionId) -> bool) {
        self.entries.retain_mut(|entry| {
            if under_way(&entry.id) {
                return true;
            }
            match (installed.iter().find(|extension| extension.id == entry.id), entry.restored_at) {
                (None, _) => false,
                (Some(extension), None) => !extension.enabled,
                (Some(extension), Some(back)) if extension.enabled => now < back.plus_seconds(LASTING),
                (Some(_), Some(_)) => {
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
    use crate::extensions::installed::tests::innocent;

    fn id(name: &str) -> ExtensionId {
        ExtensionId(name.into())
    }

    fn off(name: &str) -> Installed {
        Installed { enabled: false, ..innocent(name) }
    }

    fn holding(names: &[&str]) -> Ledger {
        let mut ledger = Ledger::default();
        for name in names {
            ledger.open(&id(name), Time(1), false);
        }
        ledger
    }

    #[test]
    fn what_is_off_stays_noted_and_what_is_on_is_forgotten() {
        let mut ledger = holding(&["killed-before-the-switch", "switched", "uninstalled"]);
        ledger.reconcile(Time(2), &[innocent("killed-before-the-switch"), off("switched"), off("never-ours")], |_| false);
        assert_eq!(ledger, holding(&["switched"]));
    }

    #[test]
    fn a_switch_under_way_is_not_mistaken_for_one_put_back() {
        let mut ledger = holding(&["a"]);
        ledger.reconcile(Time(2), &[innocent("a")], |_| true);
        assert!(ledger.holds(&id("a")));
    }

    #[test]
    fn noting_twice_keeps_the_first_time() {
        let mut ledger = holding(&["a"]);
        ledger.open(&id("a"), Time(9), true);
        assert_eq!(ledger, holding(&["a"]));
    }

    #[test]
    fn what_was_put_back_just_before_the_browser_was_killed_is_put_back_again() {
        let mut ledger = holding(&["a"]);
        ledger.is_back(&id("a"), Time(5));
        assert!(!ledger.holds(&id("a")) && !ledger.is_empty());
        ledger.reconcile(Time(90_000), &[off("a")], |_| false);
        assert!(ledger.holds(&id("a")) && ledger.entries().all(|entry| entry.temporary));
    }

    #[test]
    fn what_has_been_back_for_a_while_is_forgotten() {
        let mut ledger = holding(&["a"]);
        ledger.is_back(&id("a"), Time(5));
        ledger.reconcile(Time(6), &[innocent("a")], |_| false);
        assert!(!ledger.is_empty(), "too early");
        ledger.reconcile(Time(5).plus_seconds(LASTING), &[innocent("a")], |_| false);
        assert!(ledger.is_empty());
    }

    #[test]
    fn what_its_owner_switches_off_after_it_was_put_back_stays_off() {
        let mut ledger = holding(&["a", "b"]);
        ledger.is_back(&id("a"), Time(5));
        ledger.switched_off_by_hand(&id("a"));
        ledger.switched_off_by_hand(&id("b"));
        assert_eq!(ledger, holding(&["b"]), "the other one is still to be put back");
    }

    #[test]
    fn what_an_older_version_wrote_can_be_read() {
        let ledger: Ledger = serde_json::from_str(r#"{"entries":[{"id":"a","at":1}]}"#).unwrap();
        assert_eq!(ledger, holding(&["a"]));
    }
}
