//! What the person is asked to switch in the browser's own list. A line goes when its switch was made.

use readmit_core::view::{ManualToggleView, View};
use web_sys::{Document, Element};

use super::icon::Icon;
use super::text::Words;
use crate::dom::{self, Missing};

pub(super) struct ManualToggles {
    section: Element,
    title: Element,
    hint: Element,
    list: Element,
    lines: Vec<Line>,
}

struct Line {
    shown: ManualToggleView,
    root: Element,
}

impl ManualToggles {
    pub(super) fn find(root: &Element) -> Result<Self, Missing> {
        Ok(Self {
            section: dom::part(root, "#manual")?,
            title: dom::part(root, "#manual-title")?,
            hint: dom::part(root, "#manual-hint")?,
            list: dom::part(root, "#toggles")?,
            lines: Vec::new(),
        })
    }

    pub(super) fn show(&mut self, view: &View, words: &Words, page: &Document) -> Result<(), Missing> {
        dom::show(&self.section, view.manual.is_some());
        if let Some(manual) = &view.manual {
            dom::set_text(&self.title, &words.of(&manual.title));
            dom::set_text(&self.hint, &words.of(&manual.hint));
        }
        let mut known = std::mem::take(&mut self.lines);
        for toggle in view.manual.iter().flat_map(|manual| &manual.toggles) {
            let line = match known.iter().position(|line| line.shown == *toggle) {
                Some(place) => known.swap_remove(place),
                None => Line::new(toggle, words, page)?,
            };
            self.lines.push(line);
        }
        dom::arrange(&self.list, self.lines.iter().map(|line| &line.root));
        Ok(())
    }
}

impl Line {
    fn new(toggle: &ManualToggleView, words: &Words, page: &Document) -> Result<Self, Missing> {
        let root = dom::stamp(page, "toggle-line")?;
        let id = toggle.id.as_str();
        dom::set_attribute(&root, "data-toggle", id);
        dom::set_attribute(&root, "data-wanted", if toggle.on { "on" } else { "off" });
        let icon = Icon::find(&root, id)?;
        icon.name(&toggle.name);
        icon.draw(toggle.icon.as_deref());
        dom::set_text(&dom::part(&root, ".name")?, &toggle.name);
        dom::set_text(&dom::part(&root, ".remark")?, &words.of(&toggle.remark));
        Ok(Self { shown: toggle.clone(), root })
    }
}
