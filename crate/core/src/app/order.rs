//! Orders: what a click in one of our own pages asks for. Each is taken in once, however often it comes, and what was taken in
//! is carried out even if the worker dies.
//!
//! ```text
//!  order ─┬─ known: acknowledged ──────────────────────────────────────────────┐
//!         └─ new: into the inbox ─┬─ can be carried out: its flow is begun ────┤
//!                                 └─ needs the list of extensions: waits ──────┴─▶ saved ─▶ acknowledged ─▶ its effects
//!  the browser has said which extensions there are ─▶ what waits is carried out, switches without an answer are made again
//! ```

use crate::base::id::{ExtensionId, TabId, Time};
use crate::case::Question;
use crate::feature::settings::setting::Setting;
use crate::model::Model;
use crate::protocol::delivery::{Order, OrderId, OrderedSwitch};
use crate::protocol::effect::Effect;
use crate::tab::{OpenPopup, TabStatus};

impl Model {
    /// A click has arrived, perhaps not for the first time.
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
            Order::Popup { tab, request } => self.popup_request(now, tab, request),
            Order::Options(request) => self.options(now, request),
        }
    }

    /// The browser has said which extensions there are.
    pub(crate) fn take_up_orders(&mut self, now: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        for OrderedSwitch { id, on } in self.kept.inbox.switches().to_vec() {
            if self.listing.is_under_way(&id) {
                continue;
            }
            let again = if on { self.put_back_those(|entry| entry.id == id) } else { Vec::new() };
            let again = if again.is_empty() { self.switch(now, &id, on) } else { again };
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

    /// Was it ordered to be switched off, and not answered yet? Then it may well still be on.
    pub(crate) fn is_ordered_off(&self, id: &ExtensionId) -> bool {
        self.kept.inbox.switches().iter().any(|switch| !switch.on && switch.id == *id)
    }

    /// A popup was opened, or has lost the worker before this one: it is to be shown everything, and whatever it was asked to
    /// find out is found out again.
    pub(crate) fn popup_connected(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let questions = self.case(tab).map(|case| case.questions.clone()).unwrap_or_default();
        let at_once = self.is_set(Setting::AskAtOnce);
        let may_ask = at_once || questions.contains(&Question::Cause);
        let new = || OpenPopup { status: TabStatus::Looking, asking: at_once, may_ask };
        self.tab_mut(tab).popup.get_or_insert_with(new).status = TabStatus::Looking;
        let mut effects = vec![Effect::List, Effect::Look { tab }];
        effects.extend(self.saw_mark());
        // The look leads to the cause.
        for question in questions.into_iter().filter(|question| *question != Question::Cause) {
            effects.extend(self.find_out(now, tab, question));
        }
        effects
    }

    /// Finds out what a click has asked for, and again should the worker die over it.
    pub(crate) fn find_out(&mut self, now: Time, tab: TabId, question: Question) -> Vec<Effect> {
        let effects = match question {
            Question::Cause => self.diagnose(tab),
            Question::Status => self.fetch_status(now, tab, true),
            Question::Connection => self.time_connection(now, tab),
        };
        // The cause is asked for also where the page is not refused at this moment.
        let is_asked = question == Question::Cause || !effects.is_empty();
        if let Some(case) = self.case_mut(tab).filter(|_| is_asked) {
            case.asks(question);
        }
        effects
    }
}
