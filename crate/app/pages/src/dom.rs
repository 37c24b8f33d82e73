//! Small steps on a page's elements, in place and only where something changes. Not a framework: the markup is in the
//! page, this fills it in. Nothing here can put markup on a page.

use js_sys::{Array, JsString};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Document, Element, Event, EventTarget, HtmlElement, HtmlTemplateElement, window};

/// A part that the page's markup should have and has not. Holds its selector.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Missing(&'static str);

impl Missing {
    /// The part that this selector names is missing, or of another kind.
    pub(crate) fn of(selector: &'static str) -> Self {
        Self(selector)
    }
}

/// The page.
pub(crate) fn document() -> Result<Document, Missing> {
    window().and_then(|window| window.document()).ok_or(Missing("a document"))
}

/// The one element below `root` that `selector` names.
pub(crate) fn part(root: &Element, selector: &'static str) -> Result<Element, Missing> {
    find(root, selector).ok_or(Missing(selector))
}

/// The first element below `root` that `selector` names.
pub(crate) fn find(root: &Element, selector: &str) -> Option<Element> {
    root.query_selector(selector).ok().flatten()
}

/// All elements below `root`, and itself, that `selector` names, in the page's order.
pub(crate) fn all(root: &Element, selector: &str) -> Vec<Element> {
    let found = root.owner_document().and_then(|page| page.query_selector_all(selector).ok());
    // What a selector finds are elements: to ask the browser for each takes as long as to find it.
    found
        .map(|found| (0..found.length()).filter_map(|place| found.item(place)).map(JsCast::unchecked_into).collect())
        .unwrap_or_default()
}

/// The elements directly below `parent`.
pub(crate) fn children(parent: &Element) -> impl Iterator<Item = Element> {
    std::iter::successors(parent.first_element_child(), Element::next_element_sibling)
}

/// A fresh copy of what the template with this id holds.
pub(crate) fn stamp(page: &Document, template: &'static str) -> Result<Element, Missing> {
    pattern(page, template).and_then(|pattern| copy(&pattern, template))
}

/// What the template with this id holds, for whoever copies it often.
pub(crate) fn pattern(page: &Document, template: &'static str) -> Result<Element, Missing> {
    page.get_element_by_id(template)
        .and_then(|element| element.dyn_into::<HtmlTemplateElement>().ok())
        .and_then(|template| template.content().first_element_child())
        .ok_or(Missing(template))
}

/// A fresh copy of it.
pub(crate) fn copy(pattern: &Element, template: &'static str) -> Result<Element, Missing> {
    // The copy of an element is an element: to ask the browser whether it is takes as long as to set an attribute.
    pattern.clone_node_with_deep(true).map(JsCast::unchecked_into).map_err(|_| Missing(template))
}

/// A new element without anything in it. `None` only for a name that is no element's.
pub(crate) fn create(name: &str) -> Option<Element> {
    document().ok()?.create_element(name).ok()
}

/// Makes `text` all that the element says.
pub(crate) fn set_text(element: &Element, text: &str) {
    if element.text_content().as_deref() != Some(text) {
        element.set_text_content(Some(text));
    }
}

/// Gives an attribute this value.
pub(crate) fn set_attribute(element: &Element, name: &str, value: &str) {
    if element.get_attribute(name).as_deref() != Some(value) {
        // Fails only for a name that is no attribute's, and ours are written in this crate.
        drop(element.set_attribute(name, value));
    }
}

/// The same without asking what it is: for elements that are fresh, or known to be told something new.
pub(crate) fn write_attribute(element: &Element, name: &str, value: &str) {
    drop(element.set_attribute(name, value));
}

/// What an element does with texts that are the browser's already. One of ours is copied and decoded with every call, which
/// takes as long as the call itself.
#[wasm_bindgen]
extern "C" {
    type Written;

    #[wasm_bindgen(method, js_name = setAttribute)]
    fn set_attribute(this: &Written, name: &JsString, value: &JsString);

    #[wasm_bindgen(method, setter = textContent)]
    fn set_text_content(this: &Written, text: &JsString);
}

/// Gives an attribute this value, whatever it was: for hundreds of elements. `name` is an attribute's.
pub(crate) fn put_attribute(element: &Element, name: &JsString, value: &JsString) {
    element.unchecked_ref::<Written>().set_attribute(name, value);
}

/// Makes `text` all that the element says, whatever it was: for hundreds of elements.
pub(crate) fn put_text(element: &Element, text: &JsString) {
    element.unchecked_ref::<Written>().set_text_content(text);
}

/// Gives an attribute this value, or takes it away.
pub(crate) fn set_optional(element: &Element, name: &str, value: Option<&str>) {
    match value {
        Some(value) => set_attribute(element, name, value),
        None => drop(element.remove_attribute(name)),
    }
}

/// Sets or takes away an attribute whose presence is all it says.
pub(crate) fn set_flag(element: &Element, name: &str, present: bool) {
    set_optional(element, name, present.then_some(""));
}

/// Shows or hides an element.
pub(crate) fn show(element: &Element, shown: bool) {
    set_flag(element, "hidden", !shown);
}

/// Can it be clicked? A button that cannot keeps the focus, which `disabled` would take away.
pub(crate) fn enable(button: &Element, enabled: bool) {
    set_optional(button, "aria-disabled", (!enabled).then_some("true"));
}

/// Sets one of the variables that the style sheet reads.
pub(crate) fn set_variable(element: &Element, name: &str, value: &str) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        drop(element.style().set_property(name, value));
    }
}

/// Makes `children` all that is below `parent`, in this order. Those already in their place are not touched, and keep
/// focus and animation.
pub(crate) fn arrange<'a>(parent: &Element, children: impl IntoIterator<Item = &'a Element>) {
    let mut place = parent.first_element_child();
    for child in children {
        if place.as_ref() == Some(child) {
            place = child.next_element_sibling();
        } else {
            drop(parent.insert_before(child, place.as_deref()));
        }
    }
    while let Some(left_over) = place {
        place = left_over.next_element_sibling();
        left_over.remove();
    }
}

/// Makes `texts` the paragraphs below `parent`.
pub(crate) fn set_paragraphs(parent: &Element, texts: &[String]) {
    refill(parent, texts.len(), "p", |paragraph, index| {
        set_text(paragraph, texts.get(index).map_or("", String::as_str));
    });
}

/// Makes `count` elements of this kind all that is below `parent`, each as `fill` makes it.
pub(crate) fn refill(parent: &Element, count: usize, kind: &str, mut fill: impl FnMut(&Element, usize)) {
    let mut place = parent.first_element_child();
    for index in 0..count {
        let element = place.or_else(|| {
            let element = create(kind)?;
            parent.append_child(&element).ok()?;
            Some(element)
        });
        if let Some(element) = &element {
            fill(element, index);
        }
        place = element.and_then(|element| element.next_element_sibling());
    }
    while let Some(left_over) = place {
        place = left_over.next_element_sibling();
        left_over.remove();
    }
}

/// Moves the focus there.
pub(crate) fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        drop(element.focus());
    }
}

/// Has it a place on the page?
pub(crate) fn is_shown(element: &Element) -> bool {
    element.is_connected() && element.get_bounding_client_rect().width() > 0.0
}

/// Calls `heard` on each event of this kind at `target` or below it, for as long as the page lives. Those that do not
/// bubble are heard, too.
pub(crate) fn listen(target: &EventTarget, kind: &str, response: impl FnMut(Event) + 'static) {
    let response = Closure::<dyn FnMut(Event)>::new(response).into_js_value();
    drop(target.add_event_listener_with_callback_and_bool(kind, response.unchecked_ref(), true));
}

/// Calls `turn` every second, for as long as the page lives.
pub(crate) fn every_second(turn: impl FnMut() + 'static) {
    let turn = Closure::<dyn FnMut()>::new(turn).into_js_value();
    if let Some(window) = window() {
        drop(window.set_interval_with_callback_and_timeout_and_arguments(turn.unchecked_ref(), 1000, &Array::new()));
    }
}

impl From<Missing> for JsValue {
    fn from(missing: Missing) -> Self {
        js_sys::Error::new(&["the page lacks ", missing.0].concat()).into()
    }
}
