//! Finds the extension that gets a page blocked, by switching extensions and reloading the page: automatically, or with the
//! user's own switches where the browser does not let one extension switch another. [`bisect`](crate::extensions::bisect)
//! decides what to try and what the results mean.

pub(crate) mod manual;
pub(crate) mod manual_view;
pub(crate) mod strategy;
pub(crate) mod update;
pub(crate) mod view;

use crate::base::id::ExtensionId;

/// One switch that the user has to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ManualToggle {
    /// The extension.
    pub(crate) id: ExtensionId,
    /// On or off.
    pub(crate) on: bool,
}
