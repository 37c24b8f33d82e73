//! The rows of the options page: each a name, what is to be said of it, and a switch or a button. An element stays with what its row
//! means, so that the focus stays, too, and never comes to mean something else under it.

use readmit_core::view::{Control, Group, Label, OptionRow};
use web_sys::{Document, Element};

use crate::dom::{self, Missing};
use crate::guard::AT_ONCE;
use crate::popup::text::Words;
use crate::popup::time;

/// Makes the group's rows all that is in `list`, which shows those of `before`.
pub(super) fn show(list: &Element, before: &[OptionRow], group: &Group, words: &Words, page: &Document) -> Result<(), Missing> {
    let mut known: Vec<(&OptionRow, Element)> = before.iter().zip(dom::children(list)).collect();
    let mut shown = Vec::with_capacity(group.rows.len());
    for (place, row) in group.rows.iter().enumerate() {
        let kept = known.iter().position(|(known, _)| means_the_same(known, row)).map(|place| known.remove(place).1);
        let element = kept.map_or_else(|| dom::stamp(page, "option-row"), Ok)?;
        let number = place.to_string();
        if element.get_attribute("data-row").as_ref() != Some(&number) {
            dom::write_attribute(&element, "data-row", &number);
            name_parts(&element, &[&group.name, "-", &number].concat())?;
        }
        fill(&element, row, words)?;
        shown.push(element);
    }
    dom::arrange(list, &shown);
    Ok(())
}

/// May the element of one row show the other? A switch stays the same when it is switched.
fn means_the_same(one: &OptionRow, other: &OptionRow) -> bool {
    let control = match (&one.control, &other.control) {
        (Control::Button { act: one, .. }, Control::Button { act: other, .. }) => one == other,
        (Control::Switch { .. }, Control::Switch { .. }) | (Control::Nothing, Control::Nothing) => true,
        _ => false,
    };
    control && one.label == other.label
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
        Control::Button { label, act } => {
            dom::set_text(&button, &words.of(label));
            dom::set_flag(&button, AT_ONCE, act.is_harmless());
        }
        Control::Nothing => {}
    }
    Ok(())
}
