//! Archives that are byte for byte the same if their files are: sorted, with one fixed time and fixed permissions. Also
//! deflates single files.

use std::io::{Cursor, Write as _};

use anyhow::Result;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};
use zopfli::{Format, Options};

/// How a module begins.
const WASM: &[u8] = b"\0asm";
/// The highest level of zlib.
const ZLIB: i64 = 9;
/// Two rounds of Zopfli, which make the modules 4 % smaller. More rounds take longer and win almost nothing.
const ZOPFLI: i64 = 11;

/// One file of an archive.
pub(crate) struct Entry<'a> {
    pub(crate) path: &'a str,
    pub(crate) bytes: &'a [u8],
    pub(crate) executable: bool,
}

/// Packs the entries, in the order of their paths.
pub(crate) fn pack<'a>(entries: impl IntoIterator<Item = Entry<'a>>) -> Result<Vec<u8>> {
    let mut entries: Vec<_> = entries.into_iter().collect();
    entries.sort_unstable_by_key(|entry| entry.path);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for Entry { path, bytes, executable } in entries {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(if bytes.starts_with(WASM) { ZOPFLI } else { ZLIB }))
            .last_modified_time(DateTime::default())
            .unix_permissions(if executable { 0o755 } else { 0o644 });
        archive.start_file(path, options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// How long the archive would be with only some of its files, given their paths.
pub(crate) fn length_of_part(archive: &[u8], wanted: impl Fn(&str) -> bool) -> Result<usize> {
    let mut whole = ZipArchive::new(Cursor::new(archive))?;
    let mut part = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..whole.len() {
        let file = whole.by_index_raw(index)?;
        if wanted(&file.name()?) {
            part.raw_copy_file(file)?;
        }
    }
    Ok(part.finish()?.into_inner().len())
}

/// The bytes without any header, as browsers inflate them: `deflate-raw`. The result is as small as possible, which takes
/// seconds.
pub(crate) fn deflated(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packed = Vec::new();
    zopfli::compress(Options::default(), Format::Deflate, bytes, &mut packed)?;
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &'static str, executable: bool) -> Entry<'static> {
        Entry { path, bytes: path.as_bytes(), executable }
    }

    #[test]
    fn the_order_of_the_files_makes_no_difference() {
        let one = pack([entry("a", false), entry("b/c", true)]).unwrap();
        let other = pack([entry("b/c", true), entry("a", false)]).unwrap();
        assert_eq!(one, other);
    }

    #[test]
    fn a_part_is_as_long_as_if_it_were_packed_alone() {
        let part = pack([entry("a", false)]).unwrap().len();
        let whole = pack([entry("a", false), entry("b/c", true)]).unwrap();
        assert_eq!(length_of_part(&whole, |path| path == "a").unwrap(), part);
    }

    #[test]
    fn packed_files_can_be_read_back() {
        let packed = pack([entry("scripts/build", true), entry("a", false)]).unwrap();
        let mut archive = ZipArchive::new(Cursor::new(packed)).unwrap();
        let mut read = Vec::new();
        for index in 0..archive.len() {
            let file = archive.by_index(index).unwrap();
            let (path, mode) = (file.name().unwrap().into_owned(), file.unix_mode().unwrap() & 0o777);
            read.push((path, mode, std::io::read_to_string(file).unwrap()));
        }
        let expected = [("a".into(), 0o644, "a".into()), ("scripts/build".into(), 0o755, "scripts/build".into())];
        assert_eq!(read, expected);
    }
}
