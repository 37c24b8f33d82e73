//! One quiet line for each site that is waited for: when it is looked at next, or that it is back.

use readmit_core::base::id::Time;
use readmit_core::base::text::keys;
use readmit_core::view::{RecoveryAlertView, View};
use web_sys::{Document, Element};

use super::text::Words;
use super::time;
use crate::dom::{self, Missing};

pub(super) struct RecoveryAlerts {
    list: Element,
    lines: Vec<Line>,
}

struct Line {
    shown: RecoveryAlertView,
    root: Element,
    words: Element,
    stop: Element,
}

impl RecoveryAlerts {
    pub(super) fn find(root: &Element) -> Result<Self, Missing> {
        Ok(Self { list: dom::part(root, "#recovery-alerts")?, lines: Vec::new() })
    }

    pub(super) fn show(&mut self, view: &View, words: &Words, page: &Document, now: Time) -> Result<(), Missing> {
        dom::show(&self.list, !view.recovery_alerts.is_empty());
        let mut known = std::mem::take(&mut self.lines);
        for alert in &view.recovery_alerts {
            let mut line = match known.iter().position(|line| line.shown.host == alert.host) {
                Some(place) => known.swap_remove(place),
                None => Line::new(alert, page)?,
            };
            line.shown = alert.clone();
            dom::show(&line.stop, alert.next.is_some());
            self.lines.push(line);
        }
        dom::arrange(&self.list, self.lines.iter().map(|line| &line.root));
        self.tick(words, now);
        Ok(())
    }

    /// Time goes on.
    pub(super) fn tick(&self, words: &Words, now: Time) {
        for Line { shown, words: place, .. } in &self.lines {
            let host = shown.host.as_str();
            let text = match shown.next {
                Some(next) => keys::lookout_line(host, &time::ahead(words, next, now)),
                None => keys::headline_open(host),
            };
            dom::set_text(place, &words.of(&text));
        }
    }
}

impl Line {
    fn new(alert: &RecoveryAlertView, page: &Document) -> Result<Self, Missing> {
        let root = dom::stamp(page, "recovery-alert-line")?;
        let (words, stop) = (dom::part(&root, ".words")?, dom::part(&root, "button")?);
        let host = alert.host.as_str();
        dom::set_attribute(&root, "data-host", host);
        // "Stop" alone would not say what.
        let [named, button] = ["alert-", "stop-"].map(|kind| [kind, host].concat());
        dom::set_attribute(&words, "id", &named);
        dom::set_attribute(&stop, "id", &button);
        dom::set_attribute(&stop, "aria-labelledby", &[&button, " ", &named].concat());
        Ok(Self { shown: alert.clone(), root, words, stop })
    }
}
