//! Alerts for sites that were down or asked for a pause: the user wants to know when they are back. They are stored on disk,
//! because an alert outlives the worker, the browser session and updates. `feature/recovery_alert/update.rs` acts on them and
//! draws the steps.

pub(crate) mod update;
pub(crate) mod view;

use serde::{Deserialize, Serialize};

use crate::base::host::Host;
use crate::base::id::{SetBack, Time};
use crate::evidence::probe::is_same_site;

/// Seconds after which an alert is given up.
const DAY: u32 = 24 * 60 * 60;
/// Minutes between two checks. They grow, and the last value repeats. Each is randomly up to a fifth shorter or longer, so that
/// users who were blocked at the same time do not return at the same time.
const MINUTES: [u32; 6] = [2, 3, 5, 8, 13, 25];
/// How many alerts are kept. The oldest is dropped first.
const MOST: usize = 20;

/// One alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryAlert {
    /// The site, by its host. Nothing else of the URL is stored.
    pub host: Host,
    /// When it is given up or forgotten.
    pub until: Time,
    /// Its current stage.
    #[serde(flatten)]
    pub stage: AlertStage,
}

/// The stages, each with the data that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AlertStage {
    /// The site is not back yet.
    Waiting {
        /// The next check is not before this time.
        next: Time,
        /// How many checks were made.
        looks: u32,
    },
    /// The site is back, and the user has not seen that yet.
    Back {
        /// Has the browser been told to show it?
        told: bool,
    },
}

/// All alerts, one for each site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryAlerts {
    sites: Vec<RecoveryAlert>,
}

impl FromIterator<RecoveryAlert> for RecoveryAlerts {
    fn from_iter<T: IntoIterator<Item = RecoveryAlert>>(sites: T) -> Self {
        Self { sites: sites.into_iter().collect() }
    }
}

impl RecoveryAlerts {
    /// The clock was set back.
    pub fn clock_set_back(&mut self, set_back: SetBack) {
        for alert in &mut self.sites {
            alert.until = set_back.due(alert.until);
            if let AlertStage::Waiting { next, .. } = &mut alert.stage {
                *next = set_back.due(*next);
            }
        }
    }

    /// All alerts, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &RecoveryAlert> {
        self.sites.iter()
    }

    /// The alert of this host's site.
    pub fn of(&self, host: &Host) -> Option<&RecoveryAlert> {
        self.sites.iter().find(|alert| is_same_site(&alert.host, host))
    }

    /// Is a site back?
    pub fn has_back(&self) -> bool {
        self.iter().any(|alert| matches!(alert.stage, AlertStage::Back { .. }))
    }

    /// Is there an alert waiting for this host's site?
    pub fn waits_for(&self, host: &Host) -> bool {
        self.of(host).is_some_and(|alert| matches!(alert.stage, AlertStage::Waiting { .. }))
    }

    /// Adds an alert, unless there is one: a second click has no effect. `silent`: when the site's cooldown ends.
    pub fn begin(&mut self, now: Time, host: Host, silent: Option<Time>) {
        if self.waits_for(&host) {
            return;
        }
        self.retain(|alert| !is_same_site(&alert.host, &host));
        if self.sites.len() >= MOST {
            self.sites.remove(0);
        }
        let next = after_pause(now, &host, 0).max(silent.unwrap_or(now));
        self.sites.push(RecoveryAlert { host, until: now.plus_seconds(DAY), stage: AlertStage::Waiting { next, looks: 0 } });
    }

    /// Keeps the wanted alerts.
    pub fn retain(&mut self, wanted: impl FnMut(&RecoveryAlert) -> bool) {
        self.sites.retain(wanted);
    }

    /// Deletes alerts that are a day old. Setting the clock back does not make an alert last longer.
    pub fn expire(&mut self, now: Time) {
        let latest = now.plus_seconds(DAY);
        self.retain(|alert| now < alert.until);
        for alert in &mut self.sites {
            alert.until = alert.until.min(latest);
            if let AlertStage::Waiting { next, .. } = &mut alert.stage {
                *next = (*next).min(latest);
            }
        }
    }

    /// When the first check is due, or the first alert expires.
    pub fn due(&self) -> Option<Time> {
        let due = |alert: &RecoveryAlert| match alert.stage {
            AlertStage::Waiting { next, .. } => Some(next.min(alert.until)),
            AlertStage::Back { .. } => None,
        };
        self.sites.iter().filter_map(due).min()
    }

    /// The hosts whose check is due and allowed. The time of the next check is set before this one is made, so a worker that
    /// dies cannot cause two checks close together. `silent`: until when a site is in cooldown.
    pub fn take_due(&mut self, now: Time, silent: impl Fn(&Host) -> Option<Time>) -> Vec<Host> {
        let mut hosts = Vec::new();
        for RecoveryAlert { host, stage, .. } in &mut self.sites {
            if let AlertStage::Waiting { next, looks } = stage
                && *next <= now
            {
                if let Some(until) = silent(host) {
                    *next = until;
                } else {
                    *looks = looks.saturating_add(1);
                    *next = after_pause(now, host, *looks);
                    hosts.push(host.clone());
                }
            }
        }
        hosts
    }

    /// Undoes the count of a check that failed because there is no connection.
    pub fn uncount(&mut self, now: Time, host: &Host) {
        self.change(host, |stage| {
            if let AlertStage::Waiting { next, looks } = stage {
                *looks = looks.saturating_sub(1);
                *next = after_pause(now, host, 0);
            }
        });
    }

    /// Sets the site's cooldown: no check before `until`.
    pub fn wait_until_at_least(&mut self, host: &Host, until: Time) {
        self.change(host, |stage| {
            if let AlertStage::Waiting { next, .. } = stage {
                *next = (*next).max(until);
            }
        });
    }

    /// The site is back. `told`: the user has been notified.
    pub fn is_back(&mut self, now: Time, host: &Host, told: bool) {
        self.change(host, |stage| *stage = AlertStage::Back { told });
        for alert in self.sites.iter_mut().filter(|alert| alert.host == *host) {
            alert.until = now.plus_seconds(DAY);
        }
    }

    fn change(&mut self, host: &Host, change: impl FnOnce(&mut AlertStage)) {
        if let Some(alert) = self.sites.iter_mut().find(|alert| alert.host == *host) {
            change(&mut alert.stage);
        }
    }
}

/// The time of the next check after this many checks. The randomness comes from the millisecond of a click or an answer, mixed
/// with the host: no two users share it.
fn after_pause(now: Time, host: &Host, looks: u32) -> Time {
    let seed = host.as_str().bytes().fold(now.0, |seed, byte| (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    now.plus_seconds(pause(seed, looks))
}

/// Seconds between two checks.
fn pause(seed: u64, looks: u32) -> u32 {
    let place = usize::try_from(looks).unwrap_or(usize::MAX);
    let [.., longest] = MINUTES;
    let minutes = MINUTES.get(place).copied().unwrap_or(longest);
    // The high bits of the product are the well-mixed ones.
    let chance = (seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) as u32 % 41;
    minutes * 60 * (80 + chance) / 100
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const NOW: Time = Time(1_800_000_000_000);

    fn host(name: &str) -> Host {
        Host::parse(name).unwrap()
    }

    /// The times of all checks of one alert whose site never comes back. Each alarm fires `late` seconds late.
    fn looks(begun: Time, late: u32, error: impl Fn(u32) -> Option<u32>) -> Vec<Time> {
        let mut all = RecoveryAlerts::default();
        all.begin(begun, host("chatgpt.com"), None);
        let mut made: Vec<Time> = Vec::new();
        while let Some(due) = all.due() {
            let now = due.plus_seconds(late);
            all.expire(now);
            for host in all.take_due(now, |_| None) {
                if let Some(seconds) = error(u32::try_from(made.len()).unwrap()) {
                    all.wait_until_at_least(&host, now.plus_seconds(seconds));
                }
                made.push(now);
            }
        }
        made
    }

    #[test]
    fn pauses_grow_and_stay_within_a_fifth() {
        for (looks, minutes) in [2, 3, 5, 8, 13, 25, 25, 25].into_iter().enumerate() {
            let all: BTreeSet<u32> = (0..5000).map(|seed| pause(seed, u32::try_from(looks).unwrap())).collect();
            let (first, last) = (*all.first().unwrap(), *all.last().unwrap());
            assert_eq!((first, last), (minutes * 48, minutes * 72), "every length between comes up");
        }
    }

    #[test]
    fn users_who_click_at_different_times_check_at_different_times() {
        let firsts: BTreeSet<u64> = (0..1000).map(|at| looks(Time(NOW.0 + at), 0, |_| None)[0].0 - at).collect();
        assert!(firsts.len() > 35, "{}", firsts.len());
    }

    #[test]
    fn all_hosts_of_a_site_share_one_alert() {
        let mut all = RecoveryAlerts::default();
        for name in ["chatgpt.com", "chat.openai.com", "shop.example", "www.shop.example", "other.example"] {
            all.begin(NOW, host(name), None);
        }
        let hosts: Vec<_> = all.iter().map(|alert| alert.host.as_str()).collect();
        assert_eq!(hosts, ["chatgpt.com", "shop.example", "other.example"]);
    }

    #[test]
    fn the_number_of_alerts_is_limited() {
        let mut all = RecoveryAlerts::default();
        for number in 0..50 {
            all.begin(NOW, host(&["s", &number.to_string(), ".example"].concat()), None);
        }
        assert_eq!(all.iter().count(), MOST);
        assert!(all.of(&host("s49.example")).is_some() && all.of(&host("s0.example")).is_none());
    }

    #[test]
    fn a_check_without_a_connection_is_not_counted() {
        let mut all = RecoveryAlerts::default();
        all.begin(NOW, host("chatgpt.com"), None);
        for _ in 0..9 {
            let now = all.due().unwrap();
            assert_eq!(all.take_due(now, |_| None).len(), 1);
            all.uncount(now, &host("chatgpt.com"));
            let AlertStage::Waiting { next, looks } = all.iter().next().unwrap().stage else { panic!("it waits") };
            assert_eq!(looks, 0);
            assert!((96_000..=144_000).contains(&(next.0 - now.0)));
        }
    }

    #[test]
    fn setting_the_clock_back_does_not_extend_an_alert() {
        let mut all = RecoveryAlerts::default();
        all.begin(Time(NOW.0 + 9_000_000_000), host("chatgpt.com"), None);
        all.expire(NOW);
        assert!(all.due().unwrap() <= NOW.plus_seconds(DAY));
        all.expire(NOW.plus_seconds(DAY));
        assert_eq!(all.iter().count(), 0);
    }

    proptest! {
        #[test]
        fn looks_keep_their_distance_and_end_with_the_day(begun in 0..u64::from(u32::MAX) * 1000, late in 0..3600_u32) {
            let made = looks(Time(begun), late, |_| None);
            prop_assert!(made.windows(2).all(|pair| pair[1].0 - pair[0].0 >= 96_000), "never closer than the shortest pause");
            prop_assert!(made[0].0 - begun >= 96_000);
            prop_assert!(made.iter().all(|time| time.0 < begun + u64::from(DAY) * 1000));
            prop_assert!(made.len() <= 80, "{} looks in a day", made.len());
        }

        #[test]
        fn no_look_is_made_while_the_site_wants_silence(begun in 0..u64::from(u32::MAX) * 1000, seconds in 1..100_000_u32) {
            let made = looks(Time(begun), 0, |look| (look % 2 == 0).then_some(seconds));
            for pair in made.chunks_exact(2) {
                prop_assert!(pair[1].0 - pair[0].0 >= u64::from(seconds) * 1000);
            }
        }

        #[test]
        fn the_first_look_waits_for_what_the_page_asked_for(seconds in 0..86_400_u32) {
            let mut all = RecoveryAlerts::default();
            all.begin(NOW, host("chatgpt.com"), Some(NOW.plus_seconds(seconds)));
            prop_assert!(all.due().unwrap() >= NOW.plus_seconds(seconds));
        }
    }
}
