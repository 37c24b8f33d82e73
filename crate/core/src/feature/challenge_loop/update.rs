//! Handles pages that check the browser. Such a page is never touched, and a single check is left to Cloudflare. The third
//! within two minutes is a loop: a case with its own causes and fixes. `feature/challenge_loop/mod.rs` counts the checks.
//!
//! ```text
//!  content script reports a check ─▶ counted ─▶ third within two minutes ─▶ Blocked (badge and popup, never a banner)
//!
//!  the tab of such a case is reloaded (a check again, clearing, suspects off, a trial of the culprit search)
//!     ├─ it shows anything else ─▶ as for every case
//!     └─ it shows a check ─▶ wait for its next load ─┬─ open ───────────▶ passed: open
//!                                                    ├─ another check ──▶ the loop goes on: blocked
//!                                                    └─ no other load ──▶ cannot tell
//! ```
//!
//! A check that has ended cannot be passed by waiting. It is a case at once, and a flow takes it for what it is: blocked.
//!
//! A browser whose problem was fixed still has to pass one more check, so the first check after a reload proves nothing. The
//! culprit search, too, counts only a loop that goes on as a block page: a single check that waits for the user proves nothing.

use crate::base::host::Host;
use crate::base::id::{LoadId, TabId, Time};
use crate::case::{Case, Flow};
use crate::model::{Model, recognize};
use crate::protocol::effect::{Effect, TabSnapshot};
use crate::recognize::Verdict;

impl Model {
    /// Handles a page that checks the browser.
    pub(crate) fn check_seen(&mut self, now: Time, tab: TabId, host: &Host, verdict: Verdict, load: LoadId) -> Vec<Effect> {
        let is_loop = self.kept.challenges.note(now, tab, host, load);
        match self.case(tab) {
            // A flow that reloads the page also inspects the tab afterward.
            Some(case) if !case.is_blocked() => Vec::new(),
            _ if is_loop || self.is_looping(tab, host) => self.refused(now, tab, host, verdict, load),
            _ => Vec::new(),
        }
    }

    /// Is the tab's case a loop of checks on this site? After a check that has ended, a new one may still be passed, unless it
    /// runs because of a flow of ours.
    pub(crate) fn is_looping(&self, tab: TabId, host: &Host) -> bool {
        let is_new = |case: &Case| case.verdict.ended.is_some() && case.is_blocked();
        self.case(tab).is_some_and(|case| is_of_loop(case) && !is_new(case) && case.host == *host)
    }

    /// Handles a check that the tab of a loop shows after a reload. `Some` replaces the usual handling of the snapshot.
    /// `is_answer`: this snapshot is the one that was awaited.
    pub(crate) fn awaits_check(&mut self, tab: TabId, snapshot: &TabSnapshot, is_answer: bool) -> Option<Vec<Effect>> {
        let was_awaited = self.tab(tab).is_some_and(|known| known.awaits_load);
        if is_answer {
            self.tab_mut(tab).awaits_load = false;
        }
        let TabSnapshot::Page { url, text, .. } = snapshot else { return None };
        let case = self.case(tab).filter(|case| is_of_loop(case))?;
        let is_lost = match case.flow {
            Flow::Checking => case.load == text.load,
            Flow::Searching { .. } => false,
            _ => return None,
        };
        let site = case.site();
        let is_check = recognize(url, text.status, &text.html).is_some_and(|verdict| verdict.is_running_challenge());
        if is_lost || !is_check {
            return None;
        }
        if was_awaited {
            return (!is_answer).then(Vec::new);
        }
        let known = self.tab_mut(tab);
        (known.awaits_load, known.reloads) = (true, true);
        Some(vec![Effect::Await { tab, site, before: text.load }])
    }
}

/// Does a page that is waited for show a check that has ended? Then no other load follows.
pub fn has_ended(snapshot: &TabSnapshot) -> bool {
    let TabSnapshot::Page { url, text, .. } = snapshot else { return false };
    recognize(url, text.status, &text.html).is_some_and(|verdict| verdict.ended.is_some())
}

/// Is the case about checks: a loop of them, or one that has ended?
pub(crate) fn is_of_loop(case: &Case) -> bool {
    !case.verdict.is_refusal()
}
