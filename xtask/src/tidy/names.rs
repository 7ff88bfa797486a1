//! Names of files and folders.

use super::{Problem, is_fixture};

const VAGUE: [&str; 4] = ["common", "utils", "helpers", "misc"];

/// A file or folder is named for its concept, not for being left over.
pub(super) fn no_vague_name(path: &str, _text: &str) -> Vec<Problem> {
    if is_fixture(path) {
        return Vec::new();
    }
    path.split('/')
        .filter(|part| VAGUE.contains(&part.split('.').next().unwrap_or(part)))
        .map(|part| {
            Problem::new(
                path,
                0,
                format!("the name {part:?} says nothing; hint: name the concept"),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::check_rule;

    fn check(path: &str, expect: &[&str]) {
        check_rule(super::no_vague_name, path, "", expect);
    }

    #[test]
    fn vague_names_are_refused_anywhere_in_the_path() {
        let says = |path, part| {
            check(
                path,
                &[&format!(
                    "{path}: the name {part:?} says nothing; hint: name the concept"
                )],
            );
        };
        says("a/utils.rs", "utils.rs");
        says("a/common/b.rs", "common");
        says("misc.d.ts", "misc.d.ts");
    }

    #[test]
    fn names_that_only_contain_one_are_fine() {
        check("a/util.js", &[]);
        check("a/common_mark.rs", &[]);
        check("a/uncommon/b.rs", &[]);
    }

    #[test]
    fn fixtures_imitate_other_people() {
        check("tests/fixtures/barrel/utils.ts", &[]);
    }
}
