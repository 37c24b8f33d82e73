//! Inspects or reloads a tab, and updates its case with what the page shows. The steps are drawn in `case.rs`.
//!
//! A tab that was closed, or shows another site, has left its case: the case ends, and what a search on it switched is put back.
//! The shell looks at this right before it loads or reads a page, because the tab may have moved since the flow began.

use crate::base::host::Host;
use crate::base::id::{LoadId, TabId, Time, WindowId};
use crate::base::url::{is_one_time, path_of, repeatable};
use crate::case::{Case, Flow, failed_with};
use crate::diagnosis::fix::Fix;
use crate::extensions::bisect::Finding;
use crate::feature::clear_data::Site;
use crate::feature::culprit_search::strategy::Strategy;
use crate::feature::load_method::LoadMethod;
use crate::model::{Model, recognize};
use crate::protocol::effect::{Effect, Grants, TabSnapshot};
use crate::recognize::{Verdict, login_error};
use crate::tab::TabStatus;
use crate::view::{TabBadge, View};

/// How many blocked pages are kept at once. The oldest with which nothing is being done makes room: a page may open any number of tabs.
/// Where something is being done with all of them, there are more.
const MOST_CASES: usize = 50;

/// A blocked page that an inspection has found.
struct PageShown<'a> {
    host: Host,
    url: &'a str,
    verdict: Verdict,
    load: LoadId,
    /// Was the answer to a request of the page inspected, and not the page itself?
    inside: bool,
    /// Does the browser show its own error page?
    error_page: bool,
}

impl Model {
    /// Reloads the page and inspects it, unless the site has asked for a cooldown.
    pub(crate) fn check(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let Some(case) = self.case_mut(tab) else { return vec![Effect::Look { tab, site: None }] };
        if case.is_cooling_down(now) || !matches!(case.flow, Flow::Blocked(_) | Flow::Open { .. } | Flow::Found { .. }) {
            return Vec::new();
        }
        case.enter(Flow::Checking);
        self.reload(tab, 0)
    }

    pub(crate) fn reload(&mut self, tab: TabId, pause: u32) -> Vec<Effect> {
        let Some(case) = self.case(tab) else { return Vec::new() };
        let (site, before, reopens) = (case.site(), case.load, case.pending.contains(&Fix::Reopen));
        self.tab_mut(tab).reloads = true;
        vec![Effect::Reload { tab, site, before, reopens, pause }]
    }

    /// Handles a content script's report of a block page. Content scripts run only where the worker, too, may send requests.
    pub(crate) fn reported(&mut self, now: Time, tab: TabId, host: &Host, verdict: Verdict, load: LoadId) -> Vec<Effect> {
        let effects = self.refused(now, tab, host, verdict, load);
        if let Some(case) = self.case_mut(tab) {
            case.may_ask = true;
        }
        self.record_refusal(now, tab);
        // A popup that was open before has nothing else that begins the diagnosis.
        let is_shown = self.popup(tab).is_some_and(|popup| !popup.asking && popup.status != TabStatus::Looking);
        let is_new = self.case(tab).is_some_and(|case| case.is_blocked() && !case.has_first_answer());
        let look = (is_shown && is_new).then_some(Effect::Look { tab, site: None });
        // The banner is already visible at this point.
        effects.into_iter().chain(self.tell_page_of_recurrence(tab)).chain(look).collect()
    }

    pub(crate) fn refused(&mut self, now: Time, tab: TabId, host: &Host, verdict: Verdict, load: LoadId) -> Vec<Effect> {
        if self.case(tab).is_some_and(|case| case.host == *host && case.flow == Flow::Checking && case.load != load) {
            self.exonerate_switched(tab);
        }
        let method = self.method_of(tab, host, load);
        match self.case_mut(tab) {
            Some(case) if case.host == *host => {
                if case.load != load {
                    case.method = method;
                }
                case.refused(verdict, now, load);
            }
            _ => {
                self.kept.cases.retain(|(other, _)| *other != tab);
                self.make_room();
                self.kept.cases.push((tab, Case { method, ..Case::new(host.clone(), verdict, now, load) }));
            }
        }
        if self.is_searched(tab) {
            return self.tell_page_of_search(tab);
        }
        let badge = self.case(tab).map(TabBadge::of_blocked).unwrap_or_default();
        let mut effects = vec![Effect::Badge { tab, badge }];
        effects.extend(self.reload_that_was_lost(tab));
        effects
    }

    fn make_room(&mut self) {
        if self.kept.cases.len() < MOST_CASES {
            return;
        }
        let is_cleared =
            |tab: TabId| self.kept.clearing.as_ref().is_some_and(|clearing| clearing.is_running() && clearing.tab == tab);
        let is_free = |(tab, case): &(TabId, Case)| case.is_idle() && self.popup(*tab).is_none() && !is_cleared(*tab);
        if let Some(oldest) = self.kept.cases.iter().position(is_free) {
            self.kept.cases.remove(oldest);
        }
    }

    /// Handles a click on *Fix it* in a banner. Only where there is something to fix: a page must not be able to open popups elsewhere.
    /// A blocked page without a case had to make room for others, so the tab is inspected first.
    pub(crate) fn fix_it(&mut self, tab: TabId, window: WindowId, host: &Host, click: u64) -> Vec<Effect> {
        match self.case_mut(tab) {
            Some(case) if case.last_click == Some(click) => Vec::new(),
            Some(case) => {
                case.last_click = Some(click);
                vec![Effect::OpenPopup { tab, window }]
            }
            None => {
                self.tab_mut(tab).fix_it = Some((window, click));
                vec![Effect::Look { tab, site: Some(Site::of(host)) }]
            }
        }
    }

    /// Handles the inspection after such a click.
    pub(crate) fn seen_after_click(&mut self, tab: TabId) -> Vec<Effect> {
        let Some((window, click)) = self.tabs.get_mut(&tab).and_then(|known| known.fix_it.take()) else { return Vec::new() };
        let blocked = self.case_mut(tab).filter(|case| case.is_blocked());
        let open = blocked.map(|case| {
            case.last_click = Some(click);
            Effect::OpenPopup { tab, window }
        });
        open.into_iter().collect()
    }

    /// Reloads the tab again if it still shows the load from before the reload and no reload is running: the worker died in
    /// between.
    pub(crate) fn reload_that_was_lost(&mut self, tab: TabId) -> Vec<Effect> {
        let is_lost = self.case(tab).is_some_and(Case::is_awaiting_load) && !self.is_reloading(tab);
        if is_lost { self.reload(tab, 0) } else { Vec::new() }
    }

    /// Handles the result of a reload. `inside`: the snapshot was made from the answer to a request that the page sent again.
    pub(crate) fn reloaded(
        &mut self,
        now: Time,
        tab: TabId,
        snapshot: &TabSnapshot,
        grants: Grants,
        inside: bool,
    ) -> Vec<Effect> {
        if self.is_searched(tab) {
            self.observed(now, tab, snapshot)
        } else if self.is_stopping(tab) {
            self.seen_while_stopping(now, tab, snapshot)
        } else {
            if let TabSnapshot::ErrorPage { url } = snapshot
                && let Some(shown) = self.shown_error_page(now, tab, url.as_deref(), &grants, true)
            {
                return self.seen_blocked(now, tab, shown, grants);
            }
            self.looked(now, tab, snapshot, grants, inside)
        }
    }

    /// The verdict on a page that is no known block page, if it failed to load on a site that we watch: such a page is never
    /// called "not blocked".
    fn failed_load(&self, tab: TabId, host: &Host, status: Option<u16>, grants: &Grants) -> Option<Verdict> {
        let status = status.filter(|status| *status >= 400 && (host.is_openai() || grants.site))?;
        // A page that is missing was asked for and looked for: a known block is over.
        let was_known = self.case(tab).is_some_and(|case| case.host == *host && case.verdict.is_known());
        let is_reached = was_known && matches!(status, 404 | 405 | 410);
        (!is_reached).then(|| failed_with(Some(status), None))
    }

    /// The browser's own error page in place of a page of a site that we watch. What the site answers is found out by the first
    /// request of the diagnosis. The browser gives such a page no identity: a new one is made when it is known to be another load.
    fn shown_error_page<'a>(
        &self,
        now: Time,
        tab: TabId,
        url: Option<&'a str>,
        grants: &Grants,
        is_new: bool,
    ) -> Option<PageShown<'a>> {
        let url = url?;
        let host = Host::of_url(url).filter(|host| host.is_openai() || grants.site)?;
        // Always another one, also where the clock stands still or was set back: otherwise a reload would count as lost.
        let last = self.case(tab).map_or(0, |case| case.load.0);
        let new = LoadId(now.0.saturating_mul(1000).max(last.saturating_add(1)));
        let (verdict, load) = match self.case(tab) {
            Some(case) if case.error_page && case.host == host => (case.verdict.clone(), if is_new { new } else { case.load }),
            // The connection may have failed just now: what was tried against the block page has no result.
            Some(case) if Site::holds_both(&case.host, &host) && !matches!(case.flow, Flow::Open { .. }) => return None,
            _ => (Verdict::unrecognized(None), new),
        };
        Some(PageShown { host, url, verdict, load, inside: false, error_page: true })
    }

    /// Handles an inspection that has found a blocked page.
    fn seen_blocked(&mut self, now: Time, tab: TabId, shown: PageShown<'_>, grants: Grants) -> Vec<Effect> {
        let PageShown { host, url, verdict, load, inside, error_page } = shown;
        self.set_status(tab, TabStatus::Fine);
        if inside {
            // The page itself has opened.
            self.kept.history.opened(&host, load);
        }
        let mut effects = self.refused(now, tab, &host, verdict, load);
        if let Some(case) = self.case_mut(tab) {
            (case.address, case.one_time) = (Some(repeatable(url)), is_one_time(url));
            // Its answer has led elsewhere, by a GET or not.
            if matches!(&case.method, LoadMethod::Form(path) if path_of(url).as_ref() != Some(path)) {
                case.method = LoadMethod::Unknown;
            }
            case.may_ask = grants.site;
            case.domain = grants.domain;
            case.inside = inside;
            case.error_page = error_page;
        }
        self.record_refusal(now, tab);
        effects.extend(self.tell_page_of_recurrence(tab));
        effects.extend(self.begin_confirmed(now, tab));
        // Diagnose first: the user is waiting for the cause, and reading cookies does not have to wait for the save.
        self.diagnose(tab).into_iter().chain(effects).collect()
    }

    pub(crate) fn looked(&mut self, now: Time, tab: TabId, snapshot: &TabSnapshot, grants: Grants, inside: bool) -> Vec<Effect> {
        let status = match snapshot {
            TabSnapshot::Page { url, text, hides_zone } => {
                let Some(host) = Host::of_url(url) else {
                    self.forget_case(tab);
                    self.set_status(tab, TabStatus::Unreadable);
                    return Vec::new();
                };
                let known = recognize(url, text.status, &text.html);
                let login = login_error(&host, &text.html).map(|family| Verdict::login_error(family, text.status));
                match known.or(login).or_else(|| self.failed_load(tab, &host, text.status, &grants)) {
                    Some(verdict) if !verdict.is_running_challenge() || self.is_looping(tab, &host) => {
                        let shown = PageShown { host, url, verdict, load: text.load, inside, error_page: false };
                        let effects = self.seen_blocked(now, tab, shown, grants);
                        if let Some(case) = self.case_mut(tab) {
                            case.findings.hides_zone = Some(*hides_zone);
                        }
                        return effects;
                    }
                    Some(_) => {
                        self.set_status(tab, TabStatus::Challenge(host));
                        return self.challenged(tab);
                    }
                    None => return self.open(now, tab, &host, text.load),
                }
            }
            TabSnapshot::Offline => TabStatus::Offline,
            TabSnapshot::ErrorPage { url } => match self.shown_error_page(now, tab, url.as_deref(), &grants, false) {
                Some(shown) => return self.seen_blocked(now, tab, shown, grants),
                None => TabStatus::NotLoaded,
            },
            TabSnapshot::Unreadable => TabStatus::Unreadable,
            TabSnapshot::Late => TabStatus::Fine,
            TabSnapshot::Missing | TabSnapshot::OtherSite => {
                self.set_status(tab, TabStatus::Fine);
                return self.left(now, tab);
            }
        };
        match (&status, self.case(tab)) {
            // The case's own site may be read, so this is another one.
            (TabStatus::Unreadable, Some(case)) if !case.is_awaiting_load() => {
                self.set_status(tab, status);
                return self.left(now, tab);
            }
            // Between two pages there is nothing to see, and the reload's own result is still to come.
            _ if self.is_reloading(tab) => {}
            _ => {
                if let Some(case) = self.case_mut(tab) {
                    case.unseen();
                }
            }
        }
        self.set_status(tab, status);
        Vec::new()
    }

    /// Handles a closed tab.
    pub(crate) fn tab_closed(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        if let Some(known) = self.tabs.get_mut(&tab) {
            (known.reloads, known.awaits_load, known.asked) = (false, false, None);
        }
        self.left(now, tab)
    }

    /// Ends the case of a tab that was closed, or shows another site.
    pub(crate) fn left(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        match &mut case.flow {
            Flow::Searching { .. } => {
                let effects = self.stop_search(now, tab);
                // What the user still has to switch is in the ledger, so this case has nothing to wait for.
                if self.strategy() == Strategy::Manual {
                    self.forget_case(tab);
                }
                return effects;
            }
            // The case is needed until everything is as it should be.
            Flow::Stopping { waiting } if !waiting.is_empty() => return Vec::new(),
            Flow::Found { waiting, finding } if !waiting.is_empty() => {
                if !matches!(finding, Finding::Culprits { .. }) {
                    let waiting = std::mem::take(waiting);
                    case.enter(Flow::Stopping { waiting });
                }
                return Vec::new();
            }
            _ => self.forget_case(tab),
        }
        vec![Effect::Badge { tab, badge: TabBadge::default() }]
    }

    /// A challenge is neither a block page nor an open page: what was tried counts as untried.
    pub(crate) fn challenged(&mut self, tab: TabId) -> Vec<Effect> {
        self.forget_case(tab);
        vec![Effect::Badge { tab, badge: TabBadge::default() }]
    }

    /// Handles a page that is not a block page.
    pub(crate) fn open(&mut self, now: Time, tab: TabId, host: &Host, load: LoadId) -> Vec<Effect> {
        self.kept.challenges.forget(tab);
        self.set_status(tab, TabStatus::Fine);
        self.kept.history.opened(host, load);
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        let same_site = Site::holds_both(&case.host, host);
        let is_news = matches!(case.flow, Flow::Checking | Flow::Confirming { .. } | Flow::Blocked(_));
        let has_changed = same_site && load != case.load && is_news;
        let opened = has_changed.then(|| case.host.clone());
        let was_open = matches!(case.flow, Flow::Open { .. });
        match case.flow {
            Flow::Checking | Flow::Confirming { .. } if same_site => case.opened(load),
            // While extensions are being switched, what the page shows does not count yet.
            Flow::TurningOff { .. } | Flow::Stopping { .. } if same_site => {}
            // The user has yet to read the result, whatever the page shows in the meantime.
            Flow::Open { .. } | Flow::Found { .. } if same_site => {}
            // The user reloaded the page, and it opened. Report that, too, if a fix was carried out before.
            Flow::Blocked(_) if same_site && !case.pending.is_empty() => case.opened(load),
            _ => self.forget_case(tab),
        }
        if let Some(host) = opened {
            self.seen_open(&host);
        }
        if !was_open {
            self.record_opening(now, tab);
        }
        let reload = self.reload_that_was_lost(tab);
        let badge = Effect::Badge { tab, badge: self.badge_of_open_page(tab) };
        [badge].into_iter().chain(self.unseen_result(now, tab)).chain(reload).collect()
    }

    /// Tells the result in the page if no popup is open, once no more reload is to come.
    pub(crate) fn unseen_result(&self, now: Time, tab: TabId) -> Option<Effect> {
        let case = self.with_unseen_result(tab)?;
        let is_switching = matches!(&case.flow, Flow::Found { waiting, .. } if !waiting.is_empty());
        if is_switching || self.is_reloading(tab) {
            return None;
        }
        let View { headline, detail, .. } = self.view(now, tab);
        Some(Effect::TellResult { tab, site: case.site(), headline, detail })
    }

    /// A result that no open popup has shown is marked on the button, until one does.
    pub(crate) fn badge_of_open_page(&self, tab: TabId) -> TabBadge {
        self.with_unseen_result(tab).map(TabBadge::of_result).unwrap_or_default()
    }

    fn with_unseen_result(&self, tab: TabId) -> Option<&Case> {
        let case = self.case(tab).filter(|_| self.popup(tab).is_none())?;
        let is_result = match &case.flow {
            Flow::Open { helped } => !helped.is_empty(),
            Flow::Found { finding, .. } => matches!(finding, Finding::Culprits { .. }),
            _ => false,
        };
        is_result.then_some(case)
    }
}
