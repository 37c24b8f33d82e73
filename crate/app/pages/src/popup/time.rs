//! Moments as people read them. The only place in the popup that asks what time it is.

use js_sys::Date;
use readmit_core::base::id::Time;
use wasm_bindgen::JsValue;

use super::text::Words;

/// This moment.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds since 1970 are positive and whole")]
pub(crate) fn now() -> Time {
    Time(Date::now() as u64)
}

/// Whole seconds until `until`, begun ones included. `None` when it has passed.
pub(super) fn seconds_left(until: Time, now: Time) -> Option<u64> {
    let seconds = until.0.saturating_sub(now.0).div_ceil(1000);
    (seconds > 0).then_some(seconds)
}

/// `0:25`, `9:41`, `1:02:05`.
pub(super) fn clock(seconds: u64) -> String {
    let two = |number: u64| if number < 10 { ["0", &number.to_string()].concat() } else { number.to_string() };
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, two(seconds % 60));
    if hours > 0 {
        [&hours.to_string(), ":", &two(minutes), ":", &seconds].concat()
    } else {
        [&minutes.to_string(), ":", &seconds].concat()
    }
}

/// "now", "2 min. ago", "3 hr. ago".
pub(super) fn ago(words: &Words, seen: Time, now: Time) -> String {
    let seconds = now.0.saturating_sub(seen.0) / 1000;
    let (number, unit) = match seconds {
        0..60 => (0, "second"),
        60..3600 => (seconds / 60, "minute"),
        3600..86400 => (seconds / 3600, "hour"),
        _ => (seconds / 86400, "day"),
    };
    // More days than fit would be more than the calendar has.
    let back = -f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    words.relative().format(back, unit).into()
}

/// "in 2 min.", "in 1 hr.".
pub(super) fn ahead(words: &Words, until: Time, now: Time) -> String {
    let minutes = until.0.saturating_sub(now.0).div_ceil(60_000);
    let (number, unit) = if minutes < 60 { (minutes, "minute") } else { (minutes / 60, "hour") };
    words.relative().format(f64::from(u32::try_from(number).unwrap_or(u32::MAX)), unit).into()
}

/// Day and time as they are written where the person is.
pub(crate) fn local(moment: Time, words: &Words) -> String {
    date(moment).to_locale_string(&words.language, &JsValue::UNDEFINED).into()
}

/// `2026-11-23T10:00:00.000Z`.
pub(super) fn machine(moment: Time) -> String {
    date(moment).to_iso_string().into()
}

#[allow(clippy::cast_precision_loss, reason = "exact for the next 285,000 years")]
fn date(moment: Time) -> Date {
    Date::new(&(moment.0 as f64).into())
}

/// `2026-11-23 10:00:00 UTC`.
pub(super) fn universal(moment: Time) -> String {
    let machine = machine(moment);
    let (whole, _milliseconds) = machine.split_once('.').unwrap_or((&machine, ""));
    [&whole.replacen('T', " ", 1), " UTC"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_countdown_shows_the_second_that_has_begun() {
        assert_eq!(seconds_left(Time(25_000), Time(24_999)), Some(1));
        assert_eq!(seconds_left(Time(25_000), Time(0)), Some(25));
        assert_eq!(seconds_left(Time(25_000), Time(25_000)), None);
        assert_eq!(seconds_left(Time(25_000), Time(99_000)), None);
    }

    #[test]
    fn a_clock_has_hours_only_where_there_are_some() {
        assert_eq!(clock(5), "0:05");
        assert_eq!(clock(581), "9:41");
        assert_eq!(clock(3725), "1:02:05");
    }
}
