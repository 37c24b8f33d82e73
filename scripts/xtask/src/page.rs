//! The popup's page as it ships, with its style inlined: a second file would have to be loaded before the first frame is drawn.
//! The policy of our pages has to name that style by its hash.

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// What the build replaces in the source.
const LINK: &str = "<link rel=\"stylesheet\" href=\"popup.css\">";

/// A page with its style inlined.
pub(crate) struct Styled {
    pub(crate) page: String,
    /// What the policy has to allow besides `'self'`.
    pub(crate) source: String,
}

pub(crate) fn styled(page: &str, style: &str) -> Result<Styled> {
    let (before, behind) = page.split_once(LINK).with_context(|| format!("the popup has no {LINK}"))?;
    let source = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(style)));
    Ok(Styled { page: format!("{before}<style>{style}</style>{behind}"), source })
}

/// A page without comments and indentation. Where a line ends there is still white space.
pub(crate) fn unindented(page: &str) -> String {
    let text = without_comments(page, "<!--", "-->");
    text.lines().map(str::trim).filter(|line| !line.is_empty()).flat_map(|line| [line, "\n"]).collect()
}

fn without_comments(text: &str, begin: &str, end: &str) -> String {
    let mut parts = text.split(begin);
    let first = parts.next().unwrap_or_default();
    [first].into_iter().chain(parts.filter_map(|part| Some(part.split_once(end)?.1))).collect()
}

/// A style sheet without comments and most white space, because it is parsed again at each opening.
pub(crate) fn lean(style: &str) -> String {
    let text = without_comments(style, "/*", "*/");
    let mut lean = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !lean.is_empty() && !lean.ends_with(['{', '}', ';', ',']) {
            lean.push(' ');
        }
        lean.push_str(line);
    }
    lean.replace(": ", ":").replace(" {", "{").replace(";}", "}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_is_inlined_and_its_hash_is_returned() {
        let Styled { page, source } = styled(&format!("<head>\n  {LINK}\n</head>"), "p {color: red;}").unwrap();
        assert_eq!(page, "<head>\n  <style>p {color: red;}</style>\n</head>");
        assert_eq!(source, "'sha256-uvTwV6AJQWvC9vk7SIbJ2haHRxtI4aKQdJzeLS3sLlo='");
        assert!(styled("<head></head>", "").is_err());
    }

    #[test]
    fn a_page_keeps_its_text_and_loses_comments_and_indentation() {
        let page = "<main>\n  <!-- two\n  lines -->\n\n  <p>a</p> <!-- x --> <b>c</b>\n</main>\n";
        assert_eq!(unindented(page), "<main>\n<p>a</p>  <b>c</b>\n</main>\n");
    }

    #[test]
    fn shortening_keeps_the_rules_of_a_style() {
        let style =
            "/* a\n b */\na,\nb {\n  margin: 1px /* c */ 2px;\n  grid-area:\n    1 / 2;\n}\n\n@media (x) {\n  c { d: e }\n}\n";
        assert_eq!(lean(style), "a,b{margin:1px  2px;grid-area:1 / 2}@media (x){c{ d:e }}");
    }
}
