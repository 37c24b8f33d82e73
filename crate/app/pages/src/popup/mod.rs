//! The popup: shows the view that the background sends, and tells it what was clicked. Decides nothing: what is said and
//! offered is in the view, how it looks is in `popup.html` and `popup.css`.

mod act;
mod answer;
mod button;
mod card;
mod card_detail;
mod culprits;
mod details;
mod extension_list;
mod extension_row;
mod footer;
mod header;
mod icon;
mod manual;
mod recovery_alerts;
mod report;
mod screen;
pub(crate) mod text;
pub(crate) mod time;
mod tried;

use std::cell::RefCell;
use std::rc::Rc;

use readmit_core::base::id::TabId;
use readmit_core::protocol::message::PopupClick;
use readmit_core::view::View;
use readmit_webext::value::decode;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::{Element, Event, HtmlInputElement};

use self::screen::Screen;
use crate::dom::{self, Missing};
use crate::guard::Guard;
use crate::port::{self, BackgroundPort, EarlyConnection, Surface};

/// The popup as long as it is open.
struct Popup {
    screen: RefCell<Screen>,
    /// What it is about.
    tab: TabId,
    guard: Rc<Guard>,
    background: BackgroundPort<PopupClick>,
}

/// Starts the popup over the connection that `page.js` has made. Fails when `popup.html` is not what this was written for.
#[wasm_bindgen]
#[allow(unreachable_pub, reason = "what JavaScript calls has to be public")]
pub fn start_popup(early: EarlyConnection) -> Result<(), JsValue> {
    let page = dom::document()?;
    let root = page.document_element().ok_or_else(|| JsValue::from_str("no root element"))?;
    let mut screen = Screen::find(page, &root)?;
    let Some(tab) = decode(early.tab()).map(TabId) else {
        // A window without a tab: there is nothing to be about.
        screen.say_unreachable();
        return Ok(());
    };
    let popup =
        Rc::new(Popup { screen: RefCell::new(screen), tab, guard: Guard::new(&root), background: BackgroundPort::new(early) });
    listen_to_user(&popup, &root)?;
    let ticking = Rc::clone(&popup);
    dom::every_second(move || ticking.guard.draw(|| ticking.screen.borrow_mut().tick()));
    port::open(&popup);
    Ok(())
}

impl Surface for Popup {
    type Request = PopupClick;
    type View = View;

    fn background(&self) -> &BackgroundPort<PopupClick> {
        &self.background
    }

    fn guard(&self) -> &Rc<Guard> {
        &self.guard
    }

    fn show(&self, view: View) {
        self.guard.draw(|| {
            let mut screen = self.screen.borrow_mut();
            if screen.show(view).is_err() {
                screen.say_unreachable();
            }
        });
    }

    fn goes_on(view: &View) -> bool {
        view.goes_on()
    }

    fn say_unreachable(&self) {
        self.guard.draw(|| self.screen.borrow_mut().say_unreachable());
    }
}

fn listen_to_user(popup: &Rc<Popup>, root: &Element) -> Result<(), Missing> {
    let clicked = Rc::clone(popup);
    dom::listen(root, "click", move |event| act::on_click(&clicked, &event));
    let typed = Rc::clone(popup);
    let search = dom::part(root, "#search")?;
    dom::listen(&search, "input", move |_| typed.guard.draw(|| typed.screen.borrow().extensions.sift()));
    let ticked = Rc::clone(popup);
    let report = dom::part(root, "#report")?;
    dom::listen(&report, "change", move |event| {
        let is_tick = event.target().is_some_and(|target| target.dyn_into::<HtmlInputElement>().is_ok());
        if is_tick {
            ticked.screen.borrow().write_report();
        }
    });
    let rows = dom::part(root, "#rows")?;
    dom::listen(&rows, "pointerover", |event| show_whole(&event));
    for list in ["#rows", "#toggles", "#culprits"] {
        let list = dom::part(root, list)?;
        dom::listen(&list, "error", |event| {
            // Only icons can fail to load here; the letter behind it steps forward.
            if let Some(icon) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
                icon.remove();
            }
        });
    }
    Ok(())
}

/// What a row has no room for, or says without words, is told where the pointer rests.
fn show_whole(event: &Event) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if let Some(place) = target.and_then(|target| target.closest(".name, .flag, .shield, .remark, .pin").ok().flatten()) {
        let text = place.get_attribute("aria-label").or_else(|| place.text_content());
        dom::set_attribute(&place, "title", &text.unwrap_or_default());
    }
}
