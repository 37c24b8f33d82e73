//! One extension: its icon, its name, what is to be said of it, its switch. Its maker's words are shown as text only.
//!
//! There may be hundreds, so a row is told only what differs from what it shows, and a fresh one from what its template shows.

use js_sys::JsString;
use readmit_core::base::id::ExtensionId;
use readmit_core::base::text::keys;
use readmit_core::extensions::suspect::Suspicion;
use readmit_core::view::Row;
use web_sys::{Document, Element};

use super::icon::{self, Icon};
use super::text::Words;
use crate::dom::{self, Missing};

/// What a row is copied from.
const TEMPLATE: &str = "extension-row";

/// What is set beside the name of one that is suspect.
const FLAG: &str = "suspect-flag";

/// What is set beside the name of one that is for security or privacy.
const SHIELD: &str = "shield";

/// Stands for the name in [`Parts::pin`]: no message of ours has it otherwise.
const NAME: char = '\u{1}';

/// What rows are made of, for as long as the page lives.
pub(super) struct Parts {
    page: Document,
    /// What [`TEMPLATE`] holds.
    pattern: Element,
    /// What a pin is called. Asking the browser for each row's would take longer than the rest of the row.
    pin: String,
    /// Names and values of attributes, as texts of the browser's: see [`dom::put_attribute`].
    label: JsString,
    extension: JsString,
    hue: JsString,
    hues: Vec<JsString>,
}

impl Parts {
    pub(super) fn find(page: &Document, words: &Words) -> Result<Self, Missing> {
        let pin = words.of(&keys::pin(NAME.encode_utf8(&mut [0; 4])));
        Ok(Self {
            page: page.clone(),
            pattern: dom::pattern(page, TEMPLATE)?,
            pin,
            label: "aria-label".into(),
            extension: "data-extension".into(),
            hue: "data-hue".into(),
            hues: icon::HUES.map(JsString::from).into(),
        })
    }
}

/// The parts of one row.
struct Places {
    icon: Icon,
    called: Element,
    name: Element,
    remark: Element,
    pin: Element,
    switch: Element,
}

impl Places {
    /// Found by where they stand in [`TEMPLATE`]: to look each up by its name would take half as long as making the row.
    fn of(root: &Element) -> Option<Self> {
        let icon = root.first_element_child()?;
        let words = icon.next_element_sibling()?;
        let pin = words.next_element_sibling()?;
        let called = words.first_element_child()?;
        Some(Self {
            name: called.first_element_child()?,
            remark: called.next_element_sibling()?,
            switch: pin.next_element_sibling()?,
            icon: Icon::of(icon)?,
            called,
            pin,
        })
    }
}

pub(super) struct ExtensionRow {
    pub(super) root: Element,
    pub(super) shown: Row,
    places: Places,
}

impl ExtensionRow {
    pub(super) fn new(row: &Row, parts: &Parts, words: &Words) -> Result<Self, Missing> {
        let root = dom::copy(&parts.pattern, TEMPLATE)?;
        let places = Places::of(&root).ok_or(Missing::of(TEMPLATE))?;
        if let Some(hue) = parts.hues.get(icon::hue(row.id.as_str())) {
            dom::put_attribute(&places.icon.letter, &parts.hue, hue);
        }
        let mut new = Self { root, shown: blank(), places };
        new.show(row, parts, words)?;
        Ok(new)
    }

    /// Shows `row` in this place, touching only what differs.
    pub(super) fn show(&mut self, row: &Row, parts: &Parts, words: &Words) -> Result<(), Missing> {
        if self.shown == *row {
            return Ok(());
        }
        let before = std::mem::replace(&mut self.shown, row.clone());
        if before.id != row.id {
            dom::put_attribute(&self.root, &parts.extension, &row.id.as_str().into());
        }
        if before.name != row.name {
            self.show_name(parts);
        }
        self.show_icon(&before);
        self.say_about(&before, parts, words)?;
        self.show_switch(&before);
        self.show_pin(&before);
        Ok(())
    }

    fn show_name(&self, parts: &Parts) {
        let (places, name) = (&self.places, &*self.shown.name);
        let text = JsString::from(name);
        dom::put_text(&places.name, &text);
        dom::put_attribute(&places.switch, &parts.label, &text);
        dom::put_attribute(&places.pin, &parts.label, &parts.pin.replace(NAME, name).into());
        places.icon.name(name);
    }

    fn show_icon(&self, before: &Row) {
        let row = &self.shown;
        let icon = &self.places.icon;
        if before.icon != row.icon {
            icon.draw(row.icon.as_deref());
        }
        if before.on != row.on {
            dom::set_flag(&self.root, "data-off", !row.on);
        }
    }

    /// The name, and what makes it suspect.
    fn say_about(&self, before: &Row, parts: &Parts, words: &Words) -> Result<(), Missing> {
        let row = &self.shown;
        if before.suspicion != row.suspicion {
            dom::write_attribute(&self.root, "data-suspect", suspicion_name(row.suspicion));
            let flag = match row.suspicion {
                Suspicion::Strong => words.of(&keys::suspect_strong()),
                Suspicion::Medium => words.of(&keys::suspect_medium()),
                Suspicion::Weak | Suspicion::None => String::new(),
            };
            // One that is no suspect any more has nothing to say either, though its flag stays.
            if !flag.is_empty() || dom::find(&self.root, ".flag").is_some() {
                self.describe("flag-", &dom::part(&self.flag(&parts.page)?, ".unseen")?, &flag);
            }
        }
        if before.protects != row.protects {
            let shield = dom::find(&self.places.called, ".shield").map_or_else(|| dom::stamp(&parts.page, SHIELD), Ok)?;
            let text = words.of_optional(row.protects.then(keys::protects).as_ref());
            self.describe("shield-", &dom::part(&shield, ".unseen")?, &text);
            if row.protects {
                drop(self.places.called.append_child(&shield));
            } else {
                shield.remove();
            }
        }
        if before.remark != row.remark || before.wrong != row.wrong {
            let place = &self.places.remark;
            self.describe("remark-", place, &words.of_optional(row.remark.as_ref()));
            dom::show(place, row.remark.is_some());
            dom::set_flag(place, "data-wrong", row.wrong);
        }
        Ok(())
    }

    /// The flag, which is seen on suspects only.
    fn flag(&self, page: &Document) -> Result<Element, Missing> {
        let called = &self.places.called;
        dom::find(called, ".flag").map_or_else(
            || {
                let flag = dom::stamp(page, FLAG)?;
                drop(called.append_child(&flag));
                Ok(flag)
            },
            Ok,
        )
    }

    /// Puts words where they are seen or not, and where the switch, for those who only hear it, has them said.
    fn describe(&self, kind: &str, place: &Element, text: &str) {
        place.set_text_content(Some(text));
        let id = self.shown.id.as_str();
        dom::set_attribute(place, "id", &[kind, id].concat());
        dom::set_attribute(&self.places.switch, "aria-describedby", &["flag-", id, " shield-", id, " remark-", id].concat());
    }

    fn show_switch(&self, before: &Row) {
        let row = &self.shown;
        let switch = &self.places.switch;
        if before.on != row.on {
            dom::write_attribute(switch, "aria-checked", if row.on { "true" } else { "false" });
        }
        if (before.busy, before.locked) != (row.busy, row.locked) {
            dom::set_optional(switch, "aria-busy", row.busy.then_some("true"));
            dom::enable(switch, !row.locked && !row.busy);
        }
    }

    fn show_pin(&self, before: &Row) {
        let row = &self.shown;
        let pin = &self.places.pin;
        if (before.pinned, before.may_pin) != (row.pinned, row.may_pin) {
            dom::write_attribute(pin, "aria-pressed", if row.pinned { "true" } else { "false" });
            dom::enable(pin, row.may_pin);
            dom::show(pin, row.may_pin || row.pinned);
        }
    }

    /// Shows it if `needle`, in small letters, is in its name.
    pub(super) fn sift(&self, needle: &str) -> bool {
        let found = plain(&self.shown.name).includes(needle, 0);
        dom::show(&self.root, found);
        found
    }
}

/// What the template shows.
fn blank() -> Row {
    Row {
        id: ExtensionId(String::new()),
        name: String::new(),
        icon: None,
        suspicion: Suspicion::None,
        protects: false,
        remark: None,
        wrong: false,
        on: true,
        locked: false,
        busy: false,
        pinned: false,
        may_pin: true,
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
