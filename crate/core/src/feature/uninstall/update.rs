//! Puts everything back, and then erases everything or asks the browser to remove Readmit.

use crate::base::failure::Failure;
use crate::base::id::{ExtensionId, Time};
use crate::base::text::keys;
use crate::feature::culprit_search::strategy::Strategy;
use crate::feature::settings::update::notice;
use crate::feature::toggle_extensions::SwitchAnswers;
use crate::feature::uninstall::{Erasure, Exit, Leaving};
use crate::model::Model;
use crate::protocol::effect::Effect;
use crate::store::Stored;
use crate::view::{Notice, TabBadge, Tone};

impl Model {
    pub(crate) fn leave(&mut self, now: Time, to: Exit, stuck: Option<&Leaving>) -> Vec<Effect> {
        if self.kept.leaving.is_some() {
            return Vec::new();
        }
        if self.kept.ledger.off().next().is_none() || stuck == Some(&Leaving::Stuck { to }) {
            return self.go(to);
        }
        // A stopped search puts its extensions back. A running one would keep switching.
        let searched = self.kept.cases.iter().map(|(tab, _)| *tab).find(|tab| self.is_searched(*tab));
        let mut effects = searched.map(|tab| self.stop_search(now, tab)).unwrap_or_default();
        effects.extend(self.put_back());
        let waiting: Vec<ExtensionId> = self.kept.ledger.off().map(|entry| entry.id.clone()).collect();
        if self.strategy() == Strategy::Manual {
            // Only the user can put them back.
            let failed = u32::try_from(waiting.len()).unwrap_or(u32::MAX);
            self.kept.leaving = Some(Leaving::Stuck { to });
            self.say(keys::leaving_stuck(failed), Tone::Alarm);
            return effects;
        }
        self.kept.leaving = Some(Leaving::PuttingBack { to, waiting, failed: 0 });
        self.say_that_it_leaves();
        effects
    }

    fn say_that_it_leaves(&mut self) {
        self.said = Some(Notice { running: true, ..notice(keys::leaving_running(), Tone::Calm) });
    }

    /// Handles the browser's list of what is on: continues what an earlier worker started.
    pub(crate) fn take_up_leaving(&mut self) -> Vec<Effect> {
        let listing = &self.listing;
        let is_to_come =
            |id: &ExtensionId| listing.is_under_way(id) || listing.find(id).is_some_and(|extension| !extension.enabled);
        let Some(Leaving::PuttingBack { waiting, .. }) = &mut self.kept.leaving else { return Vec::new() };
        waiting.retain(is_to_come);
        if waiting.is_empty() {
            return self.all_answered();
        }
        let waiting = waiting.clone();
        self.say_that_it_leaves();
        self.order_back(|entry| waiting.contains(&entry.id))
    }

    /// Handles the answers to switches.
    pub(crate) fn switched_before_leaving(&mut self, answers: &SwitchAnswers) -> Vec<Effect> {
        let Some(Leaving::PuttingBack { waiting, failed, .. }) = &mut self.kept.leaving else { return Vec::new() };
        let before = waiting.len();
        // What was being switched off when everything had to be put back.
        let is_off = |id: &ExtensionId| answers.get(id).is_some_and(|answer| !answer.on && answer.done);
        let has_failed = |id: &&ExtensionId| answers.get(id).is_some_and(|answer| answer.on && !answer.done);
        *failed = failed.saturating_add(u32::try_from(waiting.iter().filter(has_failed).count()).unwrap_or(u32::MAX));
        waiting.retain(|id| answers.get(id).is_none() || is_off(id));
        if waiting.is_empty() && before > 0 {
            return self.all_answered();
        }
        let again: Vec<ExtensionId> = waiting.iter().filter(|id| is_off(id)).cloned().collect();
        self.order_back(|entry| again.contains(&entry.id))
    }

    fn all_answered(&mut self) -> Vec<Effect> {
        let Some(&Leaving::PuttingBack { to, failed, .. }) = self.kept.leaving.as_ref() else { return Vec::new() };
        if failed > 0 {
            self.kept.leaving = Some(Leaving::Stuck { to });
            self.say(keys::leaving_stuck(failed), Tone::Alarm);
            return Vec::new();
        }
        self.go(to)
    }

    pub(crate) fn go(&mut self, to: Exit) -> Vec<Effect> {
        self.kept.leaving = None;
        self.said = None;
        match to {
            Exit::Removed => vec![Effect::Uninstall],
            Exit::Erased => {
                self.erasure = Erasure::Running;
                let mut effects = vec![Effect::Erase(self.watched.clone().unwrap_or_default())];
                // A repeated request still has to be recognized as one.
                let inbox = std::mem::take(&mut self.kept.inbox);
                let rest = Stored { inbox, leaving: Some(Leaving::Erasing), ..Stored::default() };
                let erased = std::mem::replace(&mut self.kept, rest);
                for (tab, _) in erased.cases {
                    effects.push(Effect::Badge { tab, badge: TabBadge::default() });
                }
                effects
            }
        }
    }

    pub(crate) fn erased(&mut self, now: Time, answer: Result<(), Failure>) -> Vec<Effect> {
        self.erasure = Erasure::Done(now);
        // What was seen in the meantime is erased, too, except what tabs show.
        let Stored { cases, challenges, inbox, .. } = std::mem::take(&mut self.kept);
        self.kept = Stored { cases, challenges, inbox, ..Stored::default() };
        match answer {
            Ok(()) => self.say(keys::erased(), Tone::Good),
            Err(failure) => self.say(keys::erase_failed(failure.as_str()), Tone::Alarm),
        }
        vec![Effect::ReadGrants]
    }

    pub(crate) fn uninstall_failed(&mut self, failure: &Failure) -> Vec<Effect> {
        self.say(keys::remove_failed(failure.as_str()), Tone::Alarm);
        Vec::new()
    }
}
