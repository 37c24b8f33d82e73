//! Parses the one date format that status pages use, `2026-08-30T12:34:56.789-07:00`.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::base::id::Time;

/// RFC 3339 with a `T`. Fractions of a second are dropped. `None` for any other format and for dates before 1970.
pub(super) fn parse(text: &str) -> Option<Time> {
    // The crate accepts any character between date and time.
    (text.as_bytes().get(10) == Some(&b'T')).then_some(())?;
    let date = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    u64::try_from(date.unix_timestamp()).ok()?.checked_mul(1000).map(Time)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[track_caller]
    fn check(text: &str, expected: Option<u64>) {
        assert_eq!(parse(text).map(|time| time.0 / 1000), expected, "{text}");
    }

    #[test]
    fn a_status_page_date_is_parsed() {
        check("1970-01-01T00:00:00Z", Some(0));
        check("2000-02-29T12:00:00Z", Some(951_825_600));
        check("2026-08-30T12:34:56.789Z", Some(1_788_093_296));
        check("2019-02-20T12:00:19.418-06:00", Some(1_550_685_619));
        check("2024-03-01T00:30:00+01:00", Some(1_709_249_400));
    }

    #[test]
    fn anything_else_is_not_a_date() {
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
