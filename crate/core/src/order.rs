//! Putting few things in order. The standard library's sorts are built for millions of items, and each use of one costs some
//! three kilobytes of module; the longest list here is that of a person's extensions.

use std::cmp::Ordering;

/// The items from the least to the greatest; equal ones keep their order. Compares as often as a fast sort does, and moves more.
pub(crate) fn sorted_by<T>(items: impl IntoIterator<Item = T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let mut sorted: Vec<T> = Vec::new();
    for item in items {
        let place = sorted.partition_point(|before| compare(before, &item) != Ordering::Greater);
        sorted.insert(place, item);
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::sorted_by;

    #[test]
    fn equal_items_keep_their_order() {
        let items = [(2, 'a'), (1, 'b'), (2, 'c'), (0, 'd'), (1, 'e')];
        let sorted = sorted_by(items, |a, b| a.0.cmp(&b.0));
        assert_eq!(sorted, [(0, 'd'), (1, 'b'), (1, 'e'), (2, 'a'), (2, 'c')]);
    }

    #[test]
    fn nothing_sorts_to_nothing() {
        assert_eq!(sorted_by(Vec::<u8>::new(), Ord::cmp), Vec::<u8>::new());
    }
}
