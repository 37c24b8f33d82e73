//! The computer's time zone, and those of a country, as the browser knows them.

use js_sys::{Array, Intl, Object};
use wasm_bindgen::{JsCast, JsValue};

use crate::sys;
use crate::value::{list, member, object};

/// Does the computer's time zone exist in `country` (two letters)? `None` where the browser does not know, and for a clock
/// set to UTC, which fits everywhere and nowhere.
pub fn fits(country: &str) -> Option<bool> {
    let own = named(None)?;
    if matches!(own.as_str(), "UTC" | "Etc/UTC" | "GMT" | "Etc/GMT") {
        return None;
    }
    let locale = sys::Locale::new(&format!("und-{country}")).ok()?;
    let zones = list(&locale.get_time_zones().ok()?, JsValue::as_string).filter(|zones| !zones.is_empty())?;
    // One zone may have two names (Asia/Calcutta, Asia/Kolkata): both are asked for by the browser's own.
    Some(zones.contains(&own) || zones.iter().any(|zone| named(Some(zone)).as_ref() == Some(&own)))
}

/// The browser's name for a zone; without one, for the computer's.
fn named(zone: Option<&str>) -> Option<String> {
    let options: Object = zone.map_or_else(Object::new, |zone| object(&[("timeZone", zone.into())]).unchecked_into());
    let format = Intl::DateTimeFormat::new(&Array::new(), &options);
    member(&format.resolved_options(), "timeZone").as_string()
}
