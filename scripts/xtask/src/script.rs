//! Puts our scripts together: each of them that starts a module is one classic script. What `extension/{content,page,background}.js`
//! find around them, besides small files of ours:
//!
//! - `loadGlue()`: runs the glue and returns its `wasm_bindgen` object. Until it is called nothing of the glue has run.
//!
//! and, except for the background, whose module would be half as long again:
//!
//! - `WASM_PACKED`: the module, deflated and in base64. The content script has no choice, for a page can load no second file of
//!   ours (nothing is web-accessible); our own pages start sooner.
//!
//! and, in the content script alone:
//!
//! - `STYLE`: the banner's style sheet, which no page may load by itself.
//!
//! Nothing of it is visible outside the script.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::wasm::{GLOBAL, Module};

/// A script without the lines that are comments. They are for whoever reads the sources; browsers read scripts again and again.
pub(crate) fn without_comments(script: &str) -> String {
    let mut inside = false;
    let is_code = |line: &&str| {
        let line = line.trim();
        let begins = line.starts_with("/*");
        let is_comment = inside || begins || line.starts_with("//");
        inside = (inside || begins) && !line.ends_with("*/");
        !is_comment
    };
    script.lines().filter(is_code).fold(String::new(), |text, line| text + line + "\n")
}

/// The finished script around the given loader.
pub(crate) fn assemble(module: &Module, loader: &str) -> String {
    let (glue, loader) = (module.glue.trim_end(), loader.trim_end());
    format!("(() => {{\n\"use strict\";\nconst loadGlue = () => {{\n{glue}\nreturn {GLOBAL};\n}};\n{loader}\n}})();\n")
}

/// The same, which holds its WebAssembly.
pub(crate) fn assemble_whole(module: &Module, loader: &str) -> String {
    let wasm = STANDARD.encode(&module.deflated);
    assemble(module, &format!("const WASM_PACKED = \"{wasm}\";\n{loader}"))
}

/// The finished content script, with the banner's style.
pub(crate) fn assemble_content(module: &Module, style: &str, loader: &str) -> String {
    // A JSON string is a JavaScript string.
    let style = serde_json::Value::from(style.trim_end());
    assemble_whole(module, &format!("const STYLE = {style};\n{loader}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module() -> Module {
        let (wasm, deflated) = (b"\0asm".to_vec(), b"packed".to_vec());
        Module { name: "content", glue: "let wasm_bindgen = 1;\n".into(), wasm, deflated }
    }

    const START: &str = "(() => {\n\"use strict\";\nconst loadGlue = () => {\nlet wasm_bindgen = 1;\nreturn wasm_bindgen;\n};\n";

    #[test]
    fn comments_go_and_code_stays() {
        let script = "// a\nlet a = 1; // b\n\n/**\n * c\n */\n/* d */\n  // e\n  let b = a / 2;\n";
        assert_eq!(without_comments(script), "let a = 1; // b\n\n  let b = a / 2;\n");
    }

    #[test]
    fn the_glue_waits_to_be_called_and_the_loader_comes_last() {
        assert_eq!(assemble(&module(), "loadGlue();\n"), [START, "loadGlue();\n})();\n"].concat());
    }

    #[test]
    fn the_content_script_holds_its_module_and_its_style() {
        let rest = "const WASM_PACKED = \"cGFja2Vk\";\nconst STYLE = \"a\\nb {}\";\nloadGlue();\n})();\n";
        assert_eq!(assemble_content(&module(), "a\nb {}\n", "loadGlue();\n"), [START, rest].concat());
    }
}
