//! The files with an app's tests.

use std::fs;
use std::path::Path;

use crate::hint::WithHint;

/// Folders deeper than this are a link that leads back to itself.
const DEPTH_LIMIT: usize = 40;

/// The paths of an app's test files, relative to it, with `/`, sorted; with filters, those that have one of them in their paths.
pub(super) fn find(app: &Path, filters: &[String]) -> anyhow::Result<Vec<String>> {
    let mut files = Vec::new();
    walk(&app.join("src"), "src", 0, &mut files);
    files.sort();
    if files.is_empty() {
        return missing(
            "there are no tests",
            "a file such as src/routes/counter.test.ts has tests: import { mount, test } from \"wellhead/test\"",
        );
    }
    let all = files.join(", ");
    files.retain(|path| {
        filters.is_empty() || filters.iter().any(|part| path.contains(part.as_str()))
    });
    if files.is_empty() {
        let hint = format!("a filter is part of a file's path; there are {all}");
        return missing("no test file has a path like that", &hint);
    }
    Ok(files)
}

fn missing(what: &str, hint: &str) -> anyhow::Result<Vec<String>> {
    Err(anyhow::anyhow!("{what}")).hint(hint)
}

fn walk(folder: &Path, shown: &str, depth: usize, files: &mut Vec<String>) {
    if depth > DEPTH_LIMIT {
        return;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        // Names that are not UTF-8 are told by the build.
        let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else {
            continue;
        };
        let (path, shown) = (entry.path(), format!("{shown}/{name}"));
        if path.is_dir() {
            if name != "node_modules" {
                walk(&path, &shown, depth + 1, files);
            }
        } else if is_test(name) {
            files.push(shown);
        }
    }
}

fn is_test(name: &str) -> bool {
    [".test.ts", ".test.js", ".spec.ts", ".spec.js"]
        .iter()
        .any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_their_ends_and_chosen_by_parts_of_their_paths() {
        let app = tempfile::tempdir().unwrap();
        for path in [
            "src/routes/+live.test.ts",
            "src/lib/a.spec.js",
            "src/lib/a.ts",
            "src/lib/.hidden/b.test.ts",
            "src/node_modules/c.test.ts",
        ] {
            let file = app.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, "").unwrap();
        }
        let find = |filters: &[&str]| {
            let filters: Vec<_> = filters.iter().map(|filter| filter.to_string()).collect();
            super::find(app.path(), &filters)
        };
        let all = ["src/lib/a.spec.js", "src/routes/+live.test.ts"];
        assert_eq!(find(&[]).unwrap(), all);
        assert_eq!(find(&["routes"]).unwrap(), all[1..]);
        assert_eq!(find(&["routes", "lib"]).unwrap(), all);
        let none = find(&["chat"]).unwrap_err();
        assert!(
            crate::hint::of(&none).contains("src/lib/a.spec.js"),
            "{none}"
        );
    }
}
