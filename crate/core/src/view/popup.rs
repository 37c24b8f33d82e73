//! The popup's view of one tab, derived from all that is known. The first match of the states below wins:
//! a case (turning off, checking, open, refused), then what the last look said.

use crate::app::ManualToggle;
use crate::base::id::{ExtensionId, Time};
use crate::base::text::{Text, keys};
use crate::case::{AutoRetry, Case, Step};
use crate::diagnosis::cause::{Belief, Cause, Observation};
use crate::diagnosis::diagnose;
use crate::diagnosis::finding::Elsewhere;
use crate::diagnosis::fix::Fix;
use crate::diagnosis::prior::Prior;
use crate::evidence::status::Title;
use crate::extensions::bisect::{Finding, Progress};
use crate::extensions::installed::{Installed, Lock};
use crate::extensions::ledger::Ledger;
use crate::extensions::listing::{Listed, Listing};
use crate::extensions::pin::Pins;
use crate::extensions::suspect::{Reason, Suspicion};
use crate::feature::clear_data::Site;
use crate::feature::clear_data::clearing::{Clearing, Step as ClearingStep, UndoCookies};
use crate::feature::culprit_search::{manual_view, view as search_view};
use crate::feature::diagnose::view as why;
use crate::feature::recovery_alert::{RecoveryAlert, RecoveryAlerts, Stage};
use crate::feature::settings::view::title;
use crate::feature::settings::watched::{Watched, patterns_for};
use crate::protocol::effect::Brand;
use crate::store::{FaultKind, LEDGER, PINS, StorageFault};
use crate::tab::TabStatus;
use crate::view::{
    CauseView, Extensions, Facts, Helped, Notice, Outcome, Phase, PinnedView, RecoveryAlertView, Row, Tone, View, banner, card,
    report,
};

/// Everything a view is derived from.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each asked for by another part of the view")]
pub(crate) struct Scene<'a> {
    /// Whose data the tools would clear: the refusing site's, else ChatGPT's.
    pub(crate) site: Site,
    /// The extensions, in their order.
    pub(crate) rows: Vec<Listed<'a>>,
    /// The extension with which it has started again.
    pub(crate) recurrence: Option<Recurrence<'a>>,
    /// What was proven of such refusals before.
    pub(crate) past: Prior,
    /// What helped here most often before, and how often.
    pub(crate) helped: Option<(Fix, u32)>,
    /// Where the rows come from.
    pub(crate) listing: &'a Listing,
    /// What was switched.
    pub(crate) ledger: &'a Ledger,
    /// The clearing under way or last finished, if it belongs to this tab.
    pub(crate) clearing: Option<&'a Clearing>,
    /// What could not be read.
    pub(crate) storage_faults: &'a [StorageFault],
    /// What can be undone.
    pub(crate) undo_cookies: Option<&'a UndoCookies>,
    /// May extensions switch extensions in this browser?
    pub(crate) can_switch: bool,
    /// May extensions open the browser's own list of extensions?
    pub(crate) opens_list: bool,
    /// Is the browser's cache emptied whole, or not at all?
    pub(crate) clears_whole_cache: bool,
    /// A browser with a VPN and a blocker of its own.
    pub(crate) brand: Option<Brand>,
    /// What is left to be switched by hand.
    pub(crate) toggles: Vec<ManualToggle>,
    /// Is the permission for OpenAI's hosts there?
    pub(crate) allowed: bool,
    /// Is there an address scheme that opens Edge?
    pub(crate) opens_edge: bool,
    /// Are experiments under way that are worth waiting for?
    pub(crate) asking: bool,
    /// Are requests being timed?
    pub(crate) timing: bool,
    /// The other sites that may be touched; `None` until the browser has answered.
    pub(crate) watched: Option<&'a Watched>,
    /// The sites that are waited for.
    pub(crate) recovery_alerts: &'a RecoveryAlerts,
    /// May notifications be shown?
    pub(crate) notifies: bool,
    /// To whom the administrator wants reports sent.
    pub(crate) contact: Option<&'a Title>,
    /// Fixes that the administrator does not want.
    pub(crate) forbidden: Vec<Fix>,
    /// Is the cause only looked for on a click that has not come?
    pub(crate) offers_cause: bool,
    /// What is never switched off.
    pub(crate) pins: &'a Pins,
    /// Does a search run, on this tab or another?
    pub(crate) searching: bool,
    /// How far the search is, or was when it was interrupted.
    pub(crate) progress: Option<Progress>,
    /// Does something go on about another tab that an order would cross?
    pub(crate) elsewhere: bool,
    /// Was a search interrupted that can go on here?
    pub(crate) can_go_on: bool,
    /// What the last look at the tab said.
    pub(crate) status: &'a TabStatus,
}

/// An extension that was to blame, and with which a refusal has started again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recurrence<'a> {
    /// Which.
    pub(crate) extension: &'a Installed,
    /// Was it updated, and not merely switched on?
    pub(crate) updated: bool,
}

impl Recurrence<'_> {
    /// Says so.
    pub(crate) fn text(self) -> Text {
        let name = self.extension.short_name();
        if self.updated { keys::started_update(name) } else { keys::started_on(name) }
    }
}

impl<'a> Scene<'a> {
    /// The row of the extension with which it has started again, if it may be switched off.
    pub(crate) fn recurring(&self) -> Option<&Listed<'a>> {
        self.rows.iter().find(|row| self.recurrence.is_some_and(|recurrence| recurrence.extension.id == row.extension.id))
    }

    /// What a click that touches the site's data has to ask for first.
    pub(crate) fn missing_permission(&self) -> Vec<String> {
        match self.site {
            Site::Openai if self.allowed => Vec::new(),
            Site::Openai => NEEDED.iter().map(|&pattern| pattern.into()).collect(),
            Site::Other { .. } => self.site.permission(),
        }
    }
}

/// The match patterns that Readmit cannot do without.
pub const NEEDED: [&str; 2] = ["https://*.chatgpt.com/*", "https://*.openai.com/*"];

/// The view of a tab with `case`.
pub(crate) fn of(scene: &Scene<'_>, case: Option<&Case>, now: Time) -> View {
    let mut view = match case {
        Some(case) => of_case(scene, case, now),
        None => without_case(scene),
    };
    view.extensions = extensions(scene);
    view.recovery_alerts = scene.recovery_alerts.iter().map(alert).collect();
    view.manual = manual_view::of(scene);
    view.held = scene.elsewhere || view.stoppable;
    if scene.elsewhere && scene.searching {
        view.detail = Some(keys::detail_elsewhere());
        view.stoppable = true;
    }
    // While a search runs, "Stop" is what puts everything back; and where a hand has to do it, no button can.
    let put_back = if view.stoppable || !scene.can_switch { 0 } else { scene.ledger.off().count() };
    view.put_back = u32::try_from(put_back).unwrap_or(u32::MAX);
    view.notice =
        scene.clearing.and_then(|clearing| notice(clearing, scene.undo_cookies, now)).or_else(|| troubled(scene.storage_faults));
    view
}

/// What to ask for so that the content script runs by itself on another site that refused: all of it, as far as it is known.
fn to_watch(scene: &Scene<'_>, case: &Case) -> Vec<String> {
    let is_watched = |watched: &Watched| watched.covers(&case.host);
    match &scene.site {
        Site::Other { host, domain } if !scene.watched.is_none_or(is_watched) => patterns_for(domain.as_ref().unwrap_or(host)),
        _ => Vec::new(),
    }
}

fn alert(alert: &RecoveryAlert) -> RecoveryAlertView {
    let next = match alert.stage {
        Stage::Waiting { next, .. } => Some(next),
        Stage::Back { .. } => None,
    };
    RecoveryAlertView { host: alert.host.clone(), next }
}

fn plain(phase: Phase, tone: Tone, headline: Text, detail: Option<Text>) -> View {
    View {
        phase,
        tone,
        headline,
        detail,
        code: None,
        facts: None,
        why: None,
        helped: None,
        causes: Vec::new(),
        cards: Vec::new(),
        leads: false,
        offers_cause: false,
        stoppable: false,
        manual: None,
        held: false,
        culprits: Vec::new(),
        cleared: false,
        notice: None,
        wait_until: None,
        allow: Vec::new(),
        extensions: None,
        put_back: 0,
        report: Vec::new(),
        recovery_alerts: Vec::new(),
        watch: Vec::new(),
    }
}

fn without_case(scene: &Scene<'_>) -> View {
    let clear = |headline, detail| plain(Phase::Clear, Tone::Calm, headline, Some(detail));
    let mut view = match scene.status {
        TabStatus::Looking => return plain(Phase::Looking, Tone::Calm, keys::headline_looking(), None),
        TabStatus::Fine | TabStatus::Unreadable if !scene.allowed => {
            let allow = NEEDED.iter().map(|&pattern| pattern.into()).collect();
            return View { allow, ..plain(Phase::Clear, Tone::Alarm, keys::headline_allow(), Some(keys::detail_allow())) };
        }
        TabStatus::Fine => clear(keys::headline_clear(), keys::detail_clear()),
        TabStatus::Challenge(host) => clear(keys::headline_challenge(host.as_str()), keys::detail_challenge()),
        TabStatus::Offline => plain(Phase::Clear, Tone::Alarm, keys::headline_offline(), Some(keys::detail_offline())),
        TabStatus::NotLoaded => plain(Phase::Clear, Tone::Alarm, keys::headline_unloaded(), Some(keys::detail_unloaded())),
        TabStatus::Unreadable => clear(keys::headline_unreadable(), keys::detail_unreadable()),
    };
    let tools: &[Fix] = match scene.status {
        // Nothing may be touched while a challenge runs: it would begin again.
        TabStatus::Challenge(_) | TabStatus::Offline => &[],
        _ => &[Fix::SiteData, Fix::CloudflareCheck],
    };
    let allowed = tools.iter().filter(|fix| !scene.forbidden.contains(fix));
    view.cards = allowed.map(|&fix| card::of(fix, scene, None)).collect();
    view
}

fn of_case(scene: &Scene<'_>, case: &Case, now: Time) -> View {
    let host = case.host.as_str();
    let (phase, tone, headline) = match &case.step {
        Step::Refused if scene.asking && !case.has_first_answer() && !case.is_cooling_down(now) => {
            (Phase::Looking, Tone::Alarm, banner::headline_of_case(case))
        }
        Step::Refused => (Phase::Answered, Tone::Alarm, banner::headline_of_case(case)),
        Step::TurningOff { .. } => (Phase::Looking, Tone::Calm, keys::headline_turning_off()),
        Step::Stopping { .. } => (Phase::Looking, Tone::Calm, keys::headline_putting_back()),
        Step::Checking => (Phase::Looking, Tone::Calm, keys::headline_checking(host)),
        Step::Open { .. } => (Phase::Done, Tone::Good, keys::headline_open(host)),
        Step::Searching { .. } if !scene.toggles.is_empty() => {
            (Phase::Searching, Tone::Calm, manual_view::headline(scene.toggles.len()))
        }
        Step::Searching { .. } => (Phase::Searching, Tone::Calm, keys::headline_searching()),
        Step::Found { finding, .. } => search_view::headline(finding, scene),
    };
    let mut view = plain(phase, tone, headline, None);
    if matches!(scene.status, TabStatus::Offline) && case.step == Step::Refused {
        return plain(Phase::Clear, Tone::Alarm, keys::headline_offline(), Some(keys::detail_offline()));
    }
    view.code = case.verdict.code.as_ref().map(|code| code.number());
    view.facts = Some(Facts {
        label: banner::label(&case.verdict),
        ray_id: case.verdict.ray_id.as_ref().map(|ray| keys::fact_ray(ray.as_str())),
        seen: case.seen,
    });
    view.wait_until = case.cooldown_until(now);
    view.report = report::of(scene, case);
    view.watch = to_watch(scene, case);
    match &case.step {
        Step::Open { helped } => {
            view.detail = Some(helped_text(helped));
            return view;
        }
        Step::Searching { .. } => {
            view.detail = scene.progress.as_ref().map(search_view::progress);
            view.stoppable = true;
            return view;
        }
        Step::Found { finding, .. } => {
            // That all are back on is only said when it is so.
            view.detail =
                Some(if scene.toggles.is_empty() { search_view::detail(finding, scene) } else { keys::detail_hand_back() });
            view.culprits = search_view::culprits(finding, scene);
            view.cleared = *finding == Finding::Innocent && case.findings.extensions_cleared;
            if phase == Phase::Found {
                return view;
            }
        }
        Step::Refused if phase == Phase::Looking => {
            view.detail = Some(keys::detail_asking());
            return view;
        }
        Step::Refused | Step::TurningOff { .. } | Step::Stopping { .. } | Step::Checking => {}
    }
    let mut seen = case.findings.observations(&case.verdict);
    if scene.listing.is_known() {
        seen.extend(observations(&scene.rows));
    }
    seen.extend(scene.recurrence.map(|_| Observation::CulpritBack));
    let diagnosis = diagnose(&case.verdict, &seen, &case.trials, &scene.past);
    view.causes = causes(&diagnosis.causes);
    let likeliest = diagnosis.first_cause().map(|belief| belief.cause);
    view.why = Some(why::of(scene, case, &seen, likeliest));
    view.helped =
        scene.helped.filter(|(fix, _)| !scene.forbidden.contains(fix)).map(|(fix, times)| Helped { fix: title(fix), times });
    // An open question and what is waited for stay in front, then whoever is to blame again, then what is most worth trying.
    let again =
        scene.recurring().map(|row| row.assessment.fix()).filter(|fix| likeliest.is_some_and(|cause| fix.efficacy(cause) > 0.5));
    let untried = again.filter(|fix| case.trials.iter().all(|trial| trial.fix != *fix || trial.helped));
    let front = case.compares.map(Elsewhere::fix).or_else(|| case.auto_retry.as_ref().map(AutoRetry::fix)).or(untried);
    let others = diagnosis.fixes.iter().copied().filter(|&fix| Some(fix) != front);
    let allowed = front.into_iter().chain(others).filter(|fix| !scene.forbidden.contains(fix));
    view.cards = allowed.map(|fix| card::of(fix, scene, Some(case))).collect();
    if phase == Phase::Answered && scene.offers_cause {
        view.offers_cause = true;
        view.detail = Some(keys::detail_not_asked());
    }
    view.leads = true;
    // The leading card stands right below the reason, and need not say it once more.
    if let Some(card) = view.cards.first_mut() {
        card.body.retain(|text| Some(text) != view.why.as_ref());
    }
    let is_end = !case.trials.is_empty() && view.cards.first().is_some_and(|card| card.fix == Fix::Owner);
    if phase == Phase::Answered && case.unseen {
        view.detail = Some(keys::detail_unseen());
    } else if phase == Phase::Answered && is_end {
        view.phase = Phase::Stuck;
        view.headline = keys::headline_stuck();
        view.detail = Some(keys::detail_stuck());
    }
    view
}

/// What the list of extensions tells.
fn observations(rows: &[Listed<'_>]) -> Vec<Observation> {
    let on = || rows.iter().filter(|row| row.extension.enabled);
    let because = |reasons: &[Reason]| on().any(|row| row.assessment.reason.is_some_and(|reason| reasons.contains(&reason)));
    let strong =
        |row: &Listed| row.assessment.suspicion == Suspicion::Strong && row.assessment.reason != Some(Reason::ChangesAddress);
    let mut seen = Vec::new();
    if on().any(strong) {
        seen.push(Observation::StrongSuspectOn);
    }
    if because(&[Reason::ChangesAgent, Reason::Disguises]) {
        seen.push(Observation::DisguiseOn);
    }
    let has_proxy = because(&[Reason::ChangesAddress]);
    seen.push(if has_proxy { Observation::ProxyExtensionOn } else { Observation::NoProxyExtensionOn });
    if on().all(|row| row.assessment.suspicion == Suspicion::None) {
        seen.push(Observation::NoSuspectOn);
    }
    seen
}

fn causes(beliefs: &[Belief]) -> Vec<CauseView> {
    let belief_text = |index: usize, probability: f64| match index {
        0 if probability >= 0.5 => keys::belief_most(),
        0 => keys::belief_perhaps(),
        _ => keys::belief_possible(),
    };
    let view = |(index, belief): (usize, &Belief)| CauseView {
        cause: belief.cause,
        probability: belief.probability,
        belief: belief_text(index, belief.probability),
        title: cause_title(belief.cause),
    };
    beliefs.iter().enumerate().map(view).collect()
}

/// What a cause is called.
pub(crate) fn cause_title(cause: Cause) -> Text {
    match cause {
        Cause::Extension => keys::cause_extension(),
        Cause::SiteData => keys::cause_site_data(),
        Cause::Address => keys::cause_address(),
        Cause::Vpn => keys::cause_vpn(),
        Cause::RateLimit => keys::cause_rate_limit(),
        Cause::Region => keys::cause_region(),
        Cause::BrowserSignature => keys::cause_browser_signature(),
        Cause::Connection => keys::cause_connection(),
        Cause::ServiceDown => keys::cause_service_down(),
        Cause::Account => keys::cause_account(),
        Cause::OwnerRule => keys::cause_owner_rule(),
        Cause::Clock => keys::cause_clock(),
    }
}

fn helped_text(helped: &[Fix]) -> Text {
    match helped {
        [] => keys::helped_itself(),
        [Fix::Extensions] => keys::helped_extensions(),
        [Fix::Vpn] => keys::helped_vpn(),
        [Fix::SiteData] => keys::helped_site_data(),
        [Fix::CloudflareCheck] => keys::helped_cloudflare_check(),
        // Several at once, or one that happened outside: which of them it was is not known.
        _ => keys::helped_other(),
    }
}

fn extensions(scene: &Scene<'_>) -> Option<Extensions> {
    if !scene.listing.is_known() {
        return None;
    }
    let problem = match scene.listing.failure() {
        Some(failure) => Some(keys::extensions_failed(failure.as_str())),
        None if scene.rows.is_empty() => Some(keys::extensions_none()),
        None => None,
    };
    let on = scene.rows.iter().filter(|row| row.extension.enabled).count();
    Some(Extensions {
        rows: scene.rows.iter().map(|row| of_row(row, scene)).collect(),
        on: u32::try_from(on).unwrap_or(u32::MAX),
        problem,
        can_switch: scene.can_switch,
        pinned: scene.pins.iter().map(|id| pinned(id, scene)).collect(),
    })
}

fn pinned(id: &ExtensionId, scene: &Scene<'_>) -> PinnedView {
    let name = scene.listing.find(id).map_or(id.as_str(), Installed::short_name);
    PinnedView { id: id.clone(), name: name.to_owned() }
}

fn of_row(row: &Listed<'_>, scene: &Scene<'_>) -> Row {
    let extension = row.extension;
    let lock = extension.lock();
    let failure = row.failure.map(|failure| keys::row_failed(failure.as_str()));
    let locked = lock.map(|lock| match lock {
        Lock::Policy => keys::lock_policy(),
        Lock::MorePermissions => keys::lock_permissions(),
        Lock::Browser => keys::lock_browser(),
    });
    let ours = (!extension.enabled && scene.ledger.holds(&extension.id)).then(keys::row_off_by_us);
    let pinned = row.pinned.then(keys::row_pinned);
    Row {
        id: extension.id.clone(),
        name: extension.short_name().into(),
        icon: extension.icon(32).map(Into::into),
        suspicion: row.assessment.suspicion,
        wrong: failure.is_some(),
        remark: failure.or(locked).or(ours).or(pinned).or(row.assessment.reason.map(Reason::text)),
        on: extension.enabled,
        locked: lock.is_some() || !scene.can_switch || scene.searching || scene.forbidden.contains(&Fix::Extensions),
        busy: row.busy,
        pinned: row.pinned,
        may_pin: lock.is_none() && !scene.searching,
    }
}

/// What was saved and could not be read. Only what outlives the browser is worth a word; the report has all of it.
fn troubled(storage_faults: &[StorageFault]) -> Option<Notice> {
    let kept = |storage_faults: &&StorageFault| {
        storage_faults.key == LEDGER.key || storage_faults.key == PINS.key || storage_faults.key == "storage"
    };
    let text = match storage_faults.iter().find(kept)?.kind {
        FaultKind::Newer => keys::trouble_newer(),
        FaultKind::Unreadable => keys::trouble_unreadable(),
    };
    Some(Notice { text: vec![text], tone: Tone::Alarm, running: false, undo_until: None })
}

fn notice(clearing: &Clearing, undo_cookies: Option<&UndoCookies>, now: Time) -> Option<Notice> {
    let undo_until = undo_cookies.map(|undo_cookies| undo_cookies.until).filter(|until| *until > now);
    let running = |text| Some(Notice { text: vec![text], tone: Tone::Calm, running: true, undo_until: None });
    let finished = |text, tone, undo_until| Some(Notice { text, tone, running: false, undo_until });
    match &clearing.step {
        ClearingStep::Counting => running(keys::clearing_counting()),
        ClearingStep::Removing { .. } => running(keys::clearing_removing()),
        ClearingStep::Verifying { .. } | ClearingStep::Checking { .. } => running(keys::clearing_verifying()),
        ClearingStep::Undoing { .. } => running(keys::clearing_undoing()),
        ClearingStep::Failed(failure) => finished(vec![keys::clearing_failed(failure.as_str())], Tone::Alarm, undo_until),
        ClearingStep::Done { found, .. } if found.is_nothing() => finished(vec![keys::cleared_nothing()], Tone::Calm, None),
        ClearingStep::Done { found, left } => {
            let mut text = vec![keys::cleared_cookies(found.cookies.saturating_sub(left.map_or(0, |left| left.cookies)))];
            if let Some(stored) = found.stored.filter(|stored| *stored > 0) {
                text.push(keys::cleared_stored(stored.saturating_sub(left.and_then(|left| left.stored).unwrap_or(0))));
            }
            let (check, tone) = match left {
                None => (keys::cleared_unchecked(), Tone::Calm),
                Some(left) if left.is_nothing() => (keys::cleared_checked(), Tone::Good),
                Some(left) => (keys::cleared_left(left.cookies.saturating_add(left.stored.unwrap_or(0))), Tone::Alarm),
            };
            text.push(check);
            finished(text, tone, undo_until)
        }
        ClearingStep::Undone { restored, missing } => {
            let mut text = vec![keys::undone(*restored)];
            if *missing > 0 {
                text.push(keys::undone_missing(*missing));
            }
            finished(text, if *missing > 0 { Tone::Alarm } else { Tone::Good }, None)
        }
    }
}

impl Outcome {
    /// The word for it, where there is one.
    pub fn text(self) -> Option<Text> {
        match self {
            Self::Untried => None,
            Self::Running => Some(keys::outcome_running()),
            Self::Helped => Some(keys::outcome_helped()),
            Self::NoHelp => Some(keys::outcome_no_help()),
        }
    }
}
