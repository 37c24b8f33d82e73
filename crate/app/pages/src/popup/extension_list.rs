//! The other extensions, suspects first, with a search where there are many. Rows are kept by their extension: a change
//! touches only the row it is about.

use std::cell::Cell;

use readmit_core::base::text::keys;
use readmit_core::diagnosis::cause::Cause;
use readmit_core::view::{Phase, Row, View};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlInputElement};

use super::details::Details;
use super::extension_row::{ExtensionRow, Parts, plain};
use super::text::Words;
use crate::dom::{self, Missing};

/// So many can be looked over without a search.
const FEW: usize = 8;

pub(super) struct ExtensionList {
    section: Details,
    title: Element,
    on: Element,
    search: Element,
    problem: Element,
    list: Element,
    no_match: Element,
    waiting: Element,
    rows: Vec<ExtensionRow>,
    /// Found when the first rows are shown.
    parts: Option<Parts>,
    /// Was anything typed when the rows were last gone through?
    sifted: Cell<bool>,
}

impl ExtensionList {
    pub(super) fn find(root: &Element) -> Result<Self, Missing> {
        Ok(Self {
            section: Details::new(dom::part(root, "#extensions")?),
            title: dom::part(root, "#extensions-title")?,
            on: dom::part(root, "#extensions-on")?,
            search: dom::part(root, "#search")?,
            problem: dom::part(root, "#extensions-problem")?,
            list: dom::part(root, "#rows")?,
            no_match: dom::part(root, "#no-match")?,
            waiting: dom::part(root, "#waiting")?,
            rows: Vec::new(),
            parts: None,
            sifted: Cell::default(),
        })
    }

    pub(super) fn show(&mut self, view: &View, words: &Words, page: &Document) -> Result<(), Missing> {
        let Some(extensions) = &view.extensions else { return Ok(()) };
        let is_likeliest = view.causes.first().is_some_and(|first| first.cause == Cause::Extension);
        self.section.show(is_likeliest || view.phase == Phase::Searching);
        dom::show(&self.waiting, false);
        let on = if extensions.rows.is_empty() { String::new() } else { words.of(&keys::extensions_on(extensions.on)) };
        dom::set_text(&self.on, &on);
        let by_hand = (!extensions.can_switch).then(keys::extensions_by_hand);
        let problem = extensions.problem.clone().or(by_hand);
        dom::set_text(&self.problem, &words.of_optional(problem.as_ref()));
        dom::show(&self.problem, problem.is_some());
        self.show_rows(&extensions.rows, words, page)?;
        dom::show(&self.search, extensions.rows.len() > FEW);
        self.sift();
        Ok(())
    }

    fn show_rows(&mut self, rows: &[Row], words: &Words, page: &Document) -> Result<(), Missing> {
        let mut known = std::mem::take(&mut self.rows);
        // Mostly the order stays: then each is found at the end of what is left.
        known.reverse();
        let parts = match self.parts.take() {
            Some(parts) => parts,
            None => Parts::find(page, words)?,
        };
        for row in rows {
            let kept = known.iter().rposition(|known| known.shown.id == row.id).map(|place| known.remove(place));
            let shown = match kept {
                Some(mut kept) => {
                    kept.show(row, &parts, words)?;
                    kept
                }
                None => ExtensionRow::new(row, &parts, words)?,
            };
            self.rows.push(shown);
        }
        self.parts = Some(parts);
        dom::arrange(&self.list, self.rows.iter().map(|row| &row.root));
        Ok(())
    }

    /// Shows only the rows that match what was typed.
    pub(super) fn sift(&self) {
        let typed = self.search.dyn_ref::<HtmlInputElement>().map(HtmlInputElement::value).unwrap_or_default();
        let needle = String::from(plain(typed.trim()));
        let before = self.sifted.replace(!needle.is_empty());
        if needle.is_empty() && !before {
            return dom::show(&self.no_match, false);
        }
        let found = self.rows.iter().filter(|row| row.sift(&needle)).count();
        dom::show(&self.no_match, found == 0 && !self.rows.is_empty());
    }

    /// Brings the list into view and the focus to it.
    pub(super) fn visit(&self) {
        dom::set_flag(&self.section.root, "open", true);
        self.section.root.scroll_into_view();
        dom::focus(&self.title);
    }

    /// Is this one on, as far as is shown?
    pub(super) fn row(&self, id: &str) -> Option<&Row> {
        self.rows.iter().map(|row| &row.shown).find(|row| row.id.as_str() == id)
    }
}
