//! The background's end of one connection: which views to post, and under which number.

use super::ToPage;

/// The views that are sent over one connection.
#[derive(Clone, Debug)]
pub struct ViewFeed<V> {
    /// The number of the last view that the page has seen, from this worker or an earlier one.
    number: u64,
    /// The last view that was posted.
    posted: Option<V>,
}

impl<V: Clone + PartialEq> ViewFeed<V> {
    /// A page has connected and has seen view `heard` (0: none).
    pub fn new(heard: u64) -> Self {
        Self { number: heard, posted: None }
    }

    /// Does the page already show a view, although nothing was posted over this connection? Then an incomplete view would only
    /// remove what the page shows.
    pub fn resumes(&self) -> bool {
        self.number > 0 && self.posted.is_none()
    }

    /// The answer to a page that asks and has seen view `heard`: the last view again if it was lost.
    pub fn answer(&mut self, view: V, heard: u64) -> ToPage<V> {
        if heard < self.number {
            self.posted = None;
        }
        self.view(view).unwrap_or(ToPage::Here)
    }

    /// The message for this view; `None` if the page already has it.
    pub fn view(&mut self, view: V) -> Option<ToPage<V>> {
        if self.posted.as_ref() == Some(&view) {
            return None;
        }
        self.number = self.number.saturating_add(1);
        self.posted = Some(view.clone());
        Some(ToPage::View { number: self.number, view: Box::new(view) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_from_what_the_page_has_seen() {
        let mut feed = ViewFeed::new(41);
        assert_eq!(feed.view("a"), Some(ToPage::View { number: 42, view: Box::new("a") }));
        assert_eq!(feed.view("b"), Some(ToPage::View { number: 43, view: Box::new("b") }));
    }

    #[test]
    fn the_same_view_is_not_posted_twice_in_a_row() {
        let mut feed = ViewFeed::new(0);
        assert!(feed.view("a").is_some());
        assert_eq!(feed.view("a"), None);
        assert!(feed.view("b").is_some());
        assert!(feed.view("a").is_some());
    }

    #[test]
    fn a_page_that_asks_receives_a_missed_view_again() {
        let mut feed = ViewFeed::new(0);
        feed.view("a");
        assert_eq!(feed.answer("a", 1), ToPage::Here);
        assert_eq!(feed.answer("a", 0), ToPage::View { number: 2, view: Box::new("a") });
        assert_eq!(feed.answer("b", 2), ToPage::View { number: 3, view: Box::new("b") });
    }

    #[test]
    fn only_a_page_that_shows_something_resumes() {
        assert!(!ViewFeed::<u8>::new(0).resumes());
        let mut feed = ViewFeed::new(3);
        assert!(feed.resumes());
        feed.view(1);
        assert!(!feed.resumes());
    }
}
