//! Switches several extensions, then inspects the page.

pub(crate) mod update;
pub(crate) mod view;

use std::collections::BTreeMap;

use crate::base::id::ExtensionId;

/// Answers of the browser to switches, by extension.
pub(crate) type SwitchAnswers = BTreeMap<ExtensionId, SwitchAnswer>;

/// The browser's answer to one switch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SwitchAnswer {
    /// On or off.
    pub(crate) on: bool,
    /// Whether the switch succeeded.
    pub(crate) done: bool,
}
