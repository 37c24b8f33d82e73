//! Finding the extension that has a page blocked, by switching and reloading: automatically, or by the person's own switches where
//! the browser lets no extension switch another. What to try and what it means is decided in [`bisect`](crate::extensions::bisect).

pub(crate) mod manual;
pub(crate) mod manual_view;
pub(crate) mod update;
pub(crate) mod view;
