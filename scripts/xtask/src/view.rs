//! Packs hand-written views as the background packs its own, so that a look of the popup can be drawn without one.

use std::collections::BTreeMap;
use std::io;

use anyhow::{Context, Result};
use readmit_core::message::Push;
use readmit_core::packed::pack;
use readmit_core::view::View;

/// Reads `{"name": VIEW, ...}` and writes `{"name": "packed", ...}`. A view that the popup could not read is an error.
pub(crate) fn run(input: impl io::Read, mut output: impl io::Write) -> Result<()> {
    let views: BTreeMap<String, Option<View>> = serde_json::from_reader(input).context("these are no views")?;
    let mut packed = BTreeMap::new();
    for (name, view) in views {
        packed.insert(name, view.map(|view| pack(&Push::View(Box::new(view)))));
    }
    serde_json::to_writer(&mut output, &packed)?;
    Ok(())
}
