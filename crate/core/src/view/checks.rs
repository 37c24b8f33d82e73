//! The cards of what can be checked rather than changed: the service's status, the connection, another address, another
//! browser, and waiting.

use super::card::{Words, act, check, order};
use super::popup::Scene;
use super::{Act, Button, IncidentView, Link};
use crate::case::Case;
use crate::diagnosis::fix::Fix;
use crate::message::PopupRequest;
use crate::network::connection::{Connection, Steadiness};
use crate::network::status::ServiceStatus;
use crate::sitedata::Site;
use crate::text::{Text, keys};

pub(super) fn status(scene: &Scene<'_>, case: Option<&Case>) -> Words {
    let findings = case.map(|case| &case.findings);
    let service = findings.and_then(|findings| findings.service.as_ref());
    let cloudflare = findings.and_then(|findings| findings.cloudflare.as_ref());
    let shown = if scene.site == Site::Openai { service } else { cloudflare };
    let (note, said) = match shown {
        None => (keys::note_status(), None),
        Some(ServiceStatus::Unknown) => (keys::status_unknown(), Some(keys::status_said_unknown())),
        Some(ServiceStatus::Well) => (keys::status_well(), Some(keys::status_said_well())),
        Some(ServiceStatus::Elsewhere { .. }) => (keys::status_elsewhere(), Some(keys::status_said_elsewhere())),
        Some(ServiceStatus::Troubled { .. }) => (keys::status_troubled(), Some(keys::status_said_troubled())),
    };
    let troubled_colo = matches!(cloudflare, Some(ServiceStatus::Troubled { .. })).then(keys::why_colo);
    let (about, link) = match scene.site {
        Site::Openai => (keys::status_body(), Link::OpenaiStatus),
        Site::Other(_) => (keys::status_body_other(), Link::CloudflareStatus),
    };
    let mut buttons = Vec::new();
    if case.is_some() {
        buttons.push(order(keys::button_status_check(), PopupRequest::CheckStatus));
    }
    buttons.push(act(keys::button_status(), Act::Open(link)));
    if scene.site == Site::Openai {
        buttons.push(act(keys::button_downdetector(), Act::Open(Link::Downdetector)));
    }
    let incidents = [service, cloudflare].into_iter().flatten().flat_map(ServiceStatus::incidents);
    Words {
        body: said.into_iter().chain(troubled_colo).chain(shown.is_none().then_some(about)).collect(),
        buttons,
        incidents: incidents.take(3).map(IncidentView::of).collect(),
        ..Words::new(keys::fix_status(), note)
    }
}

pub(super) fn connection(case: Option<&Case>) -> Words {
    let measured = case.and_then(|case| case.findings.connection);
    let is_portal = case.is_some_and(Case::is_in_portal);
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
    Words {
        body: said.into_iter().chain([keys::connection_body()]).collect(),
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

/// What is remembered, and what to do; once it is clicked, a new address is noticed by itself.
pub(super) fn router(case: Option<&Case>) -> Words {
    let findings = case.map(|case| &case.findings);
    let trace = findings.and_then(|findings| findings.seen_trace());
    let now = trace.map(|trace| {
        let unknown = || "–".to_owned();
        let country = trace.country.as_ref().map_or_else(unknown, |country| country.as_str().to_owned());
        let colo = trace.colo.as_ref().map_or_else(unknown, |colo| colo.as_str().to_owned());
        keys::router_now(trace.ip.as_str(), &country, &colo)
    });
    let is_unchanged = findings.is_some_and(|findings| findings.address_before.is_some());
    let body = if is_unchanged { keys::router_unchanged() } else { keys::router_body() };
    Words {
        body: [body].into_iter().chain(now).collect(),
        buttons: vec![order(keys::button_router(), PopupRequest::Await(Fix::Router)), check(Fix::Router)],
        ..Words::new(keys::fix_router(), keys::note_router())
    }
}

pub(super) fn wait(case: Option<&Case>) -> Words {
    let buttons = match case {
        Some(_) => vec![order(keys::button_wait(), PopupRequest::Await(Fix::Wait))],
        None => Vec::new(),
    };
    Words { body: vec![keys::wait_body()], buttons, ..Words::new(keys::fix_wait(), keys::note_wait()) }
}

pub(super) fn private_window(case: Option<&Case>) -> Words {
    let asks = case.is_some_and(|case| case.asks_private);
    let answer = |label, opened| order(label, PopupRequest::PrivateShowed { opened });
    let (body, mut buttons) = if asks {
        (keys::private_question(), vec![answer(keys::button_opened(), true), answer(keys::button_not_opened(), false)])
    } else {
        (keys::private_window_body(), Vec::new())
    };
    buttons.push(act(keys::button_private_window(), Act::PrivateWindow));
    let note = match case.and_then(|case| case.findings.private_opened) {
        Some(true) => keys::private_opened(),
        Some(false) => keys::private_refused(),
        None => keys::note_compare(),
    };
    Words { body: vec![body], buttons, ..Words::new(keys::fix_private_window(), note) }
}

pub(super) fn browser(scene: &Scene<'_>, case: Option<&Case>) -> Words {
    let mut buttons = Vec::new();
    if scene.opens_edge && case.is_some() {
        buttons.push(act(keys::button_edge(), Act::OpenInEdge));
    }
    buttons.push(act(keys::button_copy_address(), Act::CopyAddress));
    Words { body: vec![keys::browser_body()], buttons, ..Words::new(keys::fix_browser(), keys::note_compare()) }
}

/// While something is waited for: what, and how to end it.
pub(super) fn awaited(fix: Fix, words: Words) -> Words {
    let body = match fix {
        Fix::Wait => keys::awaits_time(),
        Fix::Router => keys::awaits_router(),
        _ => keys::awaits_address(),
    };
    let stop: Button = order(keys::button_stop_waiting(), PopupRequest::StopWaiting);
    Words { body: vec![body], buttons: vec![stop, check(fix)], promise: None, ..words }
}
