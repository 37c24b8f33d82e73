//! What clicks on the options page do.

use std::rc::Rc;

use readmit_core::base::text::keys;
use readmit_core::feature::settings::watched::{patterns_for, typed};
use readmit_core::protocol::message::OptionsRequest;
use readmit_core::view::{Control, OptionsAct};
use readmit_webext::permissions;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, HtmlInputElement};

use super::Page;
use crate::dom;
use crate::port;

pub(super) fn listen_to_user(page: &Rc<Page>) {
    for kind in ["click", "submit", "change"] {
        let page = Rc::clone(page);
        dom::listen(&page.root.clone(), kind, move |event| response(&page, &event));
    }
}

fn response(page: &Rc<Page>, event: &Event) {
    match event.type_().as_str() {
        "submit" => {
            event.prevent_default();
            add_site(page);
        }
        "change" => import(page),
        _ => {
            if let Some(button) = page.guard.clicked(event) {
                press(page, &button);
            }
        }
    }
}

fn press(page: &Rc<Page>, button: &Element) {
    match button.get_attribute("data-do").unwrap_or_default().as_str() {
        "row" => {
            if let Some(act) = act(page, button) {
                carry_out(page, act, button);
            }
        }
        "put-back" => send(page, OptionsRequest::PutBack, button),
        "forget" => send(page, OptionsRequest::Forget, button),
        "erase" => send(page, OptionsRequest::Erase, button),
        "uninstall" => send(page, OptionsRequest::Uninstall, button),
        "import" => {
            if let Some(file) = input(page, "#file") {
                file.click();
            }
        }
        _ => {}
    }
}

/// What is to be done by the row that the button stands in.
fn act(page: &Page, button: &Element) -> Option<OptionsAct> {
    let owner = |attribute: &str| {
        button.closest(&["[", attribute, "]"].concat()).ok().flatten().and_then(|owner| owner.get_attribute(attribute))
    };
    let (name, row) = (owner("data-group")?, owner("data-row")?.parse::<u32>().ok()?);
    let view = page.view.borrow();
    let group = view.as_ref()?.groups.iter().find(|group| group.name == name)?;
    match &group.rows.get(usize::try_from(row).ok()?)?.control {
        Control::Switch { act, .. } => act.clone(),
        Control::Button { act, .. } => Some(act.clone()),
        Control::Nothing => None,
    }
}

fn carry_out(page: &Rc<Page>, act: OptionsAct, button: &Element) {
    match act {
        OptionsAct::Order(request) => send(page, request, button),
        OptionsAct::Grant(origins) => grant(page, &origins),
        OptionsAct::Revoke(origins) => {
            let page = Rc::clone(page);
            spawn_local(async move {
                if let Err(error) = permissions::remove(&origins).await {
                    page.say(&keys::change_failed(&error.to_string()));
                }
            });
        }
    }
}

/// The browser asks the person within the click. That it was answered with yes, the background hears from the browser.
fn grant(page: &Rc<Page>, origins: &[String]) {
    let page = Rc::clone(page);
    let asked = permissions::request(origins);
    spawn_local(async move {
        match asked.await {
            Ok(true) => {
                dom::set_text(&page.said, "");
                if let Some(field) = input(&page, "#site") {
                    field.set_value("");
                }
            }
            Ok(false) => page.say(&keys::site_denied()),
            Err(error) => page.say(&keys::change_failed(&error.to_string())),
        }
    });
}

fn add_site(page: &Rc<Page>) {
    match input(page, "#site").and_then(|field| typed(&field.value())) {
        Some(site) => grant(page, &patterns_for(&site)),
        None => page.say(&keys::site_unread()),
    }
}

fn import(page: &Rc<Page>) {
    let Some(field) = input(page, "#file") else { return };
    let Some(file) = field.files().and_then(|files| files.get(0)) else { return };
    let page = Rc::clone(page);
    spawn_local(async move {
        // What cannot be read is as foreign as what is something else.
        let text = file.text().await.ok().and_then(|text| text.as_string()).unwrap_or_default();
        // The same file can be chosen again.
        field.set_value("");
        send(&page, OptionsRequest::Import(text), &field);
    });
}

fn send(page: &Rc<Page>, request: OptionsRequest, control: &Element) {
    port::send(page, request, control, |_| {});
}

fn input(page: &Page, selector: &str) -> Option<HtmlInputElement> {
    dom::find(&page.root, selector)?.dyn_into().ok()
}
