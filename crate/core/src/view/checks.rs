//! The cards for what can be checked rather than changed: the service's status, the connection, another IP address, another
//! browser, and waiting.

use crate::base::text::{Text, keys};
use crate::case::Case;
use crate::diagnosis::finding::Elsewhere;
use crate::diagnosis::fix::{self, Fix};
use crate::diagnosis::observation::Observation;
use crate::evidence::connection::{Connection, Steadiness, Throughput};
use crate::evidence::status::ServiceStatus;
use crate::evidence::trace::is_same_network;
use crate::feature::clear_data::Site;
use crate::protocol::message::PopupRequest;
use crate::view::input::PopupInput;
use crate::view::words::{Words, act, check, order};
use crate::view::{Act, Button, IncidentView, Link};

pub(crate) fn status(input: &PopupInput<'_>, case: Option<&Case>) -> Words {
    let findings = case.map(|case| &case.findings);
    let service = findings.and_then(|findings| findings.service.as_ref());
    let cloudflare = findings.and_then(|findings| findings.cloudflare.as_ref());
    let has_ended = case.is_some_and(|case| case.verdict.ended.is_some());
    let shown = if input.data.site == Site::Openai && !has_ended { service } else { cloudflare };
    let (note, said) = match shown {
        None => (keys::note_status(), None),
        Some(ServiceStatus::Unknown) => (keys::status_unknown(), Some(keys::status_said_unknown())),
        Some(ServiceStatus::Well) => (keys::status_well(), Some(keys::status_said_well())),
        Some(ServiceStatus::Elsewhere { .. }) => (keys::status_elsewhere(), Some(keys::status_said_elsewhere())),
        Some(ServiceStatus::Troubled { .. }) => (keys::status_troubled(), Some(keys::status_said_troubled())),
    };
    let troubled_colo = (!has_ended && matches!(cloudflare, Some(ServiceStatus::Troubled { .. }))).then(keys::why_colo);
    let (about, link) = match input.data.site {
        Site::Openai if !has_ended => (keys::status_body(), Link::OpenaiStatus),
        _ => (keys::status_body_other(), Link::CloudflareStatus),
    };
    let (told, tell) = tell_when_back(input, case);
    // What is known need not be looked up anywhere else.
    let is_known = matches!(shown, Some(ServiceStatus::Troubled { .. }));
    let mut buttons = tell;
    if case.is_some() && !is_known {
        buttons.push(order(keys::button_status_check(), PopupRequest::CheckStatus));
    }
    buttons.push(act(keys::button_status(), Act::Open(link)));
    if input.data.site == Site::Openai && !is_known {
        buttons.push(act(keys::button_downdetector(), Act::Open(Link::Downdetector)));
    }
    let incidents = [service, cloudflare].into_iter().flatten().flat_map(ServiceStatus::incidents);
    Words {
        body: said.into_iter().chain(troubled_colo).chain(shown.is_none().then_some(about)).chain(told).collect(),
        buttons,
        incidents: incidents.take(3).map(IncidentView::of).collect(),
        ..Words::new(keys::fix_status(), note)
    }
}

pub(crate) fn connection(case: Option<&Case>) -> Words {
    let measured = case.and_then(|case| case.findings.connection);
    let is_portal = case.is_some_and(|case| case.sees(Observation::CaptivePortal));
    let (note, said) = match measured {
        _ if is_portal => (keys::connection_portal(), Some(keys::connection_said_portal())),
        Some(measured) => verdict(measured),
        None => (keys::note_online(), None),
    };
    let mut buttons = Vec::new();
    if case.is_some() {
        buttons.push(order(keys::button_connection(), PopupRequest::TimeConnection));
    }
    buttons.push(check(Fix::Connection));
    let throughput = measured.and_then(|measured| measured.throughput).map(|throughput| match throughput {
        Throughput::Low => keys::throughput_low(),
        Throughput::Fair => keys::throughput_fair(),
        Throughput::High => keys::throughput_high(),
    });
    let fails = case.is_some_and(|case| case.sees(Observation::EverythingFails)).then(keys::why_everything);
    let about = said.is_none().then(keys::connection_body);
    Words {
        body: said.into_iter().chain(throughput).chain(fails).chain(about).collect(),
        buttons,
        chart: case.map(|case| case.samples.clone()).unwrap_or_default(),
        ..Words::new(keys::fix_connection(), note)
    }
}

fn verdict(measured: Connection) -> (Text, Option<Text>) {
    let number = |number: Option<u32>| number.unwrap_or_default().to_string();
    let (median, jitter, loss) = (number(measured.median), number(measured.jitter), measured.loss.to_string());
    match measured.steadiness {
        Steadiness::Steady => (keys::connection_steady(), Some(keys::connection_said_steady(&median, &jitter))),
        Steadiness::Slow => (keys::connection_slow(), Some(keys::connection_said_slow(&median))),
        Steadiness::Unsteady => (keys::connection_unsteady(), Some(keys::connection_said_unsteady(&median, &jitter))),
        Steadiness::Lossy => (keys::connection_lossy(), Some(keys::connection_said_lossy(&loss))),
        Steadiness::Dead => (keys::connection_dead(), Some(keys::connection_said_dead())),
    }
}

/// What is known, and what to do. After a click, a new IP address is detected automatically.
pub(crate) fn router(case: Option<&Case>) -> Words {
    let findings = case.map(|case| &case.findings);
    let trace = findings.and_then(|findings| findings.seen_trace());
    let before = findings.and_then(|findings| findings.address_before.as_ref());
    let compared = trace.zip(before).and_then(|(trace, before)| Some((before, is_same_network(&trace.ip, before)?)));
    let body = match compared {
        Some((_, true)) => vec![keys::router_unchanged()],
        // By now the page has shown whether it helped: if the card is still shown, it did not.
        Some((before, false)) => vec![keys::router_changed(before.as_str()), keys::router_other_network()],
        None => vec![keys::router_body(), keys::router_other_network()],
    };
    let now = trace.map(|trace| {
        let unknown = || "–".to_owned();
        let country = trace.country.as_ref().map_or_else(unknown, |country| country.as_str().to_owned());
        let colo = trace.colo.as_ref().map_or_else(unknown, |colo| colo.as_str().to_owned());
        keys::router_now(trace.ip.as_str(), &country, &colo)
    });
    Words {
        body: body.into_iter().chain(now).collect(),
        buttons: vec![order(keys::button_router(), PopupRequest::Await(Fix::Router)), check(Fix::Router)],
        ..Words::new(keys::fix_router(), keys::note_router())
    }
}

pub(crate) fn wait(input: &PopupInput<'_>, case: Option<&Case>) -> Words {
    let (told, tell) = tell_when_back(input, case);
    let wait = case.is_some().then(|| order(keys::button_wait(), PopupRequest::Await(Fix::Wait)));
    let body = [keys::wait_body()].into_iter().chain(told).collect();
    // A rate limit ends soon and for certain; an outage does not.
    let is_soon = case.is_none_or(|case| case.wait_until().is_some() || case.sees(Observation::RateLimited));
    let mut buttons: Vec<Button> = wait.into_iter().chain(tell).collect();
    if !is_soon {
        buttons.reverse();
    }
    Words { body, buttons, ..Words::new(keys::fix_wait(), keys::note_wait()) }
}

/// For what ends on its own: the button, or the state after a click.
fn tell_when_back(input: &PopupInput<'_>, case: Option<&Case>) -> (Vec<Text>, Vec<Button>) {
    let is_offered = |case: &&Case| {
        let seen = case.observations();
        case.may_ask && !input.policy.forbidden.contains(&Fix::Wait) && fix::ends_by_itself(&case.verdict, &seen)
    };
    let Some(case) = case.filter(is_offered) else { return (Vec::new(), Vec::new()) };
    if !input.recovery.alerts.waits_for(&case.host) {
        return (Vec::new(), vec![act(keys::button_tell(), Act::TellWhenBack)]);
    }
    let quietly = (!input.recovery.notifies).then(keys::lookout_badge);
    ([keys::lookout_body()].into_iter().chain(quietly).collect(), Vec::new())
}

pub(crate) fn private_window(case: Option<&Case>) -> Words {
    let told = case.and_then(|case| case.findings.private_opened);
    let open = vec![act(keys::button_private_window(), Act::PrivateWindow)];
    comparison(Elsewhere::PrivateWindow, case, keys::private_window_body(), told, open, keys::fix_private_window())
}

pub(crate) fn browser(input: &PopupInput<'_>, case: Option<&Case>) -> Words {
    let told = case.and_then(|case| case.findings.other_browser_opened);
    let mut open = vec![act(keys::button_copy_address(), Act::CopyAddress)];
    if input.browser.opens_edge && case.is_some() {
        open.insert(0, act(keys::button_edge(), Act::OpenInEdge));
    }
    comparison(Elsewhere::OtherBrowser, case, keys::browser_body(), told, open, keys::fix_browser())
}

/// The page opened elsewhere: how to do it, then the question, then the answer.
fn comparison(
    elsewhere: Elsewhere,
    case: Option<&Case>,
    about: Text,
    told: Option<bool>,
    open: Vec<Button>,
    title: Text,
) -> Words {
    let asks = case.is_some_and(|case| case.compares == Some(elsewhere));
    let answer = |label, opened| order(label, PopupRequest::Compared { elsewhere, opened });
    let (body, answers) = if asks {
        (keys::compare_question(), vec![answer(keys::button_opened(), true), answer(keys::button_not_opened(), false)])
    } else {
        (about, Vec::new())
    };
    let note = match told {
        Some(true) => keys::compared_opened(),
        Some(false) => keys::compared_refused(),
        None => keys::note_compare(),
    };
    Words { body: vec![body], buttons: answers.into_iter().chain(open).collect(), ..Words::new(title, note) }
}

/// What is being waited for, and how to stop.
pub(crate) fn awaited(fix: Fix, words: Words) -> Words {
    let body = match fix {
        Fix::Wait => keys::awaits_time(),
        Fix::Router => keys::awaits_router(),
        _ => keys::awaits_address(),
    };
    let stop: Button = order(keys::button_stop_waiting(), PopupRequest::StopWaiting);
    Words { body: vec![body], buttons: vec![check(fix), stop], promise: None, ..words }
}
