//! Finding the extension that has a page blocked, by switching and reloading: automatically, or by the person's own switches where
//! the browser lets no extension switch another. What to try and what it means is decided in [`bisect`](crate::extensions::bisect).

pub(crate) mod manual;
pub(crate) mod manual_view;
pub(crate) mod update;
pub(crate) mod view;

use crate::base::id::ExtensionId;

/// One switch that the person is to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ManualToggle {
    /// Which extension.
    pub(crate) id: ExtensionId,
    /// On or off.
    pub(crate) on: bool,
}
