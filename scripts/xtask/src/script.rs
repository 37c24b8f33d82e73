//! Bundles our scripts. `extension/` has them as modules that import each other; the browser gets one classic script for each
//! entry point, since a content script has to be one, and neither a waking worker nor a first paint may wait for more files.
//!
//! esbuild follows the imports and puts the modules into one function, so nothing in them is visible outside. It shortens
//! nothing: reviewers read what it makes. Besides our own scripts they import:
//!
//! - `module/NAME.js`: what wasm-bindgen makes of a crate; `extension/module/NAME.d.ts` has its types
//! - `module/content.deflated`: the content script's WebAssembly, in base64. It has no choice, for a page can load no second file
//!   of ours (nothing is web-accessible)
//! - `content/banner.css`, as text, which no page may load by itself

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::page;
use crate::wasm::Modules;
use crate::workspace::{Files, Workspace, has_extension, output, read_folder};

/// Each script in the package, and the file that it begins with.
const ENTRY_POINTS: [&str; 3] = ["background=background.js", "page=page.js", "content=content/main.js"];

/// Paths in comments are relative to the working folder, so they do not say where the build ran. No settings from any
/// `tsconfig.json`: the scripts would depend on what lies above Cargo's target folder.
const OPTIONS: [&str; 9] = [
    "--bundle",
    "--format=iife",
    "--target=esnext",
    "--charset=utf8",
    "--banner:js=\"use strict\";",
    "--loader:.css=text",
    "--loader:.deflated=base64",
    "--tsconfig-raw={}",
    "--log-level=warning",
];

/// The folder in Cargo's target folder where everything that is bundled lies together.
const PLACE: &str = "script";

/// The scripts by their names in the package.
pub(crate) fn bundle(workspace: &Workspace, modules: &Modules) -> Result<Files> {
    let folder = gather(workspace, modules)?;
    let mut esbuild = workspace.npm_tool("esbuild")?;
    esbuild.current_dir(&folder).args(ENTRY_POINTS).args(OPTIONS).arg("--outdir=bundled");
    output(&mut esbuild)?;
    read_folder(&folder.join("bundled"))
}

/// Starts the finished modules once in Node, and the content script: what fails there would fail in every browser.
pub(crate) fn start(workspace: &Workspace) -> Result<()> {
    let mut node = workspace.command("node");
    output(node.arg("scripts/xtask/start.js").arg(workspace.target(PLACE))).context("a finished module does not start")?;
    Ok(())
}

/// A new folder with all that the scripts import, laid out as in `extension/`.
fn gather(workspace: &Workspace, modules: &Modules) -> Result<PathBuf> {
    let folder = workspace.target(PLACE);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut files = read_folder(&workspace.path("extension"))?;
    files.retain(|path, _| has_extension(path, &["js", "css"]));
    for (_, bytes) in files.iter_mut().filter(|(path, _)| has_extension(path, &["css"])) {
        *bytes = page::lean(str::from_utf8(bytes)?).into();
    }
    for module in modules.all() {
        files.insert(format!("module/{}.js", module.name), module.glue.clone().into());
        files.insert(format!("module/{}.wasm", module.name), module.wasm.clone());
    }
    files.insert("module/content.deflated".into(), modules.content_deflated.clone());
    // Says to Node what the scripts are.
    files.insert("package.json".into(), b"{ \"type\": \"module\" }\n".into());
    for (path, bytes) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        fs::write(path, bytes)?;
    }
    Ok(folder)
}
