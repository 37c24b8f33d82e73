//! Names for the things of the browser that the core only passes around.

use serde::{Deserialize, Serialize};

/// A tab, as the browser numbers it. Valid until the browser ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TabId(pub i32);

/// A window, as the browser numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WindowId(pub i32);

/// One load of one document: its `performance.timeOrigin` in whole microseconds. Two loads of a tab differ in it, which is
/// how a reload is told from the page before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LoadId(pub u64);

/// A place on a host: a path without query or fragment, at most 512 printable ASCII characters. Nothing in it can name another
/// host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(String);

impl Path {
    /// `None` for everything else.
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"?#\\".contains(&byte);
        let is_path = text.starts_with('/') && !text.starts_with("//") && text.len() <= 512 && text.bytes().all(is_plain);
        is_path.then(|| Self(text.to_owned()))
    }

    /// As it stands in an address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An extension. Chromium's are 32 letters, Firefox's an e-mail-like name or a UUID in braces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExtensionId(pub String);

impl ExtensionId {
    /// The id as the browser writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A moment, in milliseconds since 1970 (UTC).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Time(pub u64);

impl Time {
    /// This moment and `seconds` more.
    #[must_use]
    pub fn plus_seconds(self, seconds: u32) -> Self {
        Self(self.0.saturating_add(u64::from(seconds).saturating_mul(1000)))
    }
}
