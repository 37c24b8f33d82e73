//! Finds files and runs other programs. It knows paths and processes, and nothing about what is built.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};

/// Files by their path from the root of a folder or an archive, with `/` between the parts, in a stable order.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// The checkout that the automation works on.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        // Cargo sets this for `cargo run` and `cargo test`. A compiled-in path would be wrong after the checkout was moved.
        let package = env::var_os("CARGO_MANIFEST_DIR").context("run this as `cargo xtask`")?;
        let root = Path::new(&package).join("../..").canonicalize()?;
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |target| root.join(target));
        Ok(Self { root, target })
    }

    /// A path from the repository's root.
    pub(crate) fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.root.join(path)
    }

    /// A path in Cargo's target folder, for everything that can be built again.
    pub(crate) fn target(&self, path: impl AsRef<Path>) -> PathBuf {
        self.target.join(path)
    }

    pub(crate) fn read(&self, path: impl AsRef<Path>) -> Result<String> {
        let path = self.path(path);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    /// The same Cargo that runs us.
    pub(crate) fn cargo(&self) -> Command {
        self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// A program, run from the repository's root.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        // `cargo run` describes *us* in these variables. A build script that watches one of them would run again for nothing.
        for (name, _) in env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
                command.env_remove(name);
            }
        }
        command
    }

    /// A tool that npm installed, at the version that package.json pins. Never one of the same name from elsewhere: Debian's
    /// `wasm-opt` exits 0 and produces a module that fails at start.
    pub(crate) fn npm_tool(&self, name: &str) -> Result<Command> {
        let tool = self.path("node_modules/.bin").join(name);
        ensure!(tool.exists(), "{name} is not installed: run scripts/setup");
        Ok(self.command(tool))
    }

    /// The files that make up the sources, sorted: what git tracks or would track. Outside a checkout (when someone rebuilds
    /// from the source archive), everything except what a build makes.
    pub(crate) fn sources(&self) -> Result<Vec<String>> {
        let mut files = if self.path(".git").exists() {
            let mut git = self.command("git");
            let list = output(git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
            let files = list.split('\0').filter(|path| self.path(path).is_file());
            files.map(str::to_owned).collect()
        } else {
            let made = ["target", "dist", "node_modules"];
            list_files(&self.root, &|folder| !made.contains(&folder))?
        };
        files.sort_unstable();
        files.dedup();
        Ok(files)
    }
}

/// Does a file's name end in one of these extensions, the part after the last dot?
pub(crate) fn has_extension(path: &str, extensions: &[&str]) -> bool {
    Path::new(path).extension().and_then(OsStr::to_str).is_some_and(|extension| extensions.contains(&extension))
}

/// All files below a folder, with their contents, by their path in it.
pub(crate) fn read_folder(folder: &Path) -> Result<Files> {
    let paths = list_files(folder, &|_| true)?;
    paths.into_iter().map(|path| fs::read(folder.join(&path)).map(|bytes| (path, bytes)).map_err(Into::into)).collect()
}

/// The paths of all files below a folder. `enter` decides whether to enter a folder, by its path.
fn list_files(root: &Path, enter: &dyn Fn(&str) -> bool) -> Result<Vec<String>> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let path = entry?.path();
            let name = path.strip_prefix(root)?.to_str().context("a file's name is not UTF-8")?.replace('\\', "/");
            if path.is_file() {
                files.push(name);
            } else if path.is_dir() && enter(&name) {
                folders.push(path);
            }
        }
    }
    Ok(files)
}

/// Runs a program whose output belongs on the terminal. Its failure is ours.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    ensure!(status.success(), "`{}` failed ({status})", name(command));
    Ok(())
}

/// Runs a program for its standard output. Its standard error is shown only if it fails.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        bail!("`{}` failed ({})\n{}", name(command), output.status, String::from_utf8_lossy(&output.stderr).trim_end());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start `{}`: run scripts/setup", name(command))
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let args = command.get_args().take(2).map(OsStr::to_string_lossy);
    std::iter::once(program.to_string_lossy()).chain(args).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_program_is_named_with_what_it_said() {
        let error = output(Command::new("sh").args(["-c", "echo no such thing >&2; exit 3"])).unwrap_err().to_string();
        assert!(error.contains("`sh -c echo no such thing >&2; exit 3` failed (exit status: 3)\nno such thing"), "{error}");
    }

    #[test]
    fn the_sources_contain_the_manifest_and_no_build_output() {
        let sources = Workspace::find().unwrap().sources().unwrap();
        assert!(sources.is_sorted());
        assert!(sources.iter().any(|path| path == "manifest.json"));
        assert!(!sources.iter().any(|path| path.starts_with("target/") || path.starts_with("dist/")));
    }
}
