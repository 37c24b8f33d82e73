//! The buttons of a card: which can be clicked at this moment, and what they say while one has to wait.

use readmit_core::base::id::Time;
use readmit_core::base::text::keys;
use readmit_core::protocol::message::PopupRequest;
use readmit_core::view::{Act, Button, Phase, View};
use web_sys::Element;

use super::text::Words;
use super::time;
use crate::dom;

/// What decides how buttons look: the moment, and what is going on.
pub(super) struct Situation<'a> {
    pub(super) words: &'a Words,
    /// Seconds during which nothing may be asked of the site.
    wait: Option<u64>,
    /// Something is under way that another order would cross.
    pub(super) busy: bool,
}

impl<'a> Situation<'a> {
    pub(super) fn of(view: &View, words: &'a Words, now: Time) -> Self {
        let clearing = view.notice.as_ref().is_some_and(|notice| notice.running);
        Self {
            words,
            wait: view.wait_until.and_then(|until| time::seconds_left(until, now)),
            busy: matches!(view.phase, Phase::Looking | Phase::Searching) || clearing || view.held,
        }
    }

    /// What "Check again" says and whether it can be clicked.
    pub(super) fn dress_check(&self, button: &Element, label: &Element) {
        let text = match self.wait {
            Some(seconds) => keys::wait_left(&time::clock(seconds)),
            None => keys::button_check(),
        };
        dom::set_text(label, &self.words.of(&text));
        dom::enable(button, self.wait.is_none() && !self.busy);
    }

    fn dress(&self, element: &Element, button: &Button) {
        if kind(&button.act) == "check" {
            self.dress_check(element, element);
        } else {
            dom::set_text(element, &self.words.of(&button.label));
            let crosses = self.busy && kind(&button.act) == "order";
            let disturbs = self.wait.is_some() && reloads(&button.act);
            dom::enable(element, !crosses && !disturbs);
        }
    }
}

/// Is this something that a line offers without being unfolded?
pub(super) fn is_direct(button: &Button) -> bool {
    kind(&button.act) == "order"
}

/// Does it reload the page by itself? A site that asked for silence is not to be asked.
fn reloads(act: &Act) -> bool {
    use PopupRequest::{FindExtension, GoOn, TurnOffSuspects};
    matches!(act, Act::Order { request: FindExtension | GoOn | TurnOffSuspects, .. })
}

/// The kind of a click, as `data-act` says it.
fn kind(act: &Act) -> &'static str {
    match act {
        Act::Order { request: PopupRequest::CheckAgain { .. }, .. } => "check",
        Act::Order { .. } | Act::Guide(_) | Act::TellWhenBack => "order",
        Act::CopyReport => "report",
        Act::Open(_) | Act::OpenExtension(_) | Act::CopyAddress | Act::PrivateWindow | Act::OpenInEdge | Act::ShowExtensions => {
            "other"
        }
    }
}

/// Makes `buttons` all that is in `place`. `from` is the place of the first one in its card, by which a click names it.
pub(super) fn fill(place: &Element, buttons: &[Button], from: usize, leads: bool, situation: &Situation<'_>) {
    let mut next = place.first_element_child();
    for (offset, button) in buttons.iter().enumerate() {
        let element = next.or_else(|| {
            let element = dom::create("button")?;
            dom::set_attribute(&element, "type", "button");
            dom::set_attribute(&element, "data-do", "act");
            place.append_child(&element).ok()?;
            Some(element)
        });
        if let Some(element) = &element {
            dom::set_attribute(element, "class", if leads && offset == 0 { "main" } else { "side" });
            dom::set_attribute(element, "data-index", &(from + offset).to_string());
            dom::set_attribute(element, "data-act", kind(&button.act));
            situation.dress(element, button);
        }
        next = element.and_then(|element| element.next_element_sibling());
    }
    while let Some(left_over) = next {
        next = left_over.next_element_sibling();
        left_over.remove();
    }
    dom::show(place, !buttons.is_empty());
}
