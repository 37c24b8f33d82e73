//! What the toolbar button says while a tab shows its present page. People who have not pinned it see neither, so nothing
//! important is said here alone.

use super::banner;
use crate::base::text::{Text, keys};
use crate::case::Case;

/// The letters on the button that always fit; browsers cut longer ones.
const MOST_LETTERS: usize = 3;

/// A tab's own badge and title.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TabBadge {
    /// At most three letters. Without any, the tab shows what all pages show.
    pub text: String,
    /// What is to be shown one after the other.
    pub title: Vec<Text>,
}

impl TabBadge {
    /// A mark for a blocked page. The title tells what happened, and the code.
    pub(crate) fn of_blocked(case: &Case) -> Self {
        Self { text: "!".to_owned(), title: vec![banner::headline_of_case(case), banner::label(&case.verdict)] }
    }

    /// How far a search is: at this test, of about so many.
    pub(crate) fn of_search(done: u32, of: u32) -> Self {
        let both = format!("{done}/{of}");
        let text = if both.len() > MOST_LETTERS { done.to_string() } else { both };
        Self { text, title: vec![keys::headline_searching()] }
    }

    /// A result that no popup has shown yet.
    pub(crate) fn of_result(case: &Case) -> Self {
        Self { text: "✓".to_owned(), title: vec![keys::headline_open(case.host.name())] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_progress_of_a_long_search_still_fits() {
        assert_eq!(TabBadge::of_search(3, 6).text, "3/6");
        assert_eq!(TabBadge::of_search(3, 12).text, "3");
        assert_eq!(TabBadge::of_search(120, 121).text, "120");
    }
}
