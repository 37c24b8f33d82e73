//! The size limits. This is the only place that names a limit; the build asserts them and the bench prints them.

use anyhow::{Result, bail};

use crate::workspace::Files;

/// A measured size and its limit, in bytes.
pub(crate) struct Size {
    pub(crate) what: &'static str,
    pub(crate) bytes: usize,
    pub(crate) limit: usize,
}

/// The sizes of one browser's extension, given as its files and as its `archive` without translations.
///
/// The content script is loaded and parsed on every page of the service, blocked or not. The archive is what every user
/// downloads. Translations are left out because they grow with the languages and not with the code.
pub(crate) fn measure(files: &Files, archive: usize) -> [Size; 2] {
    let content = files.get("content.js").map_or(0, Vec::len);
    [
        Size { what: "content.js", bytes: content, limit: 60_000 },
        Size { what: "archive, no translations", bytes: archive, limit: 600_000 },
    ]
}

pub(crate) fn is_translation(path: &str) -> bool {
    path.starts_with("_locales/")
}

/// A line for each size, with a word for those over their limit.
pub(crate) fn table(sizes: &[Size]) -> String {
    let head = format!("{:<26}{:>10}{:>10}\n", "size (KB)", "now", "limit");
    sizes.iter().fold(head, |table, size| {
        let Size { what, bytes, limit } = *size;
        let remark = if bytes > limit { "  OVER THE LIMIT" } else { "" };
        table + &format!("{what:<26}{:>10}{:>10}{remark}\n", kilobytes(bytes), kilobytes(limit))
    })
}

/// Fails if a size is over its limit.
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

    fn sizes(content: usize, archive: usize) -> [Size; 2] {
        measure(&Files::from([("content.js".to_owned(), vec![0; content])]), archive)
    }

    #[test]
    fn one_byte_over_a_limit_fails_and_names_the_file() {
        assert!(assert(&sizes(60_000, 600_000)).is_ok());
        let error = assert(&sizes(60_001, 600_000)).unwrap_err().to_string();
        assert!(error.starts_with("too big: content.js ("), "{error}");
        let error = assert(&sizes(60_000, 600_001)).unwrap_err().to_string();
        assert!(error.starts_with("too big: archive, no translations ("), "{error}");
    }

    #[test]
    fn the_table_marks_what_is_over_its_limit() {
        assert!(!table(&sizes(60_000, 0)).contains("OVER"));
        assert!(table(&sizes(60_001, 0)).contains("content.js                      60.0      60.0  OVER THE LIMIT\n"));
    }
}
