//! A part of the popup that folds. Whether it is unfolded is the user's choice until it matters more, or less, than before.

use web_sys::Element;

use crate::dom;

pub(super) struct Details {
    pub(super) root: Element,
    /// Was it to be unfolded when it was last shown?
    unfolds: bool,
}

impl Details {
    /// `root` is a `details` element.
    pub(super) fn new(root: Element) -> Self {
        Self { unfolds: root.has_attribute("open"), root }
    }

    /// Folds or unfolds it if `unfolds` is another than the last time.
    pub(super) fn show(&mut self, unfolds: bool) {
        if self.unfolds != unfolds {
            dom::set_flag(&self.root, "open", unfolds);
            self.unfolds = unfolds;
        }
    }
}
