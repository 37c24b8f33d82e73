//! The guard against presses that were meant for something else.
//!
//! What a button means can change in the moment between the decision to press it and the press: a view arrives, the list grows, a
//! question takes the place of an answered one. A browser delivers such a press to whatever is there now. So nothing that changes or
//! deletes anything reacts until it has stood for [`STILL`] as it is: shown, in one place, with one meaning. A press before that does
//! nothing, says nothing and starts the time anew, so that steady clicking never gets through. Browsers protect their permission
//! prompts the same way.
//!
//! - **Appearing** is being new, being shown after being hidden, and the first drawing of a page.
//! - **Moving** is being elsewhere in the window than before, by more than [`SLACK`], unless the person has scrolled. What caused it
//!   does not matter: a view, something unfolded, a resized window.
//! - **Changing its meaning** is being another element (pages never relabel one in place), a switch that is switched, a button that
//!   can be pressed again after it could not, or after its last press was on its way, and one that keeps its words (*Put everything
//!   back*) while what it would act on becomes something else.
//!
//! It only decides whether a press counts. What becomes of one that does is decided by [`delivery`](crate::protocol::delivery).

use std::collections::BTreeMap;

use crate::protocol::delivery::Moment;

/// How long a control has to stay as it is before it reacts, in milliseconds.
pub const STILL: u64 = 500;

/// So far may an edge of a control shift without a person's aim being off, in CSS pixels.
const SLACK: u32 = 2;

/// A control, by the number that its page has given to the element. No two elements ever have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ControlId(pub u32);

/// The edges of a control in the window, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The left edge.
    pub left: i32,
    /// The upper edge.
    pub top: i32,
    /// The right edge.
    pub right: i32,
    /// The lower edge.
    pub bottom: i32,
}

impl Place {
    fn is_near(self, other: Self) -> bool {
        let edges = [(self.left, other.left), (self.top, other.top), (self.right, other.right), (self.bottom, other.bottom)];
        edges.iter().all(|(here, there)| here.abs_diff(*there) <= SLACK)
    }
}

/// A control as it is on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appearance {
    /// `None` while it is not shown.
    pub place: Option<Place>,
    /// Can it be pressed?
    pub usable: bool,
    /// Is it a switch that is on?
    pub on: bool,
    /// What it is about, for a button that keeps its words while that changes.
    pub about: Option<u64>,
}

/// Why a page is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Something may have been drawn.
    Drawn,
    /// The person has scrolled: where things are now is no movement.
    Scrolled,
}

/// The controls of a page that are guarded, and since when each is as it is.
#[derive(Clone, Debug, Default)]
pub struct PressGuard {
    controls: BTreeMap<ControlId, Control>,
}

#[derive(Clone, Copy, Debug)]
struct Control {
    seen: Appearance,
    since: Moment,
}

impl PressGuard {
    /// Takes note of all controls of the page as they are now.
    pub fn look(&mut self, now: Moment, seen: impl IntoIterator<Item = (ControlId, Appearance)>, occasion: Occasion) {
        let mut before = std::mem::take(&mut self.controls);
        for (id, seen) in seen {
            let control = match before.remove(&id) {
                Some(before) => before.looked_at(now, seen, occasion),
                None => Control { seen, since: now },
            };
            self.controls.insert(id, control);
        }
    }

    /// Does a press at the moment `at` count? If not, the control's time begins anew.
    pub fn press(&mut self, now: Moment, at: Moment, id: ControlId) -> bool {
        let counts = !self.is_guarded(at, id);
        if !counts && let Some(control) = self.controls.get_mut(&id) {
            control.since = now;
        }
        counts
    }

    /// Does this control not react yet? One that was never looked at does not.
    pub fn is_guarded(&self, at: Moment, id: ControlId) -> bool {
        self.controls.get(&id).is_none_or(|control| at < control.reacts())
    }

    /// When this control reacts, if nothing happens to it.
    pub fn reacts(&self, id: ControlId) -> Option<Moment> {
        self.controls.get(&id).map(Control::reacts)
    }
}

impl Control {
    fn looked_at(self, now: Moment, seen: Appearance, occasion: Occasion) -> Self {
        let rests = match (self.seen.place, seen.place) {
            (Some(before), Some(place)) => occasion == Occasion::Scrolled || before.is_near(place),
            (_, place) => place.is_none(),
        };
        let is_about_the_same = self.seen.on == seen.on && self.seen.about == seen.about;
        let means_the_same = is_about_the_same && (self.seen.usable || !seen.usable);
        if !(rests && means_the_same) {
            return Self { seen, since: now };
        }
        // Where it stood when its time began is what it is measured by: many small shifts are a movement, too.
        let place = if occasion == Occasion::Drawn && seen.place.is_some() { self.seen.place } else { seen.place };
        Self { seen: Appearance { place, ..seen }, since: self.since }
    }

    /// More than [`STILL`], because moments are whole milliseconds.
    fn reacts(&self) -> Moment {
        Moment(self.since.0.saturating_add(STILL + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: ControlId = ControlId(1);
    const HERE: Appearance =
        Appearance { place: Some(Place { left: 10, top: 100, right: 110, bottom: 140 }), usable: true, on: false, about: None };

    fn lower_by(pixels: i32) -> Appearance {
        let place = HERE.place.map(|place| Place { top: place.top + pixels, bottom: place.bottom + pixels, ..place });
        Appearance { place, ..HERE }
    }

    /// Looks at one control at each of these moments; from which moment on does it react?
    fn reacts_at(looks: &[(u64, Appearance, Occasion)]) -> u64 {
        let mut guard = PressGuard::default();
        for (now, seen, occasion) in looks {
            guard.look(Moment(*now), [(ID, *seen)], *occasion);
        }
        guard.reacts(ID).map_or(0, |moment| moment.0)
    }

    fn press(guard: &mut PressGuard, at: u64) -> bool {
        guard.press(Moment(at), Moment(at), ID)
    }

    #[test]
    fn what_has_just_appeared_does_not_react() {
        let mut guard = PressGuard::default();
        guard.look(Moment(1000), [(ID, HERE)], Occasion::Drawn);
        assert!(!press(&mut guard, 1220));
        // That press has started the time anew.
        assert!(!press(&mut guard, 1720));
        assert!(press(&mut guard, 2221));
        assert!(press(&mut guard, 2222), "a press that counts guards nothing");
    }

    #[test]
    fn steady_clicking_never_gets_through() {
        let mut guard = PressGuard::default();
        guard.look(Moment(1000), [(ID, HERE)], Occasion::Drawn);
        assert!((1000..60_000).step_by(200).all(|at| !press(&mut guard, at)));
    }

    #[test]
    fn a_press_is_as_late_as_it_was_made_not_as_it_is_heard() {
        let mut guard = PressGuard::default();
        guard.look(Moment(1000), [(ID, HERE)], Occasion::Drawn);
        assert!(!guard.press(Moment(9000), Moment(1200), ID));
        assert!(!press(&mut guard, 9400));
    }

    #[test]
    fn a_view_that_changes_nothing_restarts_nothing() {
        assert_eq!(reacts_at(&[(0, HERE, Occasion::Drawn), (300, HERE, Occasion::Drawn), (400, HERE, Occasion::Scrolled)]), 501);
    }

    #[test]
    fn moving_restarts_the_time_and_scrolling_does_not() {
        assert_eq!(reacts_at(&[(0, HERE, Occasion::Drawn), (300, lower_by(40), Occasion::Drawn)]), 801);
        assert_eq!(reacts_at(&[(0, HERE, Occasion::Drawn), (300, lower_by(40), Occasion::Scrolled)]), 501);
        // After scrolling, that is where it stands.
        let scrolled = [(0, HERE, Occasion::Drawn), (300, lower_by(40), Occasion::Scrolled)];
        assert_eq!(reacts_at(&[scrolled[0], scrolled[1], (400, lower_by(40), Occasion::Drawn)]), 501);
        assert_eq!(reacts_at(&[scrolled[0], scrolled[1], (400, HERE, Occasion::Drawn)]), 901);
    }

    #[test]
    fn a_hair_is_no_movement_but_many_are_one() {
        assert_eq!(reacts_at(&[(0, HERE, Occasion::Drawn), (300, lower_by(2), Occasion::Drawn)]), 501);
        let creeping = [(0, HERE, Occasion::Drawn), (100, lower_by(2), Occasion::Drawn), (200, lower_by(4), Occasion::Drawn)];
        assert_eq!(reacts_at(&creeping), 701);
    }

    #[test]
    fn being_shown_again_is_appearing_and_being_hidden_is_not() {
        let hidden = Appearance { place: None, ..HERE };
        assert_eq!(reacts_at(&[(0, HERE, Occasion::Drawn), (600, hidden, Occasion::Drawn)]), 501);
        assert_eq!(
            reacts_at(&[(0, HERE, Occasion::Drawn), (600, hidden, Occasion::Drawn), (700, HERE, Occasion::Scrolled)]),
            1201
        );
        // An element that was taken off the page and put back has appeared, too.
        let mut guard = PressGuard::default();
        guard.look(Moment(0), [(ID, HERE)], Occasion::Drawn);
        guard.look(Moment(600), [], Occasion::Drawn);
        assert!(!press(&mut guard, 650), "what is not on the page does not react");
        guard.look(Moment(700), [(ID, HERE)], Occasion::Drawn);
        assert!(!press(&mut guard, 800));
    }

    #[test]
    fn a_switch_that_is_switched_means_something_else() {
        let on = Appearance { on: true, ..HERE };
        assert_eq!(reacts_at(&[(0, HERE, Occasion::Drawn), (600, on, Occasion::Drawn)]), 1101);
    }

    #[test]
    fn a_button_that_acts_on_something_else_means_something_else() {
        let [two, three] = [2, 3].map(|about| Appearance { about: Some(about), ..HERE });
        assert_eq!(reacts_at(&[(0, two, Occasion::Drawn), (600, two, Occasion::Drawn)]), 501);
        assert_eq!(reacts_at(&[(0, two, Occasion::Drawn), (600, three, Occasion::Drawn)]), 1101);
    }

    #[test]
    fn what_can_be_pressed_again_waits_and_what_cannot_has_nothing_to_wait_for() {
        let still = Appearance { usable: false, ..HERE };
        assert_eq!(reacts_at(&[(0, HERE, Occasion::Drawn), (600, still, Occasion::Drawn)]), 501);
        assert_eq!(reacts_at(&[(0, HERE, Occasion::Drawn), (600, still, Occasion::Drawn), (900, HERE, Occasion::Drawn)]), 1401);
    }

    #[test]
    fn one_control_does_not_guard_another() {
        let mut guard = PressGuard::default();
        guard.look(Moment(0), [(ID, HERE)], Occasion::Drawn);
        guard.look(Moment(900), [(ID, HERE), (ControlId(2), lower_by(40))], Occasion::Drawn);
        assert!(press(&mut guard, 950));
        assert!(!guard.press(Moment(950), Moment(950), ControlId(2)));
    }
}
