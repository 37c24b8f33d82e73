//! Lists in which extensions are looked up. With hundreds of them, a search through the whole list for each one takes too long.
//! The lists are sorted: a tree of the standard library is ten times as much code in the archive.

use std::collections::BinaryHeap;

use crate::base::id::ExtensionId;

/// Some extensions.
pub(crate) struct Ids<'a>(Vec<&'a ExtensionId>);

impl<'a> FromIterator<&'a ExtensionId> for Ids<'a> {
    fn from_iter<I: IntoIterator<Item = &'a ExtensionId>>(ids: I) -> Self {
        // A heap sorts as well as `sort`, in a quarter of the code.
        Self(ids.into_iter().collect::<BinaryHeap<_>>().into_sorted_vec())
    }
}

impl Ids<'_> {
    pub(crate) fn contains(&self, id: &ExtensionId) -> bool {
        self.0.binary_search(&id).is_ok()
    }
}

/// Something about each of several extensions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ById<T>(Vec<(ExtensionId, T)>);

impl<T> Default for ById<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> ById<T> {
    pub(crate) fn get(&self, id: &ExtensionId) -> Option<&T> {
        self.place(id).ok().and_then(|place| self.0.get(place)).map(|(_, known)| known)
    }

    /// Replaces what is known about the extension.
    pub(crate) fn insert(&mut self, id: ExtensionId, known: T) {
        match self.place(&id) {
            Ok(place) => drop(self.0.get_mut(place).map(|(_, before)| *before = known)),
            Err(place) => self.0.insert(place, (id, known)),
        }
    }

    pub(crate) fn remove(&mut self, id: &ExtensionId) {
        if let Ok(place) = self.place(id) {
            self.0.remove(place);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &(ExtensionId, T)> {
        self.0.iter()
    }

    pub(crate) fn retain(&mut self, wanted: impl Fn(&(ExtensionId, T)) -> bool) {
        self.0.retain(wanted);
    }

    fn place(&self, id: &ExtensionId) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.cmp(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> ExtensionId {
        ExtensionId(name.into())
    }

    #[test]
    fn every_extension_is_found_whatever_the_order() {
        let all = ["b", "c", "a", "b"].map(id);
        let ids: Ids<'_> = all.iter().collect();
        assert!(all.iter().all(|id| ids.contains(id)));
        assert!(!ids.contains(&id("")) && !ids.contains(&id("d")));
    }

    #[test]
    fn the_latest_about_an_extension_counts() {
        let mut by_id = ById::default();
        for (name, number) in [("b", 1), ("a", 2), ("b", 3)] {
            by_id.insert(id(name), number);
        }
        assert_eq!((by_id.get(&id("a")), by_id.get(&id("b")), by_id.get(&id("c"))), (Some(&2), Some(&3), None));
        assert_eq!(by_id.iter().count(), 2);
    }
}
