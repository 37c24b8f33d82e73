//! The rows of the options page: each a name, what is to be said of it, and a switch or a button. Elements stay where they are
//! and are told what to say, so that the focus stays, too.

use readmit_core::view::{Control, Group, Label, OptionRow};
use web_sys::{Document, Element};

use crate::dom::{self, Missing};
use crate::popup::text::Words;
use crate::popup::time;

/// Makes the group's rows all that is in `list`.
pub(super) fn show(list: &Element, group: &Group, words: &Words, page: &Document) -> Result<(), Missing> {
    let mut next = list.first_element_child();
    for (place, row) in group.rows.iter().enumerate() {
        let element = if let Some(element) = next {
            element
        } else {
            let element = dom::stamp(page, "option-row")?;
            name_parts(&element, &[&group.name, "-", &place.to_string()].concat())?;
            // A fresh element goes anywhere.
            drop(list.append_child(&element));
            element
        };
        dom::set_attribute(&element, "data-row", &place.to_string());
        fill(&element, row, words)?;
        next = element.next_element_sibling();
    }
    while let Some(left_over) = next {
        next = left_over.next_element_sibling();
        left_over.remove();
    }
    Ok(())
}

/// Gives the row's parts names of their own, and those names to each other: "Remove" alone would not say what.
fn name_parts(row: &Element, id: &str) -> Result<(), Missing> {
    let [name, remark, button] = ["n-", "r-", "b-"].map(|kind| [kind, id].concat());
    for (part, id) in [(".name", &name), (".remark", &remark), (".side", &button)] {
        dom::set_attribute(&dom::part(row, part)?, "id", id);
    }
    let switch = dom::part(row, ".switch")?;
    dom::set_attribute(&switch, "aria-labelledby", &name);
    dom::set_attribute(&switch, "aria-describedby", &remark);
    dom::set_attribute(&dom::part(row, ".side")?, "aria-labelledby", &[&button, " ", &name].concat());
    Ok(())
}

fn fill(element: &Element, row: &OptionRow, words: &Words) -> Result<(), Missing> {
    let (switch, button) = (dom::part(element, ".switch")?, dom::part(element, ".side")?);
    let name = match &row.label {
        Label::Text(text) => words.of(text),
        Label::Name(name) => name.clone(),
    };
    dom::set_text(&dom::part(element, ".name")?, &name);
    let at = row.at.map(|at| time::local(at, words));
    let remarks: Vec<String> = at.into_iter().chain(words.all(row.remark.as_slice())).chain(words.all(&row.more)).collect();
    dom::set_text(&dom::part(element, ".remark")?, &remarks.join(" \u{b7} "));
    dom::show(&switch, matches!(row.control, Control::Switch { .. }));
    dom::show(&button, matches!(row.control, Control::Button { .. }));
    match &row.control {
        Control::Switch { on, act } => {
            dom::set_attribute(&switch, "aria-checked", if *on { "true" } else { "false" });
            dom::enable(&switch, act.is_some());
        }
        Control::Button { label, .. } => dom::set_text(&button, &words.of(label)),
        Control::Nothing => {}
    }
    Ok(())
}
