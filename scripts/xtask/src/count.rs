//! How many tests passed, failed and could not be run. It knows nothing of what runs them.

use std::fmt::{self, Display, Formatter};
use std::ops::AddAssign;

/// How many passed and failed, and what could not be run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    /// What, and why not.
    pub(crate) skipped: Vec<String>,
}

impl Count {
    /// One test.
    pub(crate) fn one(passed: bool) -> Self {
        Self { passed: usize::from(passed), failed: usize::from(!passed), skipped: Vec::new() }
    }

    pub(crate) fn skip(what: impl Into<String>) -> Self {
        Self { skipped: vec![what.into()], ..Self::default() }
    }

    /// A run that failed without a test that failed (it did not compile, it crashed) is one that failed.
    pub(crate) fn of_run(self, succeeded: bool) -> Self {
        if succeeded || self.failed > 0 { self } else { Self { failed: 1, ..self } }
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped.extend(other.skipped);
    }
}

impl Display for Count {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        match self.skipped.len() {
            0 => Ok(()),
            skipped => write!(f, ", {skipped} skipped"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_counts_what_was_skipped_only_where_something_was() {
        let mut count = Count { passed: 3, failed: 1, ..Count::default() };
        assert_eq!(count.to_string(), "3 passed, 1 failed");
        count += Count::skip("a: nothing is there");
        assert_eq!(count.to_string(), "3 passed, 1 failed, 1 skipped");
    }

    #[test]
    fn a_run_that_fails_without_a_failed_test_is_a_failed_test() {
        let of = |passed, failed| Count { passed, failed, ..Count::default() };
        assert_eq!(of(5, 0).of_run(true), of(5, 0));
        assert_eq!(of(5, 0).of_run(false), of(5, 1));
        assert_eq!(of(5, 2).of_run(false), of(5, 2));
    }
}
