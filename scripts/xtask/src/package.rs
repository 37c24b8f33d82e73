//! Assembles the finished extension: `dist/chrome/` and `dist/firefox/`, which can be loaded as they are, and the archives.

use std::path::Path;
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};

use crate::archive::{self, Entry};
use crate::manifest::{self, Browser};
use crate::page;
use crate::script;
use crate::size;
use crate::wasm::{self, Modules};
use crate::workspace::{Files, Workspace, has_extension, output, read_folder};

/// The file in the source archive that names the Rust version of the build. It is not a `rust-toolchain.toml`: see
/// `scripts/setup`.
const RUST_VERSION: &str = "RUST_VERSION";

/// The workspace's version, which this crate shares.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Builds everything in `dist/` and asserts the sizes.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let modules = wasm::build(workspace)?;
    let scripts = script::bundle(workspace, &modules)?;
    script::start(workspace)?;
    let dist = workspace.path("dist");
    for browser in Browser::ALL {
        let files = collect(workspace, &modules, &scripts, browser)?;
        assert_no_place(workspace, &files, &modules)?;
        write_folder(&dist.join(browser.name()), &files)?;
        let archive = pack(&files)?;
        fs::write(dist.join(format!("readmit-{}.zip", browser.name())), &archive)?;
        if browser == Browser::Chrome {
            let sizes = size::measure(&files, archive::length_of_part(&archive, |path| !size::is_translation(path))?);
            print!("{}", size::table(&sizes));
            size::assert(&sizes)?;
        }
    }
    fs::write(dist.join("readmit-source.zip"), pack_sources(workspace)?)?;
    Ok(())
}

/// Assembles everything a second time from the compiled code, and compares it with what [`build`] has left in `dist/`.
pub(crate) fn build_again(workspace: &Workspace) -> Result<()> {
    let modules = wasm::build_again(workspace)?;
    let scripts = script::bundle(workspace, &modules)?;
    let mut archives = vec![("readmit-source.zip".to_owned(), pack_sources(workspace)?)];
    for browser in Browser::ALL {
        archives.push((format!("readmit-{}.zip", browser.name()), pack(&collect(workspace, &modules, &scripts, browser)?)?));
    }
    for (name, again) in archives {
        ensure!(fs::read(workspace.path("dist").join(&name))? == again, "{name} was built twice and is not the same");
    }
    Ok(())
}

/// A build elsewhere must produce the same bytes, and the package must not reveal where it was built.
fn assert_no_place(workspace: &Workspace, files: &Files, modules: &Modules) -> Result<()> {
    let root = workspace.path("").to_string_lossy().trim_end_matches('/').to_owned();
    let home = env::home_dir().map(|home| home.to_string_lossy().into_owned());
    for place in [root].into_iter().chain(home).filter(|place| place.len() > 1) {
        let place = format!("{place}/");
        // One of the modules is deflated in the package, where its contents cannot be searched.
        let modules = modules.all().map(|module| (module.name, &module.wasm));
        let all = files.iter().map(|(path, bytes)| (path.as_str(), bytes)).chain(modules);
        let named = all.into_iter().find(|(_, bytes)| bytes.windows(place.len()).any(|window| window == place.as_bytes()));
        if let Some((name, _)) = named {
            bail!("{name} names {place}, a place on this computer");
        }
    }
    Ok(())
}

/// What is in `extension/` and does not ship: what is bundled, what only declares types, and the drawing that the icons are
/// made from.
const SOURCES: [&str; 10] = [
    "background.js",
    "clear_origin.js",
    "content/",
    "icons/readmit.svg",
    "keep_result.js",
    "module/",
    "page.js",
    "refetch.js",
    "tsconfig.json",
    "types.d.ts",
];

/// All files of one browser's extension.
fn collect(workspace: &Workspace, modules: &Modules, scripts: &Files, browser: Browser) -> Result<Files> {
    let mut files = read_folder(&workspace.path("extension"))?;
    files.retain(|path, _| !SOURCES.iter().any(|source| path.starts_with(source)));
    for (path, bytes) in read_folder(&workspace.path("popup"))? {
        files.insert(format!("popup/{path}"), bytes);
    }
    for (_, bytes) in files.iter_mut().filter(|(path, _)| has_extension(path, &["css"])) {
        *bytes = page::lean(str::from_utf8(bytes)?).into();
    }
    for (_, bytes) in files.iter_mut().filter(|(path, _)| has_extension(path, &["html"])) {
        *bytes = page::unindented(str::from_utf8(bytes)?).into();
    }
    files.extend(scripts.clone());
    let text = |name: &str| {
        let bytes = files.get(name).with_context(|| format!("{name} is missing"))?;
        anyhow::Ok(str::from_utf8(bytes)?)
    };
    let popup = page::styled(text("popup/popup.html")?, text("popup/popup.css")?)?;
    let manifest = manifest::derive(&workspace.read("manifest.json")?, browser, VERSION)?;
    let manifest = manifest::allow_style(&format!("{manifest:#}\n"), &popup.source)?;
    files.insert("background.wasm".into(), modules.background.wasm.clone());
    files.insert("pages.wasm".into(), modules.pages.wasm.clone());
    files.insert("manifest.json".into(), manifest.into());
    files.insert("popup/popup.html".into(), popup.page.into());
    Ok(files)
}

/// Replaces a folder, so that a file that is no longer part of the extension does not stay behind.
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

/// Everything needed to build the same again, and the Rust version for it: another version produces another module.
fn pack_sources(workspace: &Workspace) -> Result<Vec<u8>> {
    let mut files = vec![(RUST_VERSION.to_owned(), rust_version(workspace)?.into_bytes(), false)];
    for path in workspace.sources()?.into_iter().filter(|path| path != RUST_VERSION) {
        let on_disk = workspace.path(&path);
        let (bytes, executable) = (fs::read(&on_disk)?, is_executable(&on_disk)?);
        files.push((path, bytes, executable));
    }
    archive::pack(files.iter().map(|(path, bytes, executable)| Entry { path, bytes, executable: *executable }))
}

/// In rustup's format: `1.95.0`.
fn rust_version(workspace: &Workspace) -> Result<String> {
    let said = output(workspace.command("rustc").arg("--version"))?;
    let version = said.split_whitespace().nth(1).context("rustc tells no version")?;
    Ok(format!("{version}\n"))
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
