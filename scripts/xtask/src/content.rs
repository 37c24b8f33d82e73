//! Assembles the content script: one classic script that holds its WebAssembly, for a page can load no second file of
//! ours (nothing is web-accessible).
//!
//! What `extension/content.js` finds around it, besides `extension/burst.js`, which is its own and tested by itself:
//!
//! - `loadGlue()`: runs the glue and returns its `wasm_bindgen` object. Until it is called nothing of the glue has run.
//! - `WASM_PACKED`: the module, deflated and in base64: half the length, on every page of the service.
//! - `BANNER_CSS`: `extension/banner.css`, which no page may load by itself.
//!
//! Nothing of it is visible outside the script.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::wasm::{GLOBAL, Module};

/// The finished script around the given loader, with the banner's style.
pub(crate) fn assemble(module: &Module, style: &str, loader: &str) -> String {
    // A JSON string is a JavaScript string.
    let style = serde_json::Value::from(style.trim_end());
    let wasm = STANDARD.encode(&module.deflated);
    let glue = module.glue.trim_end();
    let loader = loader.trim_end();
    format!(
        "(() => {{\n\"use strict\";\nconst loadGlue = () => {{\n{glue}\nreturn {GLOBAL};\n}};\n\
         const WASM_PACKED = \"{wasm}\";\nconst BANNER_CSS = {style};\n{loader}\n}})();\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_glue_waits_to_be_called_and_the_loader_comes_last() {
        let (wasm, deflated) = (b"\0asm".to_vec(), b"packed".to_vec());
        let module = Module { name: "content", glue: "let wasm_bindgen = 1;\n".into(), wasm, deflated };
        let expected = "(() => {\n\"use strict\";\nconst loadGlue = () => {\nlet wasm_bindgen = 1;\nreturn wasm_bindgen;\n};\n\
                        const WASM_PACKED = \"cGFja2Vk\";\nconst BANNER_CSS = \"a\\nb {}\";\nloadGlue();\n})();\n";
        assert_eq!(assemble(&module, "a\nb {}\n", "loadGlue();\n"), expected);
    }
}
