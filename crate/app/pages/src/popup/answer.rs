//! Why: the likeliest cause at the top, the others folded away below.

use js_sys::Number;
use readmit_core::base::text::keys;
use readmit_core::view::{CauseView, View};
use web_sys::{Document, Element};

use super::text::Words;
use crate::dom::{self, Missing};

pub(super) struct Answer {
    section: Element,
    first: Element,
    belief: Element,
    title: Element,
    why: Element,
    helped: Element,
    helped_fix: Element,
    offer: Element,
    others: Element,
    list: Element,
}

impl Answer {
    pub(super) fn find(root: &Element) -> Result<Self, Missing> {
        Ok(Self {
            section: dom::part(root, "#answer")?,
            first: dom::part(root, "#cause")?,
            belief: dom::part(root, "#belief")?,
            title: dom::part(root, "#cause-title")?,
            why: dom::part(root, "#why")?,
            helped: dom::part(root, "#helped")?,
            helped_fix: dom::part(root, "#helped span + span")?,
            offer: dom::part(root, "#offer")?,
            others: dom::part(root, "#others")?,
            list: dom::part(root, "#causes")?,
        })
    }

    pub(super) fn show(&self, view: &View, words: &Words, page: &Document) {
        let (first, others) = match view.causes.split_first() {
            Some((first, others)) => (Some(first), others),
            None => (None, view.causes.as_slice()),
        };
        // What the first fix is for stands on top. If that is not the likeliest cause, all of them are in the list.
        let (first, others) = if view.reason.is_some() { (None, view.causes.as_slice()) } else { (first, others) };
        let shown = match &view.reason {
            Some(reason) => Some((keys::belief_perhaps(), reason)),
            None => first.map(|cause| (cause.belief.clone(), &cause.title)),
        };
        dom::show(&self.section, shown.is_some() || view.leads);
        dom::show(&self.first, shown.is_some());
        mark(&self.first, first);
        dom::set_text(&self.belief, &words.of_optional(shown.as_ref().map(|(belief, _)| belief)));
        dom::set_text(&self.title, &words.of_optional(shown.as_ref().map(|(_, title)| *title)));
        dom::set_text(&self.why, &words.of_optional(view.why.as_ref()));
        dom::show(&self.why, view.why.is_some());
        let helped =
            view.helped.as_ref().map(|helped| [&words.of(&helped.fix), " (", &helped.times.to_string(), "\u{d7})"].concat());
        dom::show(&self.helped, helped.is_some());
        dom::set_text(&self.helped_fix, &helped.unwrap_or_default());
        dom::show(&self.offer, view.offers_cause);

        dom::show(&self.others, !others.is_empty());
        let lines: Vec<Element> = others.iter().filter_map(|cause| self.line(cause, words, page)).collect();
        dom::arrange(&self.list, &lines);
    }

    fn line(&self, cause: &CauseView, words: &Words, page: &Document) -> Option<Element> {
        let known = dom::find(&self.list, &["[data-cause='", cause.cause.name(), "']"].concat());
        let line = known.or_else(|| dom::stamp(page, "cause-line").ok())?;
        mark(&line, Some(cause));
        if let Some(title) = dom::find(&line, ".title") {
            dom::set_text(&title, &words.of(&cause.title));
        }
        Some(line)
    }
}

fn mark(element: &Element, cause: Option<&CauseView>) {
    // JavaScript writes a number in fewer bytes of ours than Rust does.
    let share = cause.and_then(|cause| Number::from(cause.probability).to_fixed(3).ok()).map(String::from);
    dom::set_optional(element, "data-cause", cause.map(|cause| cause.cause.name()));
    dom::set_optional(element, "data-probability", share.as_deref());
}
