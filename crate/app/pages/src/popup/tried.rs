//! What was tried without success, once nothing on this computer is left to try.

use readmit_core::view::{Card, FixOutcome, Phase, View};
use web_sys::{Document, Element};

use super::text::Words;
use crate::dom::{self, Missing};

pub(super) struct Tried {
    section: Element,
    list: Element,
}

impl Tried {
    pub(super) fn find(root: &Element) -> Result<Self, Missing> {
        Ok(Self { section: dom::part(root, "#tried")?, list: dom::part(root, "#tried-list")? })
    }

    pub(super) fn show(&self, view: &View, words: &Words, page: &Document) -> Result<(), Missing> {
        let failed = |card: &&Card| view.phase == Phase::Stuck && card.outcome == FixOutcome::NoHelp;
        let lines: Vec<Element> =
            view.cards.iter().filter(failed).map(|card| line(card, words, page)).collect::<Result<_, _>>()?;
        dom::show(&self.section, !lines.is_empty());
        dom::arrange(&self.list, &lines);
        Ok(())
    }
}

fn line(card: &Card, words: &Words, page: &Document) -> Result<Element, Missing> {
    let line = dom::stamp(page, "tried-line")?;
    dom::set_text(&dom::part(&line, ".title")?, &words.of(&card.title));
    Ok(line)
}
