//! What the person is asked to switch, where the browser lets nobody else do it.

use crate::base::text::{Text, keys};
use crate::view::popup::Scene;
use crate::view::{ChoreView, HandView};

/// The switches that are left, if there are any.
pub(crate) fn of(scene: &Scene<'_>) -> Option<HandView> {
    if scene.chores.is_empty() {
        return None;
    }
    let chores: Vec<ChoreView> = scene
        .chores
        .iter()
        .filter_map(|chore| {
            let row = scene.rows.iter().find(|row| row.extension.id == chore.id)?;
            Some(ChoreView {
                id: chore.id.clone(),
                name: row.extension.short_name().to_owned(),
                icon: row.extension.icon(32).map(Into::into),
                on: chore.on,
                remark: if chore.on { keys::hand_on() } else { keys::hand_off() },
            })
        })
        .collect();
    let title = if scene.searching { keys::hand_search() } else { keys::hand_back() };
    Some(HandView { title, hint: keys::hand_hint(), chores })
}

/// In place of "looking", while a person's hand is waited for.
pub(crate) fn headline(count: usize) -> Text {
    keys::headline_hand(u32::try_from(count).unwrap_or(u32::MAX))
}
