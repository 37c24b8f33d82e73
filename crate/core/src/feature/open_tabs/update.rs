//! Enters the open tabs of every site that we have access to, once for each site until the browser ends.
//!
//! ```text
//!  the browser lists the sites that we have access to ─┬─ all were entered ─▶ nothing
//!                                                      └─ some were not ────▶ EnterOpenTabs ─ done ─▶ noted in `entered`
//! ```
//!
//! No event says that Readmit was enabled again. But `entered` is in `storage.session`, which is empty whenever Readmit was
//! installed, updated or enabled, so one rule covers all of them. If the worker is killed before the browser has answered, the next
//! one enters the same tabs again: the content script does nothing where it runs already.

use crate::feature::settings::setting::Setting;
use crate::feature::uninstall::Erasure;
use crate::model::Model;
use crate::protocol::effect::Effect;

impl Model {
    /// Handles the list of sites that we have access to, as match patterns.
    pub(crate) fn enter_open_tabs(&mut self, granted: &[String]) -> Option<Effect> {
        if self.erasure != Erasure::None {
            return None;
        }
        let entered = &mut self.kept.entered;
        // Pages of a site whose permission was revoked may have been loaded without the content script.
        entered.retain(|pattern| granted.contains(pattern));
        let patterns: Vec<String> = granted.iter().filter(|pattern| !entered.contains(pattern)).cloned().collect();
        let banner = self.is_set(Setting::Banner);
        (!patterns.is_empty()).then_some(Effect::EnterOpenTabs { patterns, banner })
    }

    /// Handles the end of [`Effect::EnterOpenTabs`].
    pub(crate) fn entered_open_tabs(&mut self, patterns: Vec<String>) -> Vec<Effect> {
        for pattern in patterns {
            if !self.kept.entered.contains(&pattern) {
                self.kept.entered.push(pattern);
            }
        }
        Vec::new()
    }
}
