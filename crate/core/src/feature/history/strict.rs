//! Fields of the history that are read strictly: a value that no version of Readmit writes is rejected.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::base::id::{ExtensionId, Time};

/// The characters of ids and versions.
pub(crate) fn is_plain(character: char) -> bool {
    character.is_ascii_alphanumeric() || "@._{}+-".contains(character)
}

pub(crate) fn extension_id<'de, D: Deserializer<'de>>(from: D) -> Result<ExtensionId, D::Error> {
    let id = version(from)?;
    if id.is_empty() { Err(D::Error::custom("no id")) } else { Ok(ExtensionId(id)) }
}

pub(crate) fn version<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    let is_whole = text.len() <= 80 && text.chars().all(is_plain);
    if is_whole { Ok(text) } else { Err(D::Error::custom("not an id or a version")) }
}

/// A time below 2^53, the limit up to which JavaScript numbers are exact.
pub(crate) fn time<'de, D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
    let time = u64::deserialize(from)?;
    if time < 1 << 53 { Ok(Time(time)) } else { Err(D::Error::custom("not a time")) }
}
