//! The page's end of the delivery: says when to connect, what to post and what to show.
//!
//! ```text
//!  any state but Pause ── message ─┬─▶ Sign     the view changes without a click, or an order was just acknowledged
//!                                  └─▶ Nothing  otherwise
//!  Sign ── 2 s, or focus ─┬─▶ Answer  (asks whether there is anything new)
//!  Nothing ── focus ──────┘
//!
//!  FirstSign ── 2 s ──────────────────┐         ┌─ reconnect at once ─────────────────────────────▶ FirstSign
//!  Answer ── 0.5 s ───────────────────┼─▶ lost ─┼─ it ended repeatedly ─▶ Pause, growing ─────────▶ FirstSign
//!  order unacknowledged for 2 s ──────┤         └─ lost six times in a row: unreachable; orders
//!  the connection ended ──────────────┘            fail, the page says so ─▶ Pause, 10 s or click ▶ FirstSign
//! ```
//!
//! `Nothing` is the only state without a timer.

use super::{OrderId, ToBackground, ToPage};

/// Milliseconds of a monotonic clock, such as `performance.now()`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub u64);

impl Moment {
    fn plus(self, milliseconds: u64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }
}

/// How long to wait for an expected message, in milliseconds.
const PATIENCE: u64 = 2_000;
/// How long to wait for an answer to [`ToBackground::Ask`], in milliseconds. A living worker answers at once.
const ANSWER: u64 = 500;
/// The pause before the third connection in a row, in milliseconds. It doubles with each further one.
const FIRST_PAUSE: u64 = 250;
/// After this many connections in a row without a message, one more makes the background count as unreachable.
const MOST_TRIES: u32 = 5;
/// The pause between two attempts to reach an unreachable background, in milliseconds.
const SLOW_PACE: u64 = 10_000;

/// What has to be done next.
#[derive(Clone, Debug, PartialEq)]
pub enum DeliveryStep<R, V> {
    /// Open a new connection that replaces the current one.
    Connect {
        /// The number of the connection. Ignore messages from any other one.
        connection: u32,
        /// See [`ConnectionName::heard`](super::ConnectionName::heard).
        heard: u64,
    },
    /// Post this over the current connection. If that fails, the connection is lost.
    Post(ToBackground<R>),
    /// Show this.
    Show(Box<V>),
    /// The background has accepted this order.
    Acknowledged(OrderId),
    /// The background cannot be reached, and this order is given up.
    Failed(OrderId),
    /// The background cannot be reached. What is shown may be out of date.
    Unreachable,
}

#[derive(Clone, Debug)]
struct Pending<R> {
    id: OrderId,
    request: R,
    due: Moment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expects {
    /// Nothing is expected: no timer runs.
    Nothing,
    /// The first message over a new connection.
    FirstSign { until: Moment },
    /// Any message.
    Sign { until: Moment },
    /// An answer to [`ToBackground::Ask`].
    Answer { until: Moment },
    /// There is no connection. The next one is made at this time.
    Pause { until: Moment },
}

/// A page's port to the background. `R` is the type of the page's requests.
#[derive(Clone, Debug)]
pub struct PagePort<R> {
    page: u64,
    orders: u32,
    pending: Vec<Pending<R>>,
    connection: u32,
    heard: u64,
    /// Will the current view change without a click?
    moves: bool,
    expects: Expects,
    /// Connections in a row that brought no message.
    tries: u32,
}

impl<R: Clone + PartialEq> PagePort<R> {
    /// A page has opened. `page` is a random number below 2^53.
    pub fn new(page: u64) -> Self {
        let expects = Expects::Nothing;
        Self { page, orders: 0, pending: Vec::new(), connection: 0, heard: 0, moves: false, expects, tries: 0 }
    }

    /// Connects for the first time.
    pub fn open<V>(&mut self, now: Moment) -> Vec<DeliveryStep<R, V>> {
        self.connect(now)
    }

    /// Handles a click. `None` while the same request is still pending: a second click adds nothing.
    pub fn order<V>(&mut self, now: Moment, request: R) -> Option<(OrderId, Vec<DeliveryStep<R, V>>)> {
        if self.pending.iter().any(|pending| pending.request == request) {
            return None;
        }
        self.orders = self.orders.saturating_add(1);
        let id = OrderId { page: self.page, number: self.orders };
        self.pending.push(Pending { id, request: request.clone(), due: now.plus(PATIENCE) });
        let steps = if matches!(self.expects, Expects::Pause { .. }) {
            // Someone is waiting now.
            self.tries = 0;
            self.connect(now)
        } else {
            vec![DeliveryStep::Post(ToBackground::Order { id, request })]
        };
        Some((id, steps))
    }

    /// The page has regained focus: asks whether its view is still up to date.
    pub fn ask<V>(&mut self, now: Moment) -> Vec<DeliveryStep<R, V>> {
        match self.expects {
            Expects::Nothing | Expects::Sign { .. } => {
                self.expects = Expects::Answer { until: now.plus(ANSWER) };
                vec![DeliveryStep::Post(ToBackground::Ask { heard: self.heard })]
            }
            Expects::Pause { .. } => self.connect(now),
            Expects::FirstSign { .. } | Expects::Answer { .. } => Vec::new(),
        }
    }

    /// Handles a message from the background. `moves`: will this view change without a click?
    pub fn heard<V>(
        &mut self,
        now: Moment,
        connection: u32,
        message: ToPage<V>,
        moves: impl FnOnce(&V) -> bool,
    ) -> Vec<DeliveryStep<R, V>> {
        if connection != self.connection {
            return Vec::new();
        }
        self.tries = 0;
        let mut steps = Vec::new();
        let mut more_to_come = false;
        match message {
            ToPage::View { number, view } if number > self.heard => {
                self.heard = number;
                self.moves = moves(&view);
                steps.push(DeliveryStep::Show(view));
            }
            ToPage::View { .. } | ToPage::Here => {}
            ToPage::Taken(id) => {
                if self.pending.iter().any(|pending| pending.id == id) {
                    self.pending.retain(|pending| pending.id != id);
                    steps.push(DeliveryStep::Acknowledged(id));
                    // The result of the order is still to come.
                    more_to_come = true;
                }
            }
        }
        self.expects = if self.moves || more_to_come { Expects::Sign { until: now.plus(PATIENCE) } } else { Expects::Nothing };
        steps
    }

    /// The connection has ended, or posting over it has failed.
    pub fn disconnected<V>(&mut self, now: Moment, connection: u32) -> Vec<DeliveryStep<R, V>> {
        if connection != self.connection || matches!(self.expects, Expects::Pause { .. }) {
            return Vec::new();
        }
        self.lost(now, true)
    }

    /// Handles timers that are due.
    pub fn tick<V>(&mut self, now: Moment) -> Vec<DeliveryStep<R, V>> {
        match self.expects {
            Expects::Pause { until } if until <= now => self.connect(now),
            Expects::Pause { .. } => Vec::new(),
            Expects::FirstSign { until } | Expects::Answer { until } if until <= now => self.lost(now, false),
            _ if self.pending.iter().any(|pending| pending.due <= now) => self.lost(now, false),
            Expects::Sign { until } if until <= now => self.ask(now),
            _ => Vec::new(),
        }
    }

    /// When to call [`PagePort::tick`] next.
    pub fn due(&self) -> Option<Moment> {
        let expected = match self.expects {
            Expects::Nothing => None,
            Expects::Pause { until } => return Some(until),
            Expects::FirstSign { until } | Expects::Sign { until } | Expects::Answer { until } => Some(until),
        };
        self.pending.iter().map(|pending| pending.due).chain(expected).min()
    }

    /// Opens a new connection and repeats every order that was not acknowledged.
    fn connect<V>(&mut self, now: Moment) -> Vec<DeliveryStep<R, V>> {
        self.connection = self.connection.wrapping_add(1);
        self.expects = Expects::FirstSign { until: now.plus(PATIENCE) };
        let mut steps = vec![DeliveryStep::Connect { connection: self.connection, heard: self.heard }];
        for Pending { id, request, due } in &mut self.pending {
            *due = now.plus(PATIENCE);
            steps.push(DeliveryStep::Post(ToBackground::Order { id: *id, request: request.clone() }));
        }
        steps
    }

    /// Handles a lost connection. `at_once`: it has just ended, and the next one might end, too.
    fn lost<V>(&mut self, now: Moment, at_once: bool) -> Vec<DeliveryStep<R, V>> {
        self.tries = self.tries.saturating_add(1);
        if self.tries > MOST_TRIES {
            self.expects = Expects::Pause { until: now.plus(SLOW_PACE) };
            let failed = std::mem::take(&mut self.pending);
            return failed
                .into_iter()
                .map(|pending| DeliveryStep::Failed(pending.id))
                .chain([DeliveryStep::Unreachable])
                .collect();
        }
        if self.tries > 1 && at_once {
            self.expects = Expects::Pause { until: now.plus(FIRST_PAUSE << (self.tries - 2)) };
            return Vec::new();
        }
        self.connect(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Steps = Vec<DeliveryStep<&'static str, &'static str>>;

    fn id(number: u32) -> OrderId {
        OrderId { page: 1, number }
    }

    fn post(number: u32, request: &'static str) -> DeliveryStep<&'static str, &'static str> {
        DeliveryStep::Post(ToBackground::Order { id: id(number), request })
    }

    fn connect(connection: u32, heard: u64) -> DeliveryStep<&'static str, &'static str> {
        DeliveryStep::Connect { connection, heard }
    }

    fn ask(heard: u64) -> DeliveryStep<&'static str, &'static str> {
        DeliveryStep::Post(ToBackground::Ask { heard })
    }

    fn view(number: u64, view: &'static str) -> ToPage<&'static str> {
        ToPage::View { number, view: Box::new(view) }
    }

    fn moves(view: &&'static str) -> bool {
        *view == "searching"
    }

    /// A port that is open, connected, and shows view 1, which does not change without a click.
    fn quiet_port() -> PagePort<&'static str> {
        let mut port = PagePort::new(1);
        let steps: Steps = port.open(Moment(0));
        assert_eq!(steps, [connect(1, 0)]);
        assert_eq!(port.heard(Moment(10), 1, view(1, "answered"), moves), [DeliveryStep::Show(Box::new("answered"))]);
        port
    }

    fn clicked(port: &mut PagePort<&'static str>, now: u64, request: &'static str) -> Steps {
        port.order(Moment(now), request).unwrap().1
    }

    /// The steps at the next due time, which is `at`.
    fn next(port: &mut PagePort<&'static str>, at: u64) -> Steps {
        assert_eq!(port.due(), Some(Moment(at)));
        port.tick(Moment(at))
    }

    #[test]
    fn no_timer_runs_while_nothing_is_expected() {
        assert_eq!(quiet_port().due(), None);
    }

    #[test]
    fn an_order_is_posted_at_once_and_acknowledged() {
        let mut port = quiet_port();
        assert_eq!(clicked(&mut port, 20, "clear"), [post(1, "clear")]);
        assert_eq!(port.heard(Moment(30), 1, ToPage::Taken(id(1)), moves), [DeliveryStep::Acknowledged(id(1))]);
        // The result of the order is awaited, then asked for once.
        assert_eq!(next(&mut port, 2030), [ask(1)]);
        assert_eq!(port.heard(Moment(2040), 1, ToPage::Here, moves), []);
        assert_eq!(port.due(), None);
    }

    #[test]
    fn an_unacknowledged_order_is_repeated_over_a_new_connection() {
        let mut port = quiet_port();
        clicked(&mut port, 20, "clear");
        assert_eq!(next(&mut port, 2020), [connect(2, 1), post(1, "clear")]);
        // The old connection no longer counts.
        assert_eq!(port.heard(Moment(2030), 1, view(7, "old"), moves), []);
        assert_eq!(port.heard(Moment(2040), 2, ToPage::Taken(id(1)), moves), [DeliveryStep::Acknowledged(id(1))]);
    }

    #[test]
    fn a_connection_that_ends_is_replaced_at_once() {
        let mut port = quiet_port();
        clicked(&mut port, 20, "clear");
        let steps: Steps = port.disconnected(Moment(25), 1);
        assert_eq!(steps, [connect(2, 1), post(1, "clear")]);
        let late: Steps = port.disconnected(Moment(26), 1);
        assert_eq!(late, []);
    }

    #[test]
    fn an_older_view_never_replaces_a_newer_one() {
        let mut port = quiet_port();
        assert_eq!(port.heard(Moment(20), 1, view(5, "new"), moves).len(), 1);
        assert_eq!(port.heard(Moment(21), 1, view(5, "same"), moves), []);
        assert_eq!(port.heard(Moment(22), 1, view(4, "old"), moves), []);
        let steps: Steps = port.disconnected(Moment(23), 1);
        assert_eq!(steps, [connect(2, 5)]);
    }

    #[test]
    fn a_port_asks_when_a_changing_view_falls_silent() {
        let mut port = quiet_port();
        port.heard(Moment(100), 1, view(2, "searching"), moves);
        assert_eq!(next(&mut port, 2100), [ask(2)]);
        port.heard(Moment(2110), 1, ToPage::Here, moves);
        assert_eq!(next(&mut port, 4110), [ask(2)]);
        assert_eq!(next(&mut port, 4610), [connect(2, 2)]);
    }

    #[test]
    fn a_connection_without_any_message_is_given_up() {
        let mut port: PagePort<&'static str> = PagePort::new(1);
        let _: Steps = port.open(Moment(0));
        assert_eq!(next(&mut port, 2000), [connect(2, 0)]);
        assert_eq!(next(&mut port, 4000), [connect(3, 0)]);
    }

    #[test]
    fn an_unreachable_background_is_reported_and_retried() {
        let mut port = quiet_port();
        clicked(&mut port, 20, "clear");
        let mut steps: Steps = Vec::new();
        let mut now = Moment(20);
        while !steps.contains(&DeliveryStep::Unreachable) {
            now = port.due().unwrap();
            steps = port.tick(now);
        }
        assert_eq!(steps, [DeliveryStep::Failed(id(1)), DeliveryStep::Unreachable]);
        assert!(now <= Moment(12_100), "{now:?}");
        assert_eq!(next(&mut port, now.0 + SLOW_PACE), [connect(7, 1)]);
        // The background is back.
        port.heard(Moment(now.0 + SLOW_PACE + 5), 7, view(2, "answered"), moves);
        assert_eq!(port.due(), None);
    }

    #[test]
    fn a_click_reconnects_at_once() {
        let mut port = quiet_port();
        let mut steps: Steps = Vec::new();
        let mut connection = 1;
        while !steps.contains(&DeliveryStep::Unreachable) {
            steps = port.disconnected(Moment(50), connection);
            if steps.is_empty() {
                steps = port.tick(port.due().unwrap());
            }
            connection = port.connection;
        }
        assert_eq!(clicked(&mut port, 9000, "clear"), [connect(connection + 1, 1), post(1, "clear")]);
    }

    #[test]
    fn connections_that_end_at_once_are_retried_with_growing_pauses() {
        let mut port = quiet_port();
        let steps: Steps = port.disconnected(Moment(1000), 1);
        assert_eq!(steps, [connect(2, 1)]);
        for (connection, pause) in [(2, 250), (3, 500), (4, 1000), (5, 2000)] {
            let steps: Steps = port.disconnected(Moment(1000), connection);
            assert_eq!(steps, []);
            assert_eq!(next(&mut port, 1000 + pause), [DeliveryStep::Connect { connection: connection + 1, heard: 1 }]);
        }
    }

    #[test]
    fn a_repeated_click_adds_nothing_while_the_first_is_pending() {
        let mut port = quiet_port();
        clicked(&mut port, 20, "clear");
        assert!(port.order::<&str>(Moment(21), "clear").is_none());
        assert!(port.order::<&str>(Moment(22), "undo").is_some());
        port.heard(Moment(30), 1, ToPage::Taken(id(1)), moves);
        assert!(port.order::<&str>(Moment(31), "clear").is_some());
    }

    #[test]
    fn a_page_asks_when_it_regains_focus() {
        let mut port = quiet_port();
        let steps: Steps = port.ask(Moment(60_000));
        assert_eq!(steps, [ask(1)]);
        assert_eq!(next(&mut port, 60_500), [connect(2, 1)]);
    }
}
