//! What the user is asked to switch, in browsers where an extension cannot do it.

use crate::base::text::{Text, keys};
use crate::feature::culprit_search::view::SearchInput;
use crate::feature::toggle_extensions::view::ExtensionsInput;
use crate::view::{ManualToggleView, ManualView};

/// The remaining switches, if there are any.
pub(crate) fn of(search: &SearchInput, extensions: &ExtensionsInput<'_>) -> Option<ManualView> {
    if search.toggles.is_empty() {
        return None;
    }
    let toggles: Vec<ManualToggleView> = search
        .toggles
        .iter()
        .filter_map(|toggle| {
            let extension = extensions.listing.find(&toggle.id)?;
            Some(ManualToggleView {
                id: toggle.id.clone(),
                name: extension.short_name().to_owned(),
                icon: extension.icon(32).map(Into::into),
                on: toggle.on,
                remark: if toggle.on { keys::hand_on() } else { keys::hand_off() },
            })
        })
        .collect();
    let title = if search.searching { keys::hand_search() } else { keys::hand_back() };
    Some(ManualView { title, hint: keys::hand_hint(), toggles })
}

/// The headline while the user is expected to make switches.
pub(crate) fn headline(count: usize) -> Text {
    keys::headline_hand(u32::try_from(count).unwrap_or(u32::MAX))
}
