//! What is said of an extension that was to blame before.

use crate::base::text::{Text, keys};
use crate::extensions::installed::Installed;

/// An extension that was to blame, and with which a refusal has started again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recurrence<'a> {
    /// Which.
    pub(crate) extension: &'a Installed,
    /// Was it updated, and not merely switched on?
    pub(crate) updated: bool,
}

impl Recurrence<'_> {
    /// Says so.
    pub(crate) fn text(self) -> Text {
        let name = self.extension.short_name();
        if self.updated { keys::started_update(name) } else { keys::started_on(name) }
    }
}
