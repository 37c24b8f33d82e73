//! The sentence below the likeliest cause: the observation that makes it the likeliest.

use crate::base::text::{Text, keys};
use crate::case::Case;
use crate::diagnosis::cause::{Cause, Kind};
use crate::diagnosis::fix::Fix;
use crate::diagnosis::grounds;
use crate::diagnosis::observation::Observation;
use crate::diagnosis::prior::Prior;
use crate::extensions::suspect::{Reason, Suspicion};
use crate::feature::toggle_extensions::view::ExtensionsInput;
use crate::tab::TabStatus;
use crate::view::banner;

/// What is known about the cause, and what is being found out.
pub(crate) struct DiagnoseInput<'a> {
    /// What was proven about similar block pages before.
    pub(crate) prior: Prior,
    /// The fix that helped most often here before, and how often.
    pub(crate) helped: Option<(Fix, u32)>,
    /// The result of the last inspection of the tab.
    pub(crate) status: &'a TabStatus,
    /// Are experiments in progress that are worth waiting for?
    pub(crate) asking: bool,
    /// Are requests being timed?
    pub(crate) timing: bool,
    /// Is the cause found only after a click, and there was no click yet?
    pub(crate) offers_cause: bool,
}

/// Why it is the cause `wanted`: the strongest observation that has a sentence, or else what is usually behind such a block page.
pub(crate) fn of(
    extensions: &ExtensionsInput<'_>,
    diagnosis: &DiagnoseInput<'_>,
    case: &Case,
    seen: &[Observation],
    wanted: Option<Cause>,
) -> Text {
    let of_cause = |cause| grounds(cause, &case.verdict, seen, &case.trials, &diagnosis.prior);
    let grounds = wanted.map(of_cause).unwrap_or_default();
    // A change that was observed says more than that something makes a difference. An earlier culprit says more than both.
    let plain = [Observation::CulpritBack, Observation::AgentRewritten];
    let plainest = plain.into_iter().find(|ground| grounds.contains(ground));
    // The page says that the clock is wrong. Where it is right, users have to know before they search for the fault there.
    let is_mistaken = seen.contains(&Observation::CheckNamesClock) && seen.contains(&Observation::ClockRight);
    let mistake = is_mistaken.then(keys::why_clock_right);
    let by_experiment = plainest.into_iter().chain(grounds).find_map(|ground| sentence(ground, extensions, case));
    // An enabled extension is a sentence of its own, even if no request could be sent.
    let by_name = || match wanted? {
        Cause::Extension => suspect(extensions, false),
        Cause::Vpn if !seen.contains(&Observation::ExtensionsCleared) => suspect(extensions, true),
        _ => None,
    };
    let by_memory = || (wanted.is_some() && wanted == diagnosis.prior.last()).then(keys::why_before);
    // What the check says about itself, where nothing speaks louder.
    let by_check = || sentence(case.verdict.ended.and_then(Observation::of_ended)?, extensions, case);
    // The page and the form are two things, and users have to know which of them is blocked.
    let by_form = seen.contains(&Observation::FormAlone).then(keys::why_form);
    mistake
        .or(by_form)
        .or(by_experiment)
        .or_else(by_memory)
        .or_else(by_name)
        .or_else(by_check)
        .unwrap_or_else(|| banner::usual_reason(Kind::of(&case.verdict)))
}

fn sentence(ground: Observation, extensions: &ExtensionsInput<'_>, case: &Case) -> Option<Text> {
    Some(match ground {
        Observation::ServedBothWays | Observation::ServedWithCookies => keys::why_served(),
        Observation::ServedOnlyWithoutCookies | Observation::ServedWithoutCookies => keys::why_cookies(),
        Observation::RefusedBothWays => keys::why_refused(),
        Observation::LargeCookies => keys::why_large(),
        Observation::AgentRewritten => keys::why_agent(),
        Observation::AgentChangedUnderway => keys::why_agent_underway(),
        Observation::AddressDiffers => keys::why_address_differs(),
        Observation::AddressChanged => keys::why_address_changed(),
        Observation::WarpOn => keys::why_warp(),
        Observation::TorExit => keys::why_tor(),
        Observation::ZoneMismatch => keys::why_zone(case.findings.country()?.as_str()),
        Observation::RateLimited => keys::why_limited(),
        Observation::ServiceTroubled => {
            let incident = case.findings.service.as_ref().and_then(|service| service.incidents().first());
            incident.map_or_else(keys::why_troubled, |incident| keys::why_incident(incident.title.as_str()))
        }
        Observation::EmptyInside => keys::why_empty(),
        Observation::ColoTroubled => keys::why_colo(),
        Observation::ChecksTroubled => {
            let incident = case.findings.cloudflare.as_ref().and_then(|service| service.incidents().first());
            incident.map_or_else(keys::status_said_troubled, |incident| keys::why_incident(incident.title.as_str()))
        }
        Observation::GatewayOn => keys::why_gateway(),
        Observation::FilterAnswers => keys::why_filter(case.host.as_str()),
        Observation::OtherHostDisagrees => keys::why_other_host(case.host.as_str()),
        Observation::NeededHostUnreachable => keys::why_needed_host(case.findings.needed_host.as_ref()?.host.as_str()),
        Observation::ZoneHidden => keys::why_zone_hidden(),
        Observation::BrowserOld => keys::why_browser_old(),
        Observation::AgentUnusual => keys::why_agent_unusual(),
        Observation::ConnectionLossy | Observation::ConnectionUnsteady | Observation::ConnectionDead => keys::why_unsteady(),
        Observation::WorkerUnanswered | Observation::TraceUnreachable => keys::why_unanswered(),
        Observation::CaptivePortal => keys::why_portal(),
        Observation::EverythingFails => keys::why_everything(),
        Observation::PrivateOpened => keys::why_private_opened(),
        Observation::PrivateRefused => keys::why_private_refused(),
        Observation::OtherBrowserOpened => keys::why_browser_opened(),
        Observation::OtherBrowserRefused => keys::why_browser_refused(),
        Observation::ClockWrong => skew(case)?,
        Observation::CheckNamesExtension => keys::hint_ended_extension(),
        Observation::CheckNamesClock => keys::hint_ended_clock(),
        Observation::CheckNamesBrowser => keys::hint_ended_browser(),
        Observation::CheckNamesHost => keys::hint_ended_unblock(),
        Observation::ClearanceMissing => keys::why_no_proof(),
        Observation::CulpritBack => extensions.recurrence?.text(),
        Observation::ProxyExtensionOn => suspect(extensions, true)?,
        Observation::StrongSuspectOn | Observation::DisguiseOn => suspect(extensions, false)?,
        _ => return None,
    })
}

/// By how many hours and minutes the clock is wrong, and in which direction.
pub(crate) fn skew(case: &Case) -> Option<Text> {
    let skew = case.findings.skew?;
    let [hours, minutes] = [skew.minutes / 60, skew.minutes % 60].map(|number| number.to_string());
    Some(if skew.ahead { keys::clock_ahead(&hours, &minutes) } else { keys::clock_behind(&hours, &minutes) })
}

/// The first enabled strong suspect, by name: of those that change the IP address, or of the others.
fn suspect(extensions: &ExtensionsInput<'_>, changes_address: bool) -> Option<Text> {
    let mut strong = extensions.rows.iter().filter(|row| row.extension.enabled && row.assessment.suspicion == Suspicion::Strong);
    let row = strong.find(|row| (row.assessment.reason == Some(Reason::ChangesAddress)) == changes_address)?;
    let name = row.extension.short_name();
    Some(if changes_address { keys::why_proxy(name) } else { keys::why_suspect(name) })
}
