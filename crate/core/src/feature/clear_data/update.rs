//! Carries out a clearing, one effect at a time. Its steps are drawn in `clearing.rs`.

use crate::base::id::{TabId, Time};
use crate::diagnosis::fix::Fix;
use crate::feature::clear_data::Strength;
use crate::feature::clear_data::clearing::{Clearing, Next};
use crate::model::Model;
use crate::protocol::effect::Effect;
use crate::tab::TabStatus;

impl Model {
    pub(crate) fn clear(&mut self, now: Time, tab: TabId, strength: Strength) -> Vec<Effect> {
        let challenged = self.popup(tab).is_some_and(|popup| matches!(popup.status, TabStatus::Challenge(_)));
        if challenged || self.kept.clearing.as_ref().is_some_and(Clearing::is_running) {
            return Vec::new();
        }
        if let Some(case) = self.case_mut(tab) {
            case.carried_out(Fix::from(strength));
        }
        let (clearing, next) = Clearing::begin(tab, self.site(tab), strength);
        self.kept.clearing = Some(clearing);
        self.kept.undo_cookies = None;
        self.follow(now, next)
    }

    pub(crate) fn follow(&mut self, now: Time, next: Next) -> Vec<Effect> {
        let Some(clearing) = &self.kept.clearing else { return Vec::new() };
        let tab = clearing.tab;
        match next {
            Next::TakeInventory => vec![Effect::TakeInventory { tab, queries: clearing.site.queries() }],
            Next::RemoveData(scope) => vec![Effect::RemoveData { tab, scope }],
            Next::RemoveCookies(cookies) => vec![Effect::RemoveCookies(cookies)],
            Next::Restore(cookies) => vec![Effect::RestoreCookies(cookies)],
            Next::Check if self.case(tab).is_some() => self.check(now, tab),
            Next::Check | Next::Rest => Vec::new(),
        }
    }

    pub(crate) fn forget_old_cookies(&mut self, now: Time) {
        self.kept.undo_cookies = self.kept.undo_cookies.take().filter(|undo_cookies| now < undo_cookies.until);
    }
}
