//! One clearing of a site's data, from the click to the result. Only a click in the popup starts one.
//!
//! ```text
//!             inventory           removed            inventory
//!  Counting ───────────▶ Removing ───────▶ Verifying ─────────▶ Done
//!     │ failed              │ failed           │ some left after the first try: remove those ▶ Removing (again)
//!     └───────▶ Failed ◀────┘                  │ failed: Done, not verified
//!
//!                 inventory         restored           inventory
//!  Done ── Undo ▶ Comparing ─▶ Undoing ───────▶ Checking ─────────▶ Undone
//!                     └ signed in since ▶ Superseded: nothing is restored
//! ```
//!
//! Undo restores cookies and nothing else, and never over a newer login: two sessions would be mixed. When a cookie was set is not
//! visible. So a login counts as newer if one of the site's cookies that may hold one ([`Cookie::may_hold_login`]) has a value now that
//! it had neither before the clearing nor right after the reload that followed: what that reload brought came without anyone
//! signing in. Where the cookies could not be read after the reload, every such cookie counts, because a new login costs the user more
//! than a missing Undo. Cloudflare's own cookies hold no login, so the light strength can always be undone.
//!
//! If the worker is killed at any arrow, the next worker finds the step in storage. Before `Removing`, nothing was changed, so
//! it starts over. From `Removing` on, it reads the data first. Only if every cookie still exists with its old value was
//! nothing removed, and only then is the removal repeated. Data that was created after the click is never touched.

use serde::{Deserialize, Serialize};

use super::cookie::Cookie;
use super::{Scope, Site, Strength};
use crate::base::failure::Failure;
use crate::base::id::{TabId, Time};

/// How long Undo is offered, in seconds. The cookies are kept in memory only, and no longer than this.
pub const UNDO_SECONDS: u32 = 600;

/// A clearing and its current step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clearing {
    /// The blocked tab. It is reloaded afterward.
    pub tab: TabId,
    /// The site whose data is cleared.
    pub site: Site,
    /// How much is cleared.
    pub strength: Strength,
    /// The current step.
    pub step: ClearStep,
}

/// The steps, each with the data that it needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClearStep {
    /// The existing data is being read.
    Counting,
    /// The browser was told to remove the data.
    Removing {
        /// What existed before.
        found: Count,
        /// Is this the second try, for what was left?
        again: bool,
    },
    /// The data is being read again.
    Verifying {
        /// What existed before.
        found: Count,
        /// Is this after the second try?
        again: bool,
    },
    /// The removal has finished.
    Done {
        /// What existed before.
        found: Count,
        /// What still exists; `None` if it could not be read.
        left: Option<Count>,
    },
    /// Nothing was removed, or not everything.
    Failed(Failure),
    /// The existing cookies are being read: has someone signed in since?
    Comparing,
    /// Someone has signed in since, so nothing was restored.
    Superseded,
    /// Cookies are being restored.
    Undoing {
        /// How many an earlier worker had already restored.
        already: u32,
    },
    /// The restored cookies are being read again.
    Checking {
        /// How many the browser accepted.
        restored: u32,
    },
    /// Cookies were restored.
    Undone {
        /// How many exist again.
        restored: u32,
        /// How many the browser did not accept (because they have expired, for example).
        missing: u32,
    },
}

/// How much data a site stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// The number of cookies, partitioned and HttpOnly ones included.
    pub cookies: u32,
    /// The number of entries in localStorage, databases, caches and service workers of the blocked page's own origin; `None` if
    /// no page of that origin could be asked.
    pub stored: Option<u32>,
}

impl Count {
    /// Is nothing stored, as far as could be read?
    pub fn is_nothing(self) -> bool {
        self.cookies == 0 && self.stored.unwrap_or(0) == 0
    }
}

/// What was read: a site's cookies, and how much else its page's origin stores.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Inventory {
    /// All its cookies.
    pub cookies: Vec<Cookie>,
    /// See [`Count::stored`].
    pub stored: Option<u32>,
}

/// Cookies that can be restored. They are kept in memory only (`storage.session`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UndoCookies {
    /// The cookies as they were.
    pub cookies: Vec<Cookie>,
    /// Until when they are kept.
    pub until: Time,
    /// What the site has set since, without a login.
    #[serde(default, skip_serializing_if = "Baseline::is_unread")]
    pub baseline: Baseline,
}

/// The site's cookies after the page was loaded again, right after the clearing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Baseline {
    /// They were not read.
    #[default]
    Unread,
    /// They are to be read as soon as the page is loaded.
    AwaitsLoad,
    /// Those that may hold a login.
    Read(Vec<Cookie>),
}

impl Baseline {
    fn is_unread(&self) -> bool {
        *self == Self::Unread
    }
}

impl UndoCookies {
    /// Does one of these cookies hold a login that is newer than the clearing, as far as that can be seen?
    fn is_superseded_by(&self, present: &[Cookie]) -> bool {
        let set_by_reload = match &self.baseline {
            Baseline::Read(cookies) => cookies.as_slice(),
            Baseline::Unread | Baseline::AwaitsLoad => &[],
        };
        let is_old = |cookie: &Cookie| {
            let mut known = self.cookies.iter().chain(set_by_reload);
            known.any(|other| other.is_same_slot(cookie) && other.value == cookie.value)
        };
        let restores_login = self.cookies.iter().any(|cookie| !cookie.is_of_cloudflare());
        restores_login && present.iter().any(|cookie| cookie.may_hold_login() && !is_old(cookie))
    }
}

/// What the shell has to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum ClearNext {
    /// Read the site's data.
    TakeInventory,
    /// Keep the cookies for Undo, then remove the site's data.
    RemoveData(Scope),
    /// Remove only these cookies.
    RemoveCookies(Vec<Cookie>),
    /// Set these cookies again.
    Restore(Vec<Cookie>),
    /// Finished: reload the page and inspect it.
    Check,
    /// Nothing.
    Rest,
}

impl Clearing {
    /// Handles a click on the button.
    pub fn begin(tab: TabId, site: Site, strength: Strength) -> (Self, ClearNext) {
        (Self { tab, site, strength, step: ClearStep::Counting }, ClearNext::TakeInventory)
    }

    /// Is the browser working on it?
    pub fn is_running(&self) -> bool {
        match self.step {
            ClearStep::Counting | ClearStep::Removing { .. } | ClearStep::Verifying { .. } => true,
            ClearStep::Comparing | ClearStep::Undoing { .. } | ClearStep::Checking { .. } => true,
            ClearStep::Done { .. } | ClearStep::Failed(_) | ClearStep::Superseded | ClearStep::Undone { .. } => false,
        }
    }

    /// Handles the answer to [`ClearNext::TakeInventory`]. `undo_cookies` is filled when the removal begins.
    pub fn inventoried(
        &mut self,
        now: Time,
        answer: Result<Inventory, Failure>,
        undo_cookies: &mut Option<UndoCookies>,
    ) -> ClearNext {
        let (step, next) = match (&self.step, answer) {
            (ClearStep::Counting, Ok(inventory)) => {
                let found = self.count(&inventory);
                let next = self.removal(&inventory);
                let cookies = self.taken(inventory.cookies);
                *undo_cookies = (!cookies.is_empty()).then(|| UndoCookies {
                    cookies,
                    until: now.plus_seconds(UNDO_SECONDS),
                    baseline: Baseline::Unread,
                });
                (ClearStep::Removing { found, again: false }, next)
            }
            (ClearStep::Counting, Err(failure)) => (ClearStep::Failed(failure), ClearNext::Rest),
            // The worker was stopped in the middle: was anything removed?
            (&ClearStep::Removing { found, again }, Ok(inventory)) => {
                let before = undo_cookies.as_ref().map(|undo_cookies| undo_cookies.cookies.as_slice()).unwrap_or_default();
                let untouched = !before.is_empty() && before.iter().all(|cookie| inventory.cookies.contains(cookie));
                if untouched && !again {
                    (ClearStep::Removing { found, again: false }, self.removal(&inventory))
                } else {
                    let left = self.left(&inventory, undo_cookies.as_ref());
                    (ClearStep::Done { found, left: Some(left) }, ClearNext::Check)
                }
            }
            (&ClearStep::Verifying { found, again }, Ok(inventory)) => {
                let left = self.left(&inventory, undo_cookies.as_ref());
                if left.cookies > 0 && !again {
                    (ClearStep::Removing { found, again: true }, ClearNext::RemoveCookies(self.taken(inventory.cookies)))
                } else {
                    (ClearStep::Done { found, left: Some(left) }, ClearNext::Check)
                }
            }
            (&ClearStep::Removing { found, .. } | &ClearStep::Verifying { found, .. }, Err(_)) => {
                (ClearStep::Done { found, left: None }, ClearNext::Check)
            }
            (ClearStep::Done { .. }, Ok(inventory)) => {
                if let Some(undo_cookies) = undo_cookies {
                    let cookies = inventory.cookies.into_iter().filter(Cookie::may_hold_login).collect();
                    undo_cookies.baseline = Baseline::Read(cookies);
                }
                (self.step.clone(), ClearNext::Rest)
            }
            (ClearStep::Comparing, Ok(inventory)) => match undo_cookies {
                Some(kept) if kept.is_superseded_by(&inventory.cookies) => {
                    *undo_cookies = None;
                    (ClearStep::Superseded, ClearNext::Rest)
                }
                Some(kept) => (ClearStep::Undoing { already: 0 }, ClearNext::Restore(kept.cookies.clone())),
                None => (ClearStep::Undone { restored: 0, missing: 0 }, ClearNext::Rest),
            },
            // What cannot be read is not overwritten.
            (ClearStep::Comparing, Err(_)) => {
                let wanted = undo_cookies.take().map_or(0, |undo_cookies| length(undo_cookies.cookies.len()));
                (ClearStep::Undone { restored: 0, missing: wanted }, ClearNext::Rest)
            }
            // The worker was stopped in the middle: do not set a cookie again that is already restored.
            (ClearStep::Undoing { .. }, Ok(inventory)) => {
                let wanted = undo_cookies.as_ref().map(|undo_cookies| undo_cookies.cookies.clone()).unwrap_or_default();
                let is_there = |cookie: &Cookie| {
                    inventory.cookies.iter().any(|other| cookie.is_same_slot(other) && cookie.value == other.value)
                };
                let (there, missing): (Vec<Cookie>, Vec<Cookie>) = wanted.into_iter().partition(is_there);
                (ClearStep::Undoing { already: length(there.len()) }, ClearNext::Restore(missing))
            }
            // Setting the same cookie twice has the same effect as setting it once.
            (&ClearStep::Undoing { already }, Err(_)) => {
                let wanted = undo_cookies.as_ref().map(|undo_cookies| undo_cookies.cookies.clone()).unwrap_or_default();
                (ClearStep::Undoing { already }, ClearNext::Restore(wanted))
            }
            (&ClearStep::Checking { restored }, Ok(inventory)) => {
                let wanted = undo_cookies.take().map(|undo_cookies| undo_cookies.cookies).unwrap_or_default();
                let present = wanted.iter().filter(|cookie| inventory.cookies.iter().any(|other| cookie.is_same_slot(other)));
                let present = length(present.count()).min(restored);
                (ClearStep::Undone { restored: present, missing: length(wanted.len()).saturating_sub(present) }, ClearNext::Rest)
            }
            (&ClearStep::Checking { restored }, Err(_)) => {
                let wanted = undo_cookies.take().map_or(restored, |undo_cookies| length(undo_cookies.cookies.len()));
                (ClearStep::Undone { restored, missing: wanted.saturating_sub(restored) }, ClearNext::Rest)
            }
            (step, _) => (step.clone(), ClearNext::Rest),
        };
        self.step = step;
        next
    }

    /// Handles the answer to a removal.
    pub fn removed(&mut self, answer: Result<(), Failure>) -> ClearNext {
        let ClearStep::Removing { found, again } = self.step else { return ClearNext::Rest };
        match answer {
            Ok(()) => {
                self.step = ClearStep::Verifying { found, again };
                ClearNext::TakeInventory
            }
            Err(failure) => {
                self.step = ClearStep::Failed(failure);
                ClearNext::Rest
            }
        }
    }

    /// Handles a click on Undo.
    pub fn undo(&mut self, undo_cookies: Option<&UndoCookies>) -> ClearNext {
        match (&self.step, undo_cookies) {
            (ClearStep::Done { .. } | ClearStep::Failed(_), Some(_)) => {
                self.step = ClearStep::Comparing;
                ClearNext::TakeInventory
            }
            _ => ClearNext::Rest,
        }
    }

    /// Handles the answer to [`ClearNext::Restore`]: how many cookies the browser accepted.
    pub fn restored(&mut self, restored: u32) -> ClearNext {
        let ClearStep::Undoing { already } = self.step else { return ClearNext::Rest };
        self.step = ClearStep::Checking { restored: restored.saturating_add(already) };
        ClearNext::TakeInventory
    }

    /// Continues a flow that a new worker found in storage.
    pub fn resume(&mut self, undo_cookies: Option<&UndoCookies>) -> ClearNext {
        match (&self.step, undo_cookies) {
            (ClearStep::Counting | ClearStep::Removing { .. } | ClearStep::Verifying { .. } | ClearStep::Checking { .. }, _) => {
                ClearNext::TakeInventory
            }
            // Which of them are already restored?
            (ClearStep::Comparing | ClearStep::Undoing { .. }, Some(_)) => ClearNext::TakeInventory,
            (ClearStep::Comparing | ClearStep::Undoing { .. }, None) => {
                self.step = ClearStep::Undone { restored: 0, missing: 0 };
                ClearNext::Rest
            }
            (ClearStep::Done { .. } | ClearStep::Failed(_) | ClearStep::Superseded | ClearStep::Undone { .. }, _) => {
                ClearNext::Rest
            }
        }
    }

    fn removal(&self, inventory: &Inventory) -> ClearNext {
        match self.strength {
            Strength::Everything => ClearNext::RemoveData(self.site.scope(&inventory.cookies)),
            Strength::CloudflareCheck => ClearNext::RemoveCookies(self.taken(inventory.cookies.clone())),
        }
    }

    fn taken(&self, cookies: Vec<Cookie>) -> Vec<Cookie> {
        cookies.into_iter().filter(|cookie| self.strength.takes(cookie)).collect()
    }

    fn count(&self, inventory: &Inventory) -> Count {
        let cookies = length(inventory.cookies.iter().filter(|cookie| self.strength.takes(cookie)).count());
        // The light strength leaves storage alone, so storage is not counted either.
        Count { cookies, stored: inventory.stored.filter(|_| self.strength == Strength::Everything) }
    }

    /// What existed before and still exists. A cookie that was set again in the meantime has another value and is not a
    /// leftover.
    fn left(&self, inventory: &Inventory, undo_cookies: Option<&UndoCookies>) -> Count {
        let before = undo_cookies.map(|undo_cookies| undo_cookies.cookies.as_slice()).unwrap_or_default();
        let still_there = |cookie: &&Cookie| before.iter().any(|old| old.is_same_slot(cookie) && old.value == cookie.value);
        Count { cookies: length(inventory.cookies.iter().filter(still_there).count()), ..self.count(inventory) }
    }
}

fn length(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::cookie::tests::cookie;
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "it is the answer that the flow expects")]
    fn inventory(cookies: &[Cookie], stored: u32) -> Result<Inventory, Failure> {
        Ok(Inventory { cookies: cookies.to_vec(), stored: Some(stored) })
    }

    fn session() -> Cookie {
        cookie("__Secure-next-auth.session-token", "chatgpt.com")
    }

    fn clearance() -> Cookie {
        cookie("cf_clearance", ".chatgpt.com")
    }

    /// A clearing that has read `cookies` and told the browser to remove them.
    fn removing(strength: Strength, cookies: &[Cookie]) -> (Clearing, Option<UndoCookies>, ClearNext) {
        let (mut clearing, first) = Clearing::begin(TabId(1), Site::Openai, strength);
        assert_eq!(first, ClearNext::TakeInventory);
        let mut undo_cookies = None;
        let next = clearing.inventoried(Time(0), inventory(cookies, 3), &mut undo_cookies);
        (clearing, undo_cookies, next)
    }

    #[test]
    fn everything_is_removed_then_verified_then_the_page_is_checked() {
        let (mut clearing, mut undo_cookies, next) = removing(Strength::Everything, &[session(), clearance()]);
        assert!(matches!(next, ClearNext::RemoveData(_)));
        assert_eq!(undo_cookies.as_ref().unwrap().cookies.len(), 2);
        assert_eq!(clearing.removed(Ok(())), ClearNext::TakeInventory);
        assert_eq!(clearing.inventoried(Time(0), inventory(&[], 0), &mut undo_cookies), ClearNext::Check);
        let found = Count { cookies: 2, stored: Some(3) };
        assert_eq!(clearing.step, ClearStep::Done { found, left: Some(Count { cookies: 0, stored: Some(0) }) });
    }

    #[test]
    fn the_light_strength_removes_only_cloudflares_cookies() {
        let (_, undo_cookies, next) = removing(Strength::CloudflareCheck, &[session(), clearance()]);
        assert_eq!(next, ClearNext::RemoveCookies(vec![clearance()]));
        assert_eq!(undo_cookies.unwrap().cookies, [clearance()]);
    }

    #[test]
    fn leftovers_are_removed_again_and_then_reported() {
        let (mut clearing, mut undo_cookies, _) = removing(Strength::Everything, &[session(), clearance()]);
        clearing.removed(Ok(()));
        assert_eq!(
            clearing.inventoried(Time(0), inventory(&[clearance()], 0), &mut undo_cookies),
            ClearNext::RemoveCookies(vec![clearance()])
        );
        assert_eq!(clearing.removed(Ok(())), ClearNext::TakeInventory);
        assert_eq!(clearing.inventoried(Time(0), inventory(&[clearance()], 0), &mut undo_cookies), ClearNext::Check);
        assert!(matches!(clearing.step, ClearStep::Done { left: Some(Count { cookies: 1, .. }), .. }));
    }

    #[test]
    fn a_cookie_that_was_set_again_is_not_a_leftover() {
        let (mut clearing, mut undo_cookies, _) = removing(Strength::Everything, &[clearance()]);
        clearing.removed(Ok(()));
        let fresh = Cookie { value: "fresh".into(), ..clearance() };
        assert_eq!(clearing.inventoried(Time(0), inventory(&[fresh], 0), &mut undo_cookies), ClearNext::Check);
    }

    #[test]
    fn a_worker_woken_before_the_removal_repeats_it() {
        let (mut clearing, mut undo_cookies, first) = removing(Strength::Everything, &[session()]);
        assert_eq!(clearing.resume(undo_cookies.as_ref()), ClearNext::TakeInventory);
        assert_eq!(clearing.inventoried(Time(9), inventory(&[session()], 3), &mut undo_cookies), first);
    }

    #[test]
    fn a_worker_woken_after_the_removal_keeps_the_new_login() {
        let (mut clearing, mut undo_cookies, _) = removing(Strength::Everything, &[session()]);
        assert_eq!(clearing.resume(undo_cookies.as_ref()), ClearNext::TakeInventory);
        let signed_in_again = Cookie { value: "new login".into(), ..session() };
        assert_eq!(clearing.inventoried(Time(9), inventory(&[signed_in_again], 3), &mut undo_cookies), ClearNext::Check);
        assert!(matches!(clearing.step, ClearStep::Done { .. }));
    }

    #[test]
    fn undo_restores_the_cookies_once_and_counts_them() {
        let (mut clearing, mut undo_cookies, _) = removing(Strength::Everything, &[session(), clearance()]);
        clearing.removed(Ok(()));
        clearing.inventoried(Time(0), inventory(&[], 0), &mut undo_cookies);
        assert_eq!(clearing.undo(undo_cookies.as_ref()), ClearNext::TakeInventory);
        assert_eq!(clearing.undo(undo_cookies.as_ref()), ClearNext::Rest, "a second click does nothing");
        assert_eq!(
            clearing.inventoried(Time(0), inventory(&[], 0), &mut undo_cookies),
            ClearNext::Restore(vec![session(), clearance()])
        );
        assert_eq!(clearing.restored(2), ClearNext::TakeInventory);
        assert_eq!(clearing.inventoried(Time(0), inventory(&[session()], 0), &mut undo_cookies), ClearNext::Rest);
        assert_eq!(clearing.step, ClearStep::Undone { restored: 1, missing: 1 });
        assert_eq!(undo_cookies, None, "what was put back is not kept");
    }

    /// Clears everything, sees these cookies after the reload, and finds those when Undo is clicked.
    fn undone(strength: Strength, after_reload: Option<&[Cookie]>, now: &[Cookie]) -> ClearStep {
        let (mut clearing, mut undo_cookies, _) = removing(strength, &[session(), clearance()]);
        clearing.removed(Ok(()));
        clearing.inventoried(Time(0), inventory(&[], 0), &mut undo_cookies);
        if let Some(cookies) = after_reload {
            clearing.inventoried(Time(0), inventory(cookies, 0), &mut undo_cookies);
        }
        clearing.undo(undo_cookies.as_ref());
        clearing.inventoried(Time(0), inventory(now, 0), &mut undo_cookies);
        assert_eq!(undo_cookies.is_none(), clearing.step == ClearStep::Superseded);
        clearing.step
    }

    #[test]
    fn undo_never_replaces_a_newer_login() {
        let login = Cookie { value: "new login".into(), ..session() };
        let restores = ClearStep::Undoing { already: 0 };
        assert_eq!(undone(Strength::Everything, Some(&[]), std::slice::from_ref(&login)), ClearStep::Superseded);
        assert_eq!(undone(Strength::Everything, None, std::slice::from_ref(&login)), ClearStep::Superseded);
        let elsewhere = cookie("sid", "auth.openai.com");
        assert_eq!(undone(Strength::Everything, Some(&[]), &[elsewhere]), ClearStep::Superseded, "another name is a login, too");
        // A visitor's session that the reload brought is none, until it changes.
        let visitor = Cookie { value: "visitor".into(), ..session() };
        let seen = std::slice::from_ref(&visitor);
        assert_eq!(undone(Strength::Everything, Some(seen), seen), restores);
        assert_eq!(undone(Strength::Everything, Some(seen), std::slice::from_ref(&login)), ClearStep::Superseded);
        // What was there before is not newer, and Cloudflare's cookies are no login.
        assert_eq!(undone(Strength::Everything, Some(&[]), &[session()]), restores);
        let fresh = Cookie { value: "fresh".into(), ..clearance() };
        assert_eq!(undone(Strength::Everything, Some(&[]), &[fresh]), restores);
        assert_eq!(undone(Strength::CloudflareCheck, Some(&[]), &[login]), restores, "the login was not cleared");
    }

    #[test]
    fn what_cannot_be_read_is_not_overwritten() {
        let (mut clearing, mut undo_cookies, _) = removing(Strength::Everything, &[session()]);
        clearing.removed(Ok(()));
        clearing.inventoried(Time(0), inventory(&[], 0), &mut undo_cookies);
        clearing.undo(undo_cookies.as_ref());
        assert_eq!(clearing.inventoried(Time(0), Err(Failure::new("denied")), &mut undo_cookies), ClearNext::Rest);
        assert_eq!((clearing.step, undo_cookies), (ClearStep::Undone { restored: 0, missing: 1 }, None));
    }

    #[test]
    fn a_failed_read_changes_nothing_and_is_reported() {
        let (mut clearing, _) = Clearing::begin(TabId(1), Site::Openai, Strength::Everything);
        let mut undo_cookies = None;
        assert_eq!(clearing.inventoried(Time(0), Err(Failure::new("denied")), &mut undo_cookies), ClearNext::Rest);
        assert!(matches!(clearing.step, ClearStep::Failed(_)));
        assert_eq!(undo_cookies, None);
    }

    #[test]
    fn an_unexpected_answer_is_ignored() {
        let (mut clearing, mut undo_cookies, _) = removing(Strength::Everything, &[]);
        clearing.removed(Ok(()));
        clearing.inventoried(Time(0), inventory(&[], 0), &mut undo_cookies);
        let settled = clearing.clone();
        assert_eq!(clearing.removed(Ok(())), ClearNext::Rest);
        assert_eq!(clearing.restored(7), ClearNext::Rest);
        assert_eq!(clearing.inventoried(Time(0), inventory(&[session()], 9), &mut undo_cookies), ClearNext::Rest);
        assert_eq!(clearing, settled);
    }
}
