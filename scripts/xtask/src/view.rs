//! Packs hand-written views as the background packs its own, so that a look of the popup or the options page can be drawn
//! without one.

use std::collections::BTreeMap;
use std::io;

use anyhow::{Context, Result};
use readmit_core::message::Push;
use readmit_core::packed::pack;
use readmit_core::view::{OptionsView, View};
use serde_json::{Value, from_value};

/// Reads `{"name": VIEW, ...}` and writes `{"name": "packed", ...}`. A view that the popup could not read is an error.
pub(crate) fn run(input: impl io::Read, mut output: impl io::Write) -> Result<()> {
    let views: BTreeMap<String, Value> = serde_json::from_reader(input).context("these are no views")?;
    let mut packed = BTreeMap::new();
    for (name, view) in views {
        let text = if view.get("groups").is_some() {
            Some(from_value::<OptionsView>(view).map(|view| pack(&view)))
        } else {
            let view = from_value::<Option<View>>(view).with_context(|| name.clone())?;
            view.map(|view| Ok(pack(&Push::View(Box::new(view)))))
        };
        packed.insert(name.clone(), text.transpose().with_context(|| name)?);
    }
    serde_json::to_writer(&mut output, &packed)?;
    Ok(())
}
