//! Checks of the browser. A page that checks is never touched, and one check is nobody's business but Cloudflare's. The third
//! within two minutes is a loop, and a case with causes and fixes of its own; `feature/challenge_loop/mod.rs` counts.
//!
//! ```text
//!  content script sees a check ─▶ counted ─▶ the third ─▶ Refused (badge and popup, never a banner)
//!  such a case, reloaded (a check, clearing, suspects off, a trial of the search) ─┬─ anything else ─▶ as ever
//!     and it shows a check ─▶ the next load by itself is awaited ─┬─ open ──────────▶ passed: open
//!                                                                 ├─ another check ─▶ the loop goes on: refused
//!                                                                 └─ none comes ────▶ cannot be told
//! ```
//!
//! A browser whose fault was mended is checked once more and let in, so the first check after a reload says nothing. For the
//! search, too, only a loop that goes on is a blocked page: with one check that waits for a person nothing is told.

use crate::base::host::Host;
use crate::base::id::{LoadId, TabId, Time};
use crate::case::{Case, Flow};
use crate::model::{Model, recognize};
use crate::protocol::effect::{Effect, TabSnapshot};
use crate::recognize::Verdict;

impl Model {
    /// A page that checks the browser has loaded.
    pub(crate) fn check_seen(&mut self, now: Time, tab: TabId, host: &Host, verdict: Verdict, load: LoadId) -> Vec<Effect> {
        let is_loop = self.kept.challenges.note(now, tab, host, load);
        match self.case(tab) {
            // Whoever reloads looks by itself.
            Some(case) if !case.is_blocked() => Vec::new(),
            _ if is_loop || self.is_looping(tab, host) => self.refused(now, tab, host, verdict, load),
            _ => Vec::new(),
        }
    }

    /// Is the tab's case a loop of checks on this site?
    pub(crate) fn is_looping(&self, tab: TabId, host: &Host) -> bool {
        self.case(tab).is_some_and(|case| is_of_loop(case) && case.host == *host)
    }

    /// After a reload the tab of a loop shows a check: what is done before that counts. `is_answer`: it is what was awaited.
    pub(crate) fn awaits_check(&mut self, tab: TabId, snapshot: &TabSnapshot, is_answer: bool) -> Option<Vec<Effect>> {
        let was_awaited = self.tab(tab).is_some_and(|known| known.awaits_load);
        if is_answer {
            self.tab_mut(tab).awaits_load = false;
        }
        let TabSnapshot::Page { url, text } = snapshot else { return None };
        let case = self.case(tab).filter(|case| is_of_loop(case))?;
        let is_lost = match case.flow {
            Flow::Checking => case.load == text.load,
            Flow::Searching { .. } => false,
            _ => return None,
        };
        let is_check = recognize(url, text.status, &text.html).is_some_and(|verdict| !verdict.is_refusal());
        if is_lost || !is_check {
            return None;
        }
        if was_awaited {
            return (!is_answer).then(Vec::new);
        }
        let known = self.tab_mut(tab);
        (known.awaits_load, known.reloads) = (true, true);
        Some(vec![Effect::Await { tab, before: text.load }])
    }
}

pub(crate) fn is_of_loop(case: &Case) -> bool {
    !case.verdict.is_refusal()
}
