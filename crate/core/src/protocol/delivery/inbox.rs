//! The background's record of orders: which were accepted, and what is left to do for them. It is stored in `storage.session`,
//! because an order ends with the browser, as its page does.
//!
//! Most orders start a flow that is stored elsewhere (a case's flow, a clearing). The inbox holds the rest: orders that cannot
//! be carried out yet, and single switches that the browser has not answered.

use serde::{Deserialize, Serialize};

use super::OrderId;
use crate::base::id::{ExtensionId, TabId};
use crate::protocol::message::{OptionsRequest, PopupRequest, Shown};

/// How many ids are remembered. A page repeats an order within seconds, and no one makes this many clicks in that time.
const MOST_TAKEN: usize = 64;

/// A click, and where it was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// In a popup.
    Popup {
        /// The tab that the popup is about.
        tab: TabId,
        /// What was clicked.
        request: PopupRequest,
        /// What the popup showed then.
        #[serde(default, skip_serializing_if = "Shown::is_nothing")]
        shown: Shown,
    },
    /// On the options page.
    Options(OptionsRequest),
}

/// The orders that were accepted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Inbox {
    /// The ids of recent orders, oldest first.
    taken: Vec<OrderId>,
    /// Orders that wait for the browser's list of extensions.
    waiting: Vec<Order>,
    /// Switches that were ordered and are not answered yet.
    switches: Vec<OrderedSwitch>,
}

/// A switch that was ordered by a click.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderedSwitch {
    /// The extension.
    pub id: ExtensionId,
    /// On or off.
    pub on: bool,
}

impl Inbox {
    /// Accepts an order. Returns `false` if it was accepted before.
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

    /// Keeps a switch until it is answered. A later switch of the same extension replaces it.
    pub fn begin_switch(&mut self, id: &ExtensionId, on: bool) {
        self.end_switch(id);
        self.switches.push(OrderedSwitch { id: id.clone(), on });
    }

    /// Removes a switch that was answered or is no longer wanted.
    pub fn end_switch(&mut self, id: &ExtensionId) {
        self.switches.retain(|switch| switch.id != *id);
    }

    /// The switches without an answer.
    pub fn switches(&self) -> &[OrderedSwitch] {
        &self.switches
    }

    /// Is nothing left to do?
    pub fn is_done(&self) -> bool {
        self.waiting.is_empty() && self.switches.is_empty()
    }

    /// Removes and returns all waiting orders, in the order of the clicks.
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
    fn an_order_is_accepted_once() {
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
    fn waiting_orders_are_returned_once_in_click_order() {
        let mut inbox = Inbox::default();
        let undo = Order::Popup { tab: TabId(1), request: PopupRequest::Undo, shown: Shown::default() };
        let orders = [Order::Options(OptionsRequest::Forget), undo];
        for order in &orders {
            inbox.wait(order.clone());
        }
        assert!(!inbox.is_done());
        assert_eq!(inbox.take_waiting(), orders);
        assert!(inbox.is_done());
    }

    #[test]
    fn a_switch_is_kept_until_answered_or_replaced() {
        let id = ExtensionId("a".into());
        let mut inbox = Inbox::default();
        inbox.begin_switch(&id, false);
        inbox.begin_switch(&id, true);
        assert_eq!(inbox.switches(), [OrderedSwitch { id: id.clone(), on: true }]);
        inbox.end_switch(&id);
        assert!(inbox.is_done());
    }
}
