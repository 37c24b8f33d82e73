//! Pins: the extensions that are never switched off for the person, such as the password manager they log in with. Kept across
//! searches and restarts. A pin binds Readmit only: its owner may switch a pinned one by hand.

use serde::{Deserialize, Serialize};

use crate::base::id::ExtensionId;

/// The pinned ones, in the order they were pinned.
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

    /// Pins it, or takes the pin out.
    pub fn set(&mut self, id: &ExtensionId, pinned: bool) {
        self.ids.retain(|other| other != id);
        if pinned {
            self.ids.push(id.clone());
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &ExtensionId> {
        self.ids.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_set_once_and_taken_out_whole() {
        let [a, b] = ["a", "b"].map(|name| ExtensionId(name.into()));
        let mut pins: Pins = [a.clone(), b.clone(), a.clone()].into_iter().collect();
        assert_eq!(pins.iter().collect::<Vec<_>>(), [&b, &a]);
        pins.set(&a, false);
        assert!(!pins.holds(&a) && pins.holds(&b));
    }
}
