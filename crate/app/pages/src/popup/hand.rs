//! What the person is asked to switch in the browser's own list. A line goes when its switch was made.

use readmit_core::view::{ChoreView, View};
use web_sys::{Document, Element};

use super::face::Face;
use super::text::Words;
use crate::dom::{self, Missing};

pub(super) struct Hand {
    section: Element,
    title: Element,
    hint: Element,
    list: Element,
    lines: Vec<Line>,
}

struct Line {
    shown: ChoreView,
    root: Element,
}

impl Hand {
    pub(super) fn find(root: &Element) -> Result<Self, Missing> {
        Ok(Self {
            section: dom::part(root, "#hand")?,
            title: dom::part(root, "#hand-title")?,
            hint: dom::part(root, "#hand-hint")?,
            list: dom::part(root, "#chores")?,
            lines: Vec::new(),
        })
    }

    pub(super) fn show(&mut self, view: &View, words: &Words, page: &Document) -> Result<(), Missing> {
        dom::show(&self.section, view.hand.is_some());
        if let Some(hand) = &view.hand {
            dom::set_text(&self.title, &words.of(&hand.title));
            dom::set_text(&self.hint, &words.of(&hand.hint));
        }
        let mut known = std::mem::take(&mut self.lines);
        for chore in view.hand.iter().flat_map(|hand| &hand.chores) {
            let line = match known.iter().position(|line| line.shown == *chore) {
                Some(place) => known.swap_remove(place),
                None => Line::new(chore, words, page)?,
            };
            self.lines.push(line);
        }
        dom::arrange(&self.list, self.lines.iter().map(|line| &line.root));
        Ok(())
    }
}

impl Line {
    fn new(chore: &ChoreView, words: &Words, page: &Document) -> Result<Self, Missing> {
        let root = dom::stamp(page, "chore-line")?;
        let id = chore.id.as_str();
        dom::set_attribute(&root, "data-chore", id);
        dom::set_attribute(&root, "data-wanted", if chore.on { "on" } else { "off" });
        let face = Face::find(&root, id)?;
        face.name(&chore.name);
        face.draw(chore.icon.as_deref());
        dom::set_text(&dom::part(&root, ".name")?, &chore.name);
        dom::set_text(&dom::part(&root, ".remark")?, &words.of(&chore.remark));
        Ok(Self { shown: chore.clone(), root })
    }
}
