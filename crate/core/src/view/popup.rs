//! The popup's view of one tab, derived from everything that is known. The first matching state wins: a case (turning off,
//! checking, open, blocked), then the result of the last inspection.

use crate::base::id::Time;
use crate::base::text::{Text, keys};
use crate::case::{AutoRetry, Case, Flow};
use crate::diagnosis::cause::{Belief, Cause, Observation};
use crate::diagnosis::diagnose;
use crate::diagnosis::finding::Elsewhere;
use crate::diagnosis::fix::{Fix, ends_by_itself};
use crate::extensions::bisect::Finding;
use crate::feature::clear_data::Site;
use crate::feature::clear_data::view::{self as clear_view, NEEDED};
use crate::feature::culprit_search::{manual_view, view as search_view};
use crate::feature::diagnose::{observed, view as why};
use crate::feature::settings::watched::{Watched, patterns_for};
use crate::feature::toggle_extensions::view as extension_view;
use crate::protocol::message::Shown;
use crate::store::{FaultKind, LEDGER, PINS, StorageFault};
use crate::tab::TabStatus;
use crate::view::input::PopupInput;
use crate::view::title::{cause_title, title};
use crate::view::{CauseView, Facts, FixOutcome, Helped, Notice, Phase, RecoveryAlertView, Tone, View, banner, card, report};

/// The view of a tab with `case`.
pub(crate) fn of(input: &PopupInput<'_>, case: Option<&Case>, now: Time) -> View {
    let mut view = match case {
        Some(case) => of_case(input, case, now),
        None => without_case(input),
    };
    view.extensions = extension_view::extensions(
        &input.extensions,
        input.search.searching || input.policy.forbidden.contains(&Fix::Extensions),
        input.search.searching,
    );
    view.recovery_alerts = input.recovery.alerts.iter().map(RecoveryAlertView::of).collect();
    view.manual = manual_view::of(&input.search, &input.extensions);
    view.held = input.search.elsewhere || view.stoppable;
    if input.search.elsewhere && input.search.searching {
        view.detail = Some(keys::detail_elsewhere());
        view.stoppable = true;
    }
    // While a search runs, "Stop" puts everything back. If the user makes the switches, no button can do it.
    if !view.stoppable && input.browser.switches_extensions {
        view.off = extension_view::to_put_back(&input.extensions);
        view.put_back = u32::try_from(view.off.len()).unwrap_or(u32::MAX);
    }
    view.notice = input
        .data
        .clearing
        .and_then(|clearing| clear_view::notice(clearing, input.data.undo_cookies, now))
        .or_else(|| troubled(input.storage_faults));
    if input.has_changed {
        view.notice = Some(Notice { text: vec![keys::order_changed()], tone: Tone::Alarm, running: false, undo_until: None });
    }
    view
}

/// The permissions to ask for so that the content script runs automatically on another blocking site: for its whole domain, if
/// that is known.
fn to_watch(input: &PopupInput<'_>, case: &Case) -> Vec<String> {
    let is_watched = |watched: &Watched| watched.covers(&case.host);
    match &input.data.site {
        Site::Other { host, domain } if !input.policy.watched.is_none_or(is_watched) => {
            patterns_for(domain.as_ref().unwrap_or(host))
        }
        _ => Vec::new(),
    }
}

pub(super) fn plain(phase: Phase, tone: Tone, headline: Text, detail: Option<Text>) -> View {
    View {
        phase,
        tone,
        headline,
        detail,
        code: None,
        facts: None,
        why: None,
        helped: None,
        reason: None,
        folds_others: false,
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
        shown: Shown::default(),
        wait_until: None,
        allow: Vec::new(),
        extensions: None,
        put_back: 0,
        off: Vec::new(),
        report: Vec::new(),
        recovery_alerts: Vec::new(),
        offers_example: false,
        watch: Vec::new(),
    }
}

fn without_case(input: &PopupInput<'_>) -> View {
    let clear = |headline, detail| plain(Phase::Clear, Tone::Calm, headline, Some(detail));
    let mut view = match input.diagnosis.status {
        TabStatus::Looking => return plain(Phase::Looking, Tone::Calm, keys::headline_looking(), None),
        TabStatus::Fine | TabStatus::Unreadable if !input.data.allowed => {
            let allow = NEEDED.iter().map(|&pattern| pattern.into()).collect();
            return View { allow, ..plain(Phase::Clear, Tone::Alarm, keys::headline_allow(), Some(keys::detail_allow())) };
        }
        TabStatus::Fine => View { offers_example: true, ..clear(keys::headline_clear(), keys::detail_clear()) },
        TabStatus::Challenge(host) => clear(keys::headline_challenge(host.name()), keys::detail_challenge()),
        TabStatus::Offline => plain(Phase::Clear, Tone::Alarm, keys::headline_offline(), Some(keys::detail_offline())),
        TabStatus::NotLoaded => plain(Phase::Clear, Tone::Alarm, keys::headline_unloaded(), Some(keys::detail_unloaded())),
        TabStatus::Unreadable => clear(keys::headline_unreadable(), keys::detail_unreadable()),
    };
    let tools: &[Fix] = match input.diagnosis.status {
        // Nothing may be touched while a challenge runs, because it would start again.
        TabStatus::Challenge(_) | TabStatus::Offline => &[],
        // Pages that open and do not work are often this browser's alone, and looking elsewhere deletes nothing.
        _ => &[Fix::Browser, Fix::SiteData, Fix::CloudflareCheck],
    };
    let allowed = tools.iter().filter(|fix| !input.policy.forbidden.contains(fix));
    view.cards = allowed.map(|&fix| card::of(fix, input, None)).collect();
    view
}

fn of_case(input: &PopupInput<'_>, case: &Case, now: Time) -> View {
    let host = case.host.name();
    let (phase, tone, headline) = match &case.flow {
        Flow::Blocked(_) if input.diagnosis.asking && !case.has_first_answer() && !case.is_cooling_down(now) => {
            (Phase::Looking, Tone::Alarm, banner::headline_of_case(case))
        }
        Flow::Blocked(_) => (Phase::Answered, Tone::Alarm, banner::headline_of_case(case)),
        Flow::TurningOff { .. } => (Phase::Looking, Tone::Calm, keys::headline_turning_off()),
        // The result says which extensions are on, so it is told when they are.
        Flow::Stopping { waiting } | Flow::Found { waiting, .. }
            if !waiting.is_empty() && input.extensions.browser.switches_extensions =>
        {
            (Phase::Looking, Tone::Calm, keys::headline_putting_back())
        }
        // A load that began before *Stop* has to end before the next one begins.
        Flow::Stopping { .. } | Flow::Checking | Flow::Confirming { .. } => {
            (Phase::Looking, Tone::Calm, keys::headline_checking(host))
        }
        Flow::Open { .. } => (Phase::Done, Tone::Good, keys::headline_open(host)),
        Flow::Searching { .. } if !input.search.toggles.is_empty() => {
            (Phase::Searching, Tone::Calm, manual_view::headline(input.search.toggles.len()))
        }
        Flow::Searching { .. } => (Phase::Searching, Tone::Calm, keys::headline_searching()),
        Flow::Found { finding, .. } => search_view::headline(finding, &input.extensions),
    };
    let mut view = plain(phase, tone, headline, None);
    if matches!(input.diagnosis.status, TabStatus::Offline) && case.is_blocked() {
        return plain(Phase::Clear, Tone::Alarm, keys::headline_offline(), Some(keys::detail_offline()));
    }
    view.code = case.verdict.number();
    view.facts = Some(Facts {
        label: banner::label(&case.verdict),
        ray_id: case.verdict.ray_id.as_ref().map(|ray| keys::fact_ray(ray.as_str())),
        seen: case.seen,
    });
    view.wait_until = case.cooldown_until(now);
    view.report = report::of(input, case);
    view.watch = to_watch(input, case);
    match &case.flow {
        Flow::Open { helped } => {
            view.detail = Some(if case.method.is_form() { keys::helped_form() } else { helped_text(helped) });
            if let Some((why, card)) = card::which_one(input, case) {
                (view.why, view.cards, view.leads) = (Some(why), vec![card], true);
            }
            return view;
        }
        Flow::Searching { .. } => {
            view.detail = input.search.progress.as_ref().map(search_view::progress);
            view.stoppable = true;
            return view;
        }
        Flow::Found { .. } if phase == Phase::Looking => return view,
        Flow::Found { finding, .. } => {
            // Say that all are back on only when they are.
            view.detail = Some(if input.search.toggles.is_empty() {
                search_view::detail(finding, &input.extensions)
            } else {
                keys::detail_hand_back()
            });
            view.culprits = search_view::culprits(finding, &input.extensions);
            view.cleared = *finding == Finding::Innocent && case.findings.extensions_cleared;
            if phase == Phase::Found {
                return view;
            }
        }
        Flow::Blocked(_) if phase == Phase::Looking => {
            view.detail = Some(keys::detail_asking());
            return view;
        }
        Flow::Blocked(_) | Flow::TurningOff { .. } | Flow::Stopping { .. } | Flow::Checking | Flow::Confirming { .. } => {}
    }
    explain(view, input, case)
}

/// Adds the causes, the reason, and what can be done, the most worthwhile first.
fn explain(mut view: View, input: &PopupInput<'_>, case: &Case) -> View {
    let rows = input.extensions.listing.is_known().then_some(input.extensions.rows.as_slice());
    let seen = observed::of(case, rows, input.extensions.recurrence.is_some(), input.browser);
    let diagnosis = diagnose(&case.verdict, &seen, &case.trials, &input.diagnosis.prior);
    view.causes = causes(&diagnosis.causes);
    let likeliest = diagnosis.first_cause().map(|belief| belief.cause);
    view.helped = input
        .diagnosis
        .helped
        .filter(|(fix, _)| !input.policy.forbidden.contains(fix))
        .map(|(fix, times)| Helped { fix: title(fix), times });
    // An open question and a current wait come first, then an earlier culprit, then the fix most worth trying.
    let is_cleared = seen.contains(&Observation::ExtensionsCleared);
    let again = input
        .extensions
        .recurring()
        .filter(|_| !is_cleared)
        .map(|row| row.assessment.fix())
        .filter(|fix| likeliest.is_some_and(|cause| fix.efficacy(cause) > 0.5));
    let untried = again.filter(|fix| case.trials.iter().all(|trial| trial.fix != *fix || trial.helped));
    let front = case.compares.map(Elsewhere::fix).or_else(|| case.auto_retry().map(AutoRetry::fix)).or(untried);
    let others = diagnosis.fixes.iter().copied().filter(|&fix| Some(fix) != front);
    let allowed = front.into_iter().chain(others).filter(|fix| !input.policy.forbidden.contains(fix));
    view.cards = allowed.map(|fix| card::of(fix, input, Some(case))).collect();
    let lead = view.cards.first().map(|card| card.fix);
    let reason = lead.and_then(|fix| fix.reason(&diagnosis.causes)).or(likeliest);
    view.reason = reason.filter(|_| reason != likeliest).map(cause_title);
    view.why = Some(why::of(&input.extensions, &input.diagnosis, case, &seen, reason));
    if view.phase == Phase::Answered && input.diagnosis.offers_cause {
        view.offers_cause = true;
        view.detail = Some(keys::detail_not_asked());
    }
    view.leads = true;
    // The first card is right below the reason and does not have to repeat it.
    if let Some(card) = view.cards.first_mut() {
        card.body.retain(|text| Some(text) != view.why.as_ref());
    }
    // Where only waiting helps, everything else is out of the way.
    let only_waits = matches!(lead, Some(Fix::Status | Fix::Wait)) && ends_by_itself(&case.verdict, &seen);
    let is_end = !case.trials.is_empty() && view.cards.first().is_some_and(|card| card.fix == Fix::Owner);
    view.folds_others = only_waits || is_end;
    let is_outage = only_waits && reason == Some(Cause::ServiceDown) && case.verdict.is_known();
    if is_outage && view.phase == Phase::Answered {
        view.headline = keys::headline_service(case.host.name());
        // The card has what the site reports.
        view.why = Some(keys::hint_service());
    }
    if view.phase == Phase::Answered && case.is_unseen() {
        view.detail = Some(keys::detail_unseen());
    } else if view.phase == Phase::Answered && case.method.is_form() && !case.inside {
        view.detail = Some(keys::detail_form());
    } else if view.phase == Phase::Answered && is_end {
        view.phase = Phase::Stuck;
        view.headline = keys::headline_stuck();
        view.detail = Some(keys::detail_stuck());
    }
    view
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

fn helped_text(helped: &[Fix]) -> Text {
    match helped {
        [] | [Fix::Reopen] => keys::helped_itself(),
        [Fix::Extensions] => keys::helped_extensions(),
        [Fix::Vpn] => keys::helped_vpn(),
        [Fix::SiteData] => keys::helped_site_data(),
        [Fix::CloudflareCheck] => keys::helped_cloudflare_check(),
        // Several fixes at once, or one that happened outside of Readmit: it is unknown which one helped.
        _ => keys::helped_other(),
    }
}

/// What was stored and could not be read. Only what outlives the browser is shown; the report contains everything.
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

impl FixOutcome {
    /// The word for it, if there is one.
    pub fn text(self) -> Option<Text> {
        match self {
            Self::Untried => None,
            Self::Running => Some(keys::outcome_running()),
            Self::Helped => Some(keys::outcome_helped()),
            Self::NoHelp => Some(keys::outcome_no_help()),
        }
    }
}
