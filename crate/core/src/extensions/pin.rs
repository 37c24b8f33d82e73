//! Pins: the extensions that Readmit never turns off, such as the user's password manager. They are kept across searches and
//! restarts. A pin restricts only Readmit: the user can still turn off a pinned extension.

use serde::{Deserialize, Serialize};

use crate::base::id::ExtensionId;

/// How many are kept, which is more than anyone has installed. The oldest are dropped first.
pub const MOST: usize = 1000;

/// The pinned extensions, in the order in which they were pinned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pins {
    ids: Vec<ExtensionId>,
}

impl FromIterator<ExtensionId> for Pins {
    fn from_iter<T: IntoIterator<Item = ExtensionId>>(ids: T) -> Self {
        let mut pins = Self::default();
        for id in ids {
            pins.set(&id, true);
        }
        pins
    }
}

impl Pins {
    /// Is this one pinned?
    pub fn holds(&self, id: &ExtensionId) -> bool {
        self.ids.contains(id)
    }

    /// Pins or unpins it.
    pub fn set(&mut self, id: &ExtensionId, pinned: bool) {
        self.ids.retain(|other| other != id);
        if pinned {
            self.ids.push(id.clone());
            let surplus = self.ids.len().saturating_sub(MOST);
            self.ids.drain(..surplus);
        }
    }

    /// All pinned extensions.
    pub fn iter(&self) -> impl Iterator<Item = &ExtensionId> {
        self.ids.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pinning_twice_needs_only_one_unpin() {
        let [a, b] = ["a", "b"].map(|name| ExtensionId(name.into()));
        let mut pins: Pins = [a.clone(), b.clone(), a.clone()].into_iter().collect();
        assert_eq!(pins.iter().collect::<Vec<_>>(), [&b, &a]);
        pins.set(&a, false);
        assert!(!pins.holds(&a) && pins.holds(&b));
    }
}
