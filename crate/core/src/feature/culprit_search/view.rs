//! The culprit search in words: its progress and its result.

use crate::base::id::ExtensionId;
use crate::base::text::{Text, keys};
use crate::extensions::bisect::{Culprit, Doubt, Finding, SearchProgress, Why};
use crate::extensions::listing::Listed;
use crate::extensions::protection::protects;
use crate::feature::culprit_search::ManualToggle;
use crate::feature::toggle_extensions::view::ExtensionsInput;
use crate::protocol::message::PopupRequest;
use crate::recognize::Verdict;
use crate::view::banner::{Banner, label};
use crate::view::{Act, Button, CulpritView, Phase, Tone};

/// The search, on whichever tab it runs.
pub(crate) struct SearchInput {
    /// Is a search running, on this tab or another?
    pub(crate) searching: bool,
    /// Its progress, or its progress when it was interrupted.
    pub(crate) progress: Option<SearchProgress>,
    /// Is something in progress in another tab that a request would disturb?
    pub(crate) elsewhere: bool,
    /// Was a search interrupted that can continue here?
    pub(crate) can_go_on: bool,
    /// The remaining manual switches.
    pub(crate) toggles: Vec<ManualToggle>,
}

/// "Reload 2 of about 5. 3 of 25 extensions still suspected."
pub(crate) fn progress(progress: &SearchProgress) -> Text {
    let reload = progress.checks_done.saturating_add(1);
    let expected = progress.checks_expected.max(reload);
    let numbers = [reload, expected].map(|number| number.to_string());
    let suspected = progress.still_suspected.to_string();
    let [reload, expected] = numbers.each_ref().map(String::as_str);
    keys::search_progress(reload, expected, &suspected, &progress.total.to_string())
}

/// The banner on the blocked page while the search runs.
pub(crate) fn banner(verdict: &Verdict, progress: &SearchProgress) -> Banner {
    Banner { headline: keys::headline_searching(), label: label(verdict), hint: self::progress(progress) }
}

/// The result in one sentence, with its phase and tone.
pub(crate) fn headline(finding: &Finding, extensions: &ExtensionsInput<'_>) -> (Phase, Tone, Text) {
    match finding {
        Finding::Culprits { sets, .. } => {
            let text = match (sets.as_slice(), has_protection(sets, extensions)) {
                ([Culprit { members }], protects) => match (members.as_slice(), protects) {
                    ([one], false) => keys::headline_found(&name(one, extensions)),
                    ([one], true) => keys::headline_found_protection(&name(one, extensions)),
                    (_, false) => keys::headline_found_together(),
                    (_, true) => keys::headline_found_protections(),
                },
                (_, false) => keys::headline_found_several(),
                (_, true) => keys::headline_found_protections(),
            };
            (Phase::Found, Tone::Good, text)
        }
        Finding::Innocent if held_back(extensions).is_empty() => (Phase::Stuck, Tone::Calm, keys::headline_innocent()),
        Finding::Innocent => (Phase::Stuck, Tone::Calm, keys::headline_innocent_others()),
        Finding::Flaky => (Phase::Stuck, Tone::Calm, keys::headline_flaky()),
        Finding::Unclear(_) => (Phase::Stuck, Tone::Calm, keys::headline_unclear()),
    }
}

/// The evidence for the result.
pub(crate) fn detail(finding: &Finding, extensions: &ExtensionsInput<'_>) -> Text {
    match finding {
        Finding::Innocent if !held_back(extensions).is_empty() => keys::detail_innocent_others(&held_back(extensions)),
        Finding::Culprits { sets, .. } if has_protection(sets, extensions) => keys::detail_found_protection(),
        Finding::Culprits { .. } => keys::detail_found(),
        Finding::Innocent => keys::detail_innocent(),
        Finding::Flaky => keys::detail_flaky(),
        Finding::Unclear(Doubt::TooManyChecks) => keys::detail_too_many(),
        Finding::Unclear(Doubt::LeftOut(_)) => keys::detail_left_out(),
        Finding::Unclear(Doubt::NotListed) => keys::detail_not_listed(),
        Finding::Unclear(Doubt::CannotTell(why)) => match why {
            Why::Timeout => keys::detail_timeout(),
            Why::TabGone => keys::detail_tab_gone(),
            Why::Challenge => keys::detail_challenged(),
            Why::Offline => keys::detail_offline(),
            Why::RateLimit => keys::detail_limited(),
            Why::ErrorPage => keys::detail_error_page(),
        },
    }
}

/// The names of the extensions that stayed on all the time and may be the cause.
fn held_back<'a>(extensions: &'a ExtensionsInput<'_>) -> Vec<&'a str> {
    extensions.rows.iter().filter(|row| Listed::is_held_back(row)).map(|row| row.extension.short_name()).collect()
}

/// Each culprit, with what can be done about it.
pub(crate) fn culprits(finding: &Finding, extensions: &ExtensionsInput<'_>) -> Vec<CulpritView> {
    let Finding::Culprits { sets, .. } = finding else { return Vec::new() };
    sets.iter().flat_map(|set| set.members.iter().map(|id| culprit(id, set, extensions))).collect()
}

fn culprit(id: &ExtensionId, set: &Culprit, extensions: &ExtensionsInput<'_>) -> CulpritView {
    // An extension that stays off for good is no longer in the list's rows.
    let installed = extensions.listing.find(id);
    let on = installed.is_some_and(|extension| extension.enabled);
    let order = |label, request| Button { label, act: Act::Order { request, needs: Vec::new() } };
    let mut buttons = Vec::new();
    if !on && extensions.ledger.holds(id) {
        buttons.push(order(keys::button_keep_off(), PopupRequest::KeepOff { id: id.clone() }));
    }
    if installed.is_some() && !on && extensions.browser.switches_extensions {
        buttons.push(order(keys::button_turn_on(), PopupRequest::Switch { id: id.clone(), on: true }));
    }
    if installed.is_some() && extensions.browser.opens_list {
        buttons.push(Button { label: keys::button_limit(), act: Act::OpenExtension(id.clone()) });
    }
    if installed.is_some_and(protects) {
        // Off for this site alone, it protects the user everywhere else.
        buttons.rotate_right(usize::from(extensions.browser.opens_list));
    }
    let remark = match (set.members.len(), on) {
        (1, false) => keys::culprit_off(),
        (1, true) => keys::culprit_on(),
        (_, false) => keys::culprit_together_off(),
        (_, true) => keys::culprit_together_on(),
    };
    let icon = installed.and_then(|extension| extension.icon(32)).map(Into::into);
    CulpritView { id: id.clone(), name: name(id, extensions), icon, remark, buttons }
}

/// Is one of them for security or privacy? A site can make such an extension look guilty, and whether it is in the way is the site's
/// decision.
fn has_protection(sets: &[Culprit], extensions: &ExtensionsInput<'_>) -> bool {
    let mut members = sets.iter().flat_map(|set| &set.members);
    members.any(|id| extensions.listing.find(id).is_some_and(protects))
}

/// The extension's name, or its id if it was removed in the meantime.
fn name(id: &ExtensionId, extensions: &ExtensionsInput<'_>) -> String {
    extensions.listing.find(id).map_or_else(|| id.as_str().to_owned(), |extension| extension.short_name().to_owned())
}
