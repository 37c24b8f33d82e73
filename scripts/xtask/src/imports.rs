//! Shortens the names by which a module asks its glue for functions. wasm-bindgen makes them unique with a hash, forty letters
//! each, and everybody would download them twice: in the module and in the glue. Nothing else of either is touched.

use anyhow::{Context, Result, ensure};

use crate::binary::{IMPORTS, Reader, with_sections, write_number};

/// The module and its glue, both with short names.
pub(crate) fn shorten(wasm: &[u8], glue: &str) -> Result<(Vec<u8>, String)> {
    let mut glue = glue.to_owned();
    let short = with_sections(wasm, |kind, section| {
        if kind != IMPORTS {
            return Ok(None);
        }
        let renamed = rename(section, &mut glue)?;
        ensure!(section.is_at_end(), "the list of imports is not what it should be");
        Ok(Some(renamed))
    })?;
    Ok((short, glue))
}

fn rename(reader: &mut Reader<'_>, glue: &mut String) -> Result<Vec<u8>> {
    let count = reader.number()?;
    let mut section = Vec::new();
    write_number(count, &mut section);
    for place in 0..count {
        let module = reader.name()?;
        let name = reader.name()?;
        let from = reader.at;
        // 0: a function, which has a type; nothing else is ever asked for.
        ensure!(reader.byte()? == 0, "{name} is no function");
        reader.number()?;
        let function = reader.bytes.get(from..reader.at).context("a function without a type")?.to_vec();
        let short = format!("i{place}");
        let (known, new) = (format!("{name}: "), format!("{short}: "));
        ensure!(glue.matches(&known).count() == 1, "the glue does not offer {name} once");
        *glue = glue.replace(&known, &new);
        for text in [module, &short] {
            write_number(text.len(), &mut section);
            section.extend(text.as_bytes());
        }
        section.extend(function);
    }
    Ok(section)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module that asks for one function of this name and has one more section.
    fn module(name: &str) -> Vec<u8> {
        let mut section = vec![1, 1, b'm'];
        section.push(u8::try_from(name.len()).unwrap());
        section.extend(name.bytes());
        section.extend([0, 5]);
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        module.extend([IMPORTS, u8::try_from(section.len()).unwrap()]);
        module.extend(section);
        module.extend([7, 2, 1, 2]);
        module
    }

    #[test]
    fn a_name_is_short_in_both_afterwards() {
        let glue = "const import0 = {\n__wbg_a_0123456789abcdef: function() { __wbg_a_0123456789abcdefg(); },\n};\n";
        let (wasm, glue) = shorten(&module("__wbg_a_0123456789abcdef"), glue).unwrap();
        assert_eq!(wasm, module("i0"));
        assert_eq!(glue, "const import0 = {\ni0: function() { __wbg_a_0123456789abcdefg(); },\n};\n");
    }

    #[test]
    fn glue_that_does_not_offer_what_the_module_asks_for_is_an_error() {
        assert!(shorten(&module("a"), "b: function() {}").is_err());
        assert!(shorten(&module("a"), "a: 1, a: 2").is_err());
        assert!(shorten(&module("a")[..12], "a: 1").is_err());
    }
}
