//! The list of the other extensions as a popup shows it, with all switches in progress.
//!
//! A row keeps its position: the order depends on the suspicion and the name, never on what is on. An extension stays in the list
//! if it was on since the popup opened, or if Readmit turned it off.

use std::collections::{BTreeMap, BTreeSet};

use super::installed::Installed;
use super::ledger::Ledger;
use super::pin::Pins;
use super::suspect::{self, Assessment, Suspicion};
use crate::base::failure::Failure;
use crate::base::host::Host;
use crate::base::id::ExtensionId;

/// What is known about the other extensions. It is not stored, because the browser is called again each time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// Sorted by ID: with hundreds of extensions, a linear search for each of them is too slow.
    installed: Option<Result<Vec<Installed>, Failure>>,
    shown: BTreeSet<ExtensionId>,
    switches: BTreeMap<ExtensionId, Switch>,
}

/// A switch that is not answered yet, or that has failed.
#[derive(Clone, Debug, PartialEq)]
enum Switch {
    UnderWay,
    Failed(Failure),
}

/// One row of the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Listed<'a> {
    /// The extension.
    pub extension: &'a Installed,
    /// The evidence against it.
    pub assessment: Assessment,
    /// Was it to blame here before, and is it on again?
    pub leads: bool,
    /// Is it pinned, so that Readmit never turns it off?
    pub pinned: bool,
    /// Is it being switched right now?
    pub busy: bool,
    /// The browser's error message, if switching it failed.
    pub failure: Option<&'a Failure>,
}

impl Listing {
    /// Stores the browser's answer. `own` is left out, because Readmit itself is not a suspect. If there is a list already, an
    /// error changes nothing, because the browser's events keep the list up to date.
    pub fn answered(&mut self, answer: Result<Vec<Installed>, Failure>, own: &ExtensionId, ledger: &Ledger) {
        let mut others = answer.map(|mut all| {
            all.retain(|it| it.is_extension() && it.id != *own);
            all.sort_by(|a, b| a.id.cmp(&b.id));
            all
        });
        for extension in others.iter_mut().flatten() {
            if let Some(before) = self.find(&extension.id) {
                extension.recall(before);
            }
        }
        for extension in others.iter().flatten() {
            self.remember(extension, ledger);
        }
        if others.is_ok() || !matches!(self.installed, Some(Ok(_))) {
            self.installed = Some(others);
        }
    }

    /// The browser reports that an extension was switched, installed or updated.
    pub fn changed(&mut self, mut extension: Installed, own: &ExtensionId, ledger: &Ledger) {
        if !extension.is_extension() || extension.id == *own {
            return;
        }
        self.remember(&extension, ledger);
        if let Some(Ok(installed)) = &mut self.installed {
            match place(installed, &extension.id) {
                Ok(place) => {
                    if let Some(known) = installed.get_mut(place) {
                        extension.recall(known);
                        *known = extension;
                    }
                }
                Err(free) => installed.insert(free, extension),
            }
        }
    }

    /// The browser reports that an extension was removed.
    pub fn removed(&mut self, id: &ExtensionId) {
        self.shown.remove(id);
        if !self.is_under_way(id) {
            self.switches.remove(id);
        }
        if let Some(Ok(installed)) = &mut self.installed {
            installed.retain(|extension| extension.id != *id);
        }
    }

    /// The last popup was closed. The next one need not show the extensions that are off by then.
    pub fn forget(&mut self) {
        let mut switches = std::mem::take(&mut self.switches);
        switches.retain(|_, switch| *switch == Switch::UnderWay);
        *self = Self { switches, ..Self::default() };
    }

    /// Every installed extension, as far as known.
    pub fn installed(&self) -> &[Installed] {
        match &self.installed {
            Some(Ok(installed)) => installed,
            _ => &[],
        }
    }

    /// Why the browser gave no list.
    pub fn failure(&self) -> Option<&Failure> {
        self.installed.as_ref().and_then(|answer| answer.as_ref().err())
    }

    /// Has the browser answered yet?
    pub fn is_known(&self) -> bool {
        self.installed.is_some()
    }

    /// The extension with this ID.
    pub fn find(&self, id: &ExtensionId) -> Option<&Installed> {
        place(self.installed(), id).ok().and_then(|place| self.installed().get(place))
    }

    /// Is it being switched right now?
    pub fn is_under_way(&self, id: &ExtensionId) -> bool {
        self.switches.get(id) == Some(&Switch::UnderWay)
    }

    /// Is any other one being switched right now?
    pub fn is_other_under_way(&self, id: &ExtensionId) -> bool {
        self.switches.iter().any(|(other, switch)| *switch == Switch::UnderWay && other != id)
    }

    /// Did switching it fail, or did the browser not answer?
    pub fn has_failed(&self, id: &ExtensionId) -> bool {
        self.failure_of(id).is_some()
    }

    /// Records that it is about to be switched. Returns `false` if a switch is already in progress.
    pub fn begin(&mut self, id: &ExtensionId) -> bool {
        let free = !self.is_under_way(id);
        if free {
            self.switches.insert(id.clone(), Switch::UnderWay);
        }
        free
    }

    /// Stores the browser's answer to the switch.
    pub fn finish(&mut self, id: &ExtensionId, on: bool, answer: &Result<(), Failure>) {
        if let Err(failure) = answer {
            self.switches.insert(id.clone(), Switch::Failed(failure.clone()));
            return;
        }
        self.switches.remove(id);
        if let Some(Ok(installed)) = &mut self.installed
            && let Some(extension) = place(installed, id).ok().and_then(|place| installed.get_mut(place))
        {
            extension.enabled = on;
        }
    }

    /// The rows, assessed for `host`: suspects first, then by name. The extensions in `first` come before all others.
    pub fn rows(&self, first: &[&ExtensionId], host: &Host, pins: &Pins) -> Vec<Listed<'_>> {
        let shown = self.installed().iter().filter(|extension| self.shown.contains(&extension.id));
        let named = shown.map(|extension| {
            let mut assessment = suspect::assess(extension, host);
            let leads = first.contains(&&extension.id);
            if leads {
                assessment.suspicion = Suspicion::Strong;
            }
            let row = Listed {
                extension,
                assessment,
                leads,
                pinned: pins.holds(&extension.id),
                busy: self.is_under_way(&extension.id),
                failure: self.failure_of(&extension.id),
            };
            (extension.short_name().to_ascii_lowercase(), row)
        });
        let mut rows: Vec<_> = named.collect();
        rows.sort_by(|(a_name, a), (b_name, b)| {
            let by_suspicion = b.leads.cmp(&a.leads).then(b.assessment.suspicion.cmp(&a.assessment.suspicion));
            by_suspicion.then_with(|| a_name.cmp(b_name)).then_with(|| a.extension.id.cmp(&b.extension.id))
        });
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn failure_of(&self, id: &ExtensionId) -> Option<&Failure> {
        match self.switches.get(id)? {
            Switch::UnderWay => None,
            Switch::Failed(failure) => Some(failure),
        }
    }

    fn remember(&mut self, extension: &Installed, ledger: &Ledger) {
        if extension.enabled || ledger.holds(&extension.id) {
            self.shown.insert(extension.id.clone());
        }
    }
}

/// Its index in a list sorted by ID, or the index to insert it at.
fn place(installed: &[Installed], id: &ExtensionId) -> Result<usize, usize> {
    installed.binary_search_by(|extension| extension.id.cmp(id))
}

impl Listed<'_> {
    /// Is it on, and can it be turned off and on again without asking the user?
    pub fn is_free(&self) -> bool {
        self.extension.enabled && self.extension.lock().is_none() && !self.pinned
    }

    /// The same, and is it suspicious enough to be turned off with the other suspects?
    pub fn is_suspect(&self) -> bool {
        self.assessment.suspicion >= Suspicion::Medium && self.is_free()
    }

    /// Does it stay on during the search, although it can affect the site?
    pub fn is_held_back(&self) -> bool {
        self.assessment.suspicion > Suspicion::None && self.extension.enabled && !self.is_free()
    }
}

#[cfg(test)]
mod tests {
    use super::super::installed::tests::innocent;
    use super::*;
    use crate::base::id::Time;

    fn id(name: &str) -> ExtensionId {
        ExtensionId(name.into())
    }

    fn rewriter(name: &str) -> Installed {
        Installed {
            permissions: vec!["declarativeNetRequest".into()],
            host_permissions: vec!["<all_urls>".into()],
            ..innocent(name)
        }
    }

    fn off(extension: Installed) -> Installed {
        Installed { enabled: false, ..extension }
    }

    fn listing(installed: Vec<Installed>, ledger: &Ledger) -> Listing {
        let mut listing = Listing::default();
        listing.answered(Ok(installed), &id("self"), ledger);
        listing
    }

    fn names(listing: &Listing) -> Vec<&str> {
        listing
            .rows(&[], &Host::parse("chatgpt.com").unwrap(), &Pins::default())
            .iter()
            .map(|row| row.extension.id.as_str())
            .collect()
    }

    #[test]
    fn suspects_come_first_and_readmit_is_left_out() {
        let listing = listing(vec![innocent("b"), innocent("self"), innocent("a"), rewriter("z")], &Ledger::default());
        assert_eq!(names(&listing), ["z", "a", "b"]);
    }

    #[test]
    fn a_row_keeps_its_position_when_turned_off() {
        let mut listing = listing(vec![rewriter("m"), rewriter("n"), innocent("a")], &Ledger::default());
        let before: Vec<String> = names(&listing).into_iter().map(String::from).collect();
        assert!(listing.begin(&id("m")));
        listing.finish(&id("m"), false, &Ok(()));
        assert_eq!(names(&listing), before);
        listing.changed(off(rewriter("n")), &id("self"), &Ledger::default());
        assert_eq!(names(&listing), before);
    }

    #[test]
    fn an_off_extension_is_shown_only_if_readmit_turned_it_off() {
        let mut ledger = Ledger::default();
        ledger.open(&[id("ours")], Time(1), false);
        let listing = listing(vec![off(innocent("theirs")), off(innocent("ours"))], &ledger);
        assert_eq!(names(&listing), ["ours"]);
    }

    #[test]
    fn themes_and_apps_are_not_listed() {
        let theme = Installed { kind: "theme".into(), ..innocent("t") };
        assert!(names(&listing(vec![theme], &Ledger::default())).is_empty());
    }

    #[test]
    fn every_extension_is_found_in_any_input_order() {
        let mut listing = listing(vec![innocent("m"), innocent("z"), innocent("a")], &Ledger::default());
        for newcomer in ["y", "b", "n"] {
            listing.changed(innocent(newcomer), &id("self"), &Ledger::default());
        }
        listing.removed(&id("z"));
        listing.changed(off(innocent("b")), &id("self"), &Ledger::default());
        let on = |name: &str| listing.find(&id(name)).map(|extension| extension.enabled);
        assert_eq!(["a", "b", "m", "n", "y"].map(on), [Some(true), Some(false), Some(true), Some(true), Some(true)]);
        assert_eq!(["z", "c"].map(on), [None, None]);
        assert_eq!(names(&listing), ["a", "b", "m", "n", "y"]);
    }

    #[test]
    fn a_second_switch_must_wait_for_the_first() {
        let mut listing = listing(vec![innocent("a")], &Ledger::default());
        assert!(listing.begin(&id("a")));
        assert!(!listing.begin(&id("a")));
    }

    #[test]
    fn a_failed_switch_is_shown_until_the_next_try() {
        let mut listing = listing(vec![innocent("a")], &Ledger::default());
        listing.begin(&id("a"));
        listing.finish(&id("a"), false, &Err(Failure::new("cannot be modified by user")));
        let host = Host::parse("chatgpt.com").unwrap();
        assert_eq!(listing.rows(&[], &host, &Pins::default())[0].failure, Some(&Failure::new("cannot be modified by user")));
        assert!(listing.rows(&[], &host, &Pins::default())[0].extension.enabled);
        listing.begin(&id("a"));
        assert_eq!(listing.rows(&[], &host, &Pins::default())[0].failure, None);
    }

    #[test]
    fn only_free_suspects_are_turned_off_together() {
        let locked = Installed { may_disable: false, ..rewriter("locked") };
        let installed = vec![locked, off(rewriter("off")), rewriter("on"), innocent("weak"), rewriter("pinned")];
        let listing = listing(installed, &Ledger::default());
        let pins: Pins = [id("pinned")].into_iter().collect();
        let rows = listing.rows(&[], &Host::parse("chatgpt.com").unwrap(), &pins);
        let suspects: Vec<&str> = rows.iter().filter(|row| row.is_suspect()).map(|row| row.extension.id.as_str()).collect();
        assert_eq!(suspects, ["on"]);
    }

    #[test]
    fn an_uninstalled_extension_is_removed_from_the_list() {
        let mut listing = listing(vec![innocent("a"), innocent("b")], &Ledger::default());
        listing.removed(&id("a"));
        assert_eq!(names(&listing), ["b"]);
    }
}
