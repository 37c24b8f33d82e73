//! What travels between the parts of the extension, and who may say what.
//!
//! A content script and a popup speak different types: what a page's side sends is only ever read as a [`PageRequest`], so
//! it cannot even express an order. Which of the two is read is decided by what the browser says of the sender.

use serde::{Deserialize, Serialize};

use crate::base::host::Host;
use crate::base::id::{ExtensionId, LoadId, Path, TabId, WindowId};
use crate::diagnosis::finding::Elsewhere;
use crate::diagnosis::fix::Fix;
use crate::feature::clear_data::Strength;
use crate::feature::settings::setting::Setting;
use crate::recognize::Verdict;
use crate::view::Banner;

/// What a content script may say: facts, and that the person asked for the popup. Each is answered with [`Classified`], and sent again
/// until it is: a worker that dies over a message loses it without a word.
#[derive(Clone, Debug, PartialEq)]
pub enum PageRequest {
    /// The recognizer in the page saw a refusal.
    Seen(Seen),
    /// The page's policy forbids WebAssembly: please recognize this.
    Classify(PageText),
    /// The page is open, and one after another of its own requests is refused.
    Burst(Burst),
    /// The refusal is no longer shown (navigation inside the page).
    Gone,
    /// **Fix it** was clicked in the banner: open the popup.
    FixIt {
        /// Names the click, however often it is sent.
        click: u64,
    },
    /// The browser is online again, or the page is looked at again: what is waited for may have come.
    PageActive,
}

/// What a content script sends, member by member as it comes: its kind, and what belongs to a request of that kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct PageMessage {
    /// `seen`, `judge`, `burst`, `gone`, `fix-it` or `page-active`.
    pub kind: String,
    /// Which load of the page.
    pub load: Option<LoadId>,
    /// Of `seen`: what the recognizer said.
    pub verdict: Option<Verdict>,
    /// Of `judge`: see [`PageText::status`].
    pub status: Option<u16>,
    /// Of `judge`: see [`PageText::html`].
    pub html: Option<String>,
    /// Of `burst`: see [`Burst::path`].
    pub path: Option<String>,
    /// Of `fix-it`: see [`PageRequest::FixIt`].
    pub click: Option<u64>,
}

/// More pieces of evidence than there are kinds: no recognizer of ours said that.
const MOST_EVIDENCE: usize = 64;

impl PageRequest {
    /// `None` for everything that is none of these requests, whole and of the right shape.
    pub fn of(message: PageMessage) -> Option<Self> {
        Some(match message.kind.as_str() {
            "seen" => {
                let verdict = message.verdict.filter(|verdict| verdict.evidence.len() <= MOST_EVIDENCE)?;
                Self::Seen(Seen { verdict, load: message.load? })
            }
            "judge" => {
                Self::Classify(PageText { status: message.status, html: PageText::cut(message.html?), load: message.load? })
            }
            "burst" => Self::Burst(Burst { path: Path::parse(&message.path?)?, load: message.load? }),
            "gone" => Self::Gone,
            "fix-it" => Self::FixIt { click: message.click? },
            "page-active" => Self::PageActive,
            _ => return None,
        })
    }
}

/// A refusal that was recognized in the page.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// What the recognizer said. Every field of it is validated again when it is read.
    pub verdict: Verdict,
    /// Which load of the page.
    pub load: LoadId,
}

/// Requests of a page that were refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Burst {
    /// What one of them asked for, on the page's own host.
    pub path: Path,
    /// Which load of the page.
    pub load: LoadId,
}

/// A page to recognize.
#[derive(Clone, Debug, PartialEq)]
pub struct PageText {
    /// The HTTP status, when the browser knows it.
    pub status: Option<u16>,
    /// `document.documentElement.outerHTML`, cut at [`PageText::LONGEST`].
    pub html: String,
    /// Which load of the page.
    pub load: LoadId,
}

impl PageText {
    /// Bytes of markup that are looked at. The largest refusal page known has 1.2 MB.
    pub const LONGEST: usize = 4 << 20;

    /// The part that is looked at.
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
    /// `None` when the page is no refusal (or is a challenge, which is left alone), or was not asked about.
    pub banner: Option<Banner>,
}

/// What the options page may order. Each stands for a click in it. What comes of it is told by the next [`OptionsView`](crate::view::OptionsView).
/// Permissions are not among it: browsers take those from the clicked page itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptionsRequest {
    /// Choose.
    Set {
        /// What.
        setting: Setting,
        /// On or off.
        on: bool,
    },
    /// Take a pin out.
    Unpin(ExtensionId),
    /// Do not tell when this host is back.
    StopRecoveryAlert(Host),
    /// Take over what this file says, see [`backup`](crate::store::backup).
    Import(String),
    /// Forget what came of refused pages.
    Forget,
    /// Switch on again whatever Readmit switched off.
    PutBack,
    /// The same, and then forget everything.
    Erase,
    /// The same, and then remove Readmit.
    Uninstall,
}

/// What the popup may order. Each stands for a click in it. What comes of it is told by the next [`View`](crate::view::View).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PopupRequest {
    /// A permission was granted or taken away: look again.
    PermissionChanged,
    /// Switch one extension.
    Switch {
        /// Which.
        id: ExtensionId,
        /// On or off.
        on: bool,
    },
    /// Never switch this one off, or do so again.
    Pin {
        /// Which.
        id: ExtensionId,
        /// In or out.
        pinned: bool,
    },
    /// Find the cause by experiment, where that is not done at once.
    FindCause,
    /// Turn off every strong and medium suspect, then reload the page and see.
    TurnOffSuspects,
    /// Turn off one extension that a card names, then reload the page and see.
    TurnOff {
        /// Which.
        id: ExtensionId,
    },
    /// Find the extension that is to blame, by switching and reloading.
    FindExtension,
    /// Go on with a search that was interrupted.
    GoOn,
    /// Stop the search and put everything back.
    Stop,
    /// What the search found stays off for good: there is nothing to put back.
    KeepOff {
        /// Which.
        id: ExtensionId,
    },
    /// Switch on again whatever Readmit switched off.
    PutBack,
    /// Clear the site's data.
    Clear(Strength),
    /// Put the cookies of the last clearing back.
    Undo,
    /// Reload the page and see; `after` says which fix the person has carried out by hand.
    CheckAgain {
        /// The card that was clicked, if any.
        after: Option<Fix>,
    },
    /// Read the services' status pages.
    CheckStatus,
    /// Time a few small requests.
    TimeConnection,
    /// Wait for what this fix brings, and then reload once.
    Await(Fix),
    /// Wait no longer.
    StopWaiting,
    /// Tell the person when the site is back.
    TellWhenBack,
    /// Do not, after all.
    StopRecoveryAlert(Host),
    /// The page is about to be opened elsewhere, to compare. Said beforehand: a window that opens closes the popup.
    Compare(Elsewhere),
    /// What the person saw there.
    Compared {
        /// Where.
        elsewhere: Elsewhere,
        /// Did the page open?
        opened: bool,
    },
}

impl PopupRequest {
    /// Does it take the list of extensions to carry it out?
    pub fn needs_list(&self) -> bool {
        matches!(self, Self::Switch { .. } | Self::TurnOffSuspects | Self::TurnOff { .. } | Self::FindExtension | Self::GoOn)
    }

    /// Does it change what a search that runs meanwhile would see, or depend on it?
    pub fn crosses_a_search(&self) -> bool {
        match self {
            Self::Switch { .. }
            | Self::Pin { .. }
            | Self::TurnOffSuspects
            | Self::TurnOff { .. }
            | Self::FindExtension
            | Self::GoOn
            | Self::KeepOff { .. }
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
            | Self::TellWhenBack
            | Self::StopRecoveryAlert(_)
            | Self::Compare(_)
            | Self::Compared { .. } => false,
        }
    }
}

/// [`runtime.MessageSender`](https://developer.chrome.com/docs/extensions/reference/api/runtime#type-MessageSender), as the
/// browser fills it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sender {
    /// The extension that sent it.
    pub id: Option<String>,
    /// The page it was sent from.
    pub url: Option<String>,
    /// 0 for the page itself, more for frames in it.
    pub frame_id: Option<i32>,
    /// The tab, for content scripts and for our pages in tabs.
    pub tab: Option<SenderTab>,
}

/// The part of a tab that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SenderTab {
    /// Which.
    pub id: TabId,
    /// Where.
    pub window_id: WindowId,
}

/// Who speaks, as far as the browser vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A page of our own: the popup or the options.
    OwnPage,
    /// Our content script in the top frame of a web page.
    WebPage {
        /// Its tab.
        tab: TabId,
        /// Its window.
        window: WindowId,
        /// The page's host, by its address and not by what it says.
        host: Host,
    },
}

impl Source {
    /// `None` for strangers: other extensions, frames, pages without a web address. `own_origin` is
    /// `chrome-extension://ID` or `moz-extension://UUID`.
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
    fn our_own_page_is_known_by_its_address() {
        let popup = Sender { tab: None, ..sender(ID, &[ORIGIN, "/popup/popup.html"].concat(), 0) };
        check(&popup, Some(&Source::OwnPage));
    }

    #[test]
    fn a_content_script_is_a_web_page_with_the_host_of_its_address() {
        let host = Host::parse("chatgpt.com").unwrap();
        check(&sender(ID, "https://chatgpt.com/c/1", 0), Some(&Source::WebPage { tab: TabId(3), window: WindowId(1), host }));
    }

    #[test]
    fn strangers_are_nobody() {
        check(&sender("ponmlkjihgfedcbaponmlkjihgfedcba", "https://chatgpt.com/", 0), None);
        check(&sender(ID, "https://chatgpt.com/", 7), None);
        check(&sender(ID, "file:///tmp/page.html", 0), None);
        check(&Sender { tab: None, ..sender(ID, "https://chatgpt.com/", 0) }, None);
        check(&Sender::default(), None);
        // An address that only begins like ours.
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
    fn a_page_tells_what_it_saw_and_nothing_less() {
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
    fn a_burst_names_a_place_on_the_pages_own_host_and_nothing_else() {
        let burst = |path: &str| PageRequest::of(PageMessage { path: Some(path.into()), ..message("burst") });
        let named = |path: &str| Some(PageRequest::Burst(Burst { path: Path::parse(path)?, load: LoadId(5) }));
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
    fn what_no_honest_page_would_send_is_cut_or_refused() {
        let classify = PageMessage { html: Some("\u{20ac}".repeat(PageText::LONGEST)), ..message("judge") };
        let Some(PageRequest::Classify(text)) = PageRequest::of(classify) else { panic!("it is a page all the same") };
        assert_eq!(text.html.len(), PageText::LONGEST - PageText::LONGEST % 3);

        let page = Page { status: Some(403), headers: &[], url: "https://chatgpt.com/", body: "error code: 1020" };
        let mut verdict = recognize(&page).unwrap();
        verdict.evidence = verdict.evidence.repeat(5000);
        assert_eq!(PageRequest::of(PageMessage { verdict: Some(verdict.clone()), ..message("seen") }), None);
    }

    /// Whoever is named in the last column may speak, and as that; everybody else is nobody.
    #[test]
    fn who_speaks_is_what_the_browser_says_of_the_sender_and_nothing_else() {
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
