//! The cards: each fix with its words and buttons. A card promises only what its button does.

use crate::base::text::{Text, keys};
use crate::case::{AutoRetry, Case, Flow};
use crate::diagnosis::cause::Kind;
use crate::diagnosis::fix::Fix;
use crate::diagnosis::observation::Observation;
use crate::extensions::listing::Listed;
use crate::extensions::suspect::Reason;
use crate::feature::clear_data::{Site, Strength};
use crate::feature::culprit_search::update::turned_off;
use crate::feature::diagnose::view as why;
use crate::protocol::effect::Brand;
use crate::protocol::message::PopupRequest;
use crate::view::input::PopupInput;
use crate::view::title::was_cause;
use crate::view::words::{Words, act, check, order};
use crate::view::{Act, Button, Card, FixOutcome, Link, checks, outside};

/// The card for `fix`. `case` is `None` if nothing is blocked and the card is only a tool.
pub(crate) fn of(fix: Fix, input: &PopupInput<'_>, case: Option<&Case>) -> Card {
    let auto_retry = case.and_then(Case::auto_retry).filter(|auto_retry| auto_retry.fix() == fix);
    let mut words = words(fix, input, case);
    if auto_retry.is_some() {
        words = checks::awaited(fix, words);
    }
    Card {
        fix,
        outcome: outcome(fix, input, case),
        until: auto_retry.map(AutoRetry::until),
        chart: words.chart,
        incidents: words.incidents,
        title: words.title,
        note: words.note,
        body: words.body,
        buttons: words.buttons,
        promise: words.promise,
    }
}

/// After several extensions were turned off and the page opened: a search among them, and what it is about.
pub(crate) fn which_one(input: &PopupInput<'_>, case: &Case) -> Option<(Text, Card)> {
    let off = turned_off(case, &input.extensions.rows, input.extensions.ledger);
    if off.is_empty() || !input.browser.switches_extensions || input.policy.forbidden.contains(&Fix::Extensions) {
        return None;
    }
    let names: Vec<&str> = off.iter().map(|row| row.extension.short_name()).collect();
    let card = Card {
        fix: Fix::Extensions,
        outcome: outcome(Fix::Extensions, input, Some(case)),
        title: keys::fix_which(),
        note: keys::put_back(u32::try_from(off.len()).unwrap_or(u32::MAX)),
        body: vec![keys::extensions_body_find()],
        buttons: vec![order(keys::button_find(), PopupRequest::FindExtension)],
        promise: Some(keys::promise_which()),
        until: None,
        chart: Vec::new(),
        incidents: Vec::new(),
    };
    Some((keys::why_which(&names), card))
}

fn words(fix: Fix, input: &PopupInput<'_>, case: Option<&Case>) -> Words {
    match fix {
        Fix::Vpn => vpn(input, case),
        Fix::SiteData => site_data(input),
        Fix::CloudflareCheck => Words {
            body: vec![keys::cloudflare_check_body()],
            buttons: vec![clear(input, keys::button_reset(), Strength::CloudflareCheck)],
            promise: Some(keys::promise_reset()),
            ..Words::new(keys::fix_cloudflare_check(), keys::note_stays_in())
        },
        Fix::Extensions => with_hint_to_pin(extensions(input, case)),
        Fix::Router => checks::router(case),
        Fix::Connection => checks::connection(case),
        Fix::Wait => checks::wait(input, case),
        Fix::Browser => checks::browser(input, case),
        Fix::PrivateWindow => checks::private_window(case),
        Fix::Status => checks::status(input, case),
        Fix::Owner => owner(input, case),
        Fix::Clock => Words {
            body: case.and_then(why::skew).into_iter().chain([keys::clock_body()]).collect(),
            buttons: vec![check(Fix::Clock)],
            ..Words::new(keys::fix_clock(), keys::cause_clock())
        },
        Fix::Reopen => Words {
            body: reopen_body(case),
            buttons: vec![order(keys::fix_reopen(), PopupRequest::CheckAgain { after: Some(Fix::Reopen) })],
            ..Words::new(keys::fix_reopen(), keys::note_reopen())
        },
        Fix::LocalProgram => outside::local_program(case),
        Fix::Dns => outside::dns(case),
        Fix::BrowserSetting => outside::browser_setting(input.browser.brand, case),
    }
}

fn reopen_body(case: Option<&Case>) -> Vec<Text> {
    let start = case.is_some_and(|case| case.one_time).then(keys::reopen_body_start);
    let about = match case {
        Some(case) if case.method.is_form() || case.verdict.is_login_error() => keys::reopen_body_form(),
        Some(case) if case.inside => keys::reopen_body_inside(),
        _ => keys::reopen_body(),
    };
    [about].into_iter().chain(start).collect()
}

/// Everything that suggests a VPN or proxy: extensions by name, and what Cloudflare's edge sees.
fn vpn(input: &PopupInput<'_>, case: Option<&Case>) -> Words {
    let changes_address = |row: &&Listed<'_>| row.assessment.reason == Some(Reason::ChangesAddress);
    // Extensions that were off while the page was blocked are not named again.
    let is_cleared = case.is_some_and(|case| case.findings.extensions_cleared);
    let rows = input.extensions.rows.iter().filter(|row| row.extension.enabled && !is_cleared);
    let on: Vec<&Listed<'_>> = rows.filter(changes_address).collect();
    let can_switch = |row: &&&Listed<'_>| input.browser.switches_extensions && row.extension.lock().is_none();
    let off = |row: &&Listed<'_>| {
        let id = row.extension.id.clone();
        let request = if case.is_some() { PopupRequest::TurnOff { id } } else { PopupRequest::Switch { id, on: false } };
        order(keys::button_turn_off(row.extension.short_name()), request)
    };
    let mut buttons: Vec<Button> = on.iter().filter(can_switch).map(off).collect();
    let trace = case.and_then(|case| case.findings.seen_trace());
    let country = trace.and_then(|trace| trace.country.as_ref());
    let seen = match (trace, country) {
        (Some(trace), _) if trace.warp && !trace.gateway => Some((keys::vpn_warp(), keys::why_warp())),
        (_, Some(country)) if country.is_tor() => Some((keys::vpn_tor(), keys::why_tor())),
        (_, Some(country)) if case.is_some_and(|case| case.findings.zone_fits == Some(false)) => {
            Some((keys::vpn_zone(country.as_str()), keys::why_zone(country.as_str())))
        }
        _ => None,
    };
    let is_denied = case.is_some_and(|case| case.findings.no_vpn);
    let note = match (on.as_slice(), &seen) {
        _ if is_denied => keys::vpn_denied(),
        ([one], _) => keys::vpn_found(one.extension.short_name()),
        ([_, _, ..], _) => keys::vpn_found_several(u32::try_from(on.len()).unwrap_or(u32::MAX)),
        ([], Some((note, _))) => note.clone(),
        ([], None) => keys::vpn_none(),
    };
    if case.is_some() {
        buttons.push(order(keys::button_vpn(), PopupRequest::Await(Fix::Vpn)));
        let is_certain = case.is_some_and(|case| case.sees(Observation::WarpOn) || case.sees(Observation::TorExit));
        let is_doubtful = on.is_empty() && !is_certain && !is_denied;
        buttons.extend(is_doubtful.then(|| order(keys::button_no_vpn(), PopupRequest::NoVpn)));
    }
    buttons.push(check(Fix::Vpn));
    let own = match input.browser.brand {
        Some(Brand::Brave) => Some(keys::vpn_brave()),
        Some(Brand::Edge) => Some(keys::vpn_edge()),
        Some(Brand::Opera) => Some(keys::vpn_opera()),
        Some(Brand::Vivaldi) => Some(keys::vpn_vivaldi()),
        Some(Brand::Firefox) | None => None,
    };
    Words {
        body: seen.map(|(_, body)| body).into_iter().chain([keys::vpn_body()]).chain(own).chain([keys::vpn_outside()]).collect(),
        buttons,
        ..Words::new(keys::fix_vpn(), note)
    }
}

fn site_data(input: &PopupInput<'_>) -> Words {
    let (title, body, label) = match &input.data.site {
        Site::Openai => (keys::fix_site_data(), keys::site_data_body(), keys::button_clear()),
        Site::Other { host, domain } => {
            let whose = domain.as_ref().unwrap_or(host).as_str();
            let body = match domain {
                Some(_) => keys::site_data_body_domain(whose, host.as_str()),
                None => keys::site_data_body_other(whose),
            };
            (keys::fix_site_data_other(whose), body, keys::button_clear_other())
        }
    };
    let cache = input.browser.clears_whole_cache.then(keys::site_data_cache);
    Words {
        body: [body].into_iter().chain(cache).collect(),
        buttons: vec![clear(input, label, Strength::Everything)],
        promise: Some(keys::promise_clear()),
        ..Words::new(title, keys::note_signs_out())
    }
}

/// Where several are turned off, a pin excepts one.
fn with_hint_to_pin(mut words: Words) -> Words {
    words.body.extend(words.promise.is_some().then(keys::extensions_pin));
    words
}

fn extensions(input: &PopupInput<'_>, case: Option<&Case>) -> Words {
    let suspects = input.extensions.rows.iter().filter(|row| row.is_suspect()).count();
    let enabled = input.extensions.rows.iter().filter(|row| row.is_free()).count();
    let blocker = input.browser.brand.map(|brand| match brand {
        Brand::Brave => keys::blocker_brave(),
        Brand::Edge => keys::blocker_edge(),
        Brand::Opera => keys::blocker_opera(),
        Brand::Vivaldi => keys::blocker_vivaldi(),
        Brand::Firefox => keys::blocker_firefox(),
    });
    let can_find = enabled > 1 && case.is_some();
    let count = u32::try_from(suspects).unwrap_or(u32::MAX);
    let note = if suspects == 0 { keys::suspects_none() } else { keys::suspects(count) };
    let search =
        |label, request| if input.browser.switches_extensions { order(label, request) } else { act(label, Act::Guide(request)) };
    let find = || search(keys::button_find(), PopupRequest::FindExtension);
    if let Some(progress) = input.search.progress.as_ref().filter(|_| input.search.can_go_on) {
        return Words {
            body: vec![keys::extensions_body_go_on(&progress.checks_done.to_string())],
            buttons: vec![search(keys::button_go_on(), PopupRequest::GoOn), find()],
            promise: Some(if input.browser.switches_extensions { keys::promise_find() } else { keys::promise_hand() }),
            ..Words::new(keys::fix_extensions(), keys::note_interrupted())
        };
    }
    if let Some(row) =
        input.extensions.recurring().filter(|row| input.browser.switches_extensions && row.assessment.fix() == Fix::Extensions)
    {
        let others = (suspects > 0).then(off_suspects).into_iter().chain(can_find.then(find));
        return again(row, others);
    }
    if !input.browser.switches_extensions {
        // When the user makes the switches, one switch less is worth more than a quick guess, so the search is the only button.
        let find = (case.is_some() && enabled > 0).then(find);
        let (body, promise) = match &find {
            Some(_) => (keys::extensions_body_hand(), Some(keys::promise_hand())),
            None => (keys::extensions_by_hand(), None),
        };
        let buttons = find.into_iter().chain([check(Fix::Extensions)]).collect();
        return Words { body: vec![body], buttons, promise, ..Words::new(keys::fix_extensions(), note) };
    }
    let find = can_find.then(find);
    let show = act(keys::button_show_extensions(), Act::ShowExtensions);
    let (body, buttons, promise) = if suspects == 0 {
        let promise = find.is_some().then(keys::promise_find);
        let body = if find.is_some() { keys::extensions_body_find() } else { keys::extensions_body_none() };
        (body, find.into_iter().chain([show, check(Fix::Extensions)]).collect(), promise)
    } else {
        let off = off_suspects();
        // A single suspect is turned off faster than the search finds it.
        let lone = suspects == 1 || find.is_none();
        let (body, promise) = if lone {
            (keys::extensions_body(), keys::promise_suspects())
        } else {
            (keys::extensions_body_find(), keys::promise_find())
        };
        let buttons = if lone { [Some(off), find] } else { [find, Some(off)] };
        (body, buttons.into_iter().flatten().collect(), Some(promise))
    };
    let body = [body].into_iter().chain(blocker).collect();
    Words { body, buttons, promise, ..Words::new(keys::fix_extensions(), note) }
}

fn off_suspects() -> Button {
    order(keys::button_suspects(), PopupRequest::TurnOffSuspects)
}

/// An earlier culprit with which the page is blocked again. A click turns it off, if it may be turned off.
fn again(row: &Listed<'_>, others: impl Iterator<Item = Button>) -> Words {
    let name = row.extension.short_name();
    let kept_on = if row.pinned { Some(keys::row_pinned()) } else { row.extension.lock().map(|_| keys::lock_policy()) };
    let id = row.extension.id.clone();
    let off = kept_on.is_none().then(|| order(keys::button_turn_off(name), PopupRequest::TurnOff { id }));
    let show = kept_on.is_some().then(|| act(keys::button_show_extensions(), Act::ShowExtensions));
    let note = kept_on.unwrap_or_else(|| was_cause(row.extension));
    let is_off = off.is_some();
    let buttons: Vec<Button> = off.into_iter().chain(show).chain(others).collect();
    // One that only shows the list costs nothing.
    let promise = (is_off || buttons.len() > 1).then(keys::promise_suspects);
    Words { buttons, promise, ..Words::new(keys::fix_extensions(), note) }
}

fn owner(input: &PopupInput<'_>, case: Option<&Case>) -> Words {
    let body = match case.map(|case| Kind::of(&case.verdict)) {
        Some(Kind::Region) => keys::owner_body_region(),
        Some(Kind::Legal) => keys::owner_body_legal(),
        _ if input.data.site == Site::Openai => keys::owner_body_openai(),
        _ => keys::owner_body(),
    };
    let mut buttons = vec![act(keys::button_report(), Act::CopyReport)];
    if input.data.site == Site::Openai {
        buttons.push(act(keys::button_help(), Act::Open(Link::OpenaiHelp)));
    }
    let contact = input.policy.contact.map(|contact| keys::owner_contact(contact.as_str()));
    let body = [body].into_iter().chain(contact).collect();
    Words { body, buttons, ..Words::new(keys::fix_owner(), keys::note_owner()) }
}

fn clear(input: &PopupInput<'_>, label: Text, strength: Strength) -> Button {
    Button { label, act: Act::Order { request: PopupRequest::Clear(strength), needs: input.data.missing_permission() } }
}

fn outcome(fix: Fix, input: &PopupInput<'_>, case: Option<&Case>) -> FixOutcome {
    if input.data.clearing.is_some_and(|clearing| clearing.is_running() && Fix::from(clearing.strength) == fix) {
        return FixOutcome::Running;
    }
    let Some(case) = case else { return FixOutcome::Untried };
    let is_awaited = case.auto_retry().is_some_and(|auto_retry| auto_retry.fix() == fix);
    if is_awaited || (input.diagnosis.timing && fix == Fix::Connection) {
        return FixOutcome::Running;
    }
    let switching = matches!(case.flow, Flow::TurningOff { .. } | Flow::Confirming { .. }) && fix == Fix::Extensions;
    if switching || (case.flow == Flow::Checking && case.pending.contains(&fix)) {
        return FixOutcome::Running;
    }
    match case.trials.iter().find(|trial| trial.fix == fix) {
        Some(trial) if trial.helped => FixOutcome::Helped,
        Some(_) => FixOutcome::NoHelp,
        None => FixOutcome::Untried,
    }
}
