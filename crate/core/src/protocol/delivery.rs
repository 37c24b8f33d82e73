//! Delivery between one of our pages (popup, options) and the background: no order is lost or carried out twice, and no
//! outdated view is shown. The messages are declared here. [`PagePort`] is the page's end; [`ViewFeed`] and [`Inbox`] are the
//! background's. None of them knows a browser or a clock: the shell connects, posts and supplies the time.
//!
//! The browser stops the background's worker every half minute, and a message to a worker that is stopping or starting may be
//! lost silently. So only an answer proves anything:
//!
//! * An order has an id and is repeated, over a new connection, until it is acknowledged. The background acknowledges it after
//!   storing it, and remembers the id: a repeated order is acknowledged again, but not carried out again.
//! * Views are numbered. When a page connects, it sends the number of the last view that it has seen, and the background
//!   continues from there. So the numbers grow across workers, and an old view never replaces a newer one.
//! * A page that expects a message and does not receive it asks. Without an answer, it connects again.

mod inbox;
mod page_port;
mod view_feed;

use serde::{Deserialize, Serialize};

pub use self::inbox::{Inbox, Order, OrderedSwitch};
pub use self::page_port::{DeliveryStep, Moment, PagePort};
pub use self::view_feed::ViewFeed;

/// Identifies one order of one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OrderId {
    /// A random number below 2^53 that the page chose when it opened.
    pub page: u64,
    /// The number of the order in this page, counted from 1.
    pub number: u32,
}

/// A message from a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToBackground<R> {
    /// Is anyone there, and is there anything new? Answered with a view or with [`ToPage::Here`].
    Ask {
        /// The number of the last view that the page has seen.
        heard: u64,
    },
    /// A click. Answered with [`ToPage::Taken`].
    Order {
        /// Stays the same when the order is repeated.
        id: OrderId,
        /// What was clicked.
        request: R,
    },
}

/// A message from the background.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToPage<V> {
    /// A complete view.
    View {
        /// Higher than the number of every earlier view.
        number: u64,
        /// What to show.
        view: Box<V>,
    },
    /// The background is alive, and there is nothing new.
    Here,
    /// This order is stored and will be carried out, or already was.
    Taken(OrderId),
}

/// The name of a connection: which page it is from, and which view that page has seen last (0: none).
///
/// `popup:7`, `popup:7:41` (the popup about tab 7, which shows view 41), `options`, `options::3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionName<'a> {
    /// `popup` or `options`.
    pub page: &'a str,
    /// The tab that a popup is about.
    pub tab: Option<i32>,
    /// The number of the last view.
    pub heard: u64,
}

impl<'a> ConnectionName<'a> {
    /// Parses a name. A part that is missing or is not a number counts as absent.
    pub fn parse(name: &'a str) -> Self {
        let mut parts = name.splitn(3, ':');
        let page = parts.next().unwrap_or_default();
        let tab = parts.next().and_then(|tab| tab.parse().ok());
        let heard = parts.next().and_then(|heard| heard.parse().ok()).unwrap_or(0);
        Self { page, tab, heard }
    }

    /// Writes the name.
    pub fn write(&self) -> String {
        let tab = self.tab.map(|tab| tab.to_string()).unwrap_or_default();
        match (self.tab, self.heard) {
            (None, 0) => self.page.to_owned(),
            (Some(_), 0) => format!("{}:{tab}", self.page),
            (_, heard) => format!("{}:{tab}:{heard}", self.page),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_name_survives_a_round_trip() {
        for (page, tab, heard) in [("popup", Some(7), 0), ("popup", Some(7), 41), ("options", None, 0), ("options", None, 3)] {
            let name = ConnectionName { page, tab, heard }.write();
            assert_eq!(ConnectionName::parse(&name), ConnectionName { page, tab, heard }, "{name}");
        }
    }

    #[test]
    fn an_unknown_name_is_not_one_of_our_pages() {
        for name in ["", ":", "popup", "popup:x", "popup:7:-1", "options:::::"] {
            let ConnectionName { heard, .. } = ConnectionName::parse(name);
            assert_eq!(heard, 0, "{name}");
        }
        assert_eq!(ConnectionName::parse("popup:x").tab, None);
    }
}
