//! wasm-bindgen's test runner, at the version that the workspace's lock file has, without an installation of its own.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
