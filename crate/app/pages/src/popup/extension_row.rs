//! One extension: its face, its name, what is to be said of it, its switch. Its maker's words are shown as text only.

use js_sys::JsString;
use readmit_core::extensions::suspect::Suspicion;
use readmit_core::text::keys;
use readmit_core::view::Row;
use web_sys::Element;

use super::face::Face;
use super::text::Words;
use crate::dom::{self, Missing};

/// What a row is copied from.
pub(super) const TEMPLATE: &str = "extension-row";

pub(super) struct ExtensionRow {
    pub(super) root: Element,
    pub(super) shown: Row,
    /// What the search looks at.
    plain_name: JsString,
    face: Face,
    name: Element,
    flag: Element,
    flag_words: Element,
    remark: Element,
    pin: Element,
    switch: Element,
}

impl ExtensionRow {
    /// `pattern`: what [`TEMPLATE`] holds.
    pub(super) fn new(row: &Row, words: &Words, pattern: &Element) -> Result<Self, Missing> {
        let root = dom::copy(pattern, TEMPLATE)?;
        let id = row.id.as_str();
        let new = Self {
            plain_name: plain(&row.name),
            face: Face::find(&root, id)?,
            name: dom::part(&root, ".name")?,
            flag: dom::part(&root, ".flag")?,
            flag_words: dom::part(&root, ".flag .unseen")?,
            remark: dom::part(&root, ".remark")?,
            pin: dom::part(&root, ".pin")?,
            switch: dom::part(&root, ".switch")?,
            root,
            shown: row.clone(),
        };
        dom::write_attribute(&new.root, "data-extension", id);
        let flag_id = ["flag-", id].concat();
        let remark_id = ["remark-", id].concat();
        dom::write_attribute(&new.flag_words, "id", &flag_id);
        dom::write_attribute(&new.remark, "id", &remark_id);
        dom::write_attribute(&new.switch, "aria-describedby", &[&flag_id, " ", &remark_id].concat());
        new.face.draw(row.icon.as_deref());
        new.fill(row, words);
        Ok(new)
    }

    /// Shows `row` in this place, touching only what differs.
    pub(super) fn show(&mut self, row: &Row, words: &Words) {
        if self.shown == *row {
            return;
        }
        if self.shown.icon != row.icon {
            self.face.draw(row.icon.as_deref());
        }
        if self.shown.name != row.name {
            self.plain_name = plain(&row.name);
        }
        self.fill(row, words);
        self.shown = row.clone();
    }

    fn fill(&self, row: &Row, words: &Words) {
        self.name.set_text_content(Some(&row.name));
        dom::write_attribute(&self.name, "title", &row.name);
        self.face.name(&row.name);
        let flag = match row.suspicion {
            Suspicion::Strong => words.of(&keys::suspect_strong()),
            Suspicion::Medium => words.of(&keys::suspect_medium()),
            Suspicion::Weak | Suspicion::None => String::new(),
        };
        dom::write_attribute(&self.root, "data-suspect", suspicion_name(row.suspicion));
        self.flag_words.set_text_content(Some(&flag));
        dom::write_attribute(&self.flag, "title", &flag);
        let remark = words.of_optional(row.remark.as_ref());
        self.remark.set_text_content(Some(&remark));
        dom::write_attribute(&self.remark, "title", &remark);
        dom::show(&self.remark, row.remark.is_some());
        dom::set_flag(&self.remark, "data-wrong", row.wrong);
        dom::set_flag(&self.root, "data-off", !row.on);
        dom::write_attribute(&self.switch, "aria-label", &row.name);
        dom::write_attribute(&self.switch, "aria-checked", if row.on { "true" } else { "false" });
        dom::set_optional(&self.switch, "aria-busy", row.busy.then_some("true"));
        dom::enable(&self.switch, !row.locked && !row.busy);
        let name = words.of(&keys::pin(&row.name));
        dom::write_attribute(&self.pin, "aria-label", &name);
        dom::write_attribute(&self.pin, "title", &name);
        dom::write_attribute(&self.pin, "aria-pressed", if row.pinned { "true" } else { "false" });
        dom::enable(&self.pin, row.may_pin);
        dom::show(&self.pin, row.may_pin || row.pinned);
    }

    /// Shows it if `needle`, in small letters, is in its name.
    pub(super) fn sift(&self, needle: &str) -> bool {
        let found = self.plain_name.includes(needle, 0);
        dom::show(&self.root, found);
        found
    }
}

/// In small letters. The browser knows every script's, which would be tables of ours.
pub(super) fn plain(name: &str) -> JsString {
    JsString::from(name).to_lower_case()
}

fn suspicion_name(suspicion: Suspicion) -> &'static str {
    match suspicion {
        Suspicion::Strong => "strong",
        Suspicion::Medium => "medium",
        Suspicion::Weak => "weak",
        Suspicion::None => "none",
    }
}
