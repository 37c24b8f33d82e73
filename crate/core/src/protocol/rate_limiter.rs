//! Limits how much a tab's content script may send. An honest one sends a few messages per load. An attacker who has taken over
//! a page's process can send any number of arbitrary messages. They must not keep the worker busy, fill the storage, or open
//! endless popups. The counts are not stored: a killed worker starts from zero, and pages cannot kill it.

use crate::base::id::{TabId, Time};
use crate::protocol::message::PageRequest;

/// Requests of a tab per minute. An honest page that keeps changing is inspected forty times.
const MOST: u32 = 120;
/// Popups that a tab may open per minute: a user clicks, closes, and clicks again. The same limit holds for bursts, because
/// each makes the page send a request again. An honest page reports one per load, and another after minutes.
const MOST_COSTLY: u32 = 6;
/// How many tabs are kept. The oldest are dropped first.
const MOST_TABS: usize = 100;

#[derive(Clone, Debug, Default)]
pub(crate) struct MessageRateLimiter {
    tabs: Vec<Spoken>,
}

/// What one tab has sent since `since`.
#[derive(Clone, Debug)]
struct Spoken {
    tab: TabId,
    since: Time,
    requests: u32,
    costly: u32,
}

impl MessageRateLimiter {
    /// Counts the request. Returns `false` if it exceeds the limit.
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
    fn too_many_clicks_limit_the_popups_of_that_tab_only() {
        let mut rate_limiter = MessageRateLimiter::default();
        assert_eq!(passed(&mut rate_limiter, 0, 1, &PageRequest::FixIt { click: 1 }, 1000), 6);
        assert_eq!(passed(&mut rate_limiter, 59, 1, &PageRequest::FixIt { click: 1 }, 1000), 0);
        assert_eq!(passed(&mut rate_limiter, 59, 2, &PageRequest::FixIt { click: 1 }, 1), 1);
        assert_eq!(passed(&mut rate_limiter, 60, 1, &PageRequest::FixIt { click: 1 }, 1), 1);
    }

    #[test]
    fn too_many_bursts_repeat_only_a_few_requests_a_minute() {
        let burst = PageRequest::Burst(Burst { path: Path::parse("/backend-api/me").unwrap(), load: LoadId(1), login: None });
        let mut rate_limiter = MessageRateLimiter::default();
        assert_eq!(passed(&mut rate_limiter, 0, 1, &burst, 1000), 6);
        assert_eq!(passed(&mut rate_limiter, 60, 1, &burst, 1), 1);
    }

    #[test]
    fn too_many_reports_are_dropped_for_a_minute() {
        let mut rate_limiter = MessageRateLimiter::default();
        assert_eq!(passed(&mut rate_limiter, 0, 1, &PageRequest::Gone, 5000), 120);
        assert_eq!(passed(&mut rate_limiter, 61, 1, &PageRequest::PageActive, 5), 5);
    }

    #[test]
    fn any_number_of_tabs_takes_bounded_memory() {
        let mut rate_limiter = MessageRateLimiter::default();
        for tab in 0..10_000 {
            passed(&mut rate_limiter, 0, tab, &PageRequest::Gone, 1);
        }
        assert_eq!(rate_limiter.tabs.len(), MOST_TABS);
    }
}
