//! The text that is kept of a page while it is scanned.

/// Text copied from a page, up to a limit: a block page has little text, and an ordinary page must not be copied whole.
#[derive(Default)]
pub(super) struct Excerpt(String);

impl Excerpt {
    const LIMIT: usize = 4096;

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Appends the words of `text`. Decodes the entities that matter.
    pub(super) fn push(&mut self, text: &str) {
        for word in text.split_ascii_whitespace() {
            if self.0.len() + word.len() >= Self::LIMIT {
                return;
            }
            if !self.0.is_empty() && !self.0.ends_with('\n') {
                self.0.push(' ');
            }
            self.push_word(word);
        }
    }

    /// Does the same, but keeps the line breaks.
    pub(super) fn push_lines(&mut self, text: &str) {
        for line in text.split('\n') {
            self.push(line);
            if self.0.len() < Self::LIMIT {
                self.0.push('\n');
            }
        }
    }

    fn push_word(&mut self, word: &str) {
        let mut rest = word;
        while let Some((before, behind)) = rest.split_once('&') {
            self.0.push_str(before);
            // No relevant entity is longer. The limit also keeps a text full of ampersands fast.
            let length = behind.bytes().take(7).position(|byte| byte == b';');
            let entity = length.and_then(|length| Some((decoded(behind.get(..length)?)?, behind.get(length + 1..)?)));
            let (character, behind) = entity.unwrap_or(('&', behind));
            self.0.push(character);
            rest = behind;
        }
        self.0.push_str(rest);
    }
}

fn decoded(entity: &str) -> Option<char> {
    Some(match entity {
        "amp" | "#38" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" | "#34" => '"',
        "apos" | "#39" => '\'',
        "nbsp" => ' ',
        "bull" => '•',
        _ => return None,
    })
}
