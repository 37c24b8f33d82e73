//! An error message from the browser, cleaned and shortened for display.

use serde::{Deserialize, Serialize};

/// The browser's message when an API call failed. It is shown next to Readmit's own sentence, never instead of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Failure(String);

/// In characters. Longer messages are cut.
const LONGEST: usize = 160;

impl Failure {
    /// Keeps only printable characters, in one line of at most 160.
    pub fn new(message: &str) -> Self {
        let printable = |c: char| {
            !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        let line: String = message.chars().filter(|&c| printable(c)).collect();
        let mut words = line.trim();
        while let Some(rest) = words.strip_prefix("Error: ") {
            words = rest.trim_start();
        }
        let mut short: String = words.chars().take(LONGEST).collect();
        short.truncate(short.trim_end().len());
        Self(short)
    }

    /// The message.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::new(&message)
    }
}

impl From<Failure> for String {
    fn from(failure: Failure) -> Self {
        failure.0
    }
}

#[cfg(test)]
mod tests {
    use super::Failure;

    #[test]
    fn a_message_becomes_one_short_printable_line() {
        assert_eq!(Failure::new("Error: cannot be modified by user.\n\u{202e}x").as_str(), "cannot be modified by user.x");
        assert_eq!(Failure::new(&"a".repeat(1_000_000)).as_str().len(), 160);
    }

    /// A stored message is cleaned again when it is read. This must not change it.
    #[test]
    fn cleaning_twice_gives_the_same_text() {
        for words in ["\u{1} a \u{2}", "Error: \u{0} Error: b", "Error:  Error: c", &["d".repeat(159), " e".into()].concat()] {
            let once = Failure::new(words);
            assert_eq!(Failure::new(once.as_str()), once, "{words:?}");
        }
    }
}
