//! The list of the other extensions as a popup shows it, and every switch on its way.
//!
//! A row stays where it is: the order depends on the suspicion and the name, never on what is on. Whoever was on since the
//! popup opened, or was switched off by us, stays in the list.

use super::installed::Installed;
use super::ledger::Ledger;
use super::pin::Pins;
use super::suspect::{self, Assessment, Suspicion};
use crate::base::failure::Failure;
use crate::base::host::Host;
use crate::base::id::ExtensionId;

/// What is known of the other extensions. Not kept: the browser is asked anew each time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// In the order of their ids, as is what is shown: with hundreds of them, looking through all for each takes too long.
    installed: Option<Result<Vec<Installed>, Failure>>,
    shown: Vec<ExtensionId>,
    under_way: Vec<ExtensionId>,
    failures: Vec<(ExtensionId, Failure)>,
}

/// One extension in its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Listed<'a> {
    /// Which.
    pub extension: &'a Installed,
    /// What speaks against it.
    pub assessment: Assessment,
    /// Was it to blame here before, and is back?
    pub leads: bool,
    /// Is it never to be switched off but by hand?
    pub pinned: bool,
    /// Is it being switched at this moment?
    pub busy: bool,
    /// What the browser said when it would not be switched.
    pub failure: Option<&'a Failure>,
}

impl Listing {
    /// The browser's answer. `own` is left out: we are no suspect. Where there is a list already, which the browser's events
    /// keep true, a refusal to give another one changes nothing.
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

    /// The browser says that one was switched, installed or updated.
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

    /// The browser says that one was removed.
    pub fn removed(&mut self, id: &ExtensionId) {
        self.shown.retain(|shown| shown != id);
        self.failures.retain(|(failed, _)| failed != id);
        if let Some(Ok(installed)) = &mut self.installed {
            installed.retain(|extension| extension.id != *id);
        }
    }

    /// The last popup was closed: whoever is off by then need not be shown to the next one.
    pub fn forget(&mut self) {
        *self = Self { under_way: std::mem::take(&mut self.under_way), ..Self::default() };
    }

    /// Everything that is installed, as far as it is known.
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

    /// Did the browser answer yet?
    pub fn is_known(&self) -> bool {
        self.installed.is_some()
    }

    /// One of them.
    pub fn find(&self, id: &ExtensionId) -> Option<&Installed> {
        place(self.installed(), id).ok().and_then(|place| self.installed().get(place))
    }

    /// Is it being switched?
    pub fn is_under_way(&self, id: &ExtensionId) -> bool {
        self.under_way.contains(id)
    }

    /// Was a switch of it refused, or not answered?
    pub fn has_failed(&self, id: &ExtensionId) -> bool {
        self.failures.iter().any(|(failed, _)| failed == id)
    }

    /// It is about to be switched. `false` when it already is.
    pub fn begin(&mut self, id: &ExtensionId) -> bool {
        self.failures.retain(|(failed, _)| failed != id);
        let free = !self.is_under_way(id);
        if free {
            self.under_way.push(id.clone());
        }
        free
    }

    /// The browser answered the switch.
    pub fn finish(&mut self, id: &ExtensionId, on: bool, answer: &Result<(), Failure>) {
        self.under_way.retain(|other| other != id);
        match answer {
            Err(failure) => self.failures.push((id.clone(), failure.clone())),
            Ok(()) => {
                if let Some(Ok(installed)) = &mut self.installed
                    && let Some(extension) = place(installed, id).ok().and_then(|place| installed.get_mut(place))
                {
                    extension.enabled = on;
                }
            }
        }
    }

    /// The rows, suspects first, then by name; judged for `host`. Before all others come those of `first` that are on.
    pub fn rows(&self, first: &[&ExtensionId], host: &Host, pins: &Pins) -> Vec<Listed<'_>> {
        let shown = self.installed().iter().filter(|extension| self.shown.binary_search(&extension.id).is_ok());
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
                failure: self.failures.iter().rev().find(|(id, _)| *id == extension.id).map(|(_, failure)| failure),
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

    fn remember(&mut self, extension: &Installed, ledger: &Ledger) {
        if (extension.enabled || ledger.holds(&extension.id))
            && let Err(place) = self.shown.binary_search(&extension.id)
        {
            self.shown.insert(place, extension.id.clone());
        }
    }
}

/// Where it is in a list in the order of ids, or where it would be.
fn place(installed: &[Installed], id: &ExtensionId) -> Result<usize, usize> {
    installed.binary_search_by(|extension| extension.id.cmp(id))
}

impl Listed<'_> {
    /// On, and free to be switched off and on again without asking once more.
    pub fn is_free(&self) -> bool {
        self.extension.enabled && self.extension.lock().is_none() && !self.pinned
    }

    /// The same, and suspected enough to be turned off with the others.
    pub fn is_suspect(&self) -> bool {
        self.assessment.suspicion >= Suspicion::Medium && self.is_free()
    }

    /// On whatever the search does, and able to touch the site.
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
    fn suspects_come_first_and_we_are_not_among_them() {
        let listing = listing(vec![innocent("b"), innocent("self"), innocent("a"), rewriter("z")], &Ledger::default());
        assert_eq!(names(&listing), ["z", "a", "b"]);
    }

    #[test]
    fn a_row_stays_where_it_is_when_it_is_switched_off() {
        let mut listing = listing(vec![rewriter("m"), rewriter("n"), innocent("a")], &Ledger::default());
        let before: Vec<String> = names(&listing).into_iter().map(String::from).collect();
        assert!(listing.begin(&id("m")));
        listing.finish(&id("m"), false, &Ok(()));
        assert_eq!(names(&listing), before);
        listing.changed(off(rewriter("n")), &id("self"), &Ledger::default());
        assert_eq!(names(&listing), before);
    }

    #[test]
    fn what_was_off_before_is_shown_only_if_we_switched_it_off() {
        let mut ledger = Ledger::default();
        ledger.open(&id("ours"), Time(1), false);
        let listing = listing(vec![off(innocent("theirs")), off(innocent("ours"))], &ledger);
        assert_eq!(names(&listing), ["ours"]);
    }

    #[test]
    fn themes_and_apps_are_no_extensions() {
        let theme = Installed { kind: "theme".into(), ..innocent("t") };
        assert!(names(&listing(vec![theme], &Ledger::default())).is_empty());
    }

    #[test]
    fn each_is_found_in_whatever_order_they_come() {
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
    fn a_second_switch_waits_for_the_first() {
        let mut listing = listing(vec![innocent("a")], &Ledger::default());
        assert!(listing.begin(&id("a")));
        assert!(!listing.begin(&id("a")));
    }

    #[test]
    fn a_failed_switch_is_told_until_the_next_try() {
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
    fn only_what_may_be_switched_and_is_on_is_turned_off_with_the_suspects() {
        let locked = Installed { may_disable: false, ..rewriter("locked") };
        let installed = vec![locked, off(rewriter("off")), rewriter("on"), innocent("weak"), rewriter("pinned")];
        let listing = listing(installed, &Ledger::default());
        let pins: Pins = [id("pinned")].into_iter().collect();
        let rows = listing.rows(&[], &Host::parse("chatgpt.com").unwrap(), &pins);
        let suspects: Vec<&str> = rows.iter().filter(|row| row.is_suspect()).map(|row| row.extension.id.as_str()).collect();
        assert_eq!(suspects, ["on"]);
    }

    #[test]
    fn an_uninstalled_extension_leaves_the_list() {
        let mut listing = listing(vec![innocent("a"), innocent("b")], &Ledger::default());
        listing.removed(&id("a"));
        assert_eq!(names(&listing), ["b"]);
    }
}
