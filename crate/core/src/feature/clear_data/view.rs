//! What is shown of a clearing.

use crate::base::id::Time;
use crate::base::text::keys;
use crate::feature::clear_data::clearing::{ClearStep as ClearingStep, Clearing, UndoCookies};
use crate::feature::clear_data::{Site, Strength};
use crate::view::{Notice, Tone};

/// The match patterns that Readmit cannot work without.
pub const NEEDED: [&str; 2] = ["https://*.chatgpt.com/*", "https://*.openai.com/*"];

/// The site's data, and what can be done with it.
pub(crate) struct ClearInput<'a> {
    /// The site whose data the tools would clear: the blocking site, otherwise ChatGPT.
    pub(crate) site: Site,
    /// Is the permission for OpenAI's hosts granted?
    pub(crate) allowed: bool,
    /// The clearing in progress or the last one, if it belongs to this tab.
    pub(crate) clearing: Option<&'a Clearing>,
    /// The cookies that Undo would restore.
    pub(crate) undo_cookies: Option<&'a UndoCookies>,
}

impl ClearInput<'_> {
    /// The permissions to ask for first on a click that touches the site's data.
    pub(crate) fn missing_permission(&self) -> Vec<String> {
        match self.site {
            Site::Openai if self.allowed => Vec::new(),
            Site::Openai => NEEDED.iter().map(|&pattern| pattern.into()).collect(),
            Site::Other { .. } => self.site.permission(),
        }
    }
}

/// The progress or the result of a clearing.
pub(crate) fn notice(clearing: &Clearing, undo_cookies: Option<&UndoCookies>, now: Time) -> Option<Notice> {
    let undo_until = undo_cookies.map(|undo_cookies| undo_cookies.until).filter(|until| *until > now);
    let running = |text| Some(Notice { text: vec![text], tone: Tone::Calm, running: true, undo_until: None });
    let finished = |text, tone, undo_until| Some(Notice { text, tone, running: false, undo_until });
    match &clearing.step {
        ClearingStep::Counting => running(keys::clearing_counting()),
        ClearingStep::Removing { .. } => running(keys::clearing_removing()),
        ClearingStep::Verifying { .. } | ClearingStep::Checking { .. } => running(keys::clearing_verifying()),
        ClearingStep::Comparing | ClearingStep::Undoing { .. } => running(keys::clearing_undoing()),
        ClearingStep::Superseded => finished(vec![keys::undo_superseded()], Tone::Calm, None),
        ClearingStep::Failed(failure) => finished(vec![keys::clearing_failed(failure.as_str())], Tone::Alarm, undo_until),
        ClearingStep::Done { found, .. } if found.is_nothing() => finished(vec![keys::cleared_nothing()], Tone::Calm, None),
        ClearingStep::Done { found, left } => {
            let mut text = vec![keys::cleared_cookies(found.cookies.saturating_sub(left.map_or(0, |left| left.cookies)))];
            if let Some(stored) = found.stored.filter(|stored| *stored > 0) {
                text.push(keys::cleared_stored(stored.saturating_sub(left.and_then(|left| left.stored).unwrap_or(0))));
            }
            let (check, tone) = match left {
                None => (keys::cleared_unchecked(), Tone::Calm),
                Some(left) if left.is_nothing() => (keys::cleared_checked(), Tone::Good),
                Some(left) => (keys::cleared_left(left.cookies.saturating_add(left.stored.unwrap_or(0))), Tone::Alarm),
            };
            text.push(check);
            finished(text, tone, undo_until)
        }
        ClearingStep::Undone { restored, missing } => {
            let mut text = vec![keys::undone(*restored)];
            if *missing > 0 {
                text.push(keys::undone_missing(*missing));
            }
            if clearing.strength == Strength::Everything {
                text.push(keys::undone_only_cookies());
            }
            finished(text, if *missing > 0 { Tone::Alarm } else { Tone::Good }, None)
        }
    }
}
