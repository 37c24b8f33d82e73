//! One extension: its face, its name, what is to be said of it, its switch. Its maker's words are shown as text only.

use js_sys::JsString;
use readmit_core::extensions::suspect::Suspicion;
use readmit_core::text::keys;
use readmit_core::view::Row;
use web_sys::{Document, Element};

use super::text::Words;
use crate::dom::{self, Missing};

pub(super) struct ExtensionRow {
    pub(super) root: Element,
    pub(super) shown: Row,
    /// What the search looks at.
    plain_name: JsString,
    face: Element,
    letter: Element,
    name: Element,
    flag: Element,
    flag_words: Element,
    remark: Element,
    switch: Element,
}

impl ExtensionRow {
    pub(super) fn new(row: &Row, words: &Words, page: &Document) -> Result<Self, Missing> {
        let root = dom::stamp(page, "extension-row")?;
        let new = Self {
            plain_name: plain(&row.name),
            face: dom::part(&root, ".face")?,
            letter: dom::part(&root, ".letter")?,
            name: dom::part(&root, ".name")?,
            flag: dom::part(&root, ".flag")?,
            flag_words: dom::part(&root, ".flag .unseen")?,
            remark: dom::part(&root, ".remark")?,
            switch: dom::part(&root, ".switch")?,
            root,
            shown: row.clone(),
        };
        let id = row.id.as_str();
        dom::set_attribute(&new.root, "data-extension", id);
        let flag_id = ["flag-", id].concat();
        let remark_id = ["remark-", id].concat();
        dom::set_attribute(&new.flag_words, "id", &flag_id);
        dom::set_attribute(&new.remark, "id", &remark_id);
        dom::set_attribute(&new.switch, "aria-describedby", &[&flag_id, " ", &remark_id].concat());
        dom::set_variable(&new.letter, "--hue", &hue(id).to_string());
        new.draw_icon(row.icon.as_deref());
        new.fill(row, words);
        Ok(new)
    }

    /// Shows `row` in this place, touching only what differs.
    pub(super) fn show(&mut self, row: &Row, words: &Words) {
        if self.shown == *row {
            return;
        }
        if self.shown.icon != row.icon {
            self.draw_icon(row.icon.as_deref());
        }
        if self.shown.name != row.name {
            self.plain_name = plain(&row.name);
        }
        self.fill(row, words);
        self.shown = row.clone();
    }

    fn fill(&self, row: &Row, words: &Words) {
        dom::set_text(&self.name, &row.name);
        dom::set_attribute(&self.name, "title", &row.name);
        dom::set_text(&self.letter, first_letter(&row.name));
        let flag = match row.suspicion {
            Suspicion::Strong => words.of(&keys::suspect_strong()),
            Suspicion::Medium => words.of(&keys::suspect_medium()),
            Suspicion::Weak | Suspicion::None => String::new(),
        };
        dom::set_attribute(&self.root, "data-suspect", suspicion_name(row.suspicion));
        dom::set_text(&self.flag_words, &flag);
        dom::set_attribute(&self.flag, "title", &flag);
        let remark = words.of_optional(row.remark.as_ref());
        dom::set_text(&self.remark, &remark);
        dom::set_attribute(&self.remark, "title", &remark);
        dom::show(&self.remark, row.remark.is_some());
        dom::set_flag(&self.remark, "data-wrong", row.wrong);
        dom::set_flag(&self.root, "data-off", !row.on);
        dom::set_attribute(&self.switch, "aria-label", &row.name);
        dom::set_attribute(&self.switch, "aria-checked", if row.on { "true" } else { "false" });
        dom::set_optional(&self.switch, "aria-busy", row.busy.then_some("true"));
        dom::enable(&self.switch, !row.locked && !row.busy);
    }

    /// Puts the icon before the drawn letter, which then steps back. An icon that fails to load is taken away again by
    /// whoever hears of it.
    fn draw_icon(&self, icon: Option<&str>) {
        if let Some(old) = dom::find(&self.face, "img") {
            old.remove();
        }
        if let (Some(icon), Some(image)) = (icon, dom::create("img")) {
            for (name, value) in [("alt", ""), ("loading", "lazy"), ("decoding", "async"), ("src", icon)] {
                dom::set_attribute(&image, name, value);
            }
            drop(self.face.insert_before(&image, Some(&self.letter)));
        }
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

fn first_letter(name: &str) -> &str {
    let name = name.trim_start();
    let end = name.char_indices().nth(1).map_or(name.len(), |(second, _)| second);
    name.get(..end).unwrap_or_default()
}

/// A colour that stays the extension's own.
fn hue(id: &str) -> u32 {
    id.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) % 360
}

fn suspicion_name(suspicion: Suspicion) -> &'static str {
    match suspicion {
        Suspicion::Strong => "strong",
        Suspicion::Medium => "medium",
        Suspicion::Weak => "weak",
        Suspicion::None => "none",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letter_is_a_whole_character() {
        assert_eq!(first_letter("  Übersetzer"), "Ü");
        assert_eq!(first_letter("広告"), "広");
        assert_eq!(first_letter("x"), "x");
        assert_eq!(first_letter(""), "");
    }
}
