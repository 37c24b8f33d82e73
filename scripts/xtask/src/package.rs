//! Puts the finished extension together: `dist/chrome/` and `dist/firefox/`, loadable as they are, and the archives.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::archive::{self, Entry};
use crate::content;
use crate::manifest::{self, Browser};
use crate::size;
use crate::wasm::{self, Modules};
use crate::workspace::{Files, Workspace, read_folder};

/// The workspace's version, which this crate shares.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Builds everything in `dist/` and asserts the sizes.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let modules = wasm::build(workspace)?;
    let dist = workspace.path("dist");
    for browser in Browser::ALL {
        let files = collect(workspace, &modules, browser)?;
        write_folder(&dist.join(browser.name()), &files)?;
        fs::write(dist.join(format!("readmit-{}.zip", browser.name())), pack(&files)?)?;
        if browser == Browser::Chrome {
            let sizes = size::measure(&files);
            print!("{}", size::table(&sizes));
            size::assert(&sizes)?;
        }
    }
    fs::write(dist.join("readmit-source.zip"), pack_sources(workspace)?)?;
    Ok(())
}

/// All files of one browser's extension.
fn collect(workspace: &Workspace, modules: &Modules, browser: Browser) -> Result<Files> {
    let mut files = read_folder(&workspace.path("extension"))?;
    // The drawing that the icons are made from.
    files.remove("icons/readmit.svg");
    for (path, bytes) in read_folder(&workspace.path("popup"))? {
        files.insert(format!("popup/{path}"), bytes);
    }
    let loader = String::from_utf8(files.remove("content.js").context("extension/content.js is missing")?)?;
    let style = String::from_utf8(files.remove("banner.css").context("extension/banner.css is missing")?)?;
    let manifest = manifest::derive(&workspace.read("manifest.json")?, browser, VERSION)?;
    files.insert("content.js".into(), content::assemble(&modules.content, &style, &loader).into());
    files.insert("app.js".into(), modules.app.glue.clone().into());
    files.insert("app_bg.wasm".into(), modules.app.wasm.clone());
    files.insert("manifest.json".into(), format!("{manifest:#}\n").into());
    Ok(files)
}

/// Replaces a folder: a file that is no longer part of the extension must not stay behind.
fn write_folder(folder: &Path, files: &Files) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    for (path, bytes) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn pack(files: &Files) -> Result<Vec<u8>> {
    archive::pack(files.iter().map(|(path, bytes)| Entry { path, bytes, executable: false }))
}

fn pack_sources(workspace: &Workspace) -> Result<Vec<u8>> {
    let paths = workspace.sources()?;
    let mut files = Vec::new();
    for path in &paths {
        let on_disk = workspace.path(path);
        files.push((path, fs::read(&on_disk)?, is_executable(&on_disk)?));
    }
    archive::pack(files.iter().map(|(path, bytes, executable)| Entry { path, bytes, executable: *executable }))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::metadata(path)?.permissions().mode() & 0o100 != 0)
}

#[cfg(not(unix))]
fn is_executable(_path: &Path) -> Result<bool> {
    Ok(false)
}
