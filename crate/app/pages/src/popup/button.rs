//! The buttons of a card: which can be clicked at this moment, and what they say while one has to wait.

use readmit_core::base::id::Time;
use readmit_core::base::text::keys;
use readmit_core::diagnosis::fix::Fix;
use readmit_core::protocol::message::PopupRequest;
use readmit_core::view::{Act, Button, Phase, View};
use web_sys::Element;

use super::text::Words;
use super::time;
use crate::dom;
use crate::guard::AT_ONCE;

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

/// Does it reload the page, perhaps several times? A site that asked for a pause gets no reload.
fn reloads(act: &Act) -> bool {
    use PopupRequest::{CheckAgain, FindExtension, GoOn, TurnOffSuspects};
    let (Act::Order { request, .. } | Act::Guide(request)) = act else { return false };
    matches!(request, CheckAgain { .. } | FindExtension | GoOn | TurnOffSuspects)
}

/// The kind of a click, as `data-act` says it.
fn kind(act: &Act) -> &'static str {
    match act {
        // It has a name of its own.
        Act::Order { request: PopupRequest::CheckAgain { after: Some(Fix::Reopen) }, .. } => "order",
        Act::Order { request: PopupRequest::CheckAgain { .. }, .. } => "check",
        Act::Order { .. } | Act::Guide(_) | Act::TellWhenBack => "order",
        Act::CopyReport => "report",
        Act::Open(_) | Act::OpenExtension(_) | Act::CopyAddress | Act::PrivateWindow | Act::OpenInEdge | Act::ShowExtensions => {
            "other"
        }
    }
}

/// The buttons in one place. An element keeps its meaning for as long as it lives: for a button that means something else there is
/// a new one, which neither the focus nor the guard takes for the old one.
pub(super) struct Buttons {
    place: Element,
    shown: Vec<(Button, Element)>,
}

impl Buttons {
    pub(super) fn new(place: Element) -> Self {
        Self { place, shown: Vec::new() }
    }

    /// Makes `buttons` all that is in this place. A click names a button by its index.
    pub(super) fn show(&mut self, buttons: &[Button], leads: bool, situation: &Situation<'_>) {
        let mut known = std::mem::take(&mut self.shown);
        for (index, button) in buttons.iter().enumerate() {
            let kept = known.iter().position(|(known, _)| known == button).map(|place| known.swap_remove(place).1);
            let Some(element) = kept.or_else(|| create(&button.act)) else { continue };
            dom::set_attribute(&element, "class", if leads && index == 0 { "main" } else { "side" });
            dom::set_attribute(&element, "data-index", &index.to_string());
            situation.dress(&element, button);
            self.shown.push((button.clone(), element));
        }
        dom::arrange(&self.place, self.shown.iter().map(|(_, element)| element));
        dom::show(&self.place, !buttons.is_empty());
    }
}

fn create(act: &Act) -> Option<Element> {
    let element = dom::create("button")?;
    for (name, value) in [("type", "button"), ("data-do", "act"), ("data-act", kind(act))] {
        dom::write_attribute(&element, name, value);
    }
    dom::set_flag(&element, AT_ONCE, act.is_harmless());
    Some(element)
}
