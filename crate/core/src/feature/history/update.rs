//! Keeps a record of each case and uses it: a message when an extension that was the culprit is on again. The states of such an
//! extension are drawn in [`history`](crate::feature::history).

use crate::base::host::Host;
use crate::base::id::{ExtensionId, TabId, Time};
use crate::case::{Case, Flow};
use crate::diagnosis::fix::Fix;
use crate::extensions::bisect::Finding;
use crate::extensions::listing::Listed;
use crate::feature::history::view::Recurrence;
use crate::feature::history::{Blamed, Turn};
use crate::feature::uninstall::Erasure;
use crate::model::Model;
use crate::protocol::effect::Effect;
use crate::view::{self, Banner};

impl Model {
    /// Adds a record if the page was not blocked before. Another site gets one only where we have a lasting permission, so that
    /// revoking the permission deletes everything that is known about the site.
    pub(crate) fn record_refusal(&mut self, now: Time, tab: TabId) {
        if let Some((_, case)) = self.kept.cases.iter().find(|(other, _)| *other == tab)
            && case.since == now
            && (case.may_ask || case.host.is_openai())
            // A status alone is not enough to find similar block pages by.
            && case.verdict.is_known()
            // A record that was erased does not return with the next report of the same load.
            && !matches!(self.erasure, Erasure::Done(at) if case.load.0 < at.0.saturating_mul(1000))
        {
            self.kept.history.note(now, &case.host, &case.verdict);
        }
    }

    /// A reload has opened the page. This is proof if exactly one fix was carried out.
    pub(crate) fn record_opening(&mut self, now: Time, tab: TabId) {
        let Some(case) = self.case(tab) else { return };
        let Flow::Open { helped } = &case.flow else { return };
        let &[fix] = helped.as_slice() else { return };
        let blamed = match (fix, case.switched.as_slice()) {
            (Fix::Extensions | Fix::Vpn, [one]) if self.listing.find(one).is_some_and(|extension| !extension.enabled) => {
                self.blame(now, std::slice::from_ref(one))
            }
            _ => Vec::new(),
        };
        let (since, host) = (case.since, case.host.clone());
        self.kept.history.learn(since, &host, fix, blamed);
    }

    /// Records the finding of a culprit search.
    pub(crate) fn record_finding(&mut self, now: Time, tab: TabId, finding: &Finding) {
        let Some(case) = self.case(tab) else { return };
        let (since, host) = (case.since, case.host.clone());
        let rows = self.rows(&host).into_iter();
        let proven: &[ExtensionId] = match finding {
            Finding::Culprits { keep_off, .. } => keep_off,
            Finding::Innocent => &[],
            Finding::Unclear(_) | Finding::Flaky => return,
        };
        // An extension that could not be switched was not tested.
        let tried = rows.filter(|row| !row.is_held_back()).map(|row| row.extension.id.clone());
        let innocent: Vec<ExtensionId> = tried.filter(|id| !proven.contains(id)).collect();
        self.kept.history.exonerate(&host, &innocent);
        if !proven.is_empty() {
            let blamed = self.blame(now, proven);
            self.kept.history.learn(since, &host, Fix::Extensions, blamed);
        }
    }

    fn blame(&self, now: Time, ids: &[ExtensionId]) -> Vec<Blamed> {
        ids.iter().filter_map(|id| self.listing.find(id)).map(|extension| Blamed::new(now, extension)).collect()
    }

    /// The extensions that were switched off for this page did not open it.
    pub(crate) fn exonerate_switched(&mut self, tab: TabId) {
        let Some((_, case)) = self.kept.cases.iter_mut().find(|(other, _)| *other == tab) else { return };
        let switched = std::mem::take(&mut case.switched);
        self.kept.history.exonerate(&case.host, &switched);
    }

    /// The extension with which this page was blocked again, if that is certain and it is on.
    pub(crate) fn recurrence(&self, case: &Case) -> Option<Recurrence<'_>> {
        let blamed = self.kept.history.recurrence(&case.host, case.seen)?;
        let extension = self.listing.find(&blamed.id).filter(|extension| extension.enabled)?;
        Some(Recurrence { extension, updated: blamed.turn == Turn::Updated })
    }

    /// The banner of a blocked page whose culprit is known from before. Otherwise the banner of the page's own recognizer is
    /// enough.
    pub(crate) fn banner_of_recurrence(&self, tab: TabId) -> Option<Banner> {
        let case = self.case(tab).filter(|case| case.is_blocked())?;
        let hint = self.recurrence(case)?.text();
        view::banner_of_case(case).map(|banner| Banner { hint, ..banner })
    }

    /// Updates the page's banner. If the extension's current name is not known, asks the browser for the list first.
    pub(crate) fn tell_page_of_recurrence(&self, tab: TabId) -> Vec<Effect> {
        if self.listing.is_known() {
            return self.banner_of_recurrence(tab).map(|banner| Effect::ShowBanner { tab, banner }).into_iter().collect();
        }
        let has_started_again = self.case(tab).is_some_and(|case| self.kept.history.recurrence(&case.host, case.seen).is_some());
        has_started_again.then_some(Effect::List).into_iter().collect()
    }

    /// Does the same for every page, after the browser has listed the extensions.
    pub(crate) fn tell_pages_of_recurrences(&self) -> Vec<Effect> {
        self.kept.cases.iter().flat_map(|(tab, _)| self.tell_page_of_recurrence(*tab)).collect()
    }

    /// The list rows for `host`. The suspects begin with earlier culprits on this host that are on again.
    pub(crate) fn rows<'a>(&'a self, host: &Host) -> Vec<Listed<'a>> {
        let back: Vec<&ExtensionId> = self.kept.history.back(host).map(|blamed| &blamed.id).collect();
        self.listing.rows(&back, host, &self.kept.pins)
    }
}
