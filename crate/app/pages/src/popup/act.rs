//! What clicks do. The page only says which button it was; what that means is read from the view that is shown.

use std::rc::Rc;

use readmit_core::base::host::Host;
use readmit_core::base::text::{Text, keys};
use readmit_core::diagnosis::finding::Elsewhere;
use readmit_core::protocol::message::{PopupClick, PopupRequest, Shown};
use readmit_core::view::{Act, Link, Tone, View};
use readmit_webext::{permissions, runtime, tabs, windows};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, Event, window};

use super::Popup;
use crate::port;

/// A click anywhere in the popup.
pub(super) fn on_click(popup: &Rc<Popup>, event: &Event) {
    if let Some(button) = popup.guard.clicked(event) {
        popup.guard.draw(|| press(popup, &button));
    }
}

fn press(popup: &Rc<Popup>, button: &Element) {
    let name = button.get_attribute("data-do").unwrap_or_default();
    if popup.screen.borrow().is_example() && !matches!(name.as_str(), "toggle" | "example-close") {
        return;
    }
    if button.get_attribute("role").is_some() {
        return switch(popup, button);
    }
    let order = |request| carry_out(popup, Act::Order { request, needs: Vec::new() }, button);
    match name.as_str() {
        "toggle" => {
            if let Some(fix) = owner(button, "data-fix") {
                popup.screen.borrow().cards.toggle(&fix);
            }
        }
        "act" => {
            let index = button.get_attribute("data-index").and_then(|index| index.parse().ok());
            let act = index.and_then(|index| {
                let screen = popup.screen.borrow();
                match owner(button, "data-culprit") {
                    Some(id) => screen.culprits.act(&id, index),
                    None => screen.act(&owner(button, "data-fix").unwrap_or_default(), index),
                }
            });
            if let Some(act) = act {
                carry_out(popup, act, button);
            }
        }
        "check" => order(PopupRequest::CheckAgain { after: None }),
        "pin" => pin(popup, button),
        "find-cause" => order(PopupRequest::FindCause),
        "undo" => order(PopupRequest::Undo),
        "put-back" => order(PopupRequest::PutBack),
        "keep-all-off" => {
            let named = popup.screen.borrow().view.as_ref().map(|view| view.off.clone()).unwrap_or_default();
            order(PopupRequest::KeepAllOff { ids: named.into_iter().map(|extension| extension.id).collect() });
        }
        "stop" => order(PopupRequest::Stop),
        "stop-recovery-alert" => {
            if let Some(host) = owner(button, "data-host").and_then(|host| Host::parse(&host)) {
                order(PopupRequest::StopRecoveryAlert(host));
            }
        }
        "example" => drop(popup.screen.borrow_mut().see_example()),
        "example-close" => drop(popup.screen.borrow_mut().close_example()),
        "report" => copy_report(popup),
        "allow" => allow(popup, |view| &view.allow, None, button),
        "watch" => allow(popup, |view| &view.watch, Some(keys::site_denied), button),
        _ => {}
    }
}

fn switch(popup: &Rc<Popup>, button: &Element) {
    let request = owner(button, "data-extension").and_then(|id| {
        let screen = popup.screen.borrow();
        screen.extensions.row(&id).map(|row| PopupRequest::Switch { id: row.id.clone(), on: !row.on })
    });
    if let Some(request) = request {
        send(popup, request, button);
    }
}

fn pin(popup: &Rc<Popup>, button: &Element) {
    let request = owner(button, "data-extension").and_then(|id| {
        let screen = popup.screen.borrow();
        screen.extensions.row(&id).map(|row| PopupRequest::Pin { id: row.id.clone(), pinned: !row.pinned })
    });
    if let Some(request) = request {
        send(popup, request, button);
    }
}

/// The value of the attribute on whatever the button belongs to.
fn owner(button: &Element, attribute: &str) -> Option<String> {
    button.closest(&["[", attribute, "]"].concat()).ok().flatten()?.get_attribute(attribute)
}

fn carry_out(popup: &Rc<Popup>, act: Act, button: &Element) {
    match act {
        Act::Order { request, needs } if needs.is_empty() => send(popup, request, button),
        Act::Order { request, needs } => ask_then_order(popup, request, &needs, button),
        Act::Guide(request) => send_then(popup, request, button, open_in_tab),
        Act::TellWhenBack => {
            // Told before the browser asks, for its question may close this window; the answer only decides how it is told.
            send(popup, PopupRequest::TellWhenBack, button);
            if let Err(error) = permissions::request_notifications() {
                say(popup, &keys::allow_failed(&error.to_string()));
            }
        }
        Act::Open(link) => open(popup, link.url().to_owned()),
        Act::OpenExtension(id) => open(popup, [Link::BrowserExtensions.url(), "?id=", id.as_str()].concat()),
        Act::CopyAddress => with_address(popup, button, |popup, button, address| async move {
            copy(&popup, &button, &address).await;
            send(&popup, PopupRequest::Compare(Elsewhere::OtherBrowser), &button);
        }),
        Act::CopyReport => copy_report(popup),
        Act::PrivateWindow => with_address(popup, button, |popup, button, address| async move {
            let control = button.clone();
            send_then(&popup, PopupRequest::Compare(Elsewhere::PrivateWindow), &button, move |popup| {
                open_private(popup, control, address);
            });
        }),
        Act::OpenInEdge => with_address(popup, button, |popup, button, address| async move {
            send_then(&popup, PopupRequest::Compare(Elsewhere::OtherBrowser), &button, move |popup| {
                open(popup, ["microsoft-edge:", &address].concat());
            });
        }),
        Act::ShowExtensions => popup.screen.borrow().extensions.visit(),
    }
}

fn send(popup: &Rc<Popup>, request: PopupRequest, control: &Element) {
    send_then(popup, request, control, |_| {});
}

fn send_then(popup: &Rc<Popup>, request: PopupRequest, control: &Element, next: impl FnOnce(&Rc<Popup>) + 'static) {
    port::send(popup, PopupClick { request, shown: shown(popup) }, control, next);
}

/// What the buttons say at this moment.
fn shown(popup: &Rc<Popup>) -> Shown {
    popup.screen.borrow().view.as_ref().map(|view| view.shown.clone()).unwrap_or_default()
}

fn open(popup: &Rc<Popup>, address: String) {
    let popup = Rc::clone(popup);
    spawn_local(async move {
        if let Err(error) = tabs::create(&address).await {
            say(&popup, &keys::open_failed(&error.to_string()));
        }
    });
}

fn open_private(popup: &Rc<Popup>, button: Element, address: String) {
    let popup = Rc::clone(popup);
    spawn_local(async move {
        if windows::create_private(&address).await.is_err() {
            // Firefox lets only an extension that is allowed in private windows open one. The person can.
            copy(&popup, &button, &address).await;
            say(&popup, &keys::private_window_by_hand());
        }
    });
}

/// Shows the same in a tab of its own, unless that is where it is shown.
fn open_in_tab(popup: &Rc<Popup>) {
    let is_tab = window().and_then(|window| window.location().search().ok()).is_some_and(|search| !search.is_empty());
    if !is_tab {
        open(popup, runtime::url(&["popup/popup.html?tab=", &popup.tab.0.to_string()].concat()));
    }
}

/// The browser asks the person within the click; only then it is told to the background.
fn ask_then_order(popup: &Rc<Popup>, request: PopupRequest, needs: &[String], button: &Element) {
    let (popup, button) = (Rc::clone(popup), button.clone());
    // What the button said when it was clicked, not what it says once the question is answered.
    let click = PopupClick { request, shown: shown(&popup) };
    let asked = ask(needs);
    spawn_local(async move {
        match asked.await {
            Ok(true) => {
                send(&popup, PopupRequest::PermissionChanged, &button);
                port::send(&popup, click, &button, |_| {});
            }
            Ok(false) => say(&popup, &keys::clearing_denied()),
            Err(words) => say(&popup, &keys::clearing_failed(&words)),
        }
    });
}

fn allow(popup: &Rc<Popup>, wanted: fn(&View) -> &Vec<String>, denied: Option<fn() -> Text>, button: &Element) {
    let wanted = popup.screen.borrow().view.as_ref().map(|view| wanted(view).clone()).unwrap_or_default();
    let (popup, button) = (Rc::clone(popup), button.clone());
    let asked = ask(&wanted);
    spawn_local(async move {
        match asked.await {
            Ok(true) => send(&popup, PopupRequest::PermissionChanged, &button),
            Ok(false) => {
                if let Some(denied) = denied {
                    say(&popup, &denied());
                }
            }
            Err(words) => say(&popup, &keys::allow_failed(&words)),
        }
    });
}

/// The question is put at once, not when the answer is waited for.
fn ask(origins: &[String]) -> impl Future<Output = Result<bool, String>> + use<> {
    let asked = permissions::request(origins);
    async move { asked.await.map_err(|error| error.to_string()) }
}

/// Copies the report, and shows what was copied in a field. A later click copies what the person has made of it.
fn copy_report(popup: &Rc<Popup>) {
    let screen = popup.screen.borrow();
    if !screen.report.is_open() {
        screen.write_report();
    }
    let (text, button) = (screen.report.text(), screen.report.button.clone());
    drop(screen);
    let popup = Rc::clone(popup);
    spawn_local(async move { copy(&popup, &button, &text).await });
}

/// Does something with the address of the tab, if the browser tells it.
fn with_address<Doing>(popup: &Rc<Popup>, button: &Element, act: impl FnOnce(Rc<Popup>, Element, String) -> Doing + 'static)
where
    Doing: Future<Output = ()> + 'static,
{
    let tab = popup.tab;
    let (popup, button) = (Rc::clone(popup), button.clone());
    spawn_local(async move {
        match tabs::find(tab.0).await.ok().and_then(|tab| tab.url) {
            Some(address) => act(popup, button, address).await,
            None => say(&popup, &keys::address_unknown()),
        }
    });
}

async fn copy(popup: &Popup, button: &Element, text: &str) {
    let Some(window) = window() else { return };
    match window.navigator().clipboard().write_text(text).await {
        Ok(_) => {
            popup.guard.draw(|| {
                let mut screen = popup.screen.borrow_mut();
                let copied = screen.words.of(&keys::copied());
                screen.flash(button, copied);
            });
        }
        Err(_) => say(popup, &keys::copy_failed()),
    }
}

/// Says what went wrong.
fn say(popup: &Popup, text: &Text) {
    popup.guard.draw(|| {
        let mut screen = popup.screen.borrow_mut();
        let text = screen.words.of(text);
        screen.say(&text, Tone::Alarm);
    });
}
