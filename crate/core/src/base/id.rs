//! IDs and other small values from the browser that the core only passes on.

use serde::{Deserialize, Serialize};

use crate::base::parsed_text::parsed_text;

/// The browser's number of a tab. Valid until the browser exits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TabId(pub i32);

/// The browser's number of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WindowId(pub i32);

/// One load of one document: its `performance.timeOrigin` in whole microseconds. The value differs between two loads in the same
/// tab, so it distinguishes a reload from the page before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LoadId(pub u64);

/// A path without query or fragment, at most 512 printable ASCII characters. It cannot name another host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Path(String);

impl Path {
    /// `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"?#\\".contains(&byte);
        let is_path = text.starts_with('/') && !text.starts_with("//") && text.len() <= 512 && text.bytes().all(is_plain);
        is_path.then(|| Self(text.to_owned()))
    }

    /// The path as it appears in a URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

parsed_text!(Path, "not a path");

/// The ID of an extension. In Chromium it has 32 letters. In Firefox it looks like an email address, or it is a UUID in braces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExtensionId(pub String);

impl ExtensionId {
    /// The ID as the browser writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A point in time, in milliseconds since 1970 (UTC).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Time(pub u64);

/// The computer's clock was set back, so stored times lie in a future that is not theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetBack {
    /// The latest time that the old clock has shown, as far as is known.
    pub before: Time,
    /// What the clock shows now.
    pub now: Time,
}

impl SetBack {
    /// When something happened: not later than now.
    #[must_use]
    pub fn past(self, time: Time) -> Time {
        time.min(self.now)
    }

    /// When something is due: as far away as it was, so that no wait becomes longer than it was planned to be.
    #[must_use]
    pub fn due(self, time: Time) -> Time {
        Time(self.now.0.saturating_add(time.0.saturating_sub(self.before.0))).min(time)
    }
}

impl Time {
    /// This time plus `seconds`.
    #[must_use]
    pub fn plus_seconds(self, seconds: u32) -> Self {
        Self(self.0.saturating_add(u64::from(seconds).saturating_mul(1000)))
    }
}
