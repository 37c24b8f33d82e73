//! The computer's time zone, and those of a country, as the browser knows them.

use js_sys::Array;
use js_sys::Intl::{DateTimeFormat, DateTimeFormatOptions, ResolvedDateTimeFormatOptions};
use wasm_bindgen::JsCast;

use crate::sys::intl::Locale;
use crate::value::decode;

/// Does the computer's time zone exist in `country` (two letters)? `None` where the browser does not know, and for a clock
/// set to UTC, which fits everywhere and nowhere.
pub fn fits(country: &str) -> Option<bool> {
    let own = named(None)?;
    if matches!(own.as_str(), "UTC" | "Etc/UTC" | "GMT" | "Etc/GMT") {
        return None;
    }
    let locale = Locale::new(&format!("und-{country}")).ok()?;
    let zones: Vec<String> = decode(locale.get_time_zones().ok()?)?;
    if zones.is_empty() {
        return None;
    }
    // One zone may have two names (Asia/Calcutta, Asia/Kolkata): both are asked for by the browser's own.
    Some(zones.contains(&own) || zones.iter().any(|zone| named(Some(zone)).as_ref() == Some(&own)))
}

/// The browser's name for a zone; without one, for the computer's.
fn named(zone: Option<&str>) -> Option<String> {
    let options = DateTimeFormatOptions::new();
    if let Some(zone) = zone {
        options.set_time_zone(zone);
    }
    let resolved = DateTimeFormat::new(&Array::new(), &options).resolved_options();
    resolved.unchecked_into::<ResolvedDateTimeFormatOptions>().get_time_zone().map(String::from)
}
