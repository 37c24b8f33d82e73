//! Carries out a clearing, one effect at a time. Its steps are drawn in `clearing.rs`.

use crate::base::id::{TabId, Time};
use crate::diagnosis::fix::Fix;
use crate::feature::clear_data::Strength;
use crate::feature::clear_data::clearing::{Baseline, ClearNext, Clearing};
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

    pub(crate) fn follow(&mut self, now: Time, next: ClearNext) -> Vec<Effect> {
        let Some(clearing) = &self.kept.clearing else { return Vec::new() };
        let tab = clearing.tab;
        match next {
            ClearNext::TakeInventory => vec![Effect::TakeInventory { tab, queries: clearing.site.queries() }],
            ClearNext::RemoveData(scope) => vec![Effect::RemoveData { tab, scope }],
            ClearNext::RemoveCookies(cookies) => vec![Effect::RemoveCookies(cookies)],
            ClearNext::Restore(cookies) => vec![Effect::RestoreCookies(cookies)],
            ClearNext::Check if self.case(tab).is_some() => {
                let effects = self.check(now, tab);
                if let Some(undo_cookies) = self.kept.undo_cookies.as_mut().filter(|_| !effects.is_empty()) {
                    undo_cookies.baseline = Baseline::AwaitsLoad;
                }
                effects
            }
            ClearNext::Check | ClearNext::Rest => Vec::new(),
        }
    }

    /// Handles the first load after a clearing: which cookies has it brought, without a login? Undo compares them later.
    pub(crate) fn loaded_after_clearing(&mut self, tab: TabId) -> Vec<Effect> {
        let clearing = self.kept.clearing.as_ref().filter(|clearing| clearing.tab == tab);
        let Some(queries) = clearing.map(|clearing| clearing.site.queries()) else { return Vec::new() };
        match &mut self.kept.undo_cookies {
            Some(undo_cookies) if undo_cookies.baseline == Baseline::AwaitsLoad => {
                undo_cookies.baseline = Baseline::Unread;
                vec![Effect::TakeInventory { tab, queries }]
            }
            _ => Vec::new(),
        }
    }

    pub(crate) fn forget_old_cookies(&mut self, now: Time) {
        self.kept.undo_cookies = self.kept.undo_cookies.take().filter(|undo_cookies| now < undo_cookies.until);
    }
}
