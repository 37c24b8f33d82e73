//! Handles the options page's requests, and what the browser says about our permissions.
//!
//! ```text
//!  erase, remove ─▶ PuttingBack ─ all are on again ─▶ Erasing, or removed (the browser asks the user first)
//!                       └─ some stay off ─▶ Stuck: says so ─ the same click again ─▶ Erasing, or removed
//! ```
//!
//! If the worker is killed in `PuttingBack`, the next one asks the browser what is on and puts back the rest. In `Erasing`, it
//! erases again. The browser asks the user whether to remove Readmit at most once for each click.

use crate::base::failure::Failure;
use crate::base::host::Host;
use crate::base::id::{TabId, Time};
use crate::base::text::{Text, keys};
use crate::diagnosis::fix::Fix;
use crate::extensions::installed::Installed;
use crate::feature::clear_data::Site;
use crate::feature::clear_data::clearing::Clearing;
use crate::feature::history::History;
use crate::feature::settings::setting::Setting;
use crate::feature::settings::watched::Watched;
use crate::feature::uninstall::{Erasure, Exit, Leaving};
use crate::model::Model;
use crate::protocol::effect::{Effect, ReplyId};
use crate::protocol::message::{Classified, OptionsRequest, PopupRequest};
use crate::store::backup::{Backup, Unread};
use crate::view::{self, Banner, Notice, Options, OptionsView, TabBadge, Tone};

impl Model {
    /// What the options page shows.
    pub fn options_view(&self) -> OptionsView {
        view::options(&Options {
            settings: &self.kept.settings,
            pins: &self.kept.pins,
            memory: &self.kept.history,
            policy: &self.policy,
            watched: self.watched.as_ref(),
            recovery_alerts: &self.kept.recovery_alerts,
            listing: &self.listing,
            put_back: self.kept.ledger.off().count(),
            said: self.said.as_ref(),
        })
    }

    /// The value of a setting: the administrator's, otherwise the user's, otherwise the default.
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
            OptionsRequest::StopRecoveryAlert(host) => {
                self.stop_recovery_alert(&host);
                Vec::new()
            }
            OptionsRequest::Import(text) => {
                match Backup::read(&text) {
                    Ok(backup) => {
                        self.kept.settings = backup.settings;
                        self.kept.pins = backup.pins;
                        self.kept.history.merge(backup.memory);
                        self.say(keys::imported(), Tone::Good);
                    }
                    Err(unread) => self.say(unread.text(), Tone::Alarm),
                }
                Vec::new()
            }
            OptionsRequest::Forget => {
                self.kept.history = History::default();
                Vec::new()
            }
            OptionsRequest::PutBack => self.put_back(),
            OptionsRequest::Erase => self.leave(now, Exit::Erased, before.as_ref()),
            OptionsRequest::Uninstall => self.leave(now, Exit::Removed, before.as_ref()),
        }
    }

    /// Handles the browser's list of sites with a permission: the content script runs there and nowhere else. When a
    /// site's permission was revoked, everything about the site is deleted: its cases, its alert, and the cookies for Undo.
    pub(crate) fn granted(&mut self, origins: Vec<String>, notifies: bool) -> Vec<Effect> {
        let enter = self.enter_open_tabs(&origins);
        let watched = Watched::of(origins);
        self.watched = Some(watched.clone());
        self.notifies = notifies;
        let is_ours = |host: &Host| host.is_openai() || watched.covers(host);
        let mut effects = Vec::new();
        // A case from a click on the toolbar button needs no permission, and extensions are put back first.
        self.kept.cases.retain(|(tab, case)| {
            let stays = is_ours(&case.host) || !case.may_ask || case.is_switching();
            effects.extend((!stays).then(|| Effect::Badge { tab: *tab, badge: TabBadge::default() }));
            stays
        });
        let is_left = |clearing: &Clearing| matches!(&clearing.site, Site::Other { host, .. } if !is_ours(host));
        if self.kept.clearing.as_ref().is_some_and(|clearing| is_left(clearing) && !clearing.is_running()) {
            self.kept.clearing = None;
            self.kept.undo_cookies = None;
        }
        self.kept.history.forget_hosts(|host| !is_ours(host));
        self.kept.recovery_alerts.retain(|alert| is_ours(&alert.host));
        if self.kept.leaving == Some(Leaving::Erasing) && self.erasure != Erasure::Running {
            effects.extend(self.go(Exit::Erased));
        }
        effects.push(self.watch(watched));
        effects.extend(enter);
        effects
    }

    /// Lets the content script run on these sites. Whether the banner is on reaches their pages in the same way: they cannot read
    /// what is stored.
    pub(crate) fn watch(&self, watched: Watched) -> Effect {
        Effect::Watch { watched, banner: self.is_set(Setting::Banner) }
    }

    /// The reply to a content script.
    pub(crate) fn reply(&self, to: ReplyId, banner: Option<Banner>, runs: bool) -> Effect {
        Effect::Reply { to, answer: Classified { banner, runs, hidden: !self.is_set(Setting::Banner) } }
    }

    /// An extension that our policy keeps is treated like one that the browser's own policy keeps: no one may switch it.
    pub(crate) fn under_policy(&self, mut extension: Installed) -> Installed {
        extension.may_disable &= !self.policy.keeps(&extension.id);
        extension
    }

    /// Did the administrator forbid what this click would do?
    pub(crate) fn is_forbidden(&self, tab: TabId, request: &PopupRequest) -> bool {
        let fix = match request {
            PopupRequest::Clear(strength) => Fix::from(*strength),
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

    pub(crate) fn say(&mut self, text: Text, tone: Tone) {
        self.said = Some(notice(text, tone));
    }
}

pub(crate) fn notice(text: Text, tone: Tone) -> Notice {
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
