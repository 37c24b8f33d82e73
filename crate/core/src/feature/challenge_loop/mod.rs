//! Counts Cloudflare's checks of the browser. A single check is Cloudflare's business and is left alone. The third check within
//! two minutes, on one site in one tab, is a loop that does not end by waiting. The counts are kept until the browser closes,
//! because a loop may be slower than the time after which the worker is stopped.

pub(crate) mod update;

pub use update::has_ended;

use serde::{Deserialize, Serialize};

use crate::base::host::Host;
use crate::base::id::{LoadId, TabId, Time};
use crate::feature::clear_data::Site;

/// This many loads within this many seconds are a loop.
const LOOP: usize = 3;
const LOOP_TIME: u32 = 120;
/// How many tabs are kept. The oldest are dropped first.
const MOST_TABS: usize = 20;

/// The recent checks in all tabs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenges {
    tabs: Vec<Challenged>,
}

/// The recent checks in one tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Challenged {
    tab: TabId,
    host: Host,
    seen: Vec<(LoadId, Time)>,
}

impl Challenges {
    /// Records that this load is a check. Returns whether it is part of a loop.
    pub fn note(&mut self, now: Time, tab: TabId, host: &Host, load: LoadId) -> bool {
        let known = self.tabs.iter().position(|other| other.tab == tab).map(|place| self.tabs.remove(place));
        let same_site = known.filter(|known| Site::holds_both(&known.host, host));
        let mut challenged = same_site.unwrap_or_else(|| Challenged { tab, host: host.clone(), seen: Vec::new() });
        // A time in the future comes from a clock that was changed. It counts as old.
        challenged.seen.retain(|(other, at)| *other != load && *at <= now && now <= at.plus_seconds(LOOP_TIME));
        challenged.seen.push((load, now));
        let is_loop = challenged.seen.len() >= LOOP;
        if is_loop {
            challenged.seen.remove(0);
        }
        if self.tabs.len() >= MOST_TABS {
            self.tabs.remove(0);
        }
        self.tabs.push(challenged);
        is_loop
    }

    /// The tab now shows something else.
    pub fn forget(&mut self, tab: TabId) {
        self.tabs.retain(|other| other.tab != tab);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each load is its second, host, tab and id. `expected`: is the last one part of a loop?
    #[track_caller]
    fn check(loads: &[(u32, &str, i32, u64)], expected: bool) {
        let mut challenges = Challenges::default();
        let note = |&(at, host, tab, load): &(u32, &str, i32, u64)| {
            let now = Time(1_000_000).plus_seconds(at);
            challenges.note(now, TabId(tab), &Host::parse(host).unwrap(), LoadId(load))
        };
        assert_eq!(loads.iter().map(note).last(), Some(expected), "{loads:?}");
    }

    #[test]
    fn the_third_load_within_two_minutes_is_a_loop() {
        check(&[(0, "chatgpt.com", 1, 1), (60, "chatgpt.com", 1, 2)], false);
        check(&[(0, "chatgpt.com", 1, 1), (60, "chatgpt.com", 1, 2), (120, "chatgpt.com", 1, 3)], true);
        check(&[(0, "chatgpt.com", 1, 1), (60, "chatgpt.com", 1, 2), (121, "chatgpt.com", 1, 3)], false);
        check(&[(0, "chatgpt.com", 1, 1), (1, "auth.openai.com", 1, 2), (2, "chatgpt.com", 1, 3)], true);
        check(&[(0, "chatgpt.com", 1, 1), (1, "shop.example", 1, 2), (2, "chatgpt.com", 1, 3)], false);
        check(&[(0, "chatgpt.com", 1, 1), (1, "chatgpt.com", 2, 2), (2, "chatgpt.com", 3, 3)], false);
        check(&[(0, "chatgpt.com", 1, 1), (1, "chatgpt.com", 1, 1), (2, "chatgpt.com", 1, 1)], false);
        check(&[(900, "chatgpt.com", 1, 1), (900, "chatgpt.com", 1, 2), (0, "chatgpt.com", 1, 3)], false);
    }

    #[test]
    fn a_loop_stays_a_loop_in_bounded_memory() {
        let mut challenges = Challenges::default();
        let host = Host::chatgpt();
        for at in 2..1000 {
            let is_loop = challenges.note(Time(1_000_000).plus_seconds(at), TabId(1), &host, LoadId(at.into()));
            assert_eq!(is_loop, at >= 4, "{at}");
        }
        assert_eq!(challenges.tabs.iter().map(|tab| tab.seen.len()).sum::<usize>(), LOOP - 1);
        for tab in 0..10_000 {
            challenges.note(Time(1_000_000), TabId(tab), &host, LoadId(1));
        }
        assert_eq!(challenges.tabs.len(), MOST_TABS);
        challenges.forget(TabId(9_999));
        assert_eq!(challenges.tabs.len(), MOST_TABS - 1);
    }
}
