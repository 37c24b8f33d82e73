//! What the options page orders, and leaving: putting everything back before Readmit forgets it or goes.
//!
//! ```text
//!  erase, remove ─▶ PuttingBack ─ all on again ─▶ Erasing, or removed (which the browser asks the person about)
//!                       └─ some stay off ─▶ Stuck: says so ─ the same click again ─▶ Erasing, or removed
//! ```
//!
//! Killed while `PuttingBack`, the worker asks the browser what is on and puts back the rest; while `Erasing`, it erases again.
//! The question whether to remove Readmit is never asked twice for one click.

use serde::{Deserialize, Serialize};

use crate::app::Model;
use crate::base::failure::Failure;
use crate::base::host::Host;
use crate::base::id::{ExtensionId, TabId, Time};
use crate::base::text::{Text, keys};
use crate::diagnosis::fix::Fix;
use crate::extensions::installed::Installed;
use crate::feature::clear_data::Site;
use crate::feature::clear_data::clearing::Clearing;
use crate::feature::history::History;
use crate::feature::settings::setting::Setting;
use crate::feature::settings::watched::Watched;
use crate::protocol::effect::Effect;
use crate::protocol::message::{OptionsRequest, PopupRequest};
use crate::store::Stored;
use crate::store::backup::{Backup, Unread};
use crate::view::{self, Notice, Options, OptionsView, Tone};

/// On the way out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Leaving {
    /// Everything is being put back.
    PuttingBack {
        /// And then.
        to: Exit,
        /// Those that the browser has yet to switch on.
        waiting: Vec<ExtensionId>,
        /// Those that it did not.
        failed: u32,
    },
    /// Some could not be put back.
    Stuck {
        /// The same click again does it anyway.
        to: Exit,
    },
    /// Everything is being forgotten.
    Erasing,
}

/// Where to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exit {
    /// Nothing is kept any more.
    Erased,
    /// Readmit is gone.
    Removed,
}

impl Model {
    /// What the options page shows.
    pub fn options_view(&self) -> OptionsView {
        view::options(&Options {
            settings: &self.kept.settings,
            pins: &self.kept.pins,
            memory: &self.kept.memory,
            policy: &self.policy,
            watched: self.watched.as_ref(),
            recovery_alerts: &self.kept.recovery_alerts,
            listing: &self.listing,
            put_back: self.kept.ledger.off().count(),
            said: self.said.as_ref(),
        })
    }

    /// The administrator's word, else the person's, else the table's.
    pub(crate) fn is_set(&self, setting: Setting) -> bool {
        let choice = self.policy.setting(setting).or_else(|| self.kept.settings.choice(setting));
        choice.unwrap_or_else(|| setting.default_choice())
    }

    pub(crate) fn options(&mut self, now: Time, request: OptionsRequest) -> Vec<Effect> {
        let before = self.kept.leaving.take_if(|leaving| matches!(leaving, Leaving::Stuck { .. }));
        if self.kept.leaving.is_none() {
            self.said = None;
        }
        match request {
            OptionsRequest::Set { setting, on } => {
                if self.policy.setting(setting).is_none() {
                    self.kept.settings.choose(setting, on);
                }
                Vec::new()
            }
            OptionsRequest::Unpin(id) => {
                self.kept.pins.set(&id, false);
                Vec::new()
            }
            OptionsRequest::StopRecoveryAlert(host) => self.stop_recovery_alert(&host),
            OptionsRequest::Import(text) => {
                match Backup::read(&text) {
                    Ok(backup) => {
                        self.kept.settings = backup.settings;
                        self.kept.pins = backup.pins;
                        self.kept.memory.merge(backup.memory);
                        self.say(keys::imported(), Tone::Good);
                    }
                    Err(unread) => self.say(unread.text(), Tone::Alarm),
                }
                Vec::new()
            }
            OptionsRequest::Forget => {
                self.kept.memory = History::default();
                Vec::new()
            }
            OptionsRequest::PutBack => self.put_back(),
            OptionsRequest::Erase => self.leave(now, Exit::Erased, before.as_ref()),
            OptionsRequest::Uninstall => self.leave(now, Exit::Removed, before.as_ref()),
        }
    }

    fn leave(&mut self, now: Time, to: Exit, stuck: Option<&Leaving>) -> Vec<Effect> {
        if self.kept.leaving.is_some() {
            return Vec::new();
        }
        if self.kept.ledger.off().next().is_none() || stuck == Some(&Leaving::Stuck { to }) {
            return self.go(to);
        }
        // A search gives back by itself, and would go on switching otherwise.
        let searched = self.kept.cases.iter().map(|(tab, _)| *tab).find(|tab| self.is_searched(*tab));
        let mut effects = searched.map(|tab| self.stop_search(now, tab)).unwrap_or_default();
        effects.extend(self.put_back());
        let waiting: Vec<ExtensionId> = self.kept.ledger.off().map(|entry| entry.id.clone()).collect();
        if self.switches_manually() {
            // Only the person can put them back.
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

    /// The browser has said what is on: goes on with what a worker before this one began.
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

    /// A switch was answered.
    pub(crate) fn switched_before_leaving(&mut self, id: &ExtensionId, on: bool, done: bool) -> Vec<Effect> {
        let Some(Leaving::PuttingBack { waiting, failed, .. }) = &mut self.kept.leaving else { return Vec::new() };
        if !waiting.contains(id) {
            return Vec::new();
        }
        if !on && done {
            // It was on its way off when everything was to be put back.
            return self.order_back(|entry| entry.id == *id);
        }
        waiting.retain(|other| other != id);
        *failed = failed.saturating_add(u32::from(on && !done));
        if waiting.is_empty() { self.all_answered() } else { Vec::new() }
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

    fn go(&mut self, to: Exit) -> Vec<Effect> {
        self.kept.leaving = None;
        self.said = None;
        match to {
            Exit::Removed => vec![Effect::Uninstall],
            Exit::Erased => {
                self.erasing = true;
                let mut effects = vec![Effect::Erase(self.watched.clone().unwrap_or_default())];
                if self.kept.recovery_alerts.iter().next().is_some() {
                    effects.push(Effect::Mark(false));
                }
                // A repeated order is still to be known as one.
                let inbox = std::mem::take(&mut self.kept.inbox);
                let rest = Stored { inbox, leaving: Some(Leaving::Erasing), ..Stored::default() };
                let erased = std::mem::replace(&mut self.kept, rest);
                for (tab, _) in erased.cases {
                    effects.push(Effect::Badge { tab, text: String::new() });
                }
                effects
            }
        }
    }

    pub(crate) fn erased(&mut self, now: Time, answer: Result<(), Failure>) -> Vec<Effect> {
        self.erased_at = Some(now);
        // What was seen meanwhile is forgotten, too, save for what tabs show.
        let Stored { cases, challenges, inbox, .. } = std::mem::take(&mut self.kept);
        self.kept = Stored { cases, challenges, inbox, ..Stored::default() };
        self.erasing = false;
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

    /// The browser has said which other sites we may touch: the content script runs there, and nowhere else. Of a site whose
    /// permission was taken back nothing is left: what was seen of it, what is waited for, what Undo would put back.
    pub(crate) fn granted(&mut self, watched: Watched, notifies: bool) -> Vec<Effect> {
        self.watched = Some(watched.clone());
        self.notifies = notifies;
        let is_ours = |host: &Host| host.is_openai() || watched.covers(host);
        let mut effects = Vec::new();
        // One that a click on the toolbar button gave us needs no permission, and extensions are put back first.
        self.kept.cases.retain(|(tab, case)| {
            let stays = is_ours(&case.host) || !case.may_ask || case.is_switching();
            effects.extend((!stays).then(|| Effect::Badge { tab: *tab, text: String::new() }));
            stays
        });
        let is_left = |clearing: &Clearing| matches!(&clearing.site, Site::Other { host, .. } if !is_ours(host));
        if self.kept.clearing.as_ref().is_some_and(|clearing| is_left(clearing) && !clearing.is_running()) {
            self.kept.clearing = None;
            self.kept.undo_cookies = None;
        }
        self.kept.memory.forget_hosts(|host| !is_ours(host));
        let had = self.kept.recovery_alerts.iter().count();
        self.kept.recovery_alerts.retain(|alert| is_ours(&alert.host));
        if self.kept.recovery_alerts.iter().count() < had {
            effects.extend(self.mark_button());
        }
        if self.kept.leaving == Some(Leaving::Erasing) && !self.erasing {
            effects.extend(self.go(Exit::Erased));
        }
        effects.push(Effect::Watch(watched));
        effects
    }

    /// What a policy keeps is like what the browser's own policy keeps: nobody may switch it.
    pub(crate) fn under_policy(&self, mut extension: Installed) -> Installed {
        extension.may_disable &= !self.policy.keeps(&extension.id);
        extension
    }

    /// Did the administrator forbid what this click would do?
    pub(crate) fn is_forbidden(&self, tab: TabId, request: &PopupRequest) -> bool {
        let fix = match request {
            PopupRequest::Clear(strength) => strength.fix(),
            PopupRequest::TurnOffSuspects | PopupRequest::FindExtension | PopupRequest::Switch { on: false, .. } => {
                Fix::Extensions
            }
            PopupRequest::TurnOff { id } => self.fix_of_switch(tab, id).unwrap_or(Fix::Extensions),
            PopupRequest::CheckStatus => Fix::Status,
            PopupRequest::TimeConnection => Fix::Connection,
            PopupRequest::Await(fix) => *fix,
            PopupRequest::TellWhenBack => Fix::Wait,
            _ => return false,
        };
        self.policy.forbids(fix, &self.site(tab))
    }

    fn say(&mut self, text: Text, tone: Tone) {
        self.said = Some(notice(text, tone));
    }
}

fn notice(text: Text, tone: Tone) -> Notice {
    Notice { text: vec![text], tone, running: false, undo_until: None }
}

impl Unread {
    fn text(&self) -> Text {
        match self {
            Self::Foreign => keys::import_foreign(),
            Self::Newer => keys::import_newer(),
            Self::Unknown(name) => keys::import_unknown(Failure::new(name).as_str()),
        }
    }
}
