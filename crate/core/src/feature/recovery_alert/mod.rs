//! Watches for sites that were down or asked for a pause: somebody wants to be told when they are back. Kept on disk, for a
//! watch outlives worker, browser and update. What is done about one is in `feature/recovery_alert/update.rs`, where its way is drawn.

pub(crate) mod update;
pub(crate) mod view;

use serde::{Deserialize, Serialize};

use crate::base::host::Host;
use crate::base::id::Time;
use crate::evidence::probe::is_same_site;

/// Seconds after which nobody expects an answer any more.
const DAY: u32 = 24 * 60 * 60;
/// Minutes between two looks, growing; the last one stays. Each is a fifth shorter or longer by chance, so that those who
/// were turned away together do not come back together.
const MINUTES: [u32; 6] = [2, 3, 5, 8, 13, 25];
/// The oldest goes when there are more.
const MOST: usize = 20;

/// One watch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryAlert {
    /// Whom it is about. Never more of an address than its host.
    pub host: Host,
    /// When it is given up, or forgotten.
    pub until: Time,
    /// Where it stands.
    #[serde(flatten)]
    pub stage: Stage,
}

/// What each stage knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Stage {
    /// Not back yet.
    Waiting {
        /// Not before this.
        next: Time,
        /// Looks that were made.
        looks: u32,
    },
    /// It is back, and somebody is to see that.
    Back {
        /// Has the browser been told to say so?
        told: bool,
    },
}

/// All watches, one for a site.
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
    /// All of them, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &RecoveryAlert> {
        self.sites.iter()
    }

    /// The one that this host's site has.
    pub fn of(&self, host: &Host) -> Option<&RecoveryAlert> {
        self.sites.iter().find(|alert| is_same_site(&alert.host, host))
    }

    /// Is this host's site waited for?
    pub fn waits_for(&self, host: &Host) -> bool {
        self.of(host).is_some_and(|alert| matches!(alert.stage, Stage::Waiting { .. }))
    }

    /// Begins one, unless it is there: a second click joins the first. `silent` is until when the site wants to be left alone.
    pub fn begin(&mut self, now: Time, host: Host, silent: Option<Time>) {
        if self.waits_for(&host) {
            return;
        }
        self.retain(|alert| !is_same_site(&alert.host, &host));
        if self.sites.len() >= MOST {
            self.sites.remove(0);
        }
        let next = after_pause(now, &host, 0).max(silent.unwrap_or(now));
        self.sites.push(RecoveryAlert { host, until: now.plus_seconds(DAY), stage: Stage::Waiting { next, looks: 0 } });
    }

    /// Keeps those that are wanted.
    pub fn retain(&mut self, wanted: impl FnMut(&RecoveryAlert) -> bool) {
        self.sites.retain(wanted);
    }

    /// Forgets what is a day old. A clock that was set back makes nothing last longer.
    pub fn expire(&mut self, now: Time) {
        let latest = now.plus_seconds(DAY);
        self.retain(|alert| now < alert.until);
        for alert in &mut self.sites {
            alert.until = alert.until.min(latest);
            if let Stage::Waiting { next, .. } = &mut alert.stage {
                *next = (*next).min(latest);
            }
        }
    }

    /// When the first look is due, or the first watch is over.
    pub fn due(&self) -> Option<Time> {
        let due = |alert: &RecoveryAlert| match alert.stage {
            Stage::Waiting { next, .. } => Some(next.min(alert.until)),
            Stage::Back { .. } => None,
        };
        self.sites.iter().filter_map(due).min()
    }

    /// Those whose look is due and may be made: the next one's time stands before this one is made, so that no death brings
    /// two looks close together. `silent` says until when a site wants to be left alone.
    pub fn take_due(&mut self, now: Time, silent: impl Fn(&Host) -> Option<Time>) -> Vec<Host> {
        let mut hosts = Vec::new();
        for RecoveryAlert { host, stage, .. } in &mut self.sites {
            if let Stage::Waiting { next, looks } = stage
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

    /// A look that was no look, for there is no connection: it does not count.
    pub fn uncount(&mut self, now: Time, host: &Host) {
        self.change(host, |stage| {
            if let Stage::Waiting { next, looks } = stage {
                *looks = looks.saturating_sub(1);
                *next = after_pause(now, host, 0);
            }
        });
    }

    /// The site wants to be left alone until then.
    pub fn hush(&mut self, host: &Host, until: Time) {
        self.change(host, |stage| {
            if let Stage::Waiting { next, .. } = stage {
                *next = (*next).max(until);
            }
        });
    }

    /// It is back, and that is to be said, or was said.
    pub fn is_back(&mut self, now: Time, host: &Host, told: bool) {
        self.change(host, |stage| *stage = Stage::Back { told });
        for alert in self.sites.iter_mut().filter(|alert| alert.host == *host) {
            alert.until = now.plus_seconds(DAY);
        }
    }

    fn change(&mut self, host: &Host, change: impl FnOnce(&mut Stage)) {
        if let Some(alert) = self.sites.iter_mut().find(|alert| alert.host == *host) {
            change(&mut alert.stage);
        }
    }
}

/// When to look again after so many looks. Chance comes from the milliseconds at which a person clicked or an answer came,
/// mixed with the name: no two people share them.
fn after_pause(now: Time, host: &Host, looks: u32) -> Time {
    let seed = host.as_str().bytes().fold(now.0, |seed, byte| (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    now.plus_seconds(pause(seed, looks))
}

/// Seconds between two looks.
fn pause(seed: u64, looks: u32) -> u32 {
    let place = usize::try_from(looks).unwrap_or(usize::MAX);
    let [.., longest] = MINUTES;
    let minutes = MINUTES.get(place).copied().unwrap_or(longest);
    // The high bits of a product are the ones that are well mixed.
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

    /// Whole days of one watch that never hears that it is back: when each look is made. Rung `late` seconds after its time.
    fn looks(begun: Time, late: u32, error: impl Fn(u32) -> Option<u32>) -> Vec<Time> {
        let mut all = RecoveryAlerts::default();
        all.begin(begun, host("chatgpt.com"), None);
        let mut made: Vec<Time> = Vec::new();
        while let Some(due) = all.due() {
            let now = due.plus_seconds(late);
            all.expire(now);
            for host in all.take_due(now, |_| None) {
                if let Some(seconds) = error(u32::try_from(made.len()).unwrap()) {
                    all.hush(&host, now.plus_seconds(seconds));
                }
                made.push(now);
            }
        }
        made
    }

    #[test]
    fn a_pause_grows_and_stays_within_its_fifth() {
        for (looks, minutes) in [2, 3, 5, 8, 13, 25, 25, 25].into_iter().enumerate() {
            let all: BTreeSet<u32> = (0..5000).map(|seed| pause(seed, u32::try_from(looks).unwrap())).collect();
            let (first, last) = (*all.first().unwrap(), *all.last().unwrap());
            assert_eq!((first, last), (minutes * 48, minutes * 72), "every length between comes up");
        }
    }

    #[test]
    fn people_who_click_one_after_the_other_do_not_come_back_in_step() {
        let firsts: BTreeSet<u64> = (0..1000).map(|at| looks(Time(NOW.0 + at), 0, |_| None)[0].0 - at).collect();
        assert!(firsts.len() > 35, "{}", firsts.len());
    }

    #[test]
    fn a_site_has_one_watch_by_whatever_name() {
        let mut all = RecoveryAlerts::default();
        for name in ["chatgpt.com", "chat.openai.com", "shop.example", "www.shop.example", "other.example"] {
            all.begin(NOW, host(name), None);
        }
        let hosts: Vec<_> = all.iter().map(|alert| alert.host.as_str()).collect();
        assert_eq!(hosts, ["chatgpt.com", "shop.example", "other.example"]);
    }

    #[test]
    fn there_are_never_too_many() {
        let mut all = RecoveryAlerts::default();
        for number in 0..50 {
            all.begin(NOW, host(&["s", &number.to_string(), ".example"].concat()), None);
        }
        assert_eq!(all.iter().count(), MOST);
        assert!(all.of(&host("s49.example")).is_some() && all.of(&host("s0.example")).is_none());
    }

    #[test]
    fn without_a_connection_nothing_is_counted() {
        let mut all = RecoveryAlerts::default();
        all.begin(NOW, host("chatgpt.com"), None);
        for _ in 0..9 {
            let now = all.due().unwrap();
            assert_eq!(all.take_due(now, |_| None).len(), 1);
            all.uncount(now, &host("chatgpt.com"));
            let Stage::Waiting { next, looks } = all.iter().next().unwrap().stage else { panic!("it waits") };
            assert_eq!(looks, 0);
            assert!((96_000..=144_000).contains(&(next.0 - now.0)));
        }
    }

    #[test]
    fn a_clock_that_was_set_back_makes_no_watch_last_longer() {
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
