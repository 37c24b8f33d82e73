//! What some cards show beside words: a small chart of timed requests, and what a status page tells of.

use readmit_core::view::Card;
use web_sys::Element;

use super::button::Situation;
use super::time;
use crate::dom::{self, Missing};

pub(super) struct CardDetail {
    chart: Element,
    incidents: Element,
}

impl CardDetail {
    pub(super) fn find(root: &Element) -> Result<Self, Missing> {
        Ok(Self { chart: dom::part(root, ".chart")?, incidents: dom::part(root, ".incidents")? })
    }

    pub(super) fn show(&self, card: &Card, situation: &Situation<'_>) {
        dom::show(&self.chart, !card.chart.is_empty());
        let longest = card.chart.iter().copied().flatten().max().unwrap_or(1).max(1);
        dom::refill(&self.chart, card.chart.len(), "i", |bar, place| {
            let sample = card.chart.get(place).copied().flatten();
            // Drawn in percent of the longest; one that is lost stands out by its own look.
            let percent = sample.map_or(100, |sample| (u64::from(sample) * 100 / u64::from(longest)).max(6));
            dom::set_variable(bar, "--height", &[&percent.to_string(), "%"].concat());
            dom::set_flag(bar, "data-lost", sample.is_none());
        });
        dom::show(&self.incidents, !card.incidents.is_empty());
        dom::refill(&self.incidents, card.incidents.len(), "li", |line, place| {
            let Some(incident) = card.incidents.get(place) else { return };
            dom::refill(line, 1, "a", |link, _| {
                let ago = incident.since.map(|since| [" · ", &time::ago(situation.words, since, time::now())].concat());
                dom::set_text(link, &[incident.title.as_str(), &ago.unwrap_or_default()].concat());
                dom::set_optional(link, "href", incident.link.as_deref());
                dom::set_attribute(link, "target", "_blank");
                dom::set_attribute(link, "rel", "noreferrer");
                let since = incident.since.map(time::universal);
                dom::set_optional(link, "title", since.as_deref());
            });
        });
    }
}
