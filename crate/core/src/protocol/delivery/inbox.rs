//! The background's memory of orders: which were taken in, and what of them is still to be done. It lies in
//! `storage.session`, for an order ends with the browser, as its page does.
//!
//! Most orders begin a flow that is saved on its own (a case's step, a clearing). The inbox holds the rest: orders that cannot be
//! carried out yet, and single switches that the browser has not answered.

use serde::{Deserialize, Serialize};

use super::OrderId;
use crate::base::id::{ExtensionId, TabId};
use crate::protocol::message::{OptionsRequest, PopupRequest};

/// Ids that are remembered. A page repeats an order within seconds, and no one clicks so often in that time.
const MOST_TAKEN: usize = 64;

/// A click, and where it was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// In a popup.
    Popup {
        /// The tab it is about.
        tab: TabId,
        /// What was clicked.
        request: PopupRequest,
    },
    /// On the options page.
    Options(OptionsRequest),
}

/// Orders that were taken in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Inbox {
    /// All of late, oldest first.
    taken: Vec<OrderId>,
    /// Those that wait until the browser has said which extensions there are.
    waiting: Vec<Order>,
    /// Switches that were ordered and not answered yet.
    switches: Vec<OrderedSwitch>,
}

/// A switch that a click has asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderedSwitch {
    /// Which extension.
    pub id: ExtensionId,
    /// On or off.
    pub on: bool,
}

impl Inbox {
    /// Takes an order in. `false` when it was taken in before.
    pub fn take(&mut self, id: OrderId) -> bool {
        if self.taken.contains(&id) {
            return false;
        }
        if self.taken.len() >= MOST_TAKEN {
            self.taken.remove(0);
        }
        self.taken.push(id);
        true
    }

    /// Keeps an order until it can be carried out.
    pub fn wait(&mut self, order: Order) {
        self.waiting.push(order);
    }

    /// Keeps a switch until it is answered. A later one of the same extension replaces it.
    pub fn begin_switch(&mut self, id: &ExtensionId, on: bool) {
        self.end_switch(id);
        self.switches.push(OrderedSwitch { id: id.clone(), on });
    }

    /// This one was answered, or is no longer wanted.
    pub fn end_switch(&mut self, id: &ExtensionId) {
        self.switches.retain(|switch| switch.id != *id);
    }

    /// The switches that were not answered yet.
    pub fn switches(&self) -> &[OrderedSwitch] {
        &self.switches
    }

    /// Does nothing of it remain to be done?
    pub fn is_done(&self) -> bool {
        self.waiting.is_empty() && self.switches.is_empty()
    }

    /// Gives out all that waits, in the order of the clicks.
    pub fn take_waiting(&mut self) -> Vec<Order> {
        std::mem::take(&mut self.waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> OrderId {
        OrderId { page: 9, number }
    }

    #[test]
    fn an_order_is_taken_in_once() {
        let mut inbox = Inbox::default();
        assert!(inbox.take(id(1)));
        assert!(inbox.take(id(2)));
        assert!(!inbox.take(id(1)));
        assert!(inbox.take(OrderId { page: 8, number: 1 }), "another page's");
    }

    #[test]
    fn only_the_latest_ids_are_remembered() {
        let mut inbox = Inbox::default();
        for number in 0..1000 {
            assert!(inbox.take(id(number)));
        }
        assert_eq!(inbox.taken.len(), MOST_TAKEN);
        assert!(!inbox.take(id(999)));
    }

    #[test]
    fn what_waits_is_given_out_in_order_and_once() {
        let mut inbox = Inbox::default();
        let orders = [Order::Options(OptionsRequest::Forget), Order::Popup { tab: TabId(1), request: PopupRequest::Undo }];
        for order in &orders {
            inbox.wait(order.clone());
        }
        assert!(!inbox.is_done());
        assert_eq!(inbox.take_waiting(), orders);
        assert!(inbox.is_done());
    }

    #[test]
    fn a_switch_is_kept_until_it_is_answered_and_the_last_word_counts() {
        let id = ExtensionId("a".into());
        let mut inbox = Inbox::default();
        inbox.begin_switch(&id, false);
        inbox.begin_switch(&id, true);
        assert_eq!(inbox.switches(), [OrderedSwitch { id: id.clone(), on: true }]);
        inbox.end_switch(&id);
        assert!(inbox.is_done());
    }
}
