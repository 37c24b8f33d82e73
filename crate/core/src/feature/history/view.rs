//! What is shown about an extension that was the culprit before.

use crate::base::text::{Text, keys};
use crate::extensions::installed::Installed;

/// An extension that was the culprit and with which a page is blocked again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recurrence<'a> {
    /// The extension.
    pub(crate) extension: &'a Installed,
    /// Was it updated, not merely switched on?
    pub(crate) updated: bool,
}

impl Recurrence<'_> {
    /// The sentence about it.
    pub(crate) fn text(self) -> Text {
        let name = self.extension.short_name();
        if self.updated { keys::started_update(name) } else { keys::started_on(name) }
    }
}
