//! What happened: the headline and the quiet line below it.

use readmit_core::base::id::Time;
use readmit_core::view::{Facts, Phase, View};
use web_sys::Element;

use super::text::Words;
use super::time;
use crate::dom::{self, Missing};

pub(super) struct Header {
    pub(super) headline: Element,
    detail: Element,
    facts: Element,
    label: Element,
    ray: Element,
    seen: Element,
    since: Option<Time>,
}

impl Header {
    pub(super) fn find(root: &Element) -> Result<Self, Missing> {
        Ok(Self {
            headline: dom::part(root, "#headline")?,
            detail: dom::part(root, "#detail")?,
            facts: dom::part(root, "#facts")?,
            label: dom::part(root, "#fact-label")?,
            ray: dom::part(root, "#fact-ray")?,
            seen: dom::part(root, "#fact-seen")?,
            since: None,
        })
    }

    pub(super) fn show(&mut self, view: &View, words: &Words, now: Time) {
        dom::set_text(&self.headline, &words.of(&view.headline));
        dom::set_text(&self.detail, &words.of_optional(view.detail.as_ref()));
        dom::show(&self.detail, view.detail.is_some());
        // Once it is open again, the error's number is history.
        let facts = view.facts.as_ref().filter(|_| view.phase != Phase::Done);
        dom::show(&self.facts, facts.is_some());
        self.since = facts.map(|facts| facts.seen);
        if let Some(Facts { label, ray_id, seen }) = facts {
            dom::set_text(&self.label, &words.of(label));
            dom::set_text(&self.ray, &words.of_optional(ray_id.as_ref()));
            dom::set_attribute(&self.seen, "datetime", &time::machine(*seen));
        }
        self.tick(words, now);
    }

    /// Time goes on.
    pub(super) fn tick(&self, words: &Words, now: Time) {
        if let Some(since) = self.since {
            dom::set_text(&self.seen, &time::ago(words, since, now));
        }
    }
}
