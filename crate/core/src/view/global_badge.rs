//! What the toolbar button shows on every page that has no mark of its own. The badge alone tells nothing important, because the
//! icon may not be pinned: the popup says the same in words, on any page.

use crate::base::text::{Text, keys};

/// What there is to remind of, wherever the user is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GlobalBadge {
    /// Is a site back, and has the user not seen so yet?
    pub is_back: bool,
    /// Are extensions off because of Readmit, without the user having chosen to leave them off?
    pub has_off: bool,
}

impl GlobalBadge {
    /// The text on the button: at most three characters, because a longer one is cut. An empty text removes it.
    pub fn text(self) -> &'static str {
        match self {
            Self { is_back: true, .. } => "✓",
            Self { has_off: true, .. } => "–",
            Self { .. } => "",
        }
    }

    /// The button's title.
    pub fn title(self) -> Text {
        if self.has_off { keys::action_title_off() } else { keys::action_title() }
    }

    /// The badge's color, as CSS writes it.
    pub fn color(self) -> &'static str {
        if self.is_back { "#1b6e3c" } else { "#5f6368" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_that_is_back_hides_the_reminder_only_on_the_badge() {
        let both = GlobalBadge { is_back: true, has_off: true };
        assert_eq!((both.text(), both.title().key.as_ref()), ("✓", "action_title_off"));
        let off = GlobalBadge { is_back: false, ..both };
        assert_eq!((off.text(), off.title().key.as_ref()), ("–", "action_title_off"));
        assert_eq!((GlobalBadge::default().text(), GlobalBadge::default().title().key.as_ref()), ("", "action_title"));
    }
}
