//! What a browser's user agent says about the browser itself: how old its version is, and whether a common browser sends it.
//! No server is asked which version is the newest.

use super::trace::Agent;
use crate::base::id::Time;

/// A browser's versions, which follow each other at a steady pace.
struct Releases {
    /// What precedes the version in the user agent.
    name: &'static str,
    /// A version, and the day of its release in seconds since 1970.
    version: u64,
    released: u64,
    /// Days from one version to the next. If versions come faster one day, they count as older than they are by less than that.
    pace: u64,
}

/// Chrome's versions are also those of Brave, Edge, Opera and Vivaldi.
const RELEASES: [Releases; 2] = [
    // 2026-07-21. Every four weeks.
    Releases { name: "Firefox/", version: 153, released: 1_784_592_000, pace: 28 },
    // 2024-07-23. Every four weeks with breaks: 143 came on 2025-12-02.
    Releases { name: "Chrome/", version: 127, released: 1_721_692_800, pace: 31 },
];
const DAY: u64 = 24 * 60 * 60;
/// A year, and what the pace can be wrong by. Firefox ESR is replaced sooner.
const OLD_AFTER: u64 = 455 * DAY;

/// Names in the user agents of common browsers.
const COMMON: [&str; 20] = [
    "Mozilla",
    "AppleWebKit",
    "Gecko",
    "Firefox",
    "Chrome",
    "HeadlessChrome",
    "Chromium",
    "Safari",
    "Mobile",
    "Version",
    "Ubuntu",
    "Edg",
    "EdgA",
    "OPR",
    "Vivaldi",
    "Brave",
    "YaBrowser",
    "Yowser",
    "Whale",
    "SamsungBrowser",
];

/// Was this version released more than a year ago? `None` for browsers whose versions are not known.
pub fn is_old(agent: &Agent, now: Time) -> Option<bool> {
    RELEASES.iter().find_map(|releases| {
        let (_, rest) = agent.as_str().split_once(releases.name)?;
        let version: u64 = rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()?;
        let later = version.saturating_sub(releases.version).saturating_mul(releases.pace).saturating_mul(DAY);
        let earlier = releases.version.saturating_sub(version).saturating_mul(releases.pace).saturating_mul(DAY);
        let released = releases.released.saturating_add(later).saturating_sub(earlier);
        Some((now.0 / 1000).saturating_sub(released) > OLD_AFTER)
    })
}

/// Does the user agent contain a name that no common browser sends?
pub fn is_unusual(agent: &Agent) -> bool {
    let mut depth = 0_u32;
    // The parts in parentheses say what the browser runs on, in any words.
    let outside = agent.as_str().chars().filter(|letter| {
        match letter {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && *letter != ')'
    });
    let names: String = outside.collect();
    names.split_ascii_whitespace().filter_map(|product| product.split('/').next()).any(|name| !COMMON.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{} Safari/537.36";
    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/{}";
    /// 2026-11-30.
    const NOW: Time = Time(1_795_996_800_000);

    fn agent(form: &str, version: &str) -> Agent {
        Agent::parse(&form.replace("{}", version)).unwrap()
    }

    #[track_caller]
    fn check_age(agent: &Agent, now: Time, expected: Option<bool>) {
        assert_eq!(is_old(agent, now), expected, "{}", agent.as_str());
    }

    #[test]
    fn a_version_is_old_after_more_than_a_year() {
        for (version, expected) in
            [("127.0.0.0", true), ("138.0.0.0", true), ("145.0.0.0", false), ("156.0.0.0", false), ("999.0", false)]
        {
            check_age(&agent(CHROME, version), NOW, Some(expected));
        }
        check_age(&agent(FIREFOX, "153.0"), NOW, Some(false));
        check_age(&agent(FIREFOX, "140.0"), NOW, Some(true));
        check_age(&agent(FIREFOX, "153.0"), Time(NOW.0 + 400 * DAY * 1000), Some(true));
    }

    #[test]
    fn an_unknown_version_has_no_age() {
        check_age(&agent("Nokia/{}", "1"), NOW, None);
        check_age(&agent(CHROME, "new"), NOW, None);
        check_age(&agent(CHROME, "99999999999999999999999"), NOW, None);
        check_age(&agent(CHROME, &u64::MAX.to_string()), NOW, Some(false));
        check_age(&agent(CHROME, "0"), Time(u64::MAX), Some(true));
    }

    #[test]
    fn only_an_unknown_name_is_unusual() {
        let unusual = |agent: &str| is_unusual(&Agent::parse(agent).unwrap());
        for more in ["", " Edg/156.0.0.0", " OPR/120.0.0.0", " Vivaldi/8.1"] {
            assert!(!unusual(&(CHROME.replace("{}", "156.0.0.0") + more)), "{more}");
        }
        assert!(!unusual(&FIREFOX.replace("{}", "153.0")) && !unusual(""));
        assert!(unusual(&(CHROME.replace("{}", "156.0.0.0") + " AtContent/95.5.5462.5")));
        assert!(unusual("Nokia") && !unusual("Mozilla/5.0 (((((Strange/1 ") && !unusual(")))) Chrome/1"));
    }
}
