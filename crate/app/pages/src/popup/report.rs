//! The report for the site's owner. A click copies it, and shows what was copied in a field where it can be changed and copied again.

use readmit_core::base::text::keys;
use readmit_core::view::{Privacy, ReportLine, View};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlInputElement, HtmlTextAreaElement};

use super::text::Words;
use super::time;
use crate::dom::{self, Missing};

pub(super) struct Report {
    sheet: Element,
    tool: Element,
    pub(super) button: Element,
    field: HtmlTextAreaElement,
    address: HtmlInputElement,
    extensions: HtmlInputElement,
    json: HtmlInputElement,
}

impl Report {
    pub(super) fn find(root: &Element) -> Result<Self, Missing> {
        Ok(Self {
            sheet: dom::part(root, "#report")?,
            tool: dom::part(root, "#tools [data-do=report]")?,
            button: dom::part(root, "#report [data-do=report]")?,
            field: part(root, "#report-text")?,
            address: part(root, "#report-address")?,
            extensions: part(root, "#report-extensions")?,
            json: part(root, "#report-json")?,
        })
    }

    pub(super) fn is_open(&self) -> bool {
        !self.sheet.has_attribute("hidden")
    }

    /// Shows the sheet, with the report as it stands now.
    pub(super) fn open(&self, view: &View, words: &Words) {
        self.write(view, words);
        dom::show(&self.sheet, true);
        dom::show(&self.tool, false);
        dom::focus(&self.field);
        self.sheet.scroll_into_view();
    }

    /// A page without a report has no sheet either.
    pub(super) fn show(&self, view: &View) {
        if view.report.is_empty() {
            dom::show(&self.sheet, false);
            dom::show(&self.tool, true);
        }
    }

    /// What the person has made of it.
    pub(super) fn text(&self) -> String {
        self.field.value()
    }

    /// Writes it anew, as the ticks say.
    pub(super) fn write(&self, view: &View, words: &Words) {
        let shown = |line: &&ReportLine| match line.privacy {
            Privacy::Open => true,
            Privacy::Address => self.address.checked(),
            Privacy::Extensions => self.extensions.checked(),
        };
        let lines: Vec<&ReportLine> = view.report.iter().filter(shown).collect();
        let seen = view.facts.as_ref().map(|facts| facts.seen);
        let text = if self.json.checked() {
            let members = lines.iter().map(|line| (line.name.as_str(), line.value.clone()));
            let all: Vec<(&str, String)> = members.chain(seen.map(|seen| ("time", time::machine(seen)))).collect();
            json(&all)
        } else {
            let mut all = vec![words.of(&keys::report_title())];
            all.extend(lines.iter().map(|line| words.of(&line.text)));
            all.extend(seen.map(|seen| words.of(&keys::report_time(&time::universal(seen)))));
            all.join("\n")
        };
        self.field.set_value(&text);
    }
}

/// An object of texts; the browser knows how texts are written in JSON.
fn json(members: &[(&str, String)]) -> String {
    let quoted = |text: &str| js_sys::JSON::stringify(&JsValue::from_str(text)).map_or_else(|_| String::new(), String::from);
    let lines: Vec<String> = members.iter().map(|(name, value)| format!("  {}: {}", quoted(name), quoted(value))).collect();
    format!("{{\n{}\n}}", lines.join(",\n"))
}

fn part<T: JsCast>(root: &Element, selector: &'static str) -> Result<T, Missing> {
    dom::part(root, selector)?.dyn_into().map_err(|_| Missing::of(selector))
}
