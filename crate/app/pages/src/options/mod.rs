//! The options page: shows the view that the background sends, tells it what was clicked, and asks the browser for permissions,
//! which browsers take only from the clicked page itself. Decides nothing.

mod act;
mod row;

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::encode_uri_component;
use readmit_core::base::text::{Text, keys};
use readmit_core::protocol::message::OptionsRequest;
use readmit_core::view::OptionsView;
use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
use web_sys::Element;

use crate::dom::{self, Missing};
use crate::guard::{ABOUT, Guard};
use crate::popup::text::Words;
use crate::port::{self, BackgroundPort, EarlyConnection, Surface};

/// The page as long as it is open.
struct Page {
    words: Words,
    root: Element,
    said: Element,
    view: RefCell<Option<OptionsView>>,
    guard: Rc<Guard>,
    background: BackgroundPort<OptionsRequest>,
}

/// Starts the options page over the connection that `page.js` has made. Fails when `options.html` is not what this was written for.
#[wasm_bindgen]
#[allow(unreachable_pub, reason = "what JavaScript calls has to be public")]
pub fn start_options(early: EarlyConnection) -> Result<(), JsValue> {
    let root = dom::document()?.document_element().ok_or_else(|| JsValue::from_str("no root element"))?;
    let page = Rc::new(Page {
        words: Words::new(&root.get_attribute("lang").unwrap_or_default()),
        said: dom::part(&root, "#said")?,
        view: RefCell::default(),
        guard: Guard::new(&root),
        background: BackgroundPort::new(early),
        root,
    });
    act::listen_to_user(&page);
    port::open(&page);
    Ok(())
}

impl Surface for Page {
    type Request = OptionsRequest;
    type View = OptionsView;

    fn background(&self) -> &BackgroundPort<OptionsRequest> {
        &self.background
    }

    fn guard(&self) -> &Rc<Guard> {
        &self.guard
    }

    fn show(&self, view: OptionsView) {
        if self.guard.draw(|| self.fill(view)).is_err() {
            self.say_unreachable();
        }
    }

    fn goes_on(view: &OptionsView) -> bool {
        view.goes_on()
    }

    fn say_unreachable(&self) {
        self.say(&keys::problem_background());
    }
}

impl Page {
    fn fill(&self, view: OptionsView) -> Result<(), Missing> {
        let document = dom::document()?;
        let focused = document.active_element();
        let before = self.view.borrow_mut().take();
        for group in &view.groups {
            if let Some(section) = dom::find(&self.root, &["[data-group=", &group.name, "]"].concat()) {
                let shown = before.iter().flat_map(|before| &before.groups).find(|before| before.name == group.name);
                let list = dom::part(&section, ".list")?;
                row::show(&list, shown.map_or(&[], |shown| &shown.rows), group, &self.words, &document)?;
                dom::show(&section, !group.rows.is_empty());
                // A folded group says how many rows it has.
                if let Some(count) = dom::find(&section, "summary > .note") {
                    dom::set_text(&count, &group.rows.len().to_string());
                }
            }
        }
        let off = dom::part(&self.root, "#off")?;
        dom::show(&off, view.put_back > 0);
        dom::set_text(&dom::part(&off, "strong")?, &self.words.of(&keys::put_back(view.put_back)));
        dom::set_attribute(&dom::part(&off, "button")?, ABOUT, &view.put_back.to_string());
        let file = ["data:application/json,", &String::from(encode_uri_component(&view.backup))].concat();
        dom::set_attribute(&dom::part(&self.root, "#export")?, "href", &file);
        // What the page itself said stays until the background has something new to say.
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
        self.guard.draw(|| dom::set_text(&self.said, &self.words.of(text)));
    }
}
