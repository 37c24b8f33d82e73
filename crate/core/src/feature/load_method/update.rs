//! Keeps what is known about how a page was loaded, and loads it once by a GET before extensions are switched for it. If that
//! GET opens the page, there is nothing to search for and no extension to suspect: only the form was blocked, or the block is over.
//!
//! ```text
//!  the page before reports a form ─▶ kept for the tab ─ the next load is blocked at that host, at that time ─▶ Form
//!  a load of ours ──▶ Get                               any other load ─▶ Unknown
//!
//!  find, turn off (click) ─┬─ Get ─▶ at once
//!                          └─ Form, Unknown ─▶ Confirming: Loading ─┬─ open ──▶ Open, without a fix
//!                                                                   ├─ blocked ─▶ Blocked ─ the list is there ─▶ as planned
//!                                                                   └─ not seen ─▶ unseen
//! ```
//!
//! Only forms are reported. To report every other navigation, too, would wake the worker with every link, and knowing that a load
//! was a GET saves no more than this one load. If the worker is killed while `Confirming`, the next one inspects the tab.

use crate::base::host::Host;
use crate::base::id::{LoadId, TabId, Time};
use crate::case::{Blocked, Case, Flow};
use crate::feature::challenge_loop::update::is_of_loop;
use crate::feature::load_method::{Confirmation, LoadMethod, Plan, SentForm};
use crate::model::Model;
use crate::protocol::effect::Effect;

impl Model {
    /// Handles a content script's report that its page sends a form.
    pub(crate) fn form_sent(&mut self, tab: TabId, form: SentForm) -> Vec<Effect> {
        self.tab_mut(tab).sent_form = Some(form);
        Vec::new()
    }

    /// How a new load of a blocked page was made.
    pub(crate) fn method_of(&self, tab: TabId, host: &Host, load: LoadId) -> LoadMethod {
        if self.case(tab).is_some_and(|case| case.host == *host && case.is_loading()) {
            return LoadMethod::Get;
        }
        let sent = self.tab(tab).and_then(|known| known.sent_form.as_ref());
        let answered = sent.filter(|form| form.may_have_loaded(host, load));
        answered.map_or(LoadMethod::Unknown, |form| LoadMethod::Form(form.path.clone()))
    }

    /// Loads the page by a GET before `plan`, unless its last load was one. `None`: the plan may begin.
    pub(crate) fn confirm_first(&mut self, now: Time, tab: TabId, plan: Plan) -> Option<Vec<Effect>> {
        // A loop of checks was seen in several loads, and a check that has ended is no answer to a form.
        let is_unconfirmed =
            |case: &Case| case.method != LoadMethod::Get && !is_of_loop(case) && case.is_blocked() && !case.is_cooling_down(now);
        let case = self.case_mut(tab).filter(|case| is_unconfirmed(case))?;
        case.enter(Flow::Confirming { plan, step: Confirmation::Loading });
        Some(self.reload(tab, 0))
    }

    /// Begins what was planned, once the page was blocked again and it is known which extensions are on.
    pub(crate) fn begin_confirmed(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        // The load reports its own result, which belongs to no step of the plan.
        if self.is_reloading(tab) || !self.listing.is_known() {
            return Vec::new();
        }
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        let Flow::Confirming { plan, step: Confirmation::Blocked } = &case.flow else { return Vec::new() };
        let plan = plan.clone();
        case.enter(Flow::Blocked(Blocked::Idle));
        match plan {
            Plan::Search => self.find_extension(now, tab),
            Plan::GoOn => self.go_on(now, tab),
            Plan::TurnOff { ids, fix } => self.turn_off_those(now, tab, &ids, fix),
        }
    }
}
