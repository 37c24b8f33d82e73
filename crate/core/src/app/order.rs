//! Orders: requests from clicks in our own pages. Each order is accepted once, however often it arrives, and an accepted order
//! is carried out even if the worker dies.
//!
//! ```text
//!  order ─┬─ known: acknowledged ──────────────────────────────────────────────┐
//!         └─ new: into the inbox ─┬─ can be carried out: its flow starts ──────┤
//!                                 └─ needs the list of extensions: waits ──────┴─▶ saved ─▶ acknowledged ─▶ its effects
//!  the browser has listed the extensions ─▶ waiting orders are carried out, unanswered switches are made again
//! ```

use crate::base::host::Host;
use crate::base::id::{TabId, Time};
use crate::case::Question;
use crate::extensions::listing::Listed;
use crate::feature::settings::setting::Setting;
use crate::model::Model;
use crate::protocol::delivery::{Order, OrderId, OrderedSwitch};
use crate::protocol::effect::Effect;
use crate::protocol::message::Shown;
use crate::tab::{OpenPopup, TabStatus};

impl Model {
    /// Handles a click that has arrived, perhaps not for the first time.
    pub(crate) fn ordered(&mut self, now: Time, id: OrderId, order: Order) -> Vec<Effect> {
        let mut effects = vec![Effect::Acknowledge(id)];
        if self.kept.inbox.take(id) {
            effects.extend(self.carry_out(now, order));
        }
        effects
    }

    fn carry_out(&mut self, now: Time, order: Order) -> Vec<Effect> {
        match order {
            Order::Popup { ref request, .. } if request.needs_list() && !self.listing.is_known() => {
                self.kept.inbox.wait(order);
                vec![Effect::List]
            }
            Order::Popup { tab, request, shown } => {
                let host = self.case(tab).map_or_else(Host::chatgpt, |case| case.host.clone());
                let holds = shown.still_holds(&self.shown(tab, &self.rows(&host)), &request);
                if let Some(popup) = self.popup_mut(tab) {
                    popup.has_changed = !holds;
                }
                if holds { self.popup_request(now, tab, request) } else { Vec::new() }
            }
            Order::Options(request) => self.options(now, request),
        }
    }

    /// What the buttons of a popup about `tab` depend on. `rows` are the extensions that it lists.
    pub(crate) fn shown(&self, tab: TabId, rows: &[Listed<'_>]) -> Shown {
        let suspects = rows.iter().filter(|row| row.is_suspect()).map(|row| row.extension.id.clone());
        let undo_until = self.kept.undo_cookies.as_ref().map(|undo_cookies| undo_cookies.until);
        Shown { site: self.site(tab), suspects: suspects.collect(), undo_until }
    }

    /// Handles the list of extensions: carries out what was waiting for it.
    pub(crate) fn take_up_orders(&mut self, now: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        for OrderedSwitch { id, on } in self.kept.inbox.switches().to_vec() {
            if self.listing.is_under_way(&id) {
                continue;
            }
            let again = if on { self.put_back_those(|entry| entry.id == id) } else { Vec::new() };
            let again = if again.is_empty() { self.switch(now, std::slice::from_ref(&id), on) } else { again };
            if again.is_empty() {
                self.kept.inbox.end_switch(&id);
            }
            effects.extend(again);
        }
        effects.extend(self.take_up_leaving());
        for order in self.kept.inbox.take_waiting() {
            effects.extend(self.carry_out(now, order));
        }
        effects
    }

    /// Handles a popup that was opened, or whose previous worker has ended: it is sent everything, and the answers to its open
    /// questions are searched for again.
    pub(crate) fn popup_connected(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let questions = self.case(tab).map(|case| case.questions.clone()).unwrap_or_default();
        let at_once = self.is_set(Setting::AskAtOnce);
        let may_ask = at_once || questions.contains(&Question::Cause);
        let new = || OpenPopup { status: TabStatus::Looking, asking: at_once, may_ask, has_changed: false };
        self.tab_mut(tab).popup.get_or_insert_with(new).status = TabStatus::Looking;
        self.saw_back = true;
        let mut effects = vec![Effect::List, Effect::Look { tab, site: None }];
        // The inspection of the tab starts the diagnosis.
        for question in questions.into_iter().filter(|question| *question != Question::Cause) {
            effects.extend(self.find_out(now, tab, question));
        }
        effects
    }

    /// Finds out what a click has asked for. The question is stored, so that the next worker repeats it if this one dies.
    pub(crate) fn find_out(&mut self, now: Time, tab: TabId, question: Question) -> Vec<Effect> {
        let effects = match question {
            Question::Cause => self.diagnose(tab),
            Question::Status => self.fetch_status(now, tab, true),
            Question::Connection => self.time_connection(now, tab),
        };
        // The cause is recorded as asked for even if the page is not blocked at this moment.
        let is_asked = question == Question::Cause || !effects.is_empty();
        if let Some(case) = self.case_mut(tab).filter(|_| is_asked) {
            case.asks(question);
        }
        effects
    }
}
