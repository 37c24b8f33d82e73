//! Writes hand-written views in the format of the background, so that the popup and the options page can be drawn without one.

use std::collections::BTreeMap;
use std::io;

use anyhow::{Context, Result};
use readmit_core::view::{OptionsView, View};
use serde_json::{Value, from_value, to_value};

/// Reads `{"name": VIEW, ...}` and writes the same, completed. A view that the popup could not parse is an error.
pub(crate) fn run(input: impl io::Read, mut output: impl io::Write) -> Result<()> {
    let views: BTreeMap<String, Value> = serde_json::from_reader(input).context("these are no views")?;
    let whole = views.into_iter().map(|(name, view)| whole(view).with_context(|| name.clone()).map(|view| (name, view)));
    serde_json::to_writer(&mut output, &whole.collect::<Result<BTreeMap<String, Value>>>()?)?;
    Ok(())
}

fn whole(view: Value) -> serde_json::Result<Value> {
    if view.get("groups").is_some() {
        return to_value(from_value::<OptionsView>(view)?);
    }
    to_value(from_value::<Option<View>>(view)?)
}
