//! The options page: shows the view that the background sends, tells it what was clicked, and asks the browser for permissions,
//! which browsers take only from the clicked page itself. Decides nothing.

mod act;
mod row;

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::encode_uri_component;
use readmit_core::message::{Answer, OptionsRequest};
use readmit_core::packed::{pack, unpack};
use readmit_core::text::{Text, keys};
use readmit_core::view::OptionsView;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use web_sys::Element;

use crate::dom::{self, Missing};
use crate::line::Line;
use crate::popup::text::Words;
use crate::popup::time;

/// The page as long as it is open.
struct Page {
    words: Words,
    root: Element,
    said: Element,
    view: RefCell<Option<OptionsView>>,
    line: Line,
}

/// Starts the options page over the line that `page.js` laid. Fails when `options.html` is not what this was written for.
#[wasm_bindgen]
#[allow(unreachable_pub, reason = "what JavaScript calls has to be public")]
pub fn start_options(line: JsValue) -> Result<(), JsValue> {
    let root = dom::document()?.document_element().ok_or_else(|| JsValue::from_str("no root element"))?;
    let page = Rc::new(Page {
        words: Words::new(&root.get_attribute("lang").unwrap_or_default()),
        said: dom::part(&root, "#said")?,
        view: RefCell::default(),
        line: Line::new(line),
        root,
    });
    act::hear_the_person(&page);
    open(&page);
    Ok(())
}

fn open(page: &Rc<Page>) {
    let (hearing, losing) = (Rc::clone(page), Rc::clone(page));
    let hear = move |message: JsValue| {
        let view = unpack::<Answer<OptionsRequest>>(&message.as_string().unwrap_or_default());
        if view.is_none_or(|view| hearing.show(view).is_err()) {
            hearing.say(&keys::problem_background());
        }
    };
    if !page.line.lay(hear, move || lost(&losing)) {
        lost(page);
    }
}

fn lost(page: &Rc<Page>) {
    if page.line.lose(time::now()) {
        open(page);
    } else {
        page.say(&keys::problem_background());
    }
}

/// Tells the background something, over a new line if need be.
fn send(page: &Rc<Page>, request: &OptionsRequest) {
    let text = pack(request);
    if !page.line.send(&text) {
        open(page);
        page.line.send(&text);
    }
}

impl Page {
    fn show(&self, view: OptionsView) -> Result<(), Missing> {
        let document = dom::document()?;
        let focused = document.active_element();
        for group in &view.groups {
            if let Some(section) = dom::find(&self.root, &["[data-group=", &group.name, "]"].concat()) {
                row::show(&dom::part(&section, ".list")?, group, &self.words, &document)?;
                dom::show(&section, !group.rows.is_empty());
            }
        }
        let off = dom::part(&self.root, "#off")?;
        dom::show(&off, view.put_back > 0);
        dom::set_text(&dom::part(&off, "strong")?, &self.words.of(&keys::put_back(view.put_back)));
        let file = ["data:application/json,", &String::from(encode_uri_component(&view.backup))].concat();
        dom::set_attribute(&dom::part(&self.root, "#export")?, "href", &file);
        // What the page itself said stays until the background has something new to say.
        let before = self.view.borrow_mut().take();
        if before.is_none_or(|before| before.said != view.said) {
            let text = view.said.as_ref().map(|said| self.words.all(&said.text).concat());
            dom::set_text(&self.said, &text.unwrap_or_default());
        }
        self.view.replace(Some(view));
        // Whoever had the focus keeps it; if it is gone, the headline is where to read on.
        if focused.is_some_and(|before| !dom::is_shown(&before)) {
            dom::focus(&dom::part(&self.root, "#headline")?);
        }
        Ok(())
    }

    fn say(&self, text: &Text) {
        dom::set_text(&self.said, &self.words.of(text));
    }
}
