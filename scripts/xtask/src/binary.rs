//! The few parts of WebAssembly's binary format that the build looks at: sections, numbers and names.

use anyhow::{Context, Result, ensure};

/// A module's first eight bytes: `\0asm` and the format's version.
const HEADER: usize = 8;

/// The section that lists what a module asks for.
pub(crate) const IMPORTS: u8 = 2;
/// The section with the functions' bodies.
pub(crate) const CODE: u8 = 10;
/// A section with a name of its own.
pub(crate) const CUSTOM: u8 = 0;

/// What is yet to be read of a module, or of a part of one.
pub(crate) struct Reader<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn is_at_end(&self) -> bool {
        self.at == self.bytes.len()
    }

    pub(crate) fn byte(&mut self) -> Result<u8> {
        let byte = *self.bytes.get(self.at).context("the module is cut short")?;
        self.at += 1;
        Ok(byte)
    }

    /// Seven bits a byte, the lowest first; the highest bit says that there are more.
    pub(crate) fn number(&mut self) -> Result<usize> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            ensure!(shift < 35, "a number is too long");
            number |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                return Ok(number);
            }
        }
    }

    pub(crate) fn name(&mut self) -> Result<&'a str> {
        let length = self.number()?;
        Ok(std::str::from_utf8(self.cut(length)?)?)
    }

    pub(crate) fn cut(&mut self, length: usize) -> Result<&'a [u8]> {
        let cut = self.bytes.get(self.at..self.at + length).context("the module is cut short")?;
        self.at += length;
        Ok(cut)
    }
}

/// The module with some sections made anew: `remake` is given each section's kind and what is in it.
pub(crate) fn with_sections(
    wasm: &[u8],
    mut remake: impl FnMut(u8, &mut Reader<'_>) -> Result<Option<Vec<u8>>>,
) -> Result<Vec<u8>> {
    let mut reader = Reader { bytes: wasm, at: HEADER };
    let mut module = wasm.get(..HEADER).context("this is no module")?.to_vec();
    while reader.at < wasm.len() {
        let from = reader.at;
        let kind = reader.byte()?;
        let length = reader.number()?;
        let end = reader.at + length;
        let bytes = wasm.get(reader.at..end).context("a section is cut short")?;
        let mut section = Reader { bytes, at: 0 };
        if let Some(section) = remake(kind, &mut section)? {
            module.push(kind);
            write_number(section.len(), &mut module);
            module.extend(section);
        } else {
            module.extend(wasm.get(from..end).context("a section is cut short")?);
        }
        reader.at = end;
    }
    Ok(module)
}

pub(crate) fn write_number(mut number: usize, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).unwrap_or_default() | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_length_come_back() {
        for number in [0, 127, 128, 300_000] {
            let mut bytes = Vec::new();
            write_number(number, &mut bytes);
            assert_eq!(Reader { bytes: &bytes, at: 0 }.number().unwrap(), number);
        }
    }
}
