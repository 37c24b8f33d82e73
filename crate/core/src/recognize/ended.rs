//! Tells a challenge that has ended from one that still runs. A challenge that cannot be passed says why and stops: it does not
//! continue automatically, and waiting does not help. Its page is written by a script, in the browser's language, so its structure
//! decides first: links, lists, and the host name that is the same in every language. Words decide only between the reasons that
//! have no structure of their own.

use serde::{Deserialize, Serialize};

use super::excerpt::Excerpt;

/// The reason that a challenge gives for its end. It is what the page says, and is not always right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// "Incompatible browser extension or network configuration".
    Extension,
    /// "Incorrect device time".
    Clock,
    /// "Your browser is out of date", or is not supported.
    UnsupportedBrowser,
    /// "Please unblock challenges.cloudflare.com".
    Unblock,
    /// A reason in words that are not known.
    Unknown,
}

/// What a challenge page shows outside its hidden elements.
#[derive(Default)]
pub(super) struct Ending {
    /// The last heading.
    pub(super) heading: Excerpt,
    /// Items in lists of the challenge's content: the steps that the visitor should take. A running challenge has none.
    pub(super) steps: u32,
    /// The line in which a challenge says that it has failed. The one in `noscript` does not count: every challenge has it.
    failure: Excerpt,
    links_to_help: bool,
    links_to_browsers: bool,
    names_host: bool,
}

/// The host from which a challenge loads its script.
const CHALLENGE_HOST: &str = "challenges.cloudflare.com";

impl Ending {
    /// Reads a link that is shown.
    pub(super) fn note_link(&mut self, link: &str) {
        self.links_to_help |= link.contains("/cdn-cgi/challenge-platform/help");
        // Cloudflare's list of the browsers that pass its challenges, at its two addresses.
        self.links_to_browsers |= link.contains("#browser-support") || link.contains("/supported-browsers");
    }

    /// Reads a text that is shown.
    pub(super) fn read(&mut self, text: &str, in_heading: bool, in_failure: bool) {
        self.names_host |= text.contains(CHALLENGE_HOST);
        if in_heading {
            self.heading.push(text);
        }
        if in_failure {
            self.failure.push(text);
        }
    }

    /// Has this challenge ended?
    pub(super) fn has_ended(&self) -> bool {
        !self.failure.is_empty() || self.links_to_help || self.links_to_browsers || self.steps >= 2
    }

    /// The reason that a challenge gives which has ended.
    pub(super) fn reason(&self) -> Ended {
        let has_failed = !self.failure.is_empty();
        let said = [" ", self.heading.as_str(), " ", self.failure.as_str()].concat().to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
        match () {
            () if self.names_host && has_failed => Ended::Unblock,
            () if self.names_host && self.steps > 0 => Ended::Extension,
            () if self.names_host => Ended::Unblock,
            () if says(CLOCK) => Ended::Clock,
            () if self.links_to_browsers => Ended::UnsupportedBrowser,
            () if says(EXTENSION) => Ended::Extension,
            () if says(BROWSER) => Ended::UnsupportedBrowser,
            () => Ended::Unknown,
        }
    }
}

// Words of the 17 languages of challenges. Only Latin letters are compared without their case, so Russian words lack their first
// letter. A leading space stands for the start of a word.

/// A clock, or the time of a device.
const CLOCK: &[&str] = &[
    "clock",
    "device time",
    "uhrzeit",
    "systemuhr",
    "gerätezeit",
    "zeit des geräts",
    " hora",
    "reloj",
    "heure",
    "horloge",
    "orologio",
    "orario",
    " ora ",
    "relógio",
    " tijd",
    " klok",
    "apparaattijd",
    " waktu",
    " jam ",
    " czas",
    " zegar",
    " saat",
    "ремя",
    "ремени",
    "часы",
    "Часы",
    "时间",
    "时钟",
    "時間",
    "時鐘",
    "時刻",
    "時計",
    "日時",
    "시간",
    "시계",
    "وقت",
    "ساعة",
    "ساعت",
    "زمان",
];

/// An extension of the browser.
const EXTENSION: &[&str] = &[
    "extens",
    "erweiterung",
    "estension",
    "ekstensi",
    "uzantı",
    "eklenti",
    "rozszerzeni",
    "асширени",
    "扩展",
    "擴充",
    "擴展",
    "拡張",
    "확장",
    "افزونه",
    "إضاف",
    "ملحق",
    "امتداد",
];

/// The browser.
const BROWSER: &[&str] = &[
    "browser",
    "navegador",
    "navigateur",
    "peramban",
    "tarayıcı",
    "przeglądark",
    "раузер",
    "浏览器",
    "瀏覽器",
    "ブラウザ",
    "브라우저",
    "مرورگر",
    "متصفح",
];
