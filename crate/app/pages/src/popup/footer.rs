//! The footer, which stays in sight: how the clearing goes, what was just said, and the way to put everything back.

use readmit_core::base::id::Time;
use readmit_core::base::text::keys;
use readmit_core::view::{Notice, Tone, View};
use web_sys::Element;

use super::text::Words;
use super::time;
use crate::dom::{self, Missing};
use crate::guard::ABOUT;

/// How long something said stays, in milliseconds.
const LASTING: u64 = 6000;

pub(super) struct Footer {
    notice: Element,
    notice_text: Element,
    undo: Element,
    undo_left: Element,
    put_back: Element,
    put_back_button: Element,
    put_back_count: Element,
    put_back_names: Element,
    keep_all_off: Element,
    toast: Element,
    toast_since: Option<Time>,
}

impl Footer {
    pub(super) fn find(root: &Element) -> Result<Self, Missing> {
        Ok(Self {
            notice: dom::part(root, "#notice")?,
            notice_text: dom::part(root, "#notice-text")?,
            undo: dom::part(root, "#undo")?,
            undo_left: dom::part(root, "#undo-left")?,
            put_back: dom::part(root, "#put-back")?,
            put_back_button: dom::part(root, "[data-do=put-back]")?,
            put_back_count: dom::part(root, "#put-back-count")?,
            put_back_names: dom::part(root, "#put-back-names")?,
            keep_all_off: dom::part(root, "[data-do=keep-all-off]")?,
            toast: dom::part(root, "#toast")?,
            toast_since: None,
        })
    }

    pub(super) fn show(&self, view: &View, words: &Words, now: Time) {
        dom::show(&self.notice, view.notice.is_some());
        if let Some(notice) = &view.notice {
            dom::set_text(&self.notice_text, &notice_text(notice, words));
            dom::set_attribute(&self.notice, "data-tone", tone_name(notice.tone));
            dom::set_flag(&self.notice, "data-running", notice.running);
        }
        self.tick_undo(view, now);
        dom::show(&self.put_back, view.put_back > 0);
        if view.put_back > 0 {
            dom::set_text(&self.put_back_count, &words.of(&keys::put_back(view.put_back)));
            dom::set_text(&self.put_back_names, &words.list(view.off.iter().map(|extension| extension.name.as_str())));
            let ids: Vec<&str> = view.off.iter().map(|extension| extension.id.as_str()).collect();
            for button in [&self.put_back_button, &self.keep_all_off] {
                dom::set_attribute(button, ABOUT, &ids.join(" "));
            }
            // A cause that was found has the same button of its own.
            dom::show(&self.keep_all_off, view.culprits.is_empty());
        }
    }

    /// Time goes on.
    pub(super) fn tick(&mut self, view: Option<&View>, now: Time) {
        if let Some(view) = view {
            self.tick_undo(view, now);
        }
        if self.toast_since.is_some_and(|since| now.0 >= since.0 + LASTING) {
            self.wait_until_at_least();
        }
    }

    fn tick_undo(&self, view: &View, now: Time) {
        let until = view.notice.as_ref().and_then(|notice| notice.undo_until);
        let left = until.and_then(|until| time::seconds_left(until, now));
        dom::show(&self.undo, left.is_some());
        // Later cookies are other cookies.
        dom::set_optional(&self.undo, ABOUT, until.map(|until| until.0.to_string()).as_deref());
        dom::set_text(&self.undo_left, &left.map(time::clock).unwrap_or_default());
    }

    /// Says something for a while.
    pub(super) fn say(&mut self, text: &str, tone: Tone, now: Time) {
        self.keep_saying(text, tone);
        self.toast_since = Some(now);
    }

    /// Says something until there is something newer.
    pub(super) fn keep_saying(&mut self, text: &str, tone: Tone) {
        dom::set_text(&self.toast, text);
        dom::set_attribute(&self.toast, "data-tone", tone_name(tone));
        dom::show(&self.toast, true);
        self.toast_since = None;
    }

    /// What was to be said until there is something newer is over.
    pub(super) fn move_on(&mut self) {
        if self.toast_since.is_none() {
            self.wait_until_at_least();
        }
    }

    fn wait_until_at_least(&mut self) {
        dom::show(&self.toast, false);
        self.toast_since = None;
    }
}

/// All of a notice's sentences.
pub(super) fn notice_text(notice: &Notice, words: &Words) -> String {
    words.all(&notice.text).join(" ")
}

/// A tone as `data-tone` names it.
pub(super) fn tone_name(tone: Tone) -> &'static str {
    match tone {
        Tone::Calm => "calm",
        Tone::Alarm => "alarm",
        Tone::Good => "good",
    }
}
