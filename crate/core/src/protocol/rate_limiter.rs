//! How much a tab's content script may say. An honest one says a few things a load; whoever has taken over a page's process can
//! say anything, and as often as it likes. It must not keep the worker busy, fill the storage, or bury a person in popups.
//! Not kept: a worker that was killed begins anew, and is not killed by pages.

use crate::base::id::{TabId, Time};
use crate::protocol::message::PageRequest;

/// Requests of a tab in one minute. An honest page that changes itself for ever looks again forty times.
const MOST: u32 = 120;
/// Popups that a tab may ask for in one minute: a person clicks, closes, and clicks again. And bursts that it may tell of, for
/// each has the page asked once more; an honest one tells of one a load, and again after minutes.
const MOST_COSTLY: u32 = 6;
/// Tabs that are remembered. The oldest go first.
const MOST_TABS: usize = 100;

#[derive(Clone, Debug, Default)]
pub(crate) struct MessageRateLimiter {
    tabs: Vec<Spoken>,
}

/// What one tab has said since `since`.
#[derive(Clone, Debug)]
struct Spoken {
    tab: TabId,
    since: Time,
    requests: u32,
    costly: u32,
}

impl MessageRateLimiter {
    /// Notes the request; `false` when it was one too many.
    pub(crate) fn lets_through(&mut self, now: Time, tab: TabId, request: &PageRequest) -> bool {
        let known = self.tabs.iter().position(|spoken| spoken.tab == tab).map(|index| self.tabs.remove(index));
        let is_fresh = |spoken: &Spoken| spoken.since <= now && now < spoken.since.plus_seconds(60);
        let mut spoken = known.filter(is_fresh).unwrap_or(Spoken { tab, since: now, requests: 0, costly: 0 });
        spoken.requests = spoken.requests.saturating_add(1);
        let is_costly = matches!(request, PageRequest::FixIt { .. } | PageRequest::Burst(_));
        spoken.costly = spoken.costly.saturating_add(u32::from(is_costly));
        let lets_through = spoken.requests <= MOST && (spoken.costly <= MOST_COSTLY || !is_costly);
        if self.tabs.len() >= MOST_TABS {
            self.tabs.remove(0);
        }
        self.tabs.push(spoken);
        lets_through
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::{LoadId, Path};
    use crate::protocol::message::Burst;

    fn passed(rate_limiter: &mut MessageRateLimiter, seconds: u32, tab: i32, request: &PageRequest, times: u32) -> usize {
        let at = Time(1_000_000).plus_seconds(seconds);
        (0..times).filter(|_| rate_limiter.lets_through(at, TabId(tab), request)).count()
    }

    #[test]
    fn a_flood_of_clicks_opens_a_few_popups_a_minute_and_nobody_elses() {
        let mut rate_limiter = MessageRateLimiter::default();
        assert_eq!(passed(&mut rate_limiter, 0, 1, &PageRequest::FixIt { click: 1 }, 1000), 6);
        assert_eq!(passed(&mut rate_limiter, 59, 1, &PageRequest::FixIt { click: 1 }, 1000), 0);
        assert_eq!(passed(&mut rate_limiter, 59, 2, &PageRequest::FixIt { click: 1 }, 1), 1);
        assert_eq!(passed(&mut rate_limiter, 60, 1, &PageRequest::FixIt { click: 1 }, 1), 1);
    }

    #[test]
    fn a_flood_of_bursts_has_the_page_asked_a_few_times_a_minute() {
        let burst = PageRequest::Burst(Burst { path: Path::parse("/backend-api/me").unwrap(), load: LoadId(1) });
        let mut rate_limiter = MessageRateLimiter::default();
        assert_eq!(passed(&mut rate_limiter, 0, 1, &burst, 1000), 6);
        assert_eq!(passed(&mut rate_limiter, 60, 1, &burst, 1), 1);
    }

    #[test]
    fn a_flood_of_reports_ends_after_so_many_and_is_heard_again_after_a_minute() {
        let mut rate_limiter = MessageRateLimiter::default();
        assert_eq!(passed(&mut rate_limiter, 0, 1, &PageRequest::Gone, 5000), 120);
        assert_eq!(passed(&mut rate_limiter, 61, 1, &PageRequest::PageActive, 5), 5);
    }

    #[test]
    fn any_number_of_tabs_takes_a_bounded_room() {
        let mut rate_limiter = MessageRateLimiter::default();
        for tab in 0..10_000 {
            passed(&mut rate_limiter, 0, tab, &PageRequest::Gone, 1);
        }
        assert_eq!(rate_limiter.tabs.len(), MOST_TABS);
    }
}
