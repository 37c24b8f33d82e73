//! One clearing, from the click to what it came to. Only ever started by a click in the popup.
//!
//! ```text
//!             inventory           removed            inventory
//!  Counting ───────────▶ Removing ───────▶ Verifying ─────────▶ Done
//!     │ failed              │ failed           │ some left, first time: remove those ▶ Removing (again)
//!     └───────▶ Failed ◀────┘                  │ failed: Done, unverified
//!
//!                        restored           inventory
//!  Done ── Undo ▶ Undoing ───────▶ Checking ─────────▶ Undone
//! ```
//!
//! Killed at any arrow, the worker finds the step in what was saved. Before `Removing` nothing was changed, so it begins
//! again. From `Removing` on it first reads back: only when every cookie is still there with its old value was nothing
//! removed, and only then is the removal repeated; data that came after the click is never touched.

use serde::{Deserialize, Serialize};

use super::cookie::Cookie;
use super::{Scope, Site, Strength};
use crate::base::failure::Failure;
use crate::base::id::{TabId, Time};

/// How long Undo is offered. The cookies are kept in memory only, and no longer than this.
pub const UNDO_SECONDS: u32 = 600;

/// A clearing and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clearing {
    /// The refused tab, which is reloaded afterwards.
    pub tab: TabId,
    /// Whose data.
    pub site: Site,
    /// How much.
    pub strength: Strength,
    /// Where it stands.
    pub step: Step,
}

/// What each step knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Reading what is there.
    Counting,
    /// The browser was told to remove it. `again`: this is the second try, for what was left.
    Removing {
        /// What was there before.
        found: Count,
        /// The second try?
        again: bool,
    },
    /// Reading back.
    Verifying {
        /// What was there before.
        found: Count,
        /// After the second try?
        again: bool,
    },
    /// Finished and read back.
    Done {
        /// What was there before.
        found: Count,
        /// What is still there; `None` when it could not be read.
        left: Option<Count>,
    },
    /// Nothing, or not everything, was removed.
    Failed(Failure),
    /// Cookies are being put back.
    Undoing {
        /// How many were back already, where a worker before this one began.
        already: u32,
    },
    /// Reading back what was put back.
    Checking {
        /// How many the browser took.
        restored: u32,
    },
    /// Cookies were put back.
    Undone {
        /// How many are there again.
        restored: u32,
        /// How many the browser would not take (expired meanwhile, for example).
        missing: u32,
    },
}

/// What a site keeps, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Cookies, partitioned and HttpOnly ones included.
    pub cookies: u32,
    /// Entries in localStorage, databases, caches and service workers of the refused page's own origin; `None` when no page
    /// of it could be asked.
    pub stored: Option<u32>,
}

impl Count {
    /// Nothing there, as far as could be read?
    pub fn is_nothing(self) -> bool {
        self.cookies == 0 && self.stored.unwrap_or(0) == 0
    }
}

/// What was read: the cookies of a site, and how much else its page's origin keeps.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Inventory {
    /// All its cookies.
    pub cookies: Vec<Cookie>,
    /// See [`Count::stored`].
    pub stored: Option<u32>,
}

/// Cookies that can be put back. In memory only (`storage.session`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UndoCookies {
    /// As they were.
    pub cookies: Vec<Cookie>,
    /// Until when they are kept.
    pub until: Time,
}

/// What the flow asks of the browser next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Read the site's data.
    TakeInventory,
    /// Keep these for Undo, then remove the site's data.
    RemoveData(Scope),
    /// Remove just these.
    RemoveCookies(Vec<Cookie>),
    /// Set these again.
    Restore(Vec<Cookie>),
    /// Finished: reload the page and see.
    Check,
    /// Nothing more.
    Rest,
}

impl Clearing {
    /// A click on the button.
    pub fn begin(tab: TabId, site: Site, strength: Strength) -> (Self, Next) {
        (Self { tab, site, strength, step: Step::Counting }, Next::TakeInventory)
    }

    /// Is the browser working on it?
    pub fn is_running(&self) -> bool {
        matches!(
            self.step,
            Step::Counting | Step::Removing { .. } | Step::Verifying { .. } | Step::Undoing { .. } | Step::Checking { .. }
        )
    }

    /// The answer to [`Next::TakeInventory`]. `jar` holds what can be undone: it is filled when the removal begins.
    pub fn inventoried(&mut self, now: Time, answer: Result<Inventory, Failure>, undo_cookies: &mut Option<UndoCookies>) -> Next {
        let (step, next) = match (&self.step, answer) {
            (Step::Counting, Ok(inventory)) => {
                let found = self.count(&inventory);
                let next = self.removal(&inventory);
                let cookies = self.taken(inventory.cookies);
                *undo_cookies = (!cookies.is_empty()).then(|| UndoCookies { cookies, until: now.plus_seconds(UNDO_SECONDS) });
                (Step::Removing { found, again: false }, next)
            }
            (Step::Counting, Err(failure)) => (Step::Failed(failure), Next::Rest),
            // Woken in the middle: was anything removed?
            (&Step::Removing { found, again }, Ok(inventory)) => {
                let before = undo_cookies.as_ref().map(|undo_cookies| undo_cookies.cookies.as_slice()).unwrap_or_default();
                let untouched = !before.is_empty() && before.iter().all(|cookie| inventory.cookies.contains(cookie));
                if untouched && !again {
                    (Step::Removing { found, again: false }, self.removal(&inventory))
                } else {
                    let left = self.left(&inventory, undo_cookies.as_ref());
                    (Step::Done { found, left: Some(left) }, Next::Check)
                }
            }
            (&Step::Verifying { found, again }, Ok(inventory)) => {
                let left = self.left(&inventory, undo_cookies.as_ref());
                if left.cookies > 0 && !again {
                    (Step::Removing { found, again: true }, Next::RemoveCookies(self.taken(inventory.cookies)))
                } else {
                    (Step::Done { found, left: Some(left) }, Next::Check)
                }
            }
            (&Step::Removing { found, .. } | &Step::Verifying { found, .. }, Err(_)) => {
                (Step::Done { found, left: None }, Next::Check)
            }
            // Woken in the middle: what is back already is not set once more.
            (Step::Undoing { .. }, Ok(inventory)) => {
                let wanted = undo_cookies.as_ref().map(|undo_cookies| undo_cookies.cookies.clone()).unwrap_or_default();
                let is_there = |cookie: &Cookie| {
                    inventory.cookies.iter().any(|other| cookie.is_same_slot(other) && cookie.value == other.value)
                };
                let (there, missing): (Vec<Cookie>, Vec<Cookie>) = wanted.into_iter().partition(is_there);
                (Step::Undoing { already: length(there.len()) }, Next::Restore(missing))
            }
            // Setting the same cookie twice is setting it once.
            (&Step::Undoing { already }, Err(_)) => {
                let wanted = undo_cookies.as_ref().map(|undo_cookies| undo_cookies.cookies.clone()).unwrap_or_default();
                (Step::Undoing { already }, Next::Restore(wanted))
            }
            (&Step::Checking { restored }, Ok(inventory)) => {
                let wanted = undo_cookies.take().map(|undo_cookies| undo_cookies.cookies).unwrap_or_default();
                let present = wanted.iter().filter(|cookie| inventory.cookies.iter().any(|other| cookie.is_same_slot(other)));
                let present = length(present.count()).min(restored);
                (Step::Undone { restored: present, missing: length(wanted.len()).saturating_sub(present) }, Next::Rest)
            }
            (&Step::Checking { restored }, Err(_)) => {
                let wanted = undo_cookies.take().map_or(restored, |undo_cookies| length(undo_cookies.cookies.len()));
                (Step::Undone { restored, missing: wanted.saturating_sub(restored) }, Next::Rest)
            }
            (step, _) => (step.clone(), Next::Rest),
        };
        self.step = step;
        next
    }

    /// The answer to a removal.
    pub fn removed(&mut self, answer: Result<(), Failure>) -> Next {
        let Step::Removing { found, again } = self.step else { return Next::Rest };
        match answer {
            Ok(()) => {
                self.step = Step::Verifying { found, again };
                Next::TakeInventory
            }
            Err(failure) => {
                self.step = Step::Failed(failure);
                Next::Rest
            }
        }
    }

    /// A click on Undo.
    pub fn undo(&mut self, undo_cookies: Option<&UndoCookies>) -> Next {
        match (&self.step, undo_cookies) {
            (Step::Done { .. } | Step::Failed(_), Some(undo_cookies)) => {
                self.step = Step::Undoing { already: 0 };
                Next::Restore(undo_cookies.cookies.clone())
            }
            _ => Next::Rest,
        }
    }

    /// The answer to [`Next::Restore`]: how many the browser took.
    pub fn restored(&mut self, restored: u32) -> Next {
        let Step::Undoing { already } = self.step else { return Next::Rest };
        self.step = Step::Checking { restored: restored.saturating_add(already) };
        Next::TakeInventory
    }

    /// The worker woke and found this flow in what was saved.
    pub fn resume(&mut self, undo_cookies: Option<&UndoCookies>) -> Next {
        match (&self.step, undo_cookies) {
            (Step::Counting | Step::Removing { .. } | Step::Verifying { .. } | Step::Checking { .. }, _) => Next::TakeInventory,
            // Which of them are back already?
            (Step::Undoing { .. }, Some(_)) => Next::TakeInventory,
            (Step::Undoing { .. }, None) => {
                self.step = Step::Undone { restored: 0, missing: 0 };
                Next::Rest
            }
            (Step::Done { .. } | Step::Failed(_) | Step::Undone { .. }, _) => Next::Rest,
        }
    }

    fn removal(&self, inventory: &Inventory) -> Next {
        match self.strength {
            Strength::Everything => Next::RemoveData(self.site.scope(&inventory.cookies)),
            Strength::CloudflareCheck => Next::RemoveCookies(self.taken(inventory.cookies.clone())),
        }
    }

    fn taken(&self, cookies: Vec<Cookie>) -> Vec<Cookie> {
        cookies.into_iter().filter(|cookie| self.strength.takes(cookie)).collect()
    }

    fn count(&self, inventory: &Inventory) -> Count {
        let cookies = length(inventory.cookies.iter().filter(|cookie| self.strength.takes(cookie)).count());
        // The light strength leaves storage alone, so it does not speak of it either.
        Count { cookies, stored: inventory.stored.filter(|_| self.strength == Strength::Everything) }
    }

    /// What was there before and still is. A cookie set anew meanwhile has another value and is not a leftover.
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
    fn removing(strength: Strength, cookies: &[Cookie]) -> (Clearing, Option<UndoCookies>, Next) {
        let (mut clearing, first) = Clearing::begin(TabId(1), Site::Openai, strength);
        assert_eq!(first, Next::TakeInventory);
        let mut undo_cookies = None;
        let next = clearing.inventoried(Time(0), inventory(cookies, 3), &mut undo_cookies);
        (clearing, undo_cookies, next)
    }

    #[test]
    fn everything_goes_is_read_back_and_the_page_is_checked() {
        let (mut clearing, mut undo_cookies, next) = removing(Strength::Everything, &[session(), clearance()]);
        assert!(matches!(next, Next::RemoveData(_)));
        assert_eq!(undo_cookies.as_ref().unwrap().cookies.len(), 2);
        assert_eq!(clearing.removed(Ok(())), Next::TakeInventory);
        assert_eq!(clearing.inventoried(Time(0), inventory(&[], 0), &mut undo_cookies), Next::Check);
        let found = Count { cookies: 2, stored: Some(3) };
        assert_eq!(clearing.step, Step::Done { found, left: Some(Count { cookies: 0, stored: Some(0) }) });
    }

    #[test]
    fn the_light_strength_names_each_cookie_and_leaves_the_rest() {
        let (_, undo_cookies, next) = removing(Strength::CloudflareCheck, &[session(), clearance()]);
        assert_eq!(next, Next::RemoveCookies(vec![clearance()]));
        assert_eq!(undo_cookies.unwrap().cookies, [clearance()]);
    }

    #[test]
    fn what_is_left_is_removed_once_more_and_then_told() {
        let (mut clearing, mut undo_cookies, _) = removing(Strength::Everything, &[session(), clearance()]);
        clearing.removed(Ok(()));
        assert_eq!(
            clearing.inventoried(Time(0), inventory(&[clearance()], 0), &mut undo_cookies),
            Next::RemoveCookies(vec![clearance()])
        );
        assert_eq!(clearing.removed(Ok(())), Next::TakeInventory);
        assert_eq!(clearing.inventoried(Time(0), inventory(&[clearance()], 0), &mut undo_cookies), Next::Check);
        assert!(matches!(clearing.step, Step::Done { left: Some(Count { cookies: 1, .. }), .. }));
    }

    #[test]
    fn a_cookie_that_came_anew_is_no_leftover() {
        let (mut clearing, mut undo_cookies, _) = removing(Strength::Everything, &[clearance()]);
        clearing.removed(Ok(()));
        let fresh = Cookie { value: "fresh".into(), ..clearance() };
        assert_eq!(clearing.inventoried(Time(0), inventory(&[fresh], 0), &mut undo_cookies), Next::Check);
    }

    #[test]
    fn woken_before_the_removal_took_place_it_removes() {
        let (mut clearing, mut undo_cookies, first) = removing(Strength::Everything, &[session()]);
        assert_eq!(clearing.resume(undo_cookies.as_ref()), Next::TakeInventory);
        assert_eq!(clearing.inventoried(Time(9), inventory(&[session()], 3), &mut undo_cookies), first);
    }

    #[test]
    fn woken_after_the_removal_it_does_not_clear_the_new_login() {
        let (mut clearing, mut undo_cookies, _) = removing(Strength::Everything, &[session()]);
        assert_eq!(clearing.resume(undo_cookies.as_ref()), Next::TakeInventory);
        let signed_in_again = Cookie { value: "new login".into(), ..session() };
        assert_eq!(clearing.inventoried(Time(9), inventory(&[signed_in_again], 3), &mut undo_cookies), Next::Check);
        assert!(matches!(clearing.step, Step::Done { .. }));
    }

    #[test]
    fn undo_puts_the_cookies_back_once_and_counts_them() {
        let (mut clearing, mut undo_cookies, _) = removing(Strength::Everything, &[session(), clearance()]);
        clearing.removed(Ok(()));
        clearing.inventoried(Time(0), inventory(&[], 0), &mut undo_cookies);
        assert_eq!(clearing.undo(undo_cookies.as_ref()), Next::Restore(vec![session(), clearance()]));
        assert_eq!(clearing.undo(undo_cookies.as_ref()), Next::Rest, "a second click does nothing");
        assert_eq!(clearing.restored(2), Next::TakeInventory);
        assert_eq!(clearing.inventoried(Time(0), inventory(&[session()], 0), &mut undo_cookies), Next::Rest);
        assert_eq!(clearing.step, Step::Undone { restored: 1, missing: 1 });
        assert_eq!(undo_cookies, None, "what was put back is not kept");
    }

    #[test]
    fn a_failed_reading_changes_nothing_and_says_so() {
        let (mut clearing, _) = Clearing::begin(TabId(1), Site::Openai, Strength::Everything);
        let mut undo_cookies = None;
        assert_eq!(clearing.inventoried(Time(0), Err(Failure::new("denied")), &mut undo_cookies), Next::Rest);
        assert!(matches!(clearing.step, Step::Failed(_)));
        assert_eq!(undo_cookies, None);
    }

    #[test]
    fn an_answer_nobody_waits_for_is_ignored() {
        let (mut clearing, mut undo_cookies, _) = removing(Strength::Everything, &[]);
        clearing.removed(Ok(()));
        clearing.inventoried(Time(0), inventory(&[], 0), &mut undo_cookies);
        let settled = clearing.clone();
        assert_eq!(clearing.removed(Ok(())), Next::Rest);
        assert_eq!(clearing.restored(7), Next::Rest);
        assert_eq!(clearing.inventoried(Time(0), inventory(&[session()], 9), &mut undo_cookies), Next::Rest);
        assert_eq!(clearing, settled);
    }
}
