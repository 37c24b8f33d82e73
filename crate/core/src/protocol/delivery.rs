//! Delivery between a page of ours (popup, options) and the background: no order is lost, none is carried out twice, and no
//! view is shown that is no longer true. What travels is declared here; [`PagePort`] is the page's end, [`ViewFeed`] and [`Inbox`] are
//! the background's. It knows no browser and no clock: the shell connects, posts and tells the time.
//!
//! The worker at the background's end is stopped by the browser every half minute, and what is posted to a worker that is
//! ending or only starting may be gone without a word. So only an answer proves anything:
//!
//! * An order has an id and is repeated, over a new connection, until it is acknowledged. The background acknowledges it once
//!   it is written down, and remembers the id: a repeated order is acknowledged again and not carried out again.
//! * Views are numbered. The page says the last number it has seen when it connects, and the background goes on from there, so
//!   the numbers grow across workers, and an old view never replaces a newer one.
//! * A page that expects to hear something and does not hear it asks; without an answer it connects again.

mod inbox;
mod page_port;
mod view_feed;

use serde::{Deserialize, Serialize};

pub use self::inbox::{Inbox, Order, OrderedSwitch};
pub use self::page_port::{DeliveryStep, Moment, PagePort};
pub use self::view_feed::ViewFeed;

/// Names one order of one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OrderId {
    /// A random number below 2^53 that the page has drawn when it opened.
    pub page: u64,
    /// The page's orders, counted from 1.
    pub number: u32,
}

/// What a page posts.
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
        /// The same when it is repeated.
        id: OrderId,
        /// What was clicked.
        request: R,
    },
}

/// What the background posts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToPage<V> {
    /// All there is to show.
    View {
        /// Higher than that of every view before it.
        number: u64,
        /// What to show.
        view: Box<V>,
    },
    /// Someone is there, and there is nothing new.
    Here,
    /// This order is written down and will be carried out, or was before.
    Taken(OrderId),
}

/// The name of a connection: which page it is, and which view it has seen last (0: none).
///
/// `popup:7`, `popup:7:41` (the popup about tab 7, which shows view 41), `options`, `options::3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionName<'a> {
    /// `popup` or `options`.
    pub page: &'a str,
    /// Which tab a popup is about.
    pub tab: Option<i32>,
    /// The number of the last view.
    pub heard: u64,
}

impl<'a> ConnectionName<'a> {
    /// Reads a name. What is missing or no number counts as not said.
    pub fn parse(name: &'a str) -> Self {
        let mut parts = name.splitn(3, ':');
        let page = parts.next().unwrap_or_default();
        let tab = parts.next().and_then(|tab| tab.parse().ok());
        let heard = parts.next().and_then(|heard| heard.parse().ok()).unwrap_or(0);
        Self { page, tab, heard }
    }

    /// Writes it.
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
    fn a_connections_name_is_read_as_it_was_written() {
        for (page, tab, heard) in [("popup", Some(7), 0), ("popup", Some(7), 41), ("options", None, 0), ("options", None, 3)] {
            let name = ConnectionName { page, tab, heard }.write();
            assert_eq!(ConnectionName::parse(&name), ConnectionName { page, tab, heard }, "{name}");
        }
    }

    #[test]
    fn a_strange_name_is_no_page_of_ours() {
        for name in ["", ":", "popup", "popup:x", "popup:7:-1", "options:::::"] {
            let ConnectionName { heard, .. } = ConnectionName::parse(name);
            assert_eq!(heard, 0, "{name}");
        }
        assert_eq!(ConnectionName::parse("popup:x").tab, None);
    }
}
