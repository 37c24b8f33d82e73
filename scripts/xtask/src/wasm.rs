//! Builds the finished WebAssembly modules and their glue from Rust: compile, bind and optimize.

use std::path::Path;
use std::{env, fs, thread};

use anyhow::{Context, Result, bail, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::archive;
use crate::workspace::{Workspace, output, run};

/// The compile target of everything that ships.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The features that Rust's compiler uses by default for this target. `--all-features` would produce modules that no browser
/// loads.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// The names of the modules, for their crates and files.
const NAMES: [&str; 3] = ["background", "pages", "content"];

/// The finished file in a module's folder. It ships, and with its glue it is what the bench measures.
const FINISHED: &str = "finished.wasm";

/// The finished module as it ships inside a script.
const DEFLATED: &str = "finished.deflated";

/// A finished module: the JavaScript and the WebAssembly that belong together.
pub(crate) struct Module {
    pub(crate) name: &'static str,
    pub(crate) glue: String,
    pub(crate) wasm: Vec<u8>,
}

/// All our WebAssembly.
pub(crate) struct Modules {
    pub(crate) background: Module,
    pub(crate) pages: Module,
    pub(crate) content: Module,
    /// The WebAssembly of `content`, as it ships inside its script.
    pub(crate) content_deflated: Vec<u8>,
}

impl Modules {
    pub(crate) fn all(&self) -> [&Module; 3] {
        [&self.background, &self.pages, &self.content]
    }
}

/// Builds all modules.
pub(crate) fn build(workspace: &Workspace) -> Result<Modules> {
    compile(workspace)?;
    finish_all(workspace, "module")
}

/// Makes all modules again from the compiled code, in another folder and without cached files.
pub(crate) fn build_again(workspace: &Workspace) -> Result<Modules> {
    let place = "module-again";
    if workspace.target(place).exists() {
        fs::remove_dir_all(workspace.target(place))?;
    }
    finish_all(workspace, place)
}

/// `place`: a folder below Cargo's target folder.
fn finish_all(workspace: &Workspace, place: &str) -> Result<Modules> {
    thread::scope(|scope| {
        let [background, pages, content] = NAMES
            .map(|name| scope.spawn(move || finish(workspace, place, name)))
            .map(|one| one.join().unwrap_or_else(|_| bail!("finishing a module has crashed")));
        let content = content?;
        let content_deflated = deflate(workspace, &workspace.target(place).join("content").join(DEFLATED), &content.wasm)?;
        Ok(Modules { background: background?, pages: pages?, content, content_deflated })
    })
}

fn compile(workspace: &Workspace) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--quiet", "--locked", "--release", "--target", TARGET]);
    cargo.args(NAMES.iter().flat_map(|name| ["-p".to_owned(), format!("readmit-{name}")]));
    run(cargo.env("CARGO_ENCODED_RUSTFLAGS", remap_paths(workspace)?.join("\u{1f}")))
}

/// Panic messages contain the path of their source file. With these flags the path is the same wherever the build runs, which a
/// reproducible build needs, and it is shorter.
fn remap_paths(workspace: &Workspace) -> Result<Vec<String>> {
    let mut flags = vec![remap(&workspace.path(""), "")?];
    let home = env::var_os("CARGO_HOME").map(Into::into).or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    if let Ok(registries) = fs::read_dir(home.unwrap_or_default().join("registry/src")) {
        for registry in registries {
            flags.push(remap(&registry?.path(), "crates")?);
        }
    }
    let sysroot = output(workspace.command("rustc").args(["--print", "sysroot"]))?;
    flags.push(remap(&Path::new(sysroot.trim_end()).join("lib/rustlib/src/rust"), "rust")?);
    Ok(flags)
}

fn remap(from: &Path, to: &str) -> Result<String> {
    let from = from.to_str().context("a path is not UTF-8")?;
    Ok(format!("--remap-path-prefix={}={to}", from.trim_end_matches('/')))
}

fn finish(workspace: &Workspace, place: &str, name: &'static str) -> Result<Module> {
    let compiled = workspace.target(format!("{TARGET}/release/readmit_{name}.wasm"));
    let folder = workspace.target(place).join(name);
    let snippets = folder.join("snippets");
    if snippets.exists() {
        fs::remove_dir_all(&snippets)?;
    }
    let mut bindgen = Bindgen::new();
    bindgen.input_path(&compiled).out_name(name).typescript(false).remove_producers_section(true);
    // A module for script bundlers, which is told where its WebAssembly is.
    bindgen.web(true)?.omit_default_module_path(true);
    bindgen.generate(&folder).with_context(|| format!("cannot make the glue of {name}"))?;
    ensure!(!snippets.exists(), "{name}: a crate brings JavaScript of its own, which would have to be shipped");

    let wasm = optimise(workspace, &folder.join(format!("{name}_bg.wasm")))?;
    let glue = fs::read_to_string(folder.join(format!("{name}.js")))?;
    fs::write(folder.join(FINISHED), &wasm)?;
    Ok(Module { name, glue, wasm })
}

fn optimise(workspace: &Workspace, bound: &Path) -> Result<Vec<u8>> {
    let mut optimiser = workspace.npm_tool("wasm-opt")?;
    // The size after deflating is what counts. Rebuilding the control flow and then optimizing twice makes it 1 % smaller than
    // once. The end of the stack is below 1024, so none of our addresses begins there (1 %). A function with one caller is not
    // inlined (5 %): it resembles other functions as it is, and the browser, which compiles a function at its first call, is
    // spared the rest of the caller. The functions of one module are next to each other (1 %), because deflate has a 32 KB
    // window.
    optimiser
        .args([
            "--flatten",
            "--rereloop",
            "-Oz",
            "-Oz",
            "--low-memory-unused",
            "--one-caller-inline-max-function-size=12",
            "--reorder-functions-by-name",
            "--strip-debug",
            "--strip-producers",
        ])
        .args(FEATURES);
    let arguments = format!("{:?}", optimiser.get_args());
    let source = [fs::read(bound)?, fs::read(workspace.path("package-lock.json"))?, arguments.into_bytes()].concat();

    let kept = bound.with_extension("optimised");
    keep(&kept, &source, || run(optimiser.arg(bound).arg("-o").arg(&kept)))
}

fn deflate(workspace: &Workspace, kept: &Path, wasm: &[u8]) -> Result<Vec<u8>> {
    let source = [wasm, &fs::read(workspace.path("Cargo.lock"))?].concat();
    keep(kept, &source, || Ok(fs::write(kept, archive::deflated(wasm)?)?))
}

/// What `make` writes into the file `kept`. That takes seconds, so the result is stored next to its input and made again only
/// if the input has changed.
fn keep(kept: &Path, source: &[u8], make: impl FnOnce() -> Result<()>) -> Result<Vec<u8>> {
    let made_from = kept.with_extension("source");
    if !(kept.exists() && fs::read(&made_from).is_ok_and(|before| before == source)) {
        make()?;
        fs::write(made_from, source)?;
    }
    Ok(fs::read(kept)?)
}
