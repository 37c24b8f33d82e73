//! Lists from iterators. The standard library's `collect` is built for millions of items: each use of it has the iterator in it
//! three times, to count what is to come, to move it in bulk, and for what the count did not foresee. The lists here are
//! short, and the code is everybody's download.

/// For every iterator.
pub trait Gather: Iterator + Sized {
    /// All items, in a third of the code of `collect`.
    fn gather(self) -> Vec<Self::Item> {
        let mut items = Vec::new();
        for item in self {
            items.push(item);
        }
        items
    }
}

impl<I: Iterator> Gather for I {}
