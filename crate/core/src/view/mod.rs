//! What is shown: plain data with message keys, derived from the model. What to show is decided here; how it looks is decided
//! by the popup and the banner.

pub(crate) mod banner;
pub(crate) mod card;
pub(crate) mod checks;
mod example;
mod global_badge;
pub(crate) mod input;
pub(crate) mod outside;
pub(crate) mod popup;
pub mod press_guard;
pub(crate) mod report;
mod tab_badge;
pub(crate) mod title;
pub(crate) mod words;

use serde::{Deserialize, Serialize};

use crate::base::host::Host;
use crate::base::id::{ExtensionId, Time};
use crate::base::text::Text;
use crate::diagnosis::cause::Cause;
use crate::diagnosis::fix::Fix;
use crate::evidence::status::Incident;
use crate::extensions::suspect::Suspicion;
pub use crate::feature::clear_data::view::NEEDED;
pub(crate) use crate::feature::culprit_search::view::banner as banner_of_search;
pub use crate::feature::settings::view::{Control, Group, Label, OptionRow, OptionsAct, OptionsView};
pub(crate) use crate::feature::settings::view::{Options, of as options};
use crate::protocol::message::{PopupRequest, Shown};
pub(crate) use crate::view::banner::of_case as banner_of_case;
pub use crate::view::banner::{Banner, of as banner};
pub use crate::view::example::example;
pub use crate::view::global_badge::GlobalBadge;
pub(crate) use crate::view::popup::of as popup;
pub use crate::view::report::{Privacy, ReportLine};
pub use crate::view::tab_badge::TabBadge;

/// The popup's phases, the values of its `data-phase`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// No block page.
    Clear,
    /// The tab is being inspected, or a reload is awaited.
    Looking,
    /// A block page, and what to do about it.
    Answered,
    /// The culprit search is running.
    Searching,
    /// The culprit search has found the culprit.
    Found,
    /// The culprit search has found no culprit, or no clear result.
    Stuck,
    /// The page is open again.
    Done,
}

impl Phase {
    /// The value of `data-phase`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Looking => "looking",
            Self::Answered => "answered",
            Self::Searching => "searching",
            Self::Found => "found",
            Self::Stuck => "stuck",
            Self::Done => "done",
        }
    }
}

/// The mood of the headline. It repeats what the words say and never replaces them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// Nothing to worry about.
    Calm,
    /// Something is wrong.
    Alarm,
    /// All is well again.
    Good,
}

/// Everything that a popup shows.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each shown by another part of the popup")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The phase.
    pub phase: Phase,
    /// The tone of the headline.
    pub tone: Tone,
    /// The sentence that says what happened.
    pub headline: Text,
    /// A second sentence, for phases without a cause.
    pub detail: Option<Text>,
    /// The code, for `data-code`.
    pub code: Option<u16>,
    /// The small line below the headline.
    pub facts: Option<Facts>,
    /// The evidence for the likeliest cause. Two lines at most.
    pub why: Option<Text>,
    /// What helped against similar block pages of this site before.
    pub helped: Option<Helped>,
    /// The title of the cause that the first card is for, if that is not the likeliest one.
    pub reason: Option<Text>,
    /// Are the fixes after the first folded away as a whole? Only waiting helps, or all that is left was tried.
    pub folds_others: bool,
    /// Causes, likeliest first.
    pub causes: Vec<CauseView>,
    /// Fixes, the recommended one first.
    pub cards: Vec<Card>,
    /// Is the first card emphasized (a block page), or are all of them plain tools (no block page)?
    pub leads: bool,
    /// Was the cause not searched for yet, so that a click may start it?
    pub offers_cause: bool,
    /// Can what is in progress be stopped?
    pub stoppable: bool,
    /// What the user is asked to switch.
    pub manual: Option<ManualView>,
    /// Is something in progress, here or in another tab, that another request would disturb?
    pub held: bool,
    /// The proven culprits.
    pub culprits: Vec<CulpritView>,
    /// Were the extensions proven innocent?
    pub cleared: bool,
    /// The progress or result of a clearing.
    pub notice: Option<Notice>,
    /// What the buttons depend on. It goes along with each click.
    pub shown: Shown,
    /// Until when no request may be sent to the site.
    pub wait_until: Option<Time>,
    /// Match patterns to ask for, if the permission is missing.
    pub allow: Vec<String>,
    /// The other extensions; `None` until the browser has answered.
    pub extensions: Option<Extensions>,
    /// How many extensions Readmit can switch on again.
    pub put_back: u32,
    /// Which ones these are.
    pub off: Vec<NamedExtension>,
    /// The lines of the report, without the time, which the page adds.
    pub report: Vec<ReportLine>,
    /// The recovery alerts.
    pub recovery_alerts: Vec<RecoveryAlertView>,
    /// Is there nothing to show, so that an [`example`] may be worth a look?
    pub offers_example: bool,
    /// Match patterns to ask for, so that this site is watched, too. Empty if it is watched already, or is OpenAI's.
    pub watch: Vec<String>,
}

impl View {
    /// Does it contain only what a new worker knows: neither what the tab shows nor which extensions there are?
    pub fn is_partial(&self) -> bool {
        let is_first_look = self.phase == Phase::Looking && self.facts.is_none();
        is_first_look || self.extensions.is_none()
    }

    /// Will it change without a click? Then more views follow.
    pub fn goes_on(&self) -> bool {
        let is_left_to_person = self.manual.is_some() && self.phase == Phase::Searching;
        let rows = || self.extensions.iter().flat_map(|extensions| &extensions.rows);
        let is_looking = matches!(self.phase, Phase::Looking | Phase::Searching) && !is_left_to_person;
        let is_clearing = self.notice.as_ref().is_some_and(|notice| notice.running);
        let is_trying = self.cards.iter().any(|card| card.outcome == FixOutcome::Running && card.until.is_none());
        is_looking || is_clearing || is_trying || rows().any(|row| row.busy)
    }
}

/// A site whose return the user wants to be notified of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryAlertView {
    /// The site's host.
    pub host: Host,
    /// When it is checked next; `None` once it is back.
    pub next: Option<Time>,
}

/// What helped before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Helped {
    /// The fix, by its title.
    pub fix: Text,
    /// How often.
    pub times: u32,
}

/// The content of the small line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// "Error 1020", or "Blocked".
    pub label: Text,
    /// Cloudflare's id for the request.
    pub ray_id: Option<Text>,
    /// When the block page was seen.
    pub seen: Time,
}

/// A culprit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CulpritView {
    /// The extension.
    pub id: ExtensionId,
    /// Its name without the slogan. The name is its developer's text, so it is shown as text only.
    pub name: String,
    /// The URL of its icon. Without one, a letter is drawn.
    pub icon: Option<String>,
    /// Its current state, and which extensions it blocks together with.
    pub remark: Text,
    /// What can be clicked.
    pub buttons: Vec<Button>,
}

/// Switches that the user has to make in the browser's own list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualView {
    /// What they are for.
    pub title: Text,
    /// Where to make them.
    pub hint: Text,
    /// The remaining switches.
    pub toggles: Vec<ManualToggleView>,
}

/// One switch that the user has to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualToggleView {
    /// The extension.
    pub id: ExtensionId,
    /// Its name without the slogan. The name is its developer's text, so it is shown as text only.
    pub name: String,
    /// The URL of its icon. Without one, a letter is drawn.
    pub icon: Option<String>,
    /// On or off.
    pub on: bool,
    /// The same in words.
    pub remark: Text,
}

/// A cause as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CauseView {
    /// The cause.
    pub cause: Cause,
    /// From 0 to 1.
    pub probability: f64,
    /// "Most likely", "Perhaps", "Possible".
    pub belief: Text,
    /// Its title.
    pub title: Text,
}

/// The state of a fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FixOutcome {
    /// Not tried yet.
    Untried,
    /// It is being carried out, or the page's result is awaited.
    Running,
    /// The page opened after it.
    Helped,
    /// The page stayed blocked after it.
    NoHelp,
}

impl FixOutcome {
    /// The value of `data-outcome`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Untried => "untried",
            Self::Running => "running",
            Self::Helped => "helped",
            Self::NoHelp => "no-help",
        }
    }
}

/// A fix as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// The fix.
    pub fix: Fix,
    /// Its state.
    pub outcome: FixOutcome,
    /// Its title.
    pub title: Text,
    /// A few words at the end of its line: what was found, or what it costs.
    pub note: Text,
    /// What it does, in separate sentences.
    pub body: Vec<Text>,
    /// The buttons, the main one first.
    pub buttons: Vec<Button>,
    /// What to expect, shown below the buttons.
    pub promise: Option<Text>,
    /// The latest end of a wait.
    pub until: Option<Time>,
    /// The times of requests in milliseconds, for a chart; `None` for a lost request.
    pub chart: Vec<Option<u32>>,
    /// The incidents from a status page.
    pub incidents: Vec<IncidentView>,
}

/// An open incident as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentView {
    /// The service's own words, so they are shown as text only.
    pub title: String,
    /// When it started.
    pub since: Option<Time>,
    /// Where to read more: a page on a status host.
    pub link: Option<String>,
}

impl IncidentView {
    fn of(incident: &Incident) -> Self {
        let link = incident.link.as_ref().map(|link| link.as_str().to_owned());
        Self { title: incident.title.as_str().to_owned(), since: incident.since, link }
    }
}

/// Something to click.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Button {
    /// Its name.
    pub label: Text,
    /// What it does.
    pub act: Act,
}

/// What a click does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Sends a request to the background.
    Order {
        /// The request.
        request: PopupRequest,
        /// Match patterns that the browser must be asked for first, in the same click. Usually none.
        needs: Vec<String>,
    },
    /// Sends a request to the background that the user has to help with. The instructions are shown in a tab of their own,
    /// because a popup closes as soon as the browser's list of extensions is opened.
    Guide(PopupRequest),
    /// Asks the background to notify the user when the site is back, and asks the browser for the permission to notify in the
    /// same click. Whatever the answer, the toolbar button shows it, too.
    TellWhenBack,
    /// Opens a page in a new tab.
    Open(Link),
    /// Opens the browser's own page about an extension, where its access to sites is set.
    OpenExtension(ExtensionId),
    /// Copies the page's URL.
    CopyAddress,
    /// Copies the report.
    CopyReport,
    /// Opens the page in a private window.
    PrivateWindow,
    /// Opens the page in Edge, if the system has it.
    OpenInEdge,
    /// Scrolls to the list of extensions.
    ShowExtensions,
}

impl Act {
    /// Does it change and delete nothing, or only stop something? Then it reacts at once ([`press_guard`]).
    pub fn is_harmless(&self) -> bool {
        match self {
            Self::Order { request, .. } | Self::Guide(request) => {
                matches!(request, PopupRequest::Stop | PopupRequest::StopWaiting | PopupRequest::StopRecoveryAlert(_))
            }
            Self::Open(_) | Self::OpenExtension(_) | Self::CopyReport | Self::ShowExtensions => true,
            // These begin a comparison, whose question takes the place of something else.
            Self::CopyAddress | Self::PrivateWindow | Self::OpenInEdge | Self::TellWhenBack => false,
        }
    }
}

/// Pages that a click may open. A page's content never chooses one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// OpenAI's status page.
    OpenaiStatus,
    /// Cloudflare's status page.
    CloudflareStatus,
    /// What other users report.
    Downdetector,
    /// OpenAI's help center.
    OpenaiHelp,
    /// The browser's own list of extensions.
    BrowserExtensions,
}

impl Link {
    /// Its URL.
    pub fn url(self) -> &'static str {
        match self {
            Self::OpenaiStatus => "https://status.openai.com/",
            Self::CloudflareStatus => "https://www.cloudflarestatus.com/",
            Self::Downdetector => "https://downdetector.com/status/openai/",
            Self::OpenaiHelp => "https://help.openai.com/",
            Self::BrowserExtensions => "chrome://extensions/",
        }
    }
}

/// A message about the progress or result of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Sentences, in order.
    pub text: Vec<Text>,
    /// Its tone.
    pub tone: Tone,
    /// Is it still in progress?
    pub running: bool,
    /// Until when Undo is offered.
    pub undo_until: Option<Time>,
}

/// The other extensions as they are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extensions {
    /// Suspects first.
    pub rows: Vec<Row>,
    /// How many of them are on.
    pub on: u32,
    /// Why there are no rows, shown in their place.
    pub problem: Option<Text>,
    /// Can extensions be switched automatically? In Firefox, only the user can do it.
    pub can_switch: bool,
    /// All pinned extensions, including those that are off or not installed.
    pub pinned: Vec<NamedExtension>,
}

/// An extension that may be off or not installed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedExtension {
    /// The extension.
    pub id: ExtensionId,
    /// Its name without the slogan, or its id if the browser has not reported it. The name is its developer's text, so it is shown
    /// as text only.
    pub name: String,
}

/// One extension as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one extension, each shown by itself")]
pub struct Row {
    /// The extension.
    pub id: ExtensionId,
    /// Its name without the slogan. The name is its developer's text, so it is shown as text only.
    pub name: String,
    /// The URL of its icon. Without one, a letter is drawn.
    pub icon: Option<String>,
    /// How suspicious it is.
    pub suspicion: Suspicion,
    /// Is it for security or privacy?
    pub protects: bool,
    /// The line below the name: why it is listed, why it cannot be switched, or what the browser said.
    pub remark: Option<Text>,
    /// Is the remark about an error?
    pub wrong: bool,
    /// Is it on?
    pub on: bool,
    /// Is its switch disabled?
    pub locked: bool,
    /// Is it being switched at this moment?
    pub busy: bool,
    /// Is it pinned, so that only the user switches it off?
    pub pinned: bool,
    /// Can it be pinned or unpinned?
    pub may_pin: bool,
}
