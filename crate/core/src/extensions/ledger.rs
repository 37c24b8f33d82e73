//! What was switched, written down before it is switched, so that it can always be put back.
//!
//! An entry means: "this one was on, and we switched it off (or were about to)". It is on disk before the browser is
//! told. What the browser says afterwards wins: [`Ledger::reconcile`] never replays.
//!
//! ```text
//!   on ──open(entry)──▶ saved ──switch──▶ off ──put back──▶ on ──close──▶ (no entry)
//!                         │                 │
//!                         └── killed here: on, so reconcile closes it
//!                                           └── killed here: off, so the entry stays and is offered
//! ```

use serde::{Deserialize, Serialize};

use super::installed::Installed;
use crate::id::{ExtensionId, Time};

/// Everything Readmit switched off and has not put back.
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
}

impl FromIterator<Entry> for Ledger {
    fn from_iter<T: IntoIterator<Item = Entry>>(entries: T) -> Self {
        Self { entries: entries.into_iter().collect() }
    }
}

impl Ledger {
    /// Is there anything to put back?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What is to be put back, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Was this one switched off by us?
    pub fn holds(&self, id: &ExtensionId) -> bool {
        self.entries.iter().any(|entry| entry.id == *id)
    }

    /// Notes that `id` is on now and about to be switched off. A second note of the same changes nothing: what counts is
    /// how it was first.
    pub fn open(&mut self, id: &ExtensionId, at: Time) {
        if !self.holds(id) {
            self.entries.push(Entry { id: id.clone(), at });
        }
    }

    /// Forgets `id`: it is on again, gone, or was never switched.
    pub fn close(&mut self, id: &ExtensionId) {
        self.entries.retain(|entry| entry.id != *id);
    }

    /// Compares with what the browser says now: whoever is on again, or no longer installed, needs no entry. Those that
    /// are being switched at this very moment (`under_way`) are left alone.
    pub fn reconcile(&mut self, installed: &[Installed], under_way: impl Fn(&ExtensionId) -> bool) {
        self.entries.retain(|entry| {
            under_way(&entry.id) || installed.iter().any(|extension| extension.id == entry.id && !extension.enabled)
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
            ledger.open(&id(name), Time(1));
        }
        ledger
    }

    #[test]
    fn what_is_off_stays_noted_and_what_is_on_is_forgotten() {
        let mut ledger = holding(&["killed-before-the-switch", "switched", "uninstalled"]);
        ledger.reconcile(&[innocent("killed-before-the-switch"), off("switched"), off("never-ours")], |_| false);
        assert_eq!(ledger, holding(&["switched"]));
    }

    #[test]
    fn a_switch_under_way_is_not_mistaken_for_one_put_back() {
        let mut ledger = holding(&["a"]);
        ledger.reconcile(&[innocent("a")], |_| true);
        assert!(ledger.holds(&id("a")));
    }

    #[test]
    fn noting_twice_keeps_the_first_time() {
        let mut ledger = holding(&["a"]);
        ledger.open(&id("a"), Time(9));
        assert_eq!(ledger, holding(&["a"]));
    }
}
