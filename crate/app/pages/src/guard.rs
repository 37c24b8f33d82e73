//! The guard against presses that were meant for something else, once for the popup and the options page: it looks at the page's
//! buttons and says which press counts. What it protects from, and the rule, are in [`press_guard`].
//!
//! Every drawing goes through [`Guard::draw`], which compares where buttons stand before and after. The browser moves things as
//! well (rows that are laid out when they are first seen, a resized window, an unfolded `details`); a `ResizeObserver` tells of it
//! before that is painted, and each press is preceded by a look. Where the scroll position differs from the last look, it was the
//! person who scrolled: what a drawing scrolls is seen within that drawing.
//!
//! The first drawing alone is looked at in a task of its own, so that what it shows need not wait for the layout of hundreds of rows.
//! Nothing reacts before that: what was never looked at is guarded.
//!
//! A button with [`AT_ONCE`] is not guarded: *Stop*, unfolding, and what only shows or copies something. A guarded one has
//! [`GUARDED`] until it reacts, for tests, and the whole page has it until it was looked at; nothing shows it or reads it out.

use std::cell::{Cell, RefCell};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use js_sys::{JsString, WeakMap};
use readmit_core::protocol::delivery::Moment;
use readmit_core::view::press_guard::{Appearance, ControlId, Occasion, Place, PressGuard};
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, KeyboardEvent, ResizeObserver, window};

use crate::dom;

/// On a button that reacts at once.
pub(crate) const AT_ONCE: &str = "data-at-once";

/// On a control whose click is on its way.
pub(crate) const SENDING: &str = "data-sending";

/// On a button that keeps its words while what it would act on may change: what that is.
pub(crate) const ABOUT: &str = "data-about";

/// On a button that does not react yet.
const GUARDED: &str = "data-guarded";

/// What is looked at. What is folded away is not there yet: hundreds of rows would be looked at in vain.
const CONTROLS: &str = "button:not([data-at-once], details:not([open]) > :not(summary) *)";

/// Parts of a page that push others when they grow.
const BLOCKS: &str = "main, main > *, .pane > *";

/// What can be scrolled.
const SCROLLERS: &str = ":root, .pane";

pub(crate) struct Guard {
    root: Element,
    /// The root of the document, which has [`GUARDED`] from the beginning.
    page: Option<Element>,
    rules: RefCell<PressGuard>,
    /// The number of each element that was ever seen.
    numbers: WeakMap,
    given: Cell<u32>,
    scrolled: RefCell<Vec<i32>>,
    /// The button on which the last press began, and when.
    begun: RefCell<Option<(Element, Moment)>>,
    /// Those that have [`GUARDED`].
    marked: RefCell<Vec<(ControlId, Element)>>,
    timer: RefCell<Option<Timeout>>,
    guarded: JsString,
}

impl Guard {
    /// Guards everything on the page. What was not looked at yet, before the first drawing, does not react.
    pub(crate) fn new(root: &Element) -> Rc<Self> {
        let guard = Rc::new(Self {
            root: root.clone(),
            page: root.owner_document().and_then(|document| document.document_element()),
            rules: RefCell::default(),
            numbers: WeakMap::new(),
            given: Cell::default(),
            scrolled: RefCell::default(),
            begun: RefCell::default(),
            marked: RefCell::default(),
            timer: RefCell::default(),
            guarded: GUARDED.into(),
        });
        for kind in ["pointerdown", "keydown"] {
            let begun = Rc::clone(&guard);
            dom::listen(root, kind, move |event| begun.press_begins(&event));
        }
        guard.watch_sizes();
        guard
    }

    /// Changes the page by `draw`.
    pub(crate) fn draw<T>(self: &Rc<Self>, draw: impl FnOnce() -> T) -> T {
        if self.was_scrolled() {
            self.look(Occasion::Scrolled);
        }
        let result = draw();
        if self.given.get() > 0 {
            self.look(Occasion::Drawn);
        } else {
            let guard = Rc::clone(self);
            Timeout::new(0, move || guard.look_again()).forget();
        }
        result
    }

    /// The button that was clicked, if the click counts.
    pub(crate) fn clicked(self: &Rc<Self>, event: &Event) -> Option<Element> {
        let button = button_of(event)?;
        // A press is as old as its beginning, however long it is held.
        let begun = self.begun.take().filter(|(begun, _)| *begun == button).map(|(_, at)| at);
        let at = begun.unwrap_or_else(|| moment_of(event));
        if button.has_attribute("aria-disabled") || button.has_attribute(SENDING) || !self.lets_through(&button, at) {
            // A button of a form would send it.
            event.prevent_default();
            return None;
        }
        Some(button)
    }

    /// A press that begins too early is swallowed, and starts the time anew at once.
    fn press_begins(self: &Rc<Self>, event: &Event) {
        let other_key = event.dyn_ref::<KeyboardEvent>().is_some_and(|event| !matches!(event.key().as_str(), "Enter" | " "));
        if !other_key && let Some(button) = button_of(event) {
            let at = moment_of(event);
            self.lets_through(&button, at);
            self.begun.replace(Some((button, at)));
        }
    }

    fn lets_through(self: &Rc<Self>, button: &Element, at: Moment) -> bool {
        if button.has_attribute(AT_ONCE) {
            return true;
        }
        self.look_again();
        let id = self.number(button);
        let counts = self.rules.borrow_mut().press(now(), at, id);
        if !counts {
            self.put_mark(id, button);
            self.mark();
        }
        counts
    }

    /// Looks at the page, whatever may have happened to it.
    fn look_again(self: &Rc<Self>) {
        let occasion = if self.was_scrolled() { Occasion::Scrolled } else { Occasion::Drawn };
        self.look(occasion);
    }

    fn look(self: &Rc<Self>, occasion: Occasion) {
        self.scrolled.replace(self.scroll_positions());
        let controls = dom::all(&self.root, CONTROLS);
        let mut row = None;
        let seen: Vec<_> = controls.iter().map(|control| (self.number(control), appearance(control, &mut row))).collect();
        let now = now();
        let mut rules = self.rules.borrow_mut();
        rules.look(now, seen.iter().copied(), occasion);
        for (control, (id, appearance)) in controls.into_iter().zip(seen) {
            if appearance.place.is_some() && rules.is_guarded(now, id) {
                self.put_mark(id, &control);
            }
        }
        drop(rules);
        if let Some(page) = &self.page {
            dom::set_flag(page, GUARDED, false);
        }
        self.mark();
    }

    fn put_mark(&self, id: ControlId, control: &Element) {
        if !control.has_attribute(GUARDED) {
            dom::put_attribute(control, &self.guarded, &JsString::from(""));
            self.marked.borrow_mut().push((id, control.clone()));
        }
    }

    /// Takes the mark from what reacts by now, and comes back when the next one does.
    fn mark(self: &Rc<Self>) {
        let now = now();
        let rules = self.rules.borrow();
        let mut marked = self.marked.borrow_mut();
        marked.retain(|(id, control)| {
            // One that has left the page has nothing to react to.
            let guarded = rules.reacts(*id).is_some_and(|reacts| now < reacts);
            if !guarded {
                dom::set_flag(control, GUARDED, false);
            }
            guarded
        });
        let next = marked.iter().filter_map(|(id, _)| rules.reacts(*id)).min();
        let mut timer = self.timer.borrow_mut();
        // The first to react has a timer already, or a later one that comes back for it.
        if timer.is_none()
            && let Some(next) = next
        {
            let guard = Rc::clone(self);
            let left = u32::try_from(next.0.saturating_sub(now.0)).unwrap_or(u32::MAX);
            *timer = Some(Timeout::new(left, move || {
                // Let go of within its own call, which it survives.
                drop(guard.timer.take());
                guard.mark();
            }));
        }
    }

    fn number(&self, control: &Element) -> ControlId {
        let known = self.numbers.get(control).as_f64();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "what was put in below")]
        let known = known.map(|known| known as u32);
        ControlId(known.unwrap_or_else(|| {
            let new = self.given.get();
            self.given.set(new + 1);
            self.numbers.set(control, &new.into());
            new
        }))
    }

    fn was_scrolled(&self) -> bool {
        *self.scrolled.borrow() != self.scroll_positions()
    }

    fn scroll_positions(&self) -> Vec<i32> {
        dom::all(&self.root, SCROLLERS).iter().flat_map(|part| [part.scroll_top(), part.scroll_left()]).collect()
    }

    fn watch_sizes(self: &Rc<Self>) {
        let guard = Rc::clone(self);
        let resized = Closure::<dyn FnMut()>::new(move || guard.look_again()).into_js_value();
        // Missing in no browser that can run the rest.
        if let Ok(observer) = ResizeObserver::new(resized.unchecked_ref()) {
            for block in dom::all(&self.root, BLOCKS) {
                observer.observe(&block);
            }
        }
    }
}

/// A clock that never goes back.
pub(crate) fn now() -> Moment {
    moment(window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now()))
}

/// When that clock, or an event, shows so many milliseconds.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole positive milliseconds are wanted")]
pub(crate) fn moment(milliseconds: f64) -> Moment {
    // Rounded up: a timer may ring a fraction of a millisecond early.
    Moment(milliseconds.ceil() as u64)
}

/// Events that wait while the page is busy are older than the moment they are heard.
fn moment_of(event: &Event) -> Moment {
    moment(event.time_stamp()).min(now())
}

fn button_of(event: &Event) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest("button").ok().flatten()
}

/// `row` is the last one that was measured, and where it is.
fn appearance(control: &Element, row: &mut Option<(Element, Option<Place>)>) -> Appearance {
    let is = |selector: &str| control.matches(selector).unwrap_or_default();
    // The browser lays out a row of the list when it is to be seen, or when something in it is measured. Measuring the row
    // itself leaves hundreds of others alone, and its controls stand still in it.
    let place = match control.closest(".row").ok().flatten() {
        Some(_) if control.has_attribute("hidden") => None,
        Some(new) => match row {
            Some((known, place)) if *known == new => *place,
            _ => row.insert((new.clone(), place(&new))).1,
        },
        None => place(control),
    };
    let about = control.get_attribute(ABOUT).map(|about| {
        let mut hasher = DefaultHasher::new();
        about.hash(&mut hasher);
        hasher.finish()
    });
    Appearance {
        place,
        usable: !is("[aria-disabled], [data-sending]"),
        on: is("[aria-checked=true], [aria-pressed=true]"),
        about,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "rounded, and no page has more pixels")]
fn place(element: &Element) -> Option<Place> {
    let edges = element.get_bounding_client_rect();
    let [left, top, right, bottom] = [edges.left(), edges.top(), edges.right(), edges.bottom()].map(|edge| edge.round() as i32);
    (left < right).then_some(Place { left, top, right, bottom })
}
