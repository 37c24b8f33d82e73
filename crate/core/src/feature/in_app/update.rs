//! Handles blocked requests inside an open page. ChatGPT is one long-lived page: often only a request of that page is blocked,
//! and the page then shows no more than "Something went wrong".
//!
//! ```text
//!  page reports a burst ─▶ page sends one request again ─┬─ blocked ───────▶ a case; its banner is the reply to the page
//!                                                        └─ anything else ─▶ nothing
//!
//!  such a case, another load of the page, and the page is open (seen by an inspection, a reload, a trial of the search)
//!     └─▶ page sends one request again ─┬─ blocked ─────────────────────▶ as if the page were blocked
//!                                       ├─ answered by the site itself ─▶ as if the page had opened
//!                                       └─ a challenge, no answer, … ───▶ cannot tell
//! ```
//!
//! That the page opens says nothing about such a case, because it opened before, too. The page sends the request, not the
//! worker: an extension that is the cause cannot affect the worker's requests. The request is a GET without the query, to the
//! page's own host only, so a page gains nothing by inventing bursts. An empty 403 and a check are blocks, too: a request cannot
//! pass a check, so the whole page has to be opened anew.
//!
//! A login cannot do without a single one of its requests, and most of them are no GETs. If the service itself says that there
//! is nothing to GET, what the page has reported stands, and nothing that a GET shows can tell whether it is over: it counts like a
//! [form](crate::feature::load_method). Pending requests are not stored. After a worker dies, the
//! next one inspects the tab again if the case was `Checking`, and runs the trial again if it was `Searching`.

use crate::base::host::Host;
use crate::base::id::{TabId, Time};
use crate::base::url::path_of;
use crate::case::{Case, Flow};
use crate::evidence::probe::{Answer, FetchError, HttpResponse};
use crate::feature::in_app::Asked;
use crate::feature::load_method::LoadMethod;
use crate::model::{Model, recognize};
use crate::protocol::effect::{Effect, Grants, Purpose, ReplyId, TabSnapshot};
use crate::protocol::message::{Burst, PageText};
use crate::recognize::LOGIN_HOST;
use crate::tab::TabStatus;
use crate::view::{self, Banner};

impl Model {
    /// Handles a content script's report that several requests of an open page were blocked in a row.
    pub(crate) fn burst(&mut self, now: Time, tab: TabId, host: &Host, burst: &Burst, reply: ReplyId) -> Vec<Effect> {
        let answer = |banner| vec![self.reply(reply, banner, false)];
        if let Some(case) = self.case(tab).filter(|case| case.host == *host) {
            match case.flow {
                // The inspection after a reload came first.
                Flow::Blocked(_) if case.inside && case.load == burst.load => return answer(self.banner_inside(tab)),
                Flow::Blocked(_) if !case.is_cooling_down(now) => {}
                Flow::Open { .. } | Flow::Found { .. } => {}
                // A flow that reloads the page also sends the request.
                _ => return answer(self.banner_inside(tab)),
            }
        }
        if self.is_asked(tab) {
            return answer(None);
        }
        let site = host.is_openai() && self.allowed;
        let url = format!("https://{host}{}", burst.path.as_str());
        let grants = Grants { openai: self.allowed, site, domain: None };
        let is_login = host.as_str() == LOGIN_HOST;
        let login = burst.login.filter(|status| is_login && matches!(status, 403 | 429 | 503));
        self.ask_inside(Asked { tab, host: host.clone(), url, load: burst.load, login, grants, reply: Some(reply) })
    }

    /// Handles an open page whose case is about blocked requests inside it. `Some` replaces the conclusion that the page has
    /// opened.
    pub(crate) fn asks_inside(&mut self, now: Time, tab: TabId, snapshot: &TabSnapshot, grants: &Grants) -> Option<Vec<Effect>> {
        let TabSnapshot::Page { url, text, .. } = snapshot else { return None };
        let case = self.case(tab).filter(|case| case.inside && Host::of_url(url).as_ref() == Some(&case.host))?;
        if text.status.is_some_and(|status| status >= 400) || recognize(url, text.status, &text.html).is_some() {
            return None;
        }
        match case.flow {
            // Nothing is known to have changed.
            Flow::Blocked(_) if case.load == text.load => {
                self.set_status(tab, TabStatus::Fine);
                if let Some(case) = self.case_mut(tab) {
                    case.may_ask = grants.site;
                }
                return Some(self.diagnose(tab));
            }
            _ if case.is_awaiting_load() && case.load == text.load => return None,
            Flow::Blocked(_) | Flow::Checking | Flow::Confirming { .. } | Flow::Searching { .. } => {}
            _ => return None,
        }
        if case.is_cooling_down(now) {
            return Some(self.reloaded(now, tab, &TabSnapshot::Late, grants.clone(), true));
        }
        if self.is_asked(tab) {
            return Some(Vec::new());
        }
        let (host, url) = (case.host.clone(), case.address());
        Some(self.ask_inside(Asked { tab, host, url, load: text.load, login: None, grants: grants.clone(), reply: None }))
    }

    fn ask_inside(&mut self, asked: Asked) -> Vec<Effect> {
        let effect = Effect::Fetch { tab: asked.tab, purpose: Purpose::Inside, url: asked.url.clone() };
        let known = self.tab_mut(asked.tab);
        known.asked = Some(asked);
        vec![effect]
    }

    fn is_asked(&self, tab: TabId) -> bool {
        self.tab(tab).is_some_and(|known| known.asked.is_some())
    }

    /// Handles the answer to the request that the page sent again.
    pub(crate) fn answered_inside(&mut self, now: Time, tab: TabId, answer: &Result<HttpResponse, FetchError>) -> Vec<Effect> {
        let Some(asked) = self.tab_mut(tab).asked.take() else { return Vec::new() };
        let (found, error) = Found::of(&asked, answer);
        let snapshot = found.snapshot(&asked);
        let is_empty = matches!(found, Found::Empty(_));
        let form = matches!(found, Found::Reported(_)).then(|| path_of(&asked.url)).flatten();
        let is_refused = matches!(&snapshot, TabSnapshot::Page { text, .. } if text.status.is_some_and(|status| status >= 400));
        // A report that was invented, or whose cause is over, changes nothing.
        let is_news = is_refused || asked.reply.is_none();
        let mut effects = if is_news { self.reloaded(now, tab, &snapshot, asked.grants, true) } else { Vec::new() };
        if let Some(case) = self.case_mut(tab) {
            if let Some(seconds) = error {
                case.requests.wait_until_at_least(now.plus_seconds(seconds));
            }
            if is_refused {
                case.findings.empty_inside = is_empty;
            }
            if let Some(path) = form {
                case.method = LoadMethod::Form(path);
            }
        }
        let banner = self.banner_inside(tab).filter(|_| is_refused);
        match asked.reply {
            Some(to) => effects.push(self.reply(to, banner, false)),
            None => effects.extend(banner.map(|banner| Effect::ShowBanner { tab, banner })),
        }
        effects
    }

    /// The banner on an open page.
    fn banner_inside(&self, tab: TabId) -> Option<Banner> {
        let is_shown = |case: &&Case| case.inside && case.is_blocked();
        let usual = || view::banner_of_case(self.case(tab).filter(is_shown)?);
        self.banner_of_search(tab).or_else(|| self.banner_of_recurrence(tab)).or_else(usual)
    }
}

/// What the request that the page sent again has shown.
enum Found {
    /// A block page.
    Page(u16, String),
    /// A check, which no request can pass.
    Check(u16),
    /// An empty answer.
    Empty(u16),
    /// That it cannot be confirmed by a GET. What the page has reported stands.
    Reported(u16),
    /// The site's own answer.
    Open,
    /// Nothing.
    Unknown(TabSnapshot),
}

impl Found {
    /// Also returns the seconds of cooldown that the answer asks for.
    fn of(asked: &Asked, answer: &Result<HttpResponse, FetchError>) -> (Self, Option<u32>) {
        let response = match answer {
            Ok(response) => response,
            Err(FetchError::Offline) => return (Self::Unknown(TabSnapshot::Offline), None),
            Err(_) => return (Self::Unknown(TabSnapshot::Late), None),
        };
        let answer = Answer::of_inner_response(&asked.host, &response.response());
        let Answer::Page(page) = &answer else { return (Self::Unknown(TabSnapshot::Late), answer.cooldown()) };
        let is_json = response.body.trim_start().starts_with('{');
        let found = match &page.verdict {
            Some(verdict) if verdict.is_refusal() => Self::Page(page.status, response.body.clone()),
            Some(_) => Self::Check(response.status),
            None => match (response.status, asked.login) {
                (403, None) if response.body.trim().is_empty() => Self::Empty(403),
                (status @ (403 | 429 | 503), Some(_)) if !is_json => Self::Page(status, String::new()),
                (404 | 405, Some(status)) if is_json => Self::Reported(status),
                _ if page.is_served() => Self::Open,
                _ => Self::Unknown(TabSnapshot::Late),
            },
        };
        (found, answer.cooldown())
    }

    /// What a page would show: a block page as it is, the site's own answer as an open page.
    fn snapshot(&self, asked: &Asked) -> TabSnapshot {
        let (status, html) = match self {
            Self::Page(status, html) => (*status, html.clone()),
            Self::Check(status) | Self::Empty(status) | Self::Reported(status) => (*status, String::new()),
            Self::Open => (200, String::new()),
            Self::Unknown(snapshot) => return snapshot.clone(),
        };
        let text = PageText { status: Some(status), html, load: asked.load };
        TabSnapshot::Page { url: asked.url.clone(), text, hides_zone: false }
    }
}
