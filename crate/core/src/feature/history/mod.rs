//! What is remembered about blocked pages after they are gone: when, which host, which error, its Ray ID, the proven cause and
//! what helped. Nothing else: no IP address of a user, no page, nothing from a private window.
//!
//! One case is one [`CaseRecord`], whatever was tried for it and however often it was loaded. The record is completed when
//! something is proven. [`prior`](crate::diagnosis::prior) decides what the history means for the next block page.
//!
//! # An extension that was the culprit
//!
//! ```text
//!  proven, and off ──▶ Off ── switched on ──▶ On ── other version ──▶ Updated
//!                       ▲                      │ ▲                      │
//!                       └──── switched off ────┴─┼──────────────────────┘
//!                                                │ the page opened, or stayed blocked without it
//!                                                ▼
//!                                              Settled: the question is answered, and nothing more is shown
//! ```
//!
//! In `On` and `Updated`, the extension leads the suspects. If the page is blocked again within [`CERTAIN`], Readmit says that
//! it started again with this extension. Every change is on disk before the worker can die, and is compared with what the
//! browser says when it lists its extensions.

pub(crate) mod strict;
pub(crate) mod update;
pub(crate) mod view;

use serde::{Deserialize, Serialize};

use self::strict::{extension_id, is_extension_id, is_plain, time, version};
use crate::base::host::Host;
use crate::base::id::{ExtensionId, LoadId, SetBack, Time};
use crate::diagnosis::cause::{Cause, Kind};
use crate::diagnosis::fix::Fix;
use crate::diagnosis::prior::Prior;
use crate::extensions::installed::Installed;
use crate::feature::clear_data::Site;
use crate::recognize::{Code, Family, RayId, Verdict};

/// How many records are kept. The oldest from which nothing was learned are dropped first.
pub const MOST: usize = 100;

/// How many culprits one record names. No search finds so many, and a backup that is written has to stay small enough to be read.
const MOST_BLAMED: usize = 20;

/// Seconds in which block pages of one site and kind are one record, until something is learned from it: a hundred tabs that are
/// restored at once are blocked for one reason.
const STORM: u32 = 60 * 60;

/// Seconds after which a block page is no longer attributed to an extension that was switched on. Readmit does not see the page
/// open in the meantime unless it is asked.
const CERTAIN: u32 = 24 * 60 * 60;

/// One blocked page. The names in the attributes are the names on disk and in a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseRecord {
    /// When it was first blocked. This and the host identify the record.
    #[serde(deserialize_with = "time")]
    pub at: Time,
    /// The error number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// The host that blocked the page.
    pub host: Host,
    /// The kind of page.
    #[serde(rename = "page")]
    pub family: Family,
    /// The id by which the site's owner can find the first request.
    #[serde(rename = "ray", skip_serializing_if = "Option::is_none")]
    pub ray_id: Option<RayId>,
    /// The cause, if it is proven.
    #[serde(rename = "cause", skip_serializing_if = "Option::is_none")]
    pub found: Option<Cause>,
    /// The only fix that was carried out before a reload opened the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub helped: Option<Fix>,
    /// The extensions that are proven culprits.
    #[serde(rename = "extensions", default)]
    pub blamed: Vec<Blamed>,
}

/// An extension that is a proven culprit. Its name is not stored; the browser knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Blamed {
    /// Since when this state holds.
    #[serde(deserialize_with = "time")]
    pub since: Time,
    /// The extension.
    #[serde(deserialize_with = "extension_id")]
    pub id: ExtensionId,
    /// Its version when it was last seen.
    #[serde(deserialize_with = "version")]
    pub version: String,
    /// Its current state.
    pub turn: Turn,
}

/// The state of an extension that was the culprit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Turn {
    /// It is no longer considered.
    #[default]
    #[serde(rename = "quiet")]
    Settled,
    /// It is off.
    Off,
    /// It was switched on again.
    On,
    /// It was updated after it was switched on again.
    Updated,
}

/// All records, the oldest first. On disk and in a backup, this is an array with one object for each record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<CaseRecord>", into = "Vec<CaseRecord>")]
pub struct History {
    records: Vec<CaseRecord>,
}

impl From<History> for Vec<CaseRecord> {
    fn from(memory: History) -> Self {
        memory.records
    }
}

impl TryFrom<Vec<CaseRecord>> for History {
    type Error = &'static str;

    fn try_from(records: Vec<CaseRecord>) -> Result<Self, Self::Error> {
        if records.len() > MOST {
            return Err("more records than are kept");
        }
        let mut memory = Self::default();
        for mut record in records {
            record.blamed.truncate(MOST_BLAMED);
            memory.add(record);
        }
        Ok(memory)
    }
}

impl History {
    /// All records, the oldest first.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = &CaseRecord> {
        self.records.iter()
    }

    /// The clock was set back. The times of the records stay, because they identify them.
    pub fn clock_set_back(&mut self, set_back: SetBack) {
        for blamed in self.records.iter_mut().flat_map(|record| &mut record.blamed) {
            blamed.since = set_back.past(blamed.since);
        }
    }

    /// Are there no records?
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Adds a record of a page that is newly blocked. The same page reported twice is one record, and so is a storm of them.
    pub fn note(&mut self, at: Time, host: &Host, verdict: &Verdict) {
        if self.alike(host, verdict).any(|record| record.helped.is_none() && record.covers(at)) {
            return;
        }
        let (family, code, ray_id) = (verdict.family, verdict.code, verdict.ray_id.clone());
        self.add(CaseRecord { at, host: host.clone(), family, code, ray_id, found: None, helped: None, blamed: Vec::new() });
    }

    /// Records what opened the page. If the record was deleted in the meantime, it stays deleted.
    pub fn learn(&mut self, at: Time, host: &Host, helped: Fix, mut blamed: Vec<Blamed>) {
        blamed.retain(Blamed::is_readable);
        blamed.truncate(MOST_BLAMED);
        let own = self.records.iter().position(|record| record.is(at, host));
        let is_of_storm = |record: &CaseRecord| Site::holds_both(&record.host, host) && record.covers(at);
        let place = own.or_else(|| self.records.iter().rposition(is_of_storm));
        if let Some(record) = place.and_then(|place| self.records.get_mut(place)) {
            record.found = helped.proves(record.kind());
            record.helped = Some(helped);
            record.blamed = blamed;
        }
    }

    /// Adds the records of another history that are missing in this one.
    pub fn merge(&mut self, other: Self) {
        for mut record in other.records {
            // The other history cannot know the current state of an extension.
            for blamed in &mut record.blamed {
                blamed.turn = Turn::Settled;
            }
            self.add(record);
        }
    }

    /// Deletes the records of these hosts.
    pub fn forget_hosts(&mut self, wanted: impl Fn(&Host) -> bool) {
        self.records.retain(|record| !wanted(&record.host));
    }

    fn add(&mut self, record: CaseRecord) {
        if self.records.iter().any(|known| known.is(record.at, &record.host)) {
            return;
        }
        let place = self.records.partition_point(|before| before.at <= record.at);
        self.records.insert(place, record);
        if self.records.len() > MOST {
            let mut others = self.records.iter().enumerate().filter(|(other, _)| *other != place);
            let unlearned = others.find(|(_, record)| record.helped.is_none()).map(|(other, _)| other);
            self.records.remove(unlearned.unwrap_or(0));
        }
    }

    fn alike<'a>(&'a self, host: &'a Host, verdict: &Verdict) -> impl Iterator<Item = &'a CaseRecord> {
        let kind = kept_kind(verdict.family, verdict.code);
        self.records.iter().filter(move |record| Site::holds_both(&record.host, host) && record.kind() == kind)
    }

    /// What was proven about similar block pages of this site.
    pub fn prior(&self, host: &Host, verdict: &Verdict) -> Prior {
        self.alike(host, verdict).filter_map(|record| record.found).collect()
    }

    /// The fix that helped most often against similar block pages of this site, and how often. Among equals, the latest.
    pub fn helped(&self, host: &Host, verdict: &Verdict) -> Option<(Fix, u32)> {
        let mut counts: Vec<(Fix, u32)> = Vec::new();
        for fix in self.alike(host, verdict).filter_map(|record| record.helped) {
            let before = counts.iter().position(|(other, _)| *other == fix).map(|place| counts.remove(place));
            counts.push((fix, before.map_or(0, |(_, count)| count).saturating_add(1)));
        }
        counts.into_iter().max_by_key(|(_, count)| *count)
    }

    /// Updates the state of an extension that was seen on or off, with this version.
    pub fn sighted(&mut self, now: Time, extension: &Installed) {
        for blamed in self.blamed_mut().filter(|blamed| blamed.id == extension.id && blamed.turn != Turn::Settled) {
            let version = plain(&extension.version);
            let turn = match (blamed.turn, extension.enabled) {
                (_, false) => Turn::Off,
                (Turn::Off, true) => Turn::On,
                (_, true) if blamed.version != version => Turn::Updated,
                (turn, true) => turn,
            };
            if turn != blamed.turn || blamed.version != version {
                blamed.since = now;
            }
            blamed.turn = turn;
            blamed.version = version;
        }
    }

    /// Compares the records with the complete list of installed extensions.
    pub fn reconcile(&mut self, now: Time, installed: &[Installed]) {
        for record in &mut self.records {
            record.blamed.retain(|blamed| installed.iter().any(|extension| extension.id == blamed.id));
        }
        for extension in installed {
            self.sighted(now, extension);
        }
    }

    /// Deletes what is known about an extension that was removed.
    pub fn uninstalled(&mut self, id: &ExtensionId) {
        for record in &mut self.records {
            record.blamed.retain(|blamed| blamed.id != *id);
        }
    }

    /// A page of this host was opened by this load: an extension that was on by then is no longer the culprit.
    pub fn opened(&mut self, host: &Host, load: LoadId) {
        self.settle(host, |blamed| blamed.is_back() && blamed.since.0 <= load.0 / 1000);
    }

    /// The page stayed blocked without these extensions.
    pub fn exonerate(&mut self, host: &Host, ids: &[ExtensionId]) {
        self.settle(host, |blamed| ids.contains(&blamed.id));
    }

    fn settle(&mut self, host: &Host, wanted: impl Fn(&Blamed) -> bool) {
        let here = self.records.iter_mut().filter(|record| Site::holds_both(&record.host, host));
        for blamed in here.flat_map(|record| &mut record.blamed).filter(|blamed| wanted(blamed)) {
            blamed.turn = Turn::Settled;
        }
    }

    /// The extensions that were the culprit on this site and are on again.
    pub fn back(&self, host: &Host) -> impl Iterator<Item = &Blamed> {
        let here = self.records.iter().rev().filter(|record| Site::holds_both(&record.host, host));
        here.flat_map(|record| &record.blamed).filter(|blamed| blamed.is_back())
    }

    /// The extension that made a block page first seen at `seen` start again, if that is certain.
    pub fn recurrence(&self, host: &Host, seen: Time) -> Option<&Blamed> {
        self.back(host).find(|blamed| blamed.since <= seen && seen < blamed.since.plus_seconds(CERTAIN))
    }

    fn blamed_mut(&mut self) -> impl Iterator<Item = &mut Blamed> {
        self.records.iter_mut().flat_map(|record| &mut record.blamed)
    }
}

impl CaseRecord {
    fn is(&self, at: Time, host: &Host) -> bool {
        self.at == at && self.host == *host
    }

    /// Does a page that was blocked at this time belong to the same storm?
    fn covers(&self, at: Time) -> bool {
        self.at <= at && at < self.at.plus_seconds(STORM)
    }

    /// The kind of block page.
    pub fn kind(&self) -> Kind {
        kept_kind(self.family, self.code)
    }
}

/// Records have no HTTP status, so the status must not decide which block pages are similar.
fn kept_kind(family: Family, code: Option<Code>) -> Kind {
    Kind::of_page(family, code, None)
}

impl Blamed {
    /// A culprit that was just proven and is off.
    pub fn new(now: Time, extension: &Installed) -> Self {
        Self { id: extension.id.clone(), version: plain(&extension.version), turn: Turn::Off, since: now }
    }

    /// Can it be read again, from the disk or a backup? Every id that a browser gives can.
    fn is_readable(&self) -> bool {
        is_extension_id(self.id.as_str())
    }

    fn is_back(&self) -> bool {
        matches!(self.turn, Turn::On | Turn::Updated)
    }
}

/// A version is digits and dots. All other characters that a browser may report are dropped, so nothing has to be escaped.
fn plain(version: &str) -> String {
    version.chars().filter(|&character| is_plain(character)).take(40).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::extensions::installed::tests::innocent;

    fn chatgpt() -> Host {
        Host::chatgpt()
    }

    fn refusal(code: u16) -> Verdict {
        Verdict {
            family: Family::Cloudflare1xxx,
            code: Code::new(code),
            ray_id: RayId::parse("8f2c0123456789ab"),
            client_ip: None,
            host: None,
            colo: None,
            status: Some(403),
            ended: None,
            retry_after: None,
            evidence: Vec::new(),
        }
    }

    /// A history in which these fixes helped against error 1020, one after the other.
    fn helped_by(fixes: &[Fix]) -> History {
        let mut memory = History::default();
        for (at, fix) in (1..).map(Time).zip(fixes) {
            memory.note(at, &chatgpt(), &refusal(1020));
            memory.learn(at, &chatgpt(), *fix, Vec::new());
        }
        memory
    }

    /// A history in which extension `a` was the culprit and is off.
    fn blaming() -> History {
        let mut memory = helped_by(&[Fix::Extensions]);
        memory.learn(Time(1), &chatgpt(), Fix::Extensions, vec![Blamed::new(Time(1), &innocent("a"))]);
        memory
    }

    fn seen(memory: &mut History, now: u64, version: &str, enabled: bool) {
        memory.sighted(Time(now), &Installed { version: version.into(), enabled, ..innocent("a") });
    }

    #[track_caller]
    fn check(memory: &History, refused_at: u64, expected: Option<Turn>) {
        let host = Host::parse("chat.openai.com").unwrap();
        assert_eq!(memory.recurrence(&host, Time(refused_at)).map(|blamed| blamed.turn), expected);
        assert_eq!(memory.recurrence(&Host::parse("example.org").unwrap(), Time(refused_at)), None, "another site's business");
    }

    #[test]
    fn the_last_hundred_records_are_kept_once_each() {
        let mut memory = History::default();
        let hour = |number: u64| Time(number * 3_600_000);
        for at in (1..=130).chain([130, 100]).map(hour) {
            memory.note(at, &chatgpt(), &refusal(1020));
        }
        let kept: Vec<Time> = memory.records().map(|record| record.at).collect();
        assert_eq!(kept, (31..=130).map(hour).collect::<Vec<_>>());
    }

    #[test]
    fn a_storm_is_one_record_and_evicts_nothing_that_was_learned() {
        let mut memory = helped_by(&[Fix::SiteData, Fix::Vpn]);
        for at in (100..210).map(Time) {
            memory.note(at, &chatgpt(), &refusal(1020));
        }
        assert_eq!(memory.records().count(), 3);
        // What is learned in any of its tabs is learned from that record.
        memory.learn(Time(205), &Host::parse("chat.openai.com").unwrap(), Fix::Extensions, Vec::new());
        let helped = |memory: &History| memory.records().map(|record| record.helped).collect::<Vec<_>>();
        assert_eq!(helped(&memory), [Some(Fix::SiteData), Some(Fix::Vpn), Some(Fix::Extensions)]);
        // Another kind of block page, or one after something was learned, is news.
        memory.note(Time(300), &chatgpt(), &refusal(1015));
        memory.note(Time(301), &chatgpt(), &refusal(1020));
        assert_eq!(helped(&memory)[3..], [None, None]);
        for number in 0..200 {
            memory.note(Time(400), &Host::parse(&format!("shop{number}.example")).unwrap(), &refusal(1020));
        }
        let kept = helped(&memory);
        assert_eq!((kept.len(), kept.iter().flatten().count()), (MOST, 3));
    }

    #[test]
    fn a_deleted_record_stays_deleted() {
        let mut memory = History::default();
        memory.learn(Time(1), &chatgpt(), Fix::SiteData, Vec::new());
        assert!(memory.is_empty());
    }

    #[test]
    fn the_fix_that_helped_most_often_and_latest_is_reported() {
        let told = |fixes: &[Fix]| helped_by(fixes).helped(&chatgpt(), &refusal(1020));
        assert_eq!(told(&[]), None);
        assert_eq!(told(&[Fix::SiteData, Fix::Vpn]), Some((Fix::Vpn, 1)));
        assert_eq!(told(&[Fix::SiteData, Fix::Vpn, Fix::SiteData, Fix::Extensions]), Some((Fix::SiteData, 2)));
    }

    #[test]
    fn block_pages_of_another_kind_or_site_do_not_count() {
        let memory = helped_by(&[Fix::SiteData]);
        assert_eq!(memory.prior(&chatgpt(), &refusal(1020)).last(), Some(Cause::SiteData));
        assert_eq!(memory.prior(&chatgpt(), &refusal(1015)), Prior::default());
        assert_eq!(memory.prior(&Host::parse("example.org").unwrap(), &refusal(1020)), Prior::default());
        assert_eq!(memory.helped(&chatgpt(), &refusal(1009)), None);
    }

    #[test]
    fn a_culprit_switched_on_again_is_reported_for_a_day() {
        let mut memory = blaming();
        check(&memory, 2, None);
        seen(&mut memory, 5, "1.0", true);
        check(&memory, 4, None);
        check(&memory, 5, Some(Turn::On));
        seen(&mut memory, 9, "1.0", true);
        check(&memory, 5, Some(Turn::On));
        check(&memory, 5 + u64::from(CERTAIN) * 1000, None);
        seen(&mut memory, 20, "1.0", false);
        check(&memory, 30, None);
    }

    #[test]
    fn an_update_counts_only_while_the_extension_is_on() {
        let mut memory = blaming();
        seen(&mut memory, 5, "1.1", false);
        seen(&mut memory, 6, "1.1", true);
        check(&memory, 10, Some(Turn::On));
        seen(&mut memory, 12, "1.2", true);
        check(&memory, 11, None);
        check(&memory, 12, Some(Turn::Updated));
    }

    #[test]
    fn nothing_is_reported_after_the_page_opened_with_it() {
        let mut memory = blaming();
        seen(&mut memory, 5, "1.0", true);
        memory.opened(&chatgpt(), LoadId(4_000));
        check(&memory, 10, Some(Turn::On));
        memory.opened(&chatgpt(), LoadId(6_000));
        check(&memory, 10, None);
        seen(&mut memory, 20, "1.0", false);
        seen(&mut memory, 21, "1.0", true);
        check(&memory, 30, None);
    }

    #[test]
    fn nothing_is_reported_after_the_page_was_blocked_without_it() {
        let mut memory = blaming();
        memory.exonerate(&chatgpt(), &[ExtensionId("a".into())]);
        seen(&mut memory, 5, "1.0", true);
        check(&memory, 10, None);
    }

    #[test]
    fn an_extension_that_is_not_installed_is_forgotten() {
        let uninstalled = |memory: &mut History| memory.uninstalled(&ExtensionId("a".into()));
        let reconciled = |memory: &mut History| memory.reconcile(Time(2), &[]);
        for forget in [uninstalled as fn(&mut History), reconciled] {
            let mut memory = blaming();
            forget(&mut memory);
            assert!(memory.records().all(|record| record.blamed.is_empty() && record.found == Some(Cause::Extension)));
        }
    }

    #[test]
    fn another_history_is_merged_once_without_its_culprits_leading() {
        let mut theirs = blaming();
        seen(&mut theirs, 5, "1.0", true);
        let mut memory = helped_by(&[]);
        memory.note(Time(1), &chatgpt(), &refusal(1009));
        memory.note(Time(3), &Host::parse("example.org").unwrap(), &refusal(1009));
        memory.merge(theirs.clone());
        assert_eq!(memory.records().count(), 2, "what is known here is known better");
        let mut memory = History::default();
        memory.merge(theirs.clone());
        memory.merge(theirs);
        assert_eq!(memory.records().count(), 1);
        check(&memory, 10, None);
    }

    fn records() -> impl Strategy<Value = History> {
        let fix = prop::option::of(prop::sample::select(Fix::ALL.to_vec()));
        let record =
            (0_u64..1 << 53, "[a-z]{1,9}\\.example", 0_u16..2000, fix, prop::collection::vec((".*", any::<bool>()), 0..3));
        prop::collection::vec(record, 0..120).prop_map(|records| {
            let mut memory = History::default();
            for (at, host, code, helped, blamed) in records {
                let (at, host) = (Time(at), Host::parse(&host).unwrap());
                memory.note(at, &host, &refusal(code));
                if let Some(helped) = helped {
                    let extension = |(version, enabled)| Blamed::new(at, &Installed { version, enabled, ..innocent("a") });
                    memory.learn(at, &host, helped, blamed.into_iter().map(extension).collect());
                }
            }
            memory
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(memory in records()) {
            let written = serde_json::to_string(&memory).unwrap();
            prop_assert_eq!(serde_json::from_str::<History>(&written).unwrap(), memory);
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            prop_assert!(serde_json::from_str::<History>(&text).ok().is_none_or(|memory| memory.is_empty()));
        }
    }
}
