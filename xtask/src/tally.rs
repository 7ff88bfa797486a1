//! How many tests ran, read from what the test programs say at their end.

use std::{fmt, ops::AddAssign};

/// Tests that passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    pub(crate) fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// Counts what a line without colours says, if it is a summary of one of the test programs.
    pub(crate) fn read(&mut self, line: &str) {
        // Not trimmed: indented, it is what nextest shows of a test that failed, which it counts itself.
        let found = libtest(line);
        let line = line.trim();
        let found = found
            .or_else(|| nextest(line))
            .or_else(|| node(line))
            .or_else(|| vitest(line));
        if let Some(found) = found {
            *self += found;
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; …`
fn libtest(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("test result: ")?;
    Some(Tally {
        passed: before(counts, " passed")?,
        failed: before(counts, " failed")?,
    })
}

/// `Summary [   0.1s] 9 tests run: 7 passed (1 slow), 1 failed, 1 timed out, 2 skipped`, or
/// `3/9 tests run: …` when it was cancelled. What ran and did not pass has failed, however it is called.
fn nextest(line: &str) -> Option<Tally> {
    let (_, counts) = line.strip_prefix("Summary [")?.split_once(']')?;
    let (run, outcome) = counts.split_once(" run:")?;
    let run: u64 = run.trim().split([' ', '/']).next()?.parse().ok()?;
    let passed = before(outcome, " passed")?;
    Some(Tally {
        passed,
        failed: run.checked_sub(passed)?,
    })
}

/// `ℹ pass 3`, `ℹ fail 1`, `ℹ cancelled 1` (spec reporter), `# pass 3` (tap): a line each.
fn node(line: &str) -> Option<Tally> {
    let (kind, count) = line
        .strip_prefix("ℹ ")
        .or_else(|| line.strip_prefix("# "))?
        .split_once(' ')?;
    let count = count.parse().ok()?;
    match kind {
        "pass" => Some(Tally {
            passed: count,
            failed: 0,
        }),
        "fail" | "cancelled" => Some(Tally {
            passed: 0,
            failed: count,
        }),
        _ => None,
    }
}

/// `Tests  1 failed | 2 passed (3)`
fn vitest(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("Tests  ")?;
    let passed = before(counts, " passed");
    let failed = before(counts, " failed");
    (passed.is_some() || failed.is_some()).then(|| Tally {
        passed: passed.unwrap_or(0),
        failed: failed.unwrap_or(0),
    })
}

/// The number that stands before `word`.
fn before(text: &str, word: &str) -> Option<u64> {
    let (head, _) = text.split_once(word)?;
    head.rsplit(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lines: &str, passed: u64, failed: u64) {
        let mut tally = Tally::default();
        lines.lines().for_each(|line| tally.read(line));
        assert_eq!(tally, Tally { passed, failed }, "{lines}");
    }

    #[test]
    fn suites_of_libtest_add_up() {
        check(
            "test result: ok. 31 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\
             test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
            33,
            1,
        );
    }

    #[test]
    fn what_nextest_ran_and_did_not_pass_has_failed() {
        check(
            "     Summary [   0.005s] 32 tests run: 32 passed, 0 skipped",
            32,
            0,
        );
        check(
            "     Summary [   0.005s] 1 test run: 1 passed, 0 skipped",
            1,
            0,
        );
        check(
            "  Summary [ 61.2s] 9 tests run: 6 passed (1 slow), 1 failed, 1 exec failed, 1 timed out, 2 skipped",
            6,
            3,
        );
        check(
            "    test result: FAILED. 0 passed; 1 failed; 0 ignored\n  Summary [ 1.0s] 2 tests run: 1 passed, 1 failed, 0 skipped",
            1,
            1,
        );
        check(
            "  Summary [ 1.0s] 3/9 tests run: 2 passed, 1 failed, 0 skipped",
            2,
            1,
        );
        check(
            "  Summary [ 1.0s] 1 test run: 0 passed, 1 failed, 0 skipped",
            0,
            1,
        );
    }

    #[test]
    fn node_says_each_count_on_its_line() {
        check(
            "ℹ tests 5\nℹ suites 0\nℹ pass 3\nℹ fail 1\nℹ cancelled 1\nℹ skipped 0\nℹ todo 0\nℹ duration_ms 12",
            3,
            2,
        );
        check("# pass 2\n# fail 0", 2, 0);
    }

    #[test]
    fn vitest_leaves_out_what_is_zero() {
        check("      Tests  2 passed (2)", 2, 0);
        check("      Tests  1 failed | 2 passed (3)", 2, 1);
        check(" Test Files  1 passed (1)", 0, 0);
    }

    #[test]
    fn other_lines_count_nothing() {
        check(
            "running 3 tests\n3 passed\nSummary of it\n# pass the salt\nDone in 3 s",
            0,
            0,
        );
    }
}
