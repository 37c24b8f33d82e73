//! The messages between the parts of the extension, and who may send which.
//!
//! Content scripts and popups use different types. A message from a content script is only ever parsed as a [`PageRequest`], so
//! it cannot even express an order. The browser's description of the sender decides which of the two types is parsed.

use serde::{Deserialize, Serialize};

use crate::base::host::Host;
use crate::base::id::{ExtensionId, LoadId, Path, TabId, Time, WindowId};
use crate::diagnosis::finding::Elsewhere;
use crate::diagnosis::fix::Fix;
use crate::feature::clear_data::{Site, Strength};
use crate::feature::load_method::SentForm;
use crate::feature::settings::setting::Setting;
use crate::recognize::Verdict;
use crate::view::Banner;

/// What a content script may send: facts, and that the user asked for the popup. Each request is answered with [`Classified`],
/// and is sent again until it is: a message is lost silently if the worker dies while handling it.
#[derive(Clone, Debug, PartialEq)]
pub enum PageRequest {
    /// The recognizer in the page detected a block page.
    Seen(Seen),
    /// The page's policy forbids WebAssembly: please recognize this.
    Classify(PageText),
    /// The page is open, and several of its own requests in a row were blocked, or one that it cannot do without.
    Burst(Burst),
    /// The page sends a form, and its answer is the next page.
    FormSent(SentForm),
    /// The block page is no longer shown (navigation inside the page).
    Gone,
    /// **Fix it** was clicked in the banner: open the popup.
    FixIt {
        /// Identifies the click, however often it is sent.
        click: u64,
    },
    /// The browser is online again, or the user has returned to the page: what is waited for may have come.
    PageActive,
}

/// The fields of a content script's message as they arrive: its kind, and the fields of that kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct PageMessage {
    /// `seen`, `judge`, `burst`, `form-sent`, `gone`, `fix-it` or `page-active`.
    pub kind: String,
    /// The load of the page.
    pub load: Option<LoadId>,
    /// For `seen`: the recognizer's verdict.
    pub verdict: Option<Verdict>,
    /// For `judge`: see [`PageText::status`]. For `burst`: see [`Burst::login`].
    pub status: Option<u16>,
    /// For `judge`: see [`PageText::html`].
    pub html: Option<String>,
    /// For `burst`: see [`Burst::path`]. For `form-sent`: see [`SentForm::path`].
    pub path: Option<String>,
    /// For `form-sent`: see [`SentForm::host`].
    pub host: Option<Host>,
    /// For `form-sent`: see [`SentForm::at`].
    pub at: Option<LoadId>,
    /// For `fix-it`: see [`PageRequest::FixIt`].
    pub click: Option<u64>,
}

/// There are fewer kinds of evidence than this, so our recognizer never sends more.
const MOST_EVIDENCE: usize = 64;

impl PageRequest {
    /// Parses a message. `None` for anything that is not exactly one of these requests, complete and well-formed.
    pub fn of(message: PageMessage) -> Option<Self> {
        Some(match message.kind.as_str() {
            "seen" => {
                let verdict = message.verdict.filter(|verdict| verdict.evidence.len() <= MOST_EVIDENCE)?;
                Self::Seen(Seen { verdict, load: message.load? })
            }
            "judge" => {
                Self::Classify(PageText { status: message.status, html: PageText::cut(message.html?), load: message.load? })
            }
            "burst" => Self::Burst(Burst { path: Path::parse(&message.path?)?, load: message.load?, login: message.status }),
            "form-sent" => Self::FormSent(SentForm { host: message.host?, path: Path::parse(&message.path?)?, at: message.at? }),
            "gone" => Self::Gone,
            "fix-it" => Self::FixIt { click: message.click? },
            "page-active" => Self::PageActive,
            _ => return None,
        })
    }
}

/// A block page that was recognized in the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The recognizer's verdict. Every field is validated again when it is parsed.
    pub verdict: Verdict,
    /// The load of the page.
    pub load: LoadId,
}

/// Blocked requests of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Burst {
    /// The path of one of the requests, on the page's own host.
    pub path: Path,
    /// The load of the page.
    pub load: LoadId,
    /// The status of the only request, where the page is a login that cannot do without it.
    pub login: Option<u16>,
}

/// A page to recognize.
#[derive(Clone, Debug, PartialEq)]
pub struct PageText {
    /// The HTTP status, if the browser knows it.
    pub status: Option<u16>,
    /// `document.documentElement.outerHTML`, truncated at [`PageText::LONGEST`].
    pub html: String,
    /// The load of the page.
    pub load: LoadId,
}

impl PageText {
    /// The number of bytes of markup that are read. The largest known block page has 1.2 MB.
    pub const LONGEST: usize = 4 << 20;

    /// The part of the markup that is read.
    pub fn cut(mut html: String) -> String {
        if html.len() > Self::LONGEST {
            let end = (0..=Self::LONGEST).rev().find(|&end| html.is_char_boundary(end)).unwrap_or(0);
            html.truncate(end);
        }
        html
    }
}

/// The answer to a [`PageRequest`]: the banner to show, if any.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Classified {
    /// `None` if the page is not a block page, is a challenge (which is left alone), or was not asked about.
    pub banner: Option<Banner>,
    /// Is it a challenge that still runs? How it ends is then worth a look.
    pub runs: bool,
    /// Is the banner turned off? Then what it would say is only noted.
    pub hidden: bool,
}

/// What the options page may request. Each variant is a click. The next [`OptionsView`](crate::view::OptionsView) shows the
/// result. Permissions are not included: browsers accept requests for them only from the clicked page itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptionsRequest {
    /// Change a setting.
    Set {
        /// The setting.
        setting: Setting,
        /// On or off.
        on: bool,
    },
    /// Remove a pin.
    Unpin(ExtensionId),
    /// Do not notify when this host is back.
    StopRecoveryAlert(Host),
    /// Import this file's contents, see [`backup`](crate::store::backup).
    Import(String),
    /// Delete the history of blocked pages.
    Forget,
    /// Switch on again everything that Readmit switched off.
    PutBack,
    /// Switch everything on again, and then erase all data.
    Erase,
    /// Switch everything on again, and then remove Readmit.
    Uninstall,
}

/// What the popup may request. Each variant is a click. The next [`View`](crate::view::View) shows the result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PopupRequest {
    /// A permission was granted or revoked: inspect the tab again.
    PermissionChanged,
    /// Switch one extension.
    Switch {
        /// The extension.
        id: ExtensionId,
        /// On or off.
        on: bool,
    },
    /// Pin an extension, so that it is never switched off, or remove the pin.
    Pin {
        /// The extension.
        id: ExtensionId,
        /// Pinned or not.
        pinned: bool,
    },
    /// Find the cause by experiment, if that is not done automatically.
    FindCause,
    /// Turn off every strong and medium suspect, then reload and inspect the page.
    TurnOffSuspects,
    /// Turn off one extension that a card names, then reload and inspect the page.
    TurnOff {
        /// The extension.
        id: ExtensionId,
    },
    /// Find the culprit by switching extensions and reloading.
    FindExtension,
    /// Continue an interrupted search.
    GoOn,
    /// Stop the search and put everything back.
    Stop,
    /// Keep the culprit off for good: there is nothing to put back.
    KeepOff {
        /// The extension.
        id: ExtensionId,
    },
    /// Keep these extensions off for good, however they came to be off.
    KeepAllOff {
        /// The extensions that were named.
        ids: Vec<ExtensionId>,
    },
    /// Switch on again everything that Readmit switched off.
    PutBack,
    /// Clear the site's data.
    Clear(Strength),
    /// Restore the cookies of the last clearing.
    Undo,
    /// Reload and inspect the page. `after` is the fix that the user has carried out by hand.
    CheckAgain {
        /// The card that was clicked, if any.
        after: Option<Fix>,
    },
    /// Fetch the services' status pages.
    CheckStatus,
    /// Time a few small requests.
    TimeConnection,
    /// Wait for the effect of this fix, and then reload once.
    Await(Fix),
    /// Stop waiting.
    StopWaiting,
    /// The user says that they use no VPN.
    NoVpn,
    /// Notify the user when the site is back.
    TellWhenBack,
    /// Do not notify after all.
    StopRecoveryAlert(Host),
    /// The page is about to be opened elsewhere, to compare. Sent beforehand, because a new window closes the popup.
    Compare(Elsewhere),
    /// What the user saw there.
    Compared {
        /// Where.
        elsewhere: Elsewhere,
        /// Did the page open?
        opened: bool,
    },
}

/// A click in a popup.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PopupClick {
    /// What was clicked.
    pub request: PopupRequest,
    /// What the popup showed then.
    pub shown: Shown,
}

/// What a popup shows, as far as its buttons depend on it. The page may have changed before a click arrives. A button then means
/// something else than it said, and must do nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// The site that the buttons are about.
    pub site: Site,
    /// What *Turn off suspects* would switch off.
    pub suspects: Vec<ExtensionId>,
    /// Until when the cookies that *Undo* would restore are kept.
    pub undo_until: Option<Time>,
}

impl Shown {
    /// Does it say no more than the default?
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Does `request` still do what its button said, now that the popup shows `now`?
    pub fn still_holds(&self, now: &Self, request: &PopupRequest) -> bool {
        match request {
            PopupRequest::TurnOffSuspects => self.site == now.site && self.suspects == now.suspects,
            PopupRequest::Undo => self.undo_until == now.undo_until,
            PopupRequest::TurnOff { .. }
            | PopupRequest::FindExtension
            | PopupRequest::GoOn
            | PopupRequest::KeepOff { .. }
            | PopupRequest::Clear(_)
            | PopupRequest::CheckAgain { .. }
            | PopupRequest::Await(_)
            | PopupRequest::NoVpn
            | PopupRequest::TellWhenBack => self.site == now.site,
            // They name what they are about, or change nothing.
            PopupRequest::PermissionChanged
            | PopupRequest::Switch { .. }
            | PopupRequest::Pin { .. }
            | PopupRequest::KeepAllOff { .. }
            | PopupRequest::FindCause
            | PopupRequest::Stop
            | PopupRequest::PutBack
            | PopupRequest::CheckStatus
            | PopupRequest::TimeConnection
            | PopupRequest::StopWaiting
            | PopupRequest::StopRecoveryAlert(_)
            | PopupRequest::Compare(_)
            | PopupRequest::Compared { .. } => true,
        }
    }
}

impl PopupRequest {
    /// Is the list of extensions needed to carry it out?
    pub fn needs_list(&self) -> bool {
        matches!(self, Self::Switch { .. } | Self::TurnOffSuspects | Self::TurnOff { .. } | Self::FindExtension | Self::GoOn)
    }

    /// Does it change what a running search would see, or depend on it?
    pub fn crosses_a_search(&self) -> bool {
        match self {
            Self::Switch { .. }
            | Self::Pin { .. }
            | Self::TurnOffSuspects
            | Self::TurnOff { .. }
            | Self::FindExtension
            | Self::GoOn
            | Self::KeepOff { .. }
            | Self::KeepAllOff { .. }
            | Self::PutBack
            | Self::Clear(_)
            | Self::Undo
            | Self::CheckAgain { .. } => true,
            Self::PermissionChanged
            | Self::FindCause
            | Self::Stop
            | Self::CheckStatus
            | Self::TimeConnection
            | Self::Await(_)
            | Self::StopWaiting
            | Self::NoVpn
            | Self::TellWhenBack
            | Self::StopRecoveryAlert(_)
            | Self::Compare(_)
            | Self::Compared { .. } => false,
        }
    }
}

/// [`runtime.MessageSender`](https://developer.chrome.com/docs/extensions/reference/api/runtime#type-MessageSender), as filled
/// in by the browser.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sender {
    /// The extension that sent the message.
    pub id: Option<String>,
    /// The page that it was sent from.
    pub url: Option<String>,
    /// 0 for the page itself, larger for frames in it.
    pub frame_id: Option<i32>,
    /// The tab, for content scripts and for our pages in tabs.
    pub tab: Option<SenderTab>,
}

/// The part of a tab that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SenderTab {
    /// The tab's id.
    pub id: TabId,
    /// Its window.
    pub window_id: WindowId,
}

/// The sender of a message, as vouched for by the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// One of our own pages: the popup or the options.
    OwnPage,
    /// Our content script in the top frame of a web page.
    WebPage {
        /// Its tab.
        tab: TabId,
        /// Its window.
        window: WindowId,
        /// The page's host, from its URL and not from the message.
        host: Host,
    },
}

impl Source {
    /// `None` for unknown senders: other extensions, frames, pages without a web URL. `own_origin` is `chrome-extension://ID`
    /// or `moz-extension://UUID`.
    pub fn of(sender: &Sender, own_id: &str, own_origin: &str) -> Option<Self> {
        if sender.id.as_deref() != Some(own_id) {
            return None;
        }
        let url = sender.url.as_deref()?;
        if url.strip_prefix(own_origin).is_some_and(|path| path.starts_with('/')) {
            return Some(Self::OwnPage);
        }
        match (sender.tab, sender.frame_id) {
            (Some(SenderTab { id: tab, window_id: window }), Some(0)) => {
                Some(Self::WebPage { tab, window, host: Host::of_url(url)? })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::{Page, recognize};

    const ID: &str = "abcdefghijklmnopabcdefghijklmnop";
    const ORIGIN: &str = "chrome-extension://abcdefghijklmnopabcdefghijklmnop";

    fn sender(id: &str, url: &str, frame_id: i32) -> Sender {
        let tab = Some(SenderTab { id: TabId(3), window_id: WindowId(1) });
        Sender { id: Some(id.into()), url: Some(url.into()), frame_id: Some(frame_id), tab }
    }

    #[track_caller]
    fn check(sender: &Sender, expected: Option<&Source>) {
        assert_eq!(Source::of(sender, ID, ORIGIN).as_ref(), expected);
    }

    #[test]
    fn our_own_page_is_recognized_by_its_url() {
        let popup = Sender { tab: None, ..sender(ID, &[ORIGIN, "/popup/popup.html"].concat(), 0) };
        check(&popup, Some(&Source::OwnPage));
    }

    #[test]
    fn a_content_script_has_the_host_of_its_url() {
        let host = Host::parse("chatgpt.com").unwrap();
        check(&sender(ID, "https://chatgpt.com/c/1", 0), Some(&Source::WebPage { tab: TabId(3), window: WindowId(1), host }));
    }

    #[test]
    fn unknown_senders_are_rejected() {
        check(&sender("ponmlkjihgfedcbaponmlkjihgfedcba", "https://chatgpt.com/", 0), None);
        check(&sender(ID, "https://chatgpt.com/", 7), None);
        check(&sender(ID, "file:///tmp/page.html", 0), None);
        check(&Sender { tab: None, ..sender(ID, "https://chatgpt.com/", 0) }, None);
        check(&Sender::default(), None);
        // A URL that only begins like ours.
        check(&Sender { tab: None, ..sender(ID, &[ORIGIN, ".evil.example/"].concat(), 0) }, None);
    }

    fn message(kind: &str) -> PageMessage {
        PageMessage { kind: kind.into(), load: Some(LoadId(5)), ..PageMessage::default() }
    }

    #[test]
    fn a_page_cannot_express_an_order() {
        for order in ["put-back", "clear", "switch", "open", "undo", "stop"] {
            assert_eq!(PageRequest::of(message(order)), None, "{order}");
        }
        for order in
            [PopupRequest::FindExtension, PopupRequest::PutBack, PopupRequest::Undo, PopupRequest::Clear(Strength::Everything)]
        {
            let written = serde_json::to_string(&order).unwrap();
            assert_eq!(PageRequest::of(message(&written)), None, "{order:?} as a kind");
            assert!(serde_json::from_str::<Verdict>(&written).is_err(), "{order:?} as a verdict");
        }
    }

    #[test]
    fn a_page_request_needs_all_its_fields() {
        let page = Page { status: Some(403), headers: &[], url: "https://chatgpt.com/", body: "error code: 1020" };
        let verdict = recognize(&page).unwrap();
        let seen = PageMessage { verdict: Some(verdict.clone()), ..message("seen") };
        assert_eq!(PageRequest::of(seen.clone()), Some(PageRequest::Seen(Seen { verdict, load: LoadId(5) })));
        assert_eq!(PageRequest::of(PageMessage { load: None, ..seen.clone() }), None);
        assert_eq!(PageRequest::of(PageMessage { verdict: None, ..seen }), None);

        let classify = PageMessage { html: Some("<p>".into()), ..message("judge") };
        let text = PageText { status: None, html: "<p>".into(), load: LoadId(5) };
        assert_eq!(PageRequest::of(classify.clone()), Some(PageRequest::Classify(text)));
        assert_eq!(PageRequest::of(PageMessage { html: None, ..classify }), None);
    }

    #[test]
    fn a_burst_names_only_a_path_on_its_own_host() {
        let burst = |path: &str| PageRequest::of(PageMessage { path: Some(path.into()), ..message("burst") });
        let named = |path: &str| Some(PageRequest::Burst(Burst { path: Path::parse(path)?, load: LoadId(5), login: None }));
        assert!(burst("/").is_some());
        assert_eq!(burst("/backend-api/me"), named("/backend-api/me"));
        let longest = "/".to_owned() + &"a".repeat(511);
        assert!(burst(&longest).is_some());
        for path in [
            "",
            "me",
            "//evil.example/",
            "/\\evil.example/",
            "https://evil.example/",
            "/a?b=c",
            "/a#b",
            "/a b",
            "/a\n",
            "/\u{fc}",
            "/\u{202e}",
            &(longest + "a"),
        ] {
            assert_eq!(burst(path), None, "{path}");
        }
        assert_eq!(PageRequest::of(message("burst")), None, "no place");
        assert_eq!(PageRequest::of(PageMessage { load: None, path: Some("/".into()), ..message("burst") }), None, "no load");
    }

    #[test]
    fn oversized_messages_are_truncated_or_rejected() {
        let classify = PageMessage { html: Some("\u{20ac}".repeat(PageText::LONGEST)), ..message("judge") };
        let Some(PageRequest::Classify(text)) = PageRequest::of(classify) else { panic!("it is a page all the same") };
        assert_eq!(text.html.len(), PageText::LONGEST - PageText::LONGEST % 3);

        let page = Page { status: Some(403), headers: &[], url: "https://chatgpt.com/", body: "error code: 1020" };
        let mut verdict = recognize(&page).unwrap();
        verdict.evidence = verdict.evidence.repeat(5000);
        assert_eq!(PageRequest::of(PageMessage { verdict: Some(verdict.clone()), ..message("seen") }), None);
    }

    /// The last column names the allowed sender. Everyone else is rejected.
    #[test]
    fn only_the_browser_decides_who_the_sender_is() {
        let stranger = "ponmlkjihgfedcbaponmlkjihgfedcba";
        let own = [ORIGIN, "/popup/popup.html"].concat();
        let urls = [
            own.as_str(),
            "https://chatgpt.com/c/1",
            "http://chatgpt.com/",
            "https://chatgpt.com.evil.example/",
            "chrome-extension://abcdefghijklmnopabcdefghijklmnop.evil.example/",
            "chrome-extension://ponmlkjihgfedcbaponmlkjihgfedcba/popup/popup.html",
            "file:///etc/passwd",
            "about:blank",
            "data:text/html,x",
            "",
        ];
        let tab = SenderTab { id: TabId(3), window_id: WindowId(1) };
        let mut response = 0;
        for id in [None, Some(ID), Some(stranger)] {
            for url in urls.iter().copied().map(Some).chain([None]) {
                for frame_id in [None, Some(0), Some(1), Some(-1)] {
                    for tab in [None, Some(tab)] {
                        let sender = Sender { id: id.map(Into::into), url: url.map(Into::into), frame_id, tab };
                        let is_ours = id == Some(ID);
                        let host = url.and_then(Host::of_url).filter(|_| is_ours && frame_id == Some(0) && tab.is_some());
                        let expected = if is_ours && url == Some(own.as_str()) {
                            Some(Source::OwnPage)
                        } else {
                            host.map(|host| Source::WebPage { tab: TabId(3), window: WindowId(1), host })
                        };
                        response += usize::from(expected.is_some());
                        check(&sender, expected.as_ref());
                    }
                }
            }
        }
        assert_eq!(response, 8 + 3, "our own page however it is shown, and three addresses of the web");
    }
}
