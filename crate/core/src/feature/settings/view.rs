//! The view of the options page: groups of rows, each a name with a control. What never changes (headings, the buttons for
//! files and for removing Readmit) is in the page itself.

use serde::{Deserialize, Serialize};

use crate::base::id::{ExtensionId, Time};
use crate::base::text::{Text, keys};
use crate::extensions::installed::Installed;
use crate::extensions::listing::Listing;
use crate::extensions::pin::Pins;
use crate::feature::history::{CaseRecord, History};
use crate::feature::recovery_alert::RecoveryAlerts;
use crate::feature::settings::policy::Policy;
use crate::feature::settings::setting::{SETTINGS, Settings};
use crate::feature::settings::watched::{Watched, everywhere, patterns_for};
use crate::protocol::message::OptionsRequest;
use crate::store::backup::Backup;
use crate::view::Notice;
use crate::view::banner::label_of as error_label;
use crate::view::title::{cause_title, title, was_cause};

/// Everything that the options page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptionsView {
    /// In order. A group without rows is not shown.
    pub groups: Vec<Group>,
    /// How many extensions Readmit can switch on again.
    pub put_back: u32,
    /// The result of the last click.
    pub said: Option<Notice>,
    /// The settings as a file.
    pub backup: String,
}

impl OptionsView {
    /// Will the view change without a click? Then more views follow.
    pub fn goes_on(&self) -> bool {
        self.said.as_ref().is_some_and(|said| said.running)
    }
}

/// Rows that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// The value of `data-group`.
    pub name: String,
    /// Its rows.
    pub rows: Vec<OptionRow>,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptionRow {
    /// Its name.
    pub label: Label,
    /// A remark about it.
    pub remark: Option<Text>,
    /// The time of that remark.
    pub at: Option<Time>,
    /// More remarks, each shown separately.
    pub more: Vec<Text>,
    /// The control at its end.
    pub control: Control,
}

/// The name of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Label {
    /// A message of ours.
    Text(Text),
    /// A host or an extension's name; shown as text only.
    Name(String),
}

/// The control at the end of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// None: it cannot be changed.
    Nothing,
    /// A switch.
    Switch {
        /// Is it on?
        on: bool,
        /// What a click does; `None` if the switch is locked.
        act: Option<OptionsAct>,
    },
    /// A button.
    Button {
        /// Its name.
        label: Text,
        /// What a click does.
        act: OptionsAct,
    },
}

/// What a click does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptionsAct {
    /// Sends a request to the background.
    Order(OptionsRequest),
    /// Asks the browser for a permission for these match patterns.
    Grant(Vec<String>),
    /// Revokes the permission for these match patterns.
    Revoke(Vec<String>),
}

impl OptionsAct {
    /// Does it only stop something? Then it reacts at once ([`press_guard`](crate::view::press_guard)).
    pub fn is_harmless(&self) -> bool {
        matches!(self, Self::Order(OptionsRequest::StopRecoveryAlert(_)))
    }
}

/// Everything that the view is derived from.
pub(crate) struct Options<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) pins: &'a Pins,
    pub(crate) memory: &'a History,
    pub(crate) policy: &'a Policy,
    pub(crate) watched: Option<&'a Watched>,
    pub(crate) recovery_alerts: &'a RecoveryAlerts,
    pub(crate) listing: &'a Listing,
    pub(crate) put_back: usize,
    pub(crate) said: Option<&'a Notice>,
}

/// The view.
pub(crate) fn of(options: &Options<'_>) -> OptionsView {
    OptionsView {
        groups: vec![
            settings(options),
            sites(options),
            recovery_alerts(options),
            pins(options),
            history(options),
            policy(options),
        ],
        put_back: u32::try_from(options.put_back).unwrap_or(u32::MAX),
        said: options.said.cloned(),
        backup: Backup { settings: options.settings.clone(), pins: options.pins.clone(), memory: options.memory.clone() }.write(),
    }
}

impl Group {
    fn new(name: &str) -> Self {
        Self { name: name.into(), rows: Vec::new() }
    }

    fn row(&mut self, label: Label, remark: Option<Text>, control: Control) {
        self.rows.push(OptionRow { label, remark, at: None, more: Vec::new(), control });
    }

    fn named(&mut self, name: &str, remark: Option<Text>, control: Control) {
        self.row(Label::Name(name.into()), remark, control);
    }
}

fn settings(options: &Options<'_>) -> Group {
    let mut group = Group::new("settings");
    for definition in &SETTINGS {
        let setting = definition.setting;
        let decided = options.policy.setting(setting);
        let on = decided.or_else(|| options.settings.choice(setting)).unwrap_or(definition.default);
        let act = decided.is_none().then_some(OptionsAct::Order(OptionsRequest::Set { setting, on: !on }));
        let remark = if decided.is_some() { keys::policy_title() } else { (definition.body)() };
        group.row(Label::Text((definition.title)()), Some(remark), Control::Switch { on, act });
    }
    group
}

fn sites(options: &Options<'_>) -> Group {
    let mut group = Group::new("sites");
    let Some(watched) = options.watched else { return group };
    let on = watched.is_everywhere();
    let act = if on { OptionsAct::Revoke(watched.patterns_of_all()) } else { OptionsAct::Grant(everywhere()) };
    group.row(Label::Text(keys::site_all()), Some(keys::site_all_body()), Control::Switch { on, act: Some(act) });
    let wanted = &options.policy.watched_sites;
    for site in wanted {
        // A policy can request the permission, but only the user can grant it.
        let control = if watched.covers(site) {
            Control::Nothing
        } else {
            Control::Button { label: keys::button_allow(), act: OptionsAct::Grant(patterns_for(site)) }
        };
        group.named(site.as_str(), Some(keys::site_wanted()), control);
    }
    for site in watched.hosts() {
        if !wanted.contains(&site) {
            let act = OptionsAct::Revoke(watched.patterns_of(&site));
            group.named(site.as_str(), None, Control::Button { label: keys::button_remove(), act });
        }
    }
    group
}

fn recovery_alerts(options: &Options<'_>) -> Group {
    let mut group = Group::new("recovery-alerts");
    for alert in options.recovery_alerts.iter() {
        let act = OptionsAct::Order(OptionsRequest::StopRecoveryAlert(alert.host.clone()));
        group.named(alert.host.as_str(), None, Control::Button { label: keys::button_stop(), act });
    }
    group
}

fn pins(options: &Options<'_>) -> Group {
    let mut group = Group::new("pins");
    for id in options.pins.iter() {
        let act = OptionsAct::Order(OptionsRequest::Unpin(id.clone()));
        group.named(name(options, id), None, Control::Button { label: keys::button_unpin(), act });
    }
    group
}

/// What is known about the last block pages, the latest first.
fn history(options: &Options<'_>) -> Group {
    let mut group = Group::new("history");
    for record in options.memory.records().rev() {
        let label = Label::Name(record.host.as_str().into());
        let remark = Some(error_label(record.code));
        let helped = record.helped.map(|fix| [title(fix), keys::outcome_helped()]);
        let more = causes(options, record).into_iter().chain(helped.into_iter().flatten()).collect();
        group.rows.push(OptionRow { label, remark, at: Some(record.at), more, control: Control::Nothing });
    }
    group
}

/// The names of the culprits, otherwise the cause.
fn causes(options: &Options<'_>, record: &CaseRecord) -> Vec<Text> {
    if record.blamed.is_empty() {
        return record.found.map(cause_title).into_iter().collect();
    }
    let of_blamed = |id| options.listing.find(id).map_or_else(|| keys::was_extension(id.as_str()), was_cause);
    record.blamed.iter().map(|blamed| of_blamed(&blamed.id)).collect()
}

fn name<'a>(options: &Options<'a>, id: &'a ExtensionId) -> &'a str {
    options.listing.find(id).map_or(id.as_str(), Installed::short_name)
}

fn policy(options: &Options<'_>) -> Group {
    let mut group = Group::new("policy");
    let policy = options.policy;
    for id in &policy.kept_extensions {
        group.named(name(options, id), Some(keys::policy_kept()), Control::Nothing);
    }
    for site in &policy.protected_sites {
        group.named(site.as_str(), Some(keys::policy_protected()), Control::Nothing);
    }
    for fix in &policy.hidden_fixes {
        group.row(Label::Text(title(*fix)), Some(keys::policy_hidden()), Control::Nothing);
    }
    if let Some(contact) = &policy.owner_contact {
        group.named(contact.as_str(), Some(keys::policy_contact()), Control::Nothing);
    }
    for text in &policy.unread {
        group.named(text.as_str(), Some(keys::policy_unread()), Control::Nothing);
    }
    group
}
