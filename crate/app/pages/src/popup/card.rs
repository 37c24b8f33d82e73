//! The fixes: the recommended one as a card with one strong button, the others as a line each that can be unfolded.

use readmit_core::base::text::keys;
use readmit_core::diagnosis::fix::Fix;
use readmit_core::view::{Card, View};
use web_sys::{Document, Element};

use super::button::{Buttons, Situation};
use super::card_detail::CardDetail;
use super::details::Details;
use super::time;
use crate::dom::{self, Missing};

pub(super) struct Cards {
    place: Element,
    lead: Option<Lead>,
    section: Details,
    title: Element,
    count: Element,
    list: Element,
    lines: Vec<Line>,
}

/// The recommended fix.
struct Lead {
    fix: Fix,
    root: Element,
    title: Element,
    note: Element,
    body: Element,
    detail: CardDetail,
    buttons: Buttons,
    promise: Element,
    about: Element,
    told: Element,
}

/// One of the others.
struct Line {
    fix: Fix,
    root: Element,
    toggle: Element,
    title: Element,
    note: Element,
    folded: Element,
    body: Element,
    detail: CardDetail,
    buttons: Buttons,
    promise: Element,
}

impl Cards {
    pub(super) fn find(root: &Element) -> Result<Self, Missing> {
        Ok(Self {
            place: dom::part(root, "#lead")?,
            lead: None,
            section: Details::new(dom::part(root, "#more")?),
            title: dom::part(root, "#more-title")?,
            count: dom::part(root, "#more-count")?,
            list: dom::part(root, "#cards")?,
            lines: Vec::new(),
        })
    }

    pub(super) fn show(&mut self, view: &View, situation: &Situation<'_>, page: &Document) -> Result<(), Missing> {
        let (lead, others) = match view.cards.split_first() {
            Some((lead, others)) if view.leads => (Some(lead), others),
            _ => (None, view.cards.as_slice()),
        };
        self.show_lead(lead, situation, page)?;

        dom::show(&self.section.root, !others.is_empty());
        let title = match (view.leads, view.folds_others) {
            (true, true) => keys::more_title_folded(),
            (true, false) => keys::more_title(),
            (false, _) => keys::tools_title(),
        };
        dom::set_text(&self.title, &situation.words.of(&title));
        dom::set_text(&self.count, &if view.folds_others { others.len().to_string() } else { String::new() });
        self.section.show(!view.folds_others);
        self.lines.retain(|line| others.iter().any(|card| card.fix == line.fix));
        for (place, card) in others.iter().enumerate() {
            match self.lines.iter().position(|line| line.fix == card.fix) {
                Some(known) => self.lines.swap(place, known),
                None => self.lines.insert(place, Line::new(card.fix, page)?),
            }
        }
        for (line, card) in self.lines.iter_mut().zip(others) {
            line.show(card, situation);
        }
        dom::arrange(&self.list, self.lines.iter().map(|line| &line.root));
        Ok(())
    }

    /// A new element for a new recommendation: a second press of Enter must not carry out something else.
    fn show_lead(&mut self, card: Option<&Card>, situation: &Situation<'_>, page: &Document) -> Result<(), Missing> {
        let known = self.lead.take().filter(|lead| card.is_some_and(|card| card.fix == lead.fix));
        self.lead = match (card, known) {
            (Some(card), None) => Some(Lead::new(card.fix, page)?),
            (_, known) => known,
        };
        if let (Some(card), Some(lead)) = (card, &mut self.lead) {
            lead.show(card, situation);
        }
        dom::arrange(&self.place, self.lead.iter().map(|lead| &lead.root));
        Ok(())
    }

    /// Time goes on: only the buttons and what is waited for depend on it.
    pub(super) fn tick(&mut self, view: &View, situation: &Situation<'_>) {
        for card in &view.cards {
            if let Some(lead) = self.lead.iter_mut().find(|lead| lead.fix == card.fix) {
                lead.show_buttons(card, situation);
                note(&lead.note, card, situation);
            }
            if let Some(line) = self.lines.iter_mut().find(|line| line.fix == card.fix) {
                line.show_buttons(card, situation);
                note(&line.note, card, situation);
            }
        }
    }

    /// Folds or unfolds a line.
    pub(super) fn toggle(&self, fix: &str) {
        if let Some(line) = self.lines.iter().find(|line| line.fix.name() == fix) {
            let open = line.folded.has_attribute("hidden");
            dom::show(&line.folded, open);
            dom::set_flag(&line.root, "data-open", open);
            dom::set_attribute(&line.toggle, "aria-expanded", if open { "true" } else { "false" });
        }
    }
}

impl Lead {
    fn new(fix: Fix, page: &Document) -> Result<Self, Missing> {
        let root = dom::stamp(page, "lead-card")?;
        dom::set_attribute(&root, "data-fix", fix.name());
        Ok(Self {
            fix,
            title: dom::part(&root, ".title")?,
            note: dom::part(&root, ".note")?,
            body: dom::part(&root, ".body")?,
            detail: CardDetail::find(&root)?,
            buttons: Buttons::new(dom::part(&root, ".buttons")?),
            promise: dom::part(&root, ".promise")?,
            about: dom::part(&root, ".about")?,
            told: dom::part(&root, ".told")?,
            root,
        })
    }

    fn show(&mut self, card: &Card, situation: &Situation<'_>) {
        let words = situation.words;
        mark(&self.root, &self.title, &self.note, card, situation);
        // Where a short promise says it, the long version waits until it is asked for.
        let body = words.all(&card.body);
        let (open, asked): (&[String], &[String]) = if card.promise.is_some() { (&[], &body) } else { (&body, &[]) };
        dom::set_paragraphs(&self.body, open);
        dom::set_paragraphs(&self.told, asked);
        dom::show(&self.about, !asked.is_empty());
        dom::set_text(&self.promise, &words.of_optional(card.promise.as_ref()));
        dom::show(&self.promise, card.promise.is_some());
        self.detail.show(card, situation);
        self.show_buttons(card, situation);
    }

    fn show_buttons(&mut self, card: &Card, situation: &Situation<'_>) {
        self.buttons.show(&card.buttons, true, situation);
    }
}

impl Line {
    fn new(fix: Fix, page: &Document) -> Result<Self, Missing> {
        let root = dom::stamp(page, "line-card")?;
        dom::set_attribute(&root, "data-fix", fix.name());
        let line = Self {
            fix,
            toggle: dom::part(&root, ".toggle")?,
            title: dom::part(&root, ".title")?,
            note: dom::part(&root, ".note")?,
            folded: dom::part(&root, ".folded")?,
            body: dom::part(&root, ".body")?,
            detail: CardDetail::find(&root)?,
            buttons: Buttons::new(dom::part(&root, ".buttons")?),
            promise: dom::part(&root, ".promise")?,
            root,
        };
        let name = ["folded-", fix.name()].concat();
        dom::set_attribute(&line.folded, "id", &name);
        dom::set_attribute(&line.toggle, "aria-controls", &name);
        Ok(line)
    }

    fn show(&mut self, card: &Card, situation: &Situation<'_>) {
        mark(&self.root, &self.title, &self.note, card, situation);
        dom::set_paragraphs(&self.body, &situation.words.all(&card.body));
        self.detail.show(card, situation);
        self.show_buttons(card, situation);
    }

    fn show_buttons(&mut self, card: &Card, situation: &Situation<'_>) {
        dom::set_text(&self.promise, &situation.words.of_optional(card.promise.as_ref()));
        dom::show(&self.promise, card.promise.is_some());
        self.buttons.show(&card.buttons, false, situation);
    }
}

/// What both looks share.
fn mark(root: &Element, title: &Element, beside: &Element, card: &Card, situation: &Situation<'_>) {
    dom::set_attribute(root, "data-outcome", card.outcome.name());
    dom::set_text(title, &situation.words.of(&card.title));
    note(beside, card, situation);
}

/// How long is waited, how a try went, or else the few words that the card has.
fn note(place: &Element, card: &Card, situation: &Situation<'_>) {
    let left = card.until.and_then(|until| time::seconds_left(until, time::now()));
    let waiting = left.map(|seconds| keys::wait_still(&time::clock(seconds)));
    let text = waiting.or_else(|| card.outcome.text()).unwrap_or_else(|| card.note.clone());
    dom::set_text(place, &situation.words.of(&text));
}
