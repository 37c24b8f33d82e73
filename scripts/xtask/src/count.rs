//! How many tests passed, failed and could not be run. It does not know what runs them.

use std::fmt::{self, Display, Formatter};
use std::ops::AddAssign;

/// How many tests passed and failed, and which could not be run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    /// The name of each skipped test and the reason.
    pub(crate) skipped: Vec<String>,
}

impl Count {
    /// The count of one test.
    pub(crate) fn one(passed: bool) -> Self {
        Self { passed: usize::from(passed), failed: usize::from(!passed), skipped: Vec::new() }
    }

    pub(crate) fn skip(what: impl Into<String>) -> Self {
        Self { skipped: vec![what.into()], ..Self::default() }
    }

    /// A run that failed without a failed test (it did not compile, it crashed) counts as one failure.
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
    fn skipped_tests_appear_in_the_last_line_only_if_any() {
        let mut count = Count { passed: 3, failed: 1, ..Count::default() };
        assert_eq!(count.to_string(), "3 passed, 1 failed");
        count += Count::skip("a: nothing is there");
        assert_eq!(count.to_string(), "3 passed, 1 failed, 1 skipped");
    }

    #[test]
    fn a_run_that_fails_without_a_failed_test_counts_as_failed() {
        let of = |passed, failed| Count { passed, failed, ..Count::default() };
        assert_eq!(of(5, 0).of_run(true), of(5, 0));
        assert_eq!(of(5, 0).of_run(false), of(5, 1));
        assert_eq!(of(5, 2).of_run(false), of(5, 2));
    }
}
