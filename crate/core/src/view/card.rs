//! The cards: each fix with its words and buttons. True text only: a card promises what its button does.

use super::popup::Scene;
use super::{Act, Button, Card, Link, Outcome};
use crate::case::{Case, Step};
use crate::diagnosis::cause::Kind;
use crate::diagnosis::fix::Fix;
use crate::extensions::suspect::Reason;
use crate::message::PopupRequest;
use crate::sitedata::{Site, Strength};
use crate::text::{Text, keys};

/// The card for `fix`; `case` is none when nothing is refused and the card is only a tool.
pub(super) fn of(fix: Fix, scene: &Scene<'_>, case: Option<&Case>) -> Card {
    let words = words(fix, scene, case);
    Card {
        fix,
        outcome: outcome(fix, scene, case),
        title: words.title,
        note: words.note,
        body: words.body,
        buttons: words.buttons,
        promise: words.promise,
    }
}

struct Words {
    title: Text,
    note: Text,
    body: Vec<Text>,
    buttons: Vec<Button>,
    promise: Option<Text>,
}

fn words(fix: Fix, scene: &Scene<'_>, case: Option<&Case>) -> Words {
    match fix {
        Fix::Vpn => vpn(scene),
        Fix::SiteData => site_data(scene),
        Fix::CloudflareCheck => Words {
            title: keys::fix_cloudflare_check(),
            note: keys::note_stays_in(),
            body: vec![keys::cloudflare_check_body()],
            buttons: vec![clear(scene, keys::button_reset(), Strength::CloudflareCheck)],
            promise: Some(keys::promise_reset()),
        },
        Fix::Extensions => extensions(scene, case),
        Fix::Router => by_hand(fix, keys::fix_router(), keys::note_router(), keys::router_body()),
        Fix::Connection => by_hand(fix, keys::fix_connection(), keys::note_online(), keys::connection_body()),
        Fix::Wait => by_hand(fix, keys::fix_wait(), keys::note_wait(), keys::wait_body()),
        Fix::Browser => linking(
            keys::fix_browser(),
            keys::note_compare(),
            keys::browser_body(),
            keys::button_copy_address(),
            Act::CopyAddress,
        ),
        Fix::PrivateWindow => {
            let button = keys::button_private_window();
            linking(keys::fix_private_window(), keys::note_compare(), keys::private_window_body(), button, Act::PrivateWindow)
        }
        Fix::Status => {
            let (body, link) = match scene.site {
                Site::Openai => (keys::status_body(), Link::OpenaiStatus),
                Site::Other(_) => (keys::status_body_other(), Link::CloudflareStatus),
            };
            linking(keys::fix_status(), keys::note_status(), body, keys::button_status(), Act::Open(link))
        }
        Fix::Owner => owner(scene, case),
    }
}

fn vpn(scene: &Scene<'_>) -> Words {
    let changes_address = |reason: Option<Reason>| reason == Some(Reason::ChangesAddress);
    let found = scene.rows.iter().find(|row| row.extension.enabled && changes_address(row.assessment.reason));
    let mut buttons = Vec::new();
    if let Some(row) = found.filter(|row| scene.can_switch && row.extension.lock().is_none()) {
        let request = PopupRequest::Switch { id: row.extension.id.clone(), on: false };
        buttons.push(Button {
            label: keys::button_turn_off(row.extension.short_name()),
            act: Act::Order { request, needs: Vec::new() },
        });
    }
    buttons.push(check(Fix::Vpn));
    Words {
        title: keys::fix_vpn(),
        note: found.map_or_else(keys::vpn_none, |row| keys::vpn_found(row.extension.short_name())),
        body: vec![keys::vpn_body(), keys::vpn_outside()],
        buttons,
        promise: None,
    }
}

fn site_data(scene: &Scene<'_>) -> Words {
    let (title, body, label) = match &scene.site {
        Site::Openai => (keys::fix_site_data(), keys::site_data_body(), keys::button_clear()),
        Site::Other(host) => {
            (keys::fix_site_data_other(host.as_str()), keys::site_data_body_other(host.as_str()), keys::button_clear_other())
        }
    };
    Words {
        title,
        note: keys::note_signs_out(),
        body: vec![body],
        buttons: vec![clear(scene, label, Strength::Everything)],
        promise: Some(keys::promise_clear()),
    }
}

fn extensions(scene: &Scene<'_>, case: Option<&Case>) -> Words {
    let suspects = scene.rows.iter().filter(|row| row.is_suspect()).count();
    let enabled = scene.rows.iter().filter(|row| row.extension.enabled && row.extension.lock().is_none()).count();
    let find = (enabled > 1 && scene.can_switch && case.is_some()).then(|| Button {
        label: keys::button_find(),
        act: Act::Order { request: PopupRequest::FindExtension, needs: Vec::new() },
    });
    let show = Button { label: keys::button_show_extensions(), act: Act::ShowExtensions };
    let (note, body, buttons, promise) = if suspects == 0 {
        let promise = find.is_some().then(keys::promise_find);
        let body = if find.is_some() { keys::extensions_body_find() } else { keys::extensions_body_none() };
        (keys::suspects_none(), body, find.into_iter().chain([show, check(Fix::Extensions)]).collect(), promise)
    } else {
        let count = u32::try_from(suspects).unwrap_or(u32::MAX);
        let off = Button {
            label: keys::button_suspects(),
            act: Act::Order { request: PopupRequest::TurnOffSuspects, needs: Vec::new() },
        };
        if scene.can_switch {
            // One suspect is turned off quicker than it is found.
            let lone = suspects == 1 || find.is_none();
            let (body, promise) = if lone {
                (keys::extensions_body(), keys::promise_suspects())
            } else {
                (keys::extensions_body_find(), keys::promise_find())
            };
            let buttons = if lone { [Some(off), find] } else { [find, Some(off)] };
            (keys::suspects(count), body, buttons.into_iter().flatten().collect(), Some(promise))
        } else {
            let manage = Button { label: keys::button_manage(), act: Act::Open(Link::BrowserExtensions) };
            (keys::suspects(count), keys::extensions_by_hand(), vec![manage, check(Fix::Extensions)], None)
        }
    };
    Words { title: keys::fix_extensions(), note, body: vec![body], buttons, promise }
}

fn owner(scene: &Scene<'_>, case: Option<&Case>) -> Words {
    let region = case.is_some_and(|case| Kind::of(&case.verdict) == Kind::Region);
    let mut buttons = vec![Button { label: keys::button_report(), act: Act::CopyReport }];
    if scene.site == Site::Openai {
        buttons.push(Button { label: keys::button_help(), act: Act::Open(Link::OpenaiHelp) });
    }
    Words {
        title: keys::fix_owner(),
        note: keys::note_owner(),
        body: vec![if region { keys::owner_body_region() } else { keys::owner_body() }],
        buttons,
        promise: None,
    }
}

/// A fix that only a person can carry out: it tells what to do, and its button sees whether it helped.
fn by_hand(fix: Fix, title: Text, note: Text, body: Text) -> Words {
    Words { title, note, body: vec![body], buttons: vec![check(fix)], promise: None }
}

/// A fix whose button only opens or copies something.
fn linking(title: Text, note: Text, body: Text, label: Text, act: Act) -> Words {
    Words { title, note, body: vec![body], buttons: vec![Button { label, act }], promise: None }
}

fn check(after: Fix) -> Button {
    let request = PopupRequest::CheckAgain { after: Some(after) };
    Button { label: keys::button_check(), act: Act::Order { request, needs: Vec::new() } }
}

fn clear(scene: &Scene<'_>, label: Text, strength: Strength) -> Button {
    Button { label, act: Act::Order { request: PopupRequest::Clear(strength), needs: scene.missing_permission() } }
}

fn outcome(fix: Fix, scene: &Scene<'_>, case: Option<&Case>) -> Outcome {
    if scene.clearing.is_some_and(|clearing| clearing.is_running() && clearing.strength.fix() == fix) {
        return Outcome::Running;
    }
    let Some(case) = case else { return Outcome::Untried };
    let switching = matches!(case.step, Step::TurningOff { .. }) && fix == Fix::Extensions;
    if switching || (case.step == Step::Checking && case.pending.contains(&fix)) {
        return Outcome::Running;
    }
    match case.trials.iter().find(|trial| trial.fix == fix) {
        Some(trial) if trial.helped => Outcome::Helped,
        Some(_) => Outcome::NoHelp,
        None => Outcome::Untried,
    }
}
