//! What may be how big. The only place that names a budget; the build asserts them and the bench prints them.

use anyhow::{Result, bail};

use crate::workspace::Files;

/// One measured size beside what it may be at most and what we aim for, in bytes.
pub(crate) struct Size {
    pub(crate) what: &'static str,
    pub(crate) bytes: usize,
    pub(crate) aim: usize,
    pub(crate) limit: usize,
}

/// The sizes of one browser's unpacked extension, beside those of all its `modules` of WebAssembly as they are shipped, and of
/// its `archive` without translations.
///
/// The content script is read and parsed on every page of the service, refused or not. The archive is what everyone
/// downloads. Translations are left out, and icons where they count: they grow with the languages and not with the code.
pub(crate) fn measure(files: &Files, modules: usize, archive: usize) -> [Size; 4] {
    let content = files.get("content.js").map_or(0, Vec::len);
    let counted = files.iter().filter(|(path, _)| !path.starts_with("icons/") && !is_translation(path));
    let everything = counted.map(|(_, bytes)| bytes.len()).sum();
    [
        Size { what: "content.js", bytes: content, aim: 80_000, limit: 90_000 },
        Size { what: "all WebAssembly", bytes: modules, aim: 250_000, limit: 250_000 },
        Size { what: "everything unpacked", bytes: everything, aim: 300_000, limit: 360_000 },
        Size { what: "archive", bytes: archive, aim: 200_000, limit: 300_000 },
    ]
}

pub(crate) fn is_translation(path: &str) -> bool {
    path.starts_with("_locales/")
}

/// A line for each size, with a word for those over their aim or their limit.
pub(crate) fn table(sizes: &[Size]) -> String {
    let head = format!("{:<24}{:>10}{:>10}{:>10}\n", "size (KB)", "now", "aim", "limit");
    sizes.iter().fold(head, |table, size| {
        let Size { what, bytes, aim, limit } = *size;
        let remark = match bytes {
            _ if bytes > limit => "  OVER THE LIMIT",
            _ if bytes > aim => "  above the aim",
            _ => "",
        };
        table + &format!("{what:<24}{:>10}{:>10}{:>10}{remark}\n", kilobytes(bytes), kilobytes(aim), kilobytes(limit))
    })
}

/// Fails when one is over its limit.
pub(crate) fn assert(sizes: &[Size]) -> Result<()> {
    let over: Vec<_> = sizes.iter().filter(|size| size.bytes > size.limit).map(|size| size.what).collect();
    if !over.is_empty() {
        bail!("too big: {} (the limits are in scripts/xtask/src/size.rs)", over.join(", "));
    }
    Ok(())
}

/// Thousands of bytes with one decimal, as the stores count.
fn kilobytes(bytes: usize) -> String {
    format!("{}.{}", bytes / 1000, bytes % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(content: usize, icons: usize) -> [Size; 4] {
        let files = [("content.js", content), ("icons/128.png", icons), ("_locales/en/messages.json", icons)];
        measure(&files.into_iter().map(|(path, bytes)| (path.to_owned(), vec![0; bytes])).collect(), 0, 0)
    }

    #[test]
    fn icons_and_translations_do_not_count() {
        assert!(assert(&sizes(1000, 1_000_000)).is_ok());
    }

    #[test]
    fn one_byte_over_the_limit_fails_and_names_the_file() {
        assert!(assert(&sizes(90_000, 0)).is_ok());
        let error = assert(&sizes(90_001, 0)).unwrap_err().to_string();
        assert!(error.starts_with("too big: content.js ("), "{error}");
    }

    #[test]
    fn the_table_warns_above_the_aim() {
        assert!(table(&sizes(80_000, 0)).lines().all(|line| !line.contains("above")));
        assert!(table(&sizes(80_001, 0)).contains("content.js                    80.0      80.0      90.0  above the aim\n"));
    }
}
