//! The culprit search: the button that stops it, and who was found.

use readmit_core::view::{Act, CulpritView, View};
use web_sys::{Document, Element};

use super::button::{Buttons, Situation};
use super::icon::Icon;
use crate::dom::{self, Missing};

pub(super) struct Culprits {
    stop: Element,
    list: Element,
    lines: Vec<Line>,
}

/// One that is to blame.
struct Line {
    shown: CulpritView,
    root: Element,
    buttons: Buttons,
    remark: Element,
}

impl Culprits {
    pub(super) fn find(root: &Element) -> Result<Self, Missing> {
        Ok(Self { stop: dom::part(root, "#stop")?, list: dom::part(root, "#culprits")?, lines: Vec::new() })
    }

    pub(super) fn show(&mut self, view: &View, situation: &Situation<'_>, page: &Document) -> Result<(), Missing> {
        dom::show(&self.stop, view.stoppable);
        dom::show(&self.list, !view.culprits.is_empty());
        let mut known = std::mem::take(&mut self.lines);
        for culprit in &view.culprits {
            let mut line = match known.iter().position(|line| line.shown.id == culprit.id) {
                Some(place) => Line { shown: culprit.clone(), ..known.swap_remove(place) },
                None => Line::new(culprit, page)?,
            };
            dom::set_text(&line.remark, &situation.words.of(&culprit.remark));
            line.buttons.show(&culprit.buttons, view.culprits.len() == 1, situation);
            self.lines.push(line);
        }
        dom::arrange(&self.list, self.lines.iter().map(|line| &line.root));
        Ok(())
    }

    /// What the button with this number beside this extension does.
    pub(super) fn act(&self, id: &str, index: usize) -> Option<Act> {
        let line = self.lines.iter().find(|line| line.shown.id.as_str() == id)?;
        line.shown.buttons.get(index).map(|button| button.act.clone())
    }
}

impl Line {
    fn new(culprit: &CulpritView, page: &Document) -> Result<Self, Missing> {
        let root = dom::stamp(page, "culprit-line")?;
        let id = culprit.id.as_str();
        dom::set_attribute(&root, "data-culprit", id);
        let icon = Icon::find(&root, id)?;
        icon.name(&culprit.name);
        icon.draw(culprit.icon.as_deref());
        dom::set_text(&dom::part(&root, ".name")?, &culprit.name);
        Ok(Self {
            shown: culprit.clone(),
            buttons: Buttons::new(dom::part(&root, ".buttons")?),
            remark: dom::part(&root, ".remark")?,
            root,
        })
    }
}
