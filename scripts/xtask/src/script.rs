//! Bundles our scripts. In `extension/` they are modules that import each other. The browser gets one classic script for each
//! entry point: a content script has to be one, and neither a starting worker nor a first paint should wait for more files.
//!
//! esbuild follows the imports and puts the modules into one function, so nothing in them is visible outside. It does not
//! minify: reviewers read its output. Besides our own scripts, the modules import:
//!
//! - `module/NAME.js`: wasm-bindgen's output for a crate; `extension/module/NAME.d.ts` has its types
//! - `module/content.deflated`: the content script's WebAssembly, in base64. It has to be inlined, because a page cannot load a
//!   second file of ours (nothing is web-accessible)
//! - `content/banner.css`, as text, because a page cannot load it

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::page;
use crate::wasm::Modules;
use crate::workspace::{Files, Workspace, has_extension, output, read_folder};

/// Each script in the package, and its entry file.
const ENTRY_POINTS: [&str; 3] = ["background=background.js", "page=page.js", "content=content/main.js"];

/// Paths in comments are relative to the working folder, so they do not reveal where the build ran. No settings are read from
/// any `tsconfig.json`: otherwise the scripts would depend on files above Cargo's target folder.
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

/// The folder in Cargo's target folder where all files to bundle are collected.
const PLACE: &str = "script";

/// The scripts by their names in the package.
pub(crate) fn bundle(workspace: &Workspace, modules: &Modules) -> Result<Files> {
    let folder = gather(workspace, modules)?;
    let mut esbuild = workspace.npm_tool("esbuild")?;
    esbuild.current_dir(&folder).args(ENTRY_POINTS).args(OPTIONS).arg("--outdir=bundled");
    output(&mut esbuild)?;
    let mut files = read_folder(&folder.join("bundled"))?;
    for bytes in files.values_mut() {
        *bytes = without_comments(str::from_utf8(bytes)?).into();
    }
    Ok(files)
}

/// Of all comments, esbuild keeps those inside expressions, which are casts for the type checker of the sources, and names each
/// module above its code. Both are in the sources that reviewers have.
fn without_comments(script: &str) -> String {
    let is_cast = |line: &str| line.trim_start().starts_with("/** @type ") && line.ends_with("*/");
    let is_module = |line: &str| {
        let ending = line.strip_prefix("  // ").and_then(|path| Some(path.rsplit_once('.')?.1));
        ending.is_some_and(|ending| ["js", "css", "deflated"].contains(&ending))
    };
    script.lines().filter(|line| !is_cast(line) && !is_module(line)).map(indented_by_tabs).collect()
}

/// esbuild indents by two spaces. No script has a text of several lines, where they would mean something.
fn indented_by_tabs(line: &str) -> String {
    let text = line.trim_start_matches("  ");
    "\t".repeat((line.len() - text.len()) / 2) + text + "\n"
}

/// Starts the finished modules and the content script once in Node: what fails there would fail in every browser.
pub(crate) fn start(workspace: &Workspace) -> Result<()> {
    let mut node = workspace.command("node");
    output(node.arg("scripts/xtask/start.js").arg(workspace.target(PLACE))).context("a finished module does not start")?;
    Ok(())
}

/// A new folder with everything that the scripts import, laid out as in `extension/`.
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
    // Tells Node that the scripts are modules.
    files.insert("package.json".into(), b"{ \"type\": \"module\" }\n".into());
    for (path, bytes) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        fs::write(path, bytes)?;
    }
    Ok(folder)
}
