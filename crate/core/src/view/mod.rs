//! What is shown: plain data with message keys, derived from the model. Deciding what to say is here; how it looks is the
//! popup's and the banner's business.

pub(crate) mod banner;
pub(crate) mod card;
pub(crate) mod checks;
pub(crate) mod input;
pub(crate) mod popup;
pub(crate) mod report;
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
use crate::protocol::message::PopupRequest;
pub(crate) use crate::view::banner::of_case as banner_of_case;
pub use crate::view::banner::{Banner, of as banner};
pub(crate) use crate::view::popup::of as popup;
pub use crate::view::report::{Privacy, ReportLine};

/// The popup's phases, as its `data-phase` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// No refusal here.
    Clear,
    /// Finding out, or waiting for a reload.
    Looking,
    /// A refusal, and what to do.
    Answered,
    /// The culprit search runs.
    Searching,
    /// It has found who is to blame.
    Found,
    /// It has found nobody, or could not tell.
    Stuck,
    /// It is open again.
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

/// How the headline feels. An echo of its words, never their replacement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// Nothing to worry about.
    Calm,
    /// Something is wrong.
    Alarm,
    /// It is well again.
    Good,
}

/// Everything a popup shows.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each shown by another part of the popup")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Which look.
    pub phase: Phase,
    /// Its feeling.
    pub tone: Tone,
    /// The sentence that says what happened.
    pub headline: Text,
    /// A second sentence, for looks without a cause.
    pub detail: Option<Text>,
    /// The code, for `data-code`.
    pub code: Option<u16>,
    /// The quiet line below the headline.
    pub facts: Option<Facts>,
    /// The likeliest cause in words: why it came to be thought so. Two lines at most.
    pub why: Option<Text>,
    /// What helped against such refusals of this site before.
    pub helped: Option<Helped>,
    /// Causes, likeliest first.
    pub causes: Vec<CauseView>,
    /// Fixes, the recommended one first.
    pub cards: Vec<Card>,
    /// Does the first card lead (a refusal), or are all of them quiet tools (no refusal)?
    pub leads: bool,
    /// Has nobody been asked for the cause yet, so that a click may do it?
    pub offers_cause: bool,
    /// Can what is going on be stopped?
    pub stoppable: bool,
    /// What the person is asked to switch.
    pub manual: Option<ManualView>,
    /// Does something go on, here or about another tab, that another order would cross?
    pub held: bool,
    /// Who is to blame, each proven.
    pub culprits: Vec<CulpritView>,
    /// Were the extensions proven innocent?
    pub cleared: bool,
    /// Progress or result of a clearing.
    pub notice: Option<Notice>,
    /// Until when nothing may be asked of the site.
    pub wait_until: Option<Time>,
    /// Match patterns to ask for, when the permission is missing.
    pub allow: Vec<String>,
    /// The other extensions; `None` until the browser has answered.
    pub extensions: Option<Extensions>,
    /// How many extensions Readmit can put back.
    pub put_back: u32,
    /// The lines of the report, without the time (which whoever shows it writes).
    pub report: Vec<ReportLine>,
    /// The sites that somebody wants to be told of.
    pub recovery_alerts: Vec<RecoveryAlertView>,
    /// Match patterns to ask for, so that this site too is watched. None where it is, or is ours.
    pub watch: Vec<String>,
}

impl View {
    /// Is it only what a worker knows that has just started: neither what the tab shows nor which extensions there are?
    pub fn is_partial(&self) -> bool {
        let is_first_look = self.phase == Phase::Looking && self.facts.is_none();
        is_first_look || self.extensions.is_none()
    }

    /// Does what it shows go on without a click? Then there is more to come.
    pub fn goes_on(&self) -> bool {
        let is_left_to_person = self.manual.is_some() && self.phase == Phase::Searching;
        let rows = || self.extensions.iter().flat_map(|extensions| &extensions.rows);
        let is_looking = matches!(self.phase, Phase::Looking | Phase::Searching) && !is_left_to_person;
        let is_clearing = self.notice.as_ref().is_some_and(|notice| notice.running);
        let is_trying = self.cards.iter().any(|card| card.outcome == Outcome::Running && card.until.is_none());
        is_looking || is_clearing || is_trying || rows().any(|row| row.busy)
    }
}

/// A site that somebody wants to be told of when it is back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryAlertView {
    /// Which.
    pub host: Host,
    /// When it is looked at next; none once it is back.
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

/// What the quiet line says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// "Error 1020", or "Blocked".
    pub label: Text,
    /// Cloudflare's name for the request.
    pub ray_id: Option<Text>,
    /// When it was seen.
    pub seen: Time,
}

/// An extension that is to blame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CulpritView {
    /// Which.
    pub id: ExtensionId,
    /// Its name without the slogan; its maker's words, shown as text only.
    pub name: String,
    /// Its icon's address; without one, a letter is drawn.
    pub icon: Option<String>,
    /// How it is now, and with whom it blocks.
    pub remark: Text,
    /// What can be clicked.
    pub buttons: Vec<Button>,
}

/// Switches for the person to make, in the browser's own list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualView {
    /// What they are for.
    pub title: Text,
    /// Where to make them.
    pub hint: Text,
    /// Those that are left.
    pub toggles: Vec<ManualToggleView>,
}

/// One switch for the person to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManualToggleView {
    /// Which extension.
    pub id: ExtensionId,
    /// Its name without the slogan; its maker's words, shown as text only.
    pub name: String,
    /// Its icon's address; without one, a letter is drawn.
    pub icon: Option<String>,
    /// On or off.
    pub on: bool,
    /// The same in words.
    pub remark: Text,
}

/// A cause as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CauseView {
    /// Which.
    pub cause: Cause,
    /// From 0 to 1.
    pub probability: f64,
    /// "Most likely", "Perhaps", "Possible".
    pub belief: Text,
    /// Its title.
    pub title: Text,
}

/// Where a fix stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Not yet.
    Untried,
    /// Being carried out, or waiting for the page's answer.
    Running,
    /// The page opened after it.
    Helped,
    /// The page stayed refused after it.
    NoHelp,
}

impl Outcome {
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
    /// Which.
    pub fix: Fix,
    /// Where it stands.
    pub outcome: Outcome,
    /// Its title.
    pub title: Text,
    /// A few words at the end of its line: what was found, or what it costs.
    pub note: Text,
    /// What it does; sentences of their own.
    pub body: Vec<Text>,
    /// What can be clicked, the main thing first.
    pub buttons: Vec<Button>,
    /// What to expect, shown below the button when the card leads.
    pub promise: Option<Text>,
    /// Until when something is waited for, at the latest.
    pub until: Option<Time>,
    /// Times of requests in milliseconds, to be drawn; `None` for one lost.
    pub chart: Vec<Option<u32>>,
    /// What a status page tells of.
    pub incidents: Vec<IncidentView>,
}

/// An open incident as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentView {
    /// The service's own words; shown as text only.
    pub title: String,
    /// Since when.
    pub since: Option<Time>,
    /// Where to read on: a page on a status host.
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
    /// Tells the background to do something.
    Order {
        /// What.
        request: PopupRequest,
        /// Match patterns that the browser must be asked for in the same click, first. Mostly none.
        needs: Vec<String>,
    },
    /// Tells the background to do something in which the person has a hand: what is to be done is shown in a tab of its
    /// own, for a popup closes as soon as the browser's list of extensions is opened.
    Guide(PopupRequest),
    /// Tells the background to say when the site is back, and asks the browser for leave to notify in the same click. Whatever
    /// the answer, there is the toolbar button.
    TellWhenBack,
    /// Opens a page in a new tab.
    Open(Link),
    /// Opens the browser's own page about an extension, where its access to sites is set.
    OpenExtension(ExtensionId),
    /// Copies the page's address.
    CopyAddress,
    /// Copies the report.
    CopyReport,
    /// Opens the page in a private window.
    PrivateWindow,
    /// Opens the page in Edge, where the system knows it.
    OpenInEdge,
    /// Moves to the list of extensions.
    ShowExtensions,
}

/// Pages that a click may open. No page's content ever chooses one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// OpenAI's status page.
    OpenaiStatus,
    /// Cloudflare's status page.
    CloudflareStatus,
    /// What other people report.
    Downdetector,
    /// OpenAI's help centre.
    OpenaiHelp,
    /// The browser's own list of extensions.
    BrowserExtensions,
}

impl Link {
    /// Its address.
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

/// A word about the clearing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Sentences, in order.
    pub text: Vec<Text>,
    /// How it feels.
    pub tone: Tone,
    /// Still at it?
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
    /// In place of rows: why there are none.
    pub problem: Option<Text>,
    /// Can we switch at all? Firefox lets only people do it.
    pub can_switch: bool,
    /// All that are pinned, those that are off or gone among them.
    pub pinned: Vec<PinnedView>,
}

/// One that Readmit never switches off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinnedView {
    /// Which.
    pub id: ExtensionId,
    /// Its name, or its id where it is not installed.
    pub name: String,
}

/// One extension as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one extension, each shown by itself")]
pub struct Row {
    /// Which.
    pub id: ExtensionId,
    /// Its name without the slogan; its maker's words, shown as text only.
    pub name: String,
    /// Its icon's address; without one, a letter is drawn.
    pub icon: Option<String>,
    /// What speaks against it.
    pub suspicion: Suspicion,
    /// Below the name: why it is here, why it cannot be switched, or what the browser said.
    pub remark: Option<Text>,
    /// Is the remark about something that went wrong?
    pub wrong: bool,
    /// Is it on?
    pub on: bool,
    /// Can its switch be used?
    pub locked: bool,
    /// Is it being switched at this moment?
    pub busy: bool,
    /// Is it never switched off but by hand?
    pub pinned: bool,
    /// Can it be pinned, or the pin be taken out?
    pub may_pin: bool,
}
