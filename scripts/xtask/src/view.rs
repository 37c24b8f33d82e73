//! Packs hand-written views as the background packs its own, so that a look of the popup can be drawn without one.

use std::collections::BTreeMap;
use std::io;

use anyhow::{Context, Result};
use readmit_core::message::Push;
use readmit_core::view::View;

/// Reads `{"name": VIEW, ...}` and writes `{"name": "packed", ...}`. A view that the popup could not read is an error.
pub(crate) fn run(input: impl io::Read, mut output: impl io::Write) -> Result<()> {
    let views: BTreeMap<String, Option<View>> = serde_json::from_reader(input).context("these are no views")?;
    let mut packed = BTreeMap::new();
    for (name, view) in views {
        let bytes = view.map(|view| postcard::to_allocvec(&Push::View(Box::new(view)))).transpose()?;
        packed.insert(name, bytes.map(|bytes| bytes.into_iter().map(char::from).collect::<String>()));
    }
    serde_json::to_writer(&mut output, &packed)?;
    Ok(())
}
