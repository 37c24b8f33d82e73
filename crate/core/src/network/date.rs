//! Reads the one form of date that status pages write, `2026-08-30T12:34:56.789-07:00`. No calendar beyond that.

use crate::id::Time;

/// RFC 3339 with `T` between date and time; a fraction of a second is dropped. `None` for anything else and for what lies
/// before 1970.
pub(super) fn parse(text: &str) -> Option<Time> {
    let bytes = text.as_bytes();
    let (date, rest) = bytes.split_at_checked(19)?;
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    separators.iter().all(|(at, byte)| date.get(*at) == Some(byte)).then_some(())?;
    let field = |from, length| number(date.get(from..from + length)?);
    let (year, month, day) = (field(0, 4)?, field(5, 2)?, field(8, 2)?);
    let (hour, minute, second) = (field(11, 2)?, field(14, 2)?, field(17, 2)?);
    let is_real = (1970..=9999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    (is_real && hour < 24 && minute < 60 && second <= 60).then_some(())?;
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset(rest)?;
    u64::try_from(seconds).ok()?.checked_mul(1000).map(Time)
}

/// Days since 1970-01-01. Years begin in March here, so that the leap day is the last one.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + (month * 153 + 2) / 5 + day - 719_469
}

/// Seconds east of Greenwich, from `[.fraction](Z|±HH:MM)`.
fn offset(text: &[u8]) -> Option<i64> {
    let text = match text.split_first() {
        Some((b'.', rest)) => rest.get(rest.iter().take_while(|byte| byte.is_ascii_digit()).count()..)?,
        _ => text,
    };
    match *text {
        [b'Z'] => Some(0),
        [sign @ (b'+' | b'-'), ref hours @ .., b':', tens, ones] => {
            let seconds = number(hours)? * 3600 + number(&[tens, ones])? * 60;
            (hours.len() == 2).then_some(if sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<i64> {
    let digit = |total: i64, byte: &u8| byte.is_ascii_digit().then(|| total * 10 + i64::from(byte - b'0'));
    digits.iter().try_fold(0, digit)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[track_caller]
    fn check(text: &str, expected: Option<u64>) {
        assert_eq!(parse(text).map(|time| time.0 / 1000), expected, "{text}");
    }

    #[test]
    fn a_date_of_a_status_page_is_a_time() {
        check("1970-01-01T00:00:00Z", Some(0));
        check("2000-02-29T12:00:00Z", Some(951_825_600));
        check("2026-08-30T12:34:56.789Z", Some(1_788_093_296));
        check("2019-02-20T12:00:19.418-06:00", Some(1_550_685_619));
        check("2024-03-01T00:30:00+01:00", Some(1_709_249_400));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "now",
            "2026-08-30",
            "2026-08-30T12:34:56",
            "2026-08-30 12:34:56Z",
            "2026-13-30T12:34:56Z",
            "2026-08-30T25:34:56Z",
            "+026-08-30T12:34:56Z",
            "1969-12-31T23:59:59Z",
            "2026-08-30T12:34:56+1:00",
            "2026-08-30T12:34:56Zulu",
            "2026-08-30T12:34:5\u{e9}Z",
        ] {
            check(text, None);
        }
    }
}
