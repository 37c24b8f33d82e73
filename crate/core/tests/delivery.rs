//! Both ends of a port, over a connection that loses, delays and cuts, with a worker that dies at any moment: each order is
//! carried out once, and the page ends up showing what is true.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that finds nothing has failed")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use readmit_core::protocol::delivery::{DeliveryStep, Moment, OrderId, PagePort, ToBackground, ToPage, ViewFeed};

/// What happens to whatever is sent next, and how long the worker lives on. All of it is drawn.
#[derive(Clone, Debug)]
struct Fate {
    /// It never arrives.
    is_lost: bool,
    /// Milliseconds on the way.
    delay: u64,
    /// The worker dies so many milliseconds later.
    death: Option<u64>,
    /// Is the page told that the connection has ended?
    is_told: bool,
}

fn fate() -> impl Strategy<Value = Fate> {
    let death = prop_oneof![5 => Just(None), 2 => (1_u64..1500).prop_map(Some)];
    (prop::bool::weighted(0.2), 0_u64..300, death, any::<bool>()).prop_map(|(is_lost, delay, death, is_told)| Fate {
        is_lost,
        delay,
        death,
        is_told,
    })
}

enum Parcel {
    Connect { connection: u32, heard: u64 },
    ToBackground { connection: u32, message: ToBackground<u32> },
    ToPage { connection: u32, message: ToPage<Vec<u32>> },
    Disconnected { connection: u32 },
    Death { is_told: bool },
    Click(u32),
}

/// The page, the worker and everything on its way between them. What is shown is the list of orders that were carried out.
struct World {
    now: u64,
    port: PagePort<u32>,
    shown: Vec<u32>,
    failed: Vec<OrderId>,
    /// What the worker keeps: it outlives it.
    taken: Vec<OrderId>,
    done: Vec<u32>,
    /// What the worker forgets.
    connections: BTreeMap<u32, ViewFeed<Vec<u32>>>,
    open: u32,
    on_the_way: Vec<(u64, Parcel)>,
    fates: Vec<Fate>,
}

impl World {
    /// After the last of the fates nothing more goes wrong.
    fn fate(&mut self) -> Fate {
        self.fates.pop().unwrap_or(Fate { is_lost: false, delay: 5, death: None, is_told: true })
    }

    fn send(&mut self, parcel: Parcel) {
        let Fate { is_lost, delay, death, is_told } = self.fate();
        if !is_lost {
            self.on_the_way.push((self.now + delay, parcel));
        }
        if let Some(after) = death {
            self.on_the_way.push((self.now + after, Parcel::Death { is_told }));
        }
    }

    fn follow(&mut self, steps: Vec<DeliveryStep<u32, Vec<u32>>>) {
        for step in steps {
            match step {
                DeliveryStep::Connect { connection, heard } => {
                    self.open = connection;
                    self.send(Parcel::Connect { connection, heard });
                }
                DeliveryStep::Post(message) => self.send(Parcel::ToBackground { connection: self.open, message }),
                DeliveryStep::Show(view) => {
                    assert!(view.starts_with(&self.shown), "an old view {view:?} replaces {:?}", self.shown);
                    self.shown = *view;
                }
                DeliveryStep::Failed(id) => self.failed.push(id),
                DeliveryStep::Acknowledged(id) => assert!(self.taken.contains(&id), "{id:?} is not written down"),
                DeliveryStep::Unreachable => {}
            }
        }
    }

    fn show(&mut self) {
        let view = self.done.clone();
        let messages: Vec<_> =
            self.connections.iter_mut().filter_map(|(connection, feed)| Some((*connection, feed.view(view.clone())?))).collect();
        for (connection, message) in messages {
            self.send(Parcel::ToPage { connection, message });
        }
    }

    fn arrive(&mut self, parcel: Parcel) {
        let now = Moment(self.now);
        match parcel {
            Parcel::Connect { connection, heard } => {
                self.connections.insert(connection, ViewFeed::new(heard));
                self.show();
            }
            Parcel::ToBackground { connection, message } => {
                // To a worker that never heard of the connection.
                if !self.connections.contains_key(&connection) {
                    return;
                }
                match message {
                    ToBackground::Ask { heard } => {
                        let view = self.done.clone();
                        let message = self.connections.get_mut(&connection).map(|feed| feed.answer(view, heard));
                        self.send(Parcel::ToPage { connection, message: message.unwrap() });
                    }
                    ToBackground::Order { id, request } => {
                        if !self.taken.contains(&id) {
                            self.taken.push(id);
                            self.done.push(request);
                        }
                        self.show();
                        self.send(Parcel::ToPage { connection, message: ToPage::Taken(id) });
                    }
                }
            }
            Parcel::ToPage { connection, message } => {
                let steps = self.port.heard(now, connection, message, |_| false);
                self.follow(steps);
            }
            Parcel::Disconnected { connection } => {
                let steps = self.port.disconnected(now, connection);
                self.follow(steps);
            }
            Parcel::Death { is_told } => {
                let lost = std::mem::take(&mut self.connections).into_keys();
                if is_told {
                    self.on_the_way.extend(lost.map(|connection| (self.now + 3, Parcel::Disconnected { connection })));
                }
            }
            Parcel::Click(request) => {
                if let Some((_, steps)) = self.port.order(now, request) {
                    self.follow(steps);
                }
            }
        }
    }

    /// Until nothing is on its way and nothing is expected.
    fn run(&mut self) {
        for _ in 0..10_000 {
            let next = self.on_the_way.iter().map(|(at, _)| *at).min();
            let due = self.port.due().map(|due| due.0);
            let Some(at) = next.into_iter().chain(due).min() else { return };
            self.now = self.now.max(at);
            if let Some(place) = self.on_the_way.iter().position(|(at, _)| *at <= self.now) {
                let (_, parcel) = self.on_the_way.remove(place);
                self.arrive(parcel);
            } else {
                let steps = self.port.tick(Moment(self.now));
                self.follow(steps);
            }
        }
        panic!("it never comes to rest");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn each_click_is_carried_out_once_and_the_page_shows_it(
        fates in prop::collection::vec(fate(), 0..40),
        clicks in prop::collection::vec(0_u64..6000, 1..5),
    ) {
        let mut world = World {
            now: 0,
            port: PagePort::new(1),
            shown: Vec::new(),
            failed: Vec::new(),
            taken: Vec::new(),
            done: Vec::new(),
            connections: BTreeMap::new(),
            open: 0,
            on_the_way: Vec::new(),
            fates,
        };
        for (request, at) in (0..).zip(&clicks) {
            world.on_the_way.push((*at, Parcel::Click(request)));
        }
        let steps = world.port.open(Moment(0));
        world.follow(steps);
        world.run();
        // Someone looks at the page again: a death that no one was told of does not go unnoticed.
        let steps = world.port.ask(Moment(world.now));
        world.follow(steps);
        world.run();
        prop_assert_eq!(&world.shown, &world.done);
        let mut done = world.done.clone();
        done.sort_unstable();
        done.dedup();
        prop_assert_eq!(done.len(), world.done.len(), "carried out twice");
        // One that is given up, as it was said to be, may have been carried out all the same; no other is missing.
        prop_assert!(world.done.len() + world.failed.len() >= clicks.len());
    }
}
