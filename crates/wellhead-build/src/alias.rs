//! Names that stand for folders of the app: `$lib`, and `paths` of tsconfig.json.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{Diagnostic, surroundings};

/// A chain of `extends` longer than this is a circle.
const EXTENDS_LIMIT: usize = 16;

/// The aliases of an app, tried in turn.
#[derive(Debug, Default)]
pub(crate) struct Aliases {
    patterns: Vec<Pattern>,
}

#[derive(Debug)]
struct Pattern {
    before: String,
    /// What follows the star; `None` without one.
    after: Option<String>,
    targets: Vec<String>,
}

impl Aliases {
    /// Reads the aliases of the app in `dir`.
    pub(crate) fn read(dir: &Path, problems: &mut Vec<Diagnostic>) -> Self {
        let mut reader = Reader { dir, problems };
        let mut patterns = ["tsconfig.json", "jsconfig.json"]
            .iter()
            .map(|name| dir.join(name))
            .find(|path| path.is_file())
            .map(|path| reader.paths(&path, 0))
            .unwrap_or_default();
        // The more specific pattern wins.
        patterns
            .sort_by_key(|pattern| (pattern.after.is_some(), usize::MAX - pattern.before.len()));
        let lib = dir.join("src/lib").to_string_lossy().into_owned();
        patterns.push(Pattern {
            before: "$lib".into(),
            after: None,
            targets: vec![lib.clone()],
        });
        patterns.push(Pattern {
            before: "$lib/".into(),
            after: Some(String::new()),
            targets: vec![format!("{lib}/*")],
        });
        Self { patterns }
    }

    /// What a specifier may stand for.
    pub(crate) fn candidates<'a>(
        &'a self,
        specifier: &'a str,
    ) -> impl Iterator<Item = String> + 'a {
        self.patterns
            .iter()
            .filter_map(move |pattern| {
                let star = match &pattern.after {
                    None => (specifier == pattern.before).then_some("")?,
                    Some(after) => specifier
                        .strip_prefix(&pattern.before)?
                        .strip_suffix(after.as_str())?,
                };
                Some(
                    pattern
                        .targets
                        .iter()
                        .map(move |target| target.replacen('*', star, 1)),
                )
            })
            .flatten()
    }
}

/// Reads configuration files, and keeps what is wrong with them.
struct Reader<'a> {
    dir: &'a Path,
    problems: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn paths(&mut self, file: &Path, depth: usize) -> Vec<Pattern> {
        let config = match surroundings::json(self.dir, file) {
            Ok(Some(config)) => config,
            Ok(None) => return Vec::new(),
            Err(problem) => {
                self.problems
                    .push(problem.with_help("its `paths` cannot be read as long as this is wrong"));
                return Vec::new();
            }
        };
        let dir = file.parent().unwrap_or(Path::new("."));
        let options = config.get("compilerOptions");
        if let Some(paths) = options
            .and_then(|options| options.get("paths"))
            .and_then(Value::as_object)
        {
            let base = options
                .and_then(|options| options.get("baseUrl"))
                .and_then(Value::as_str);
            let base = dir.join(base.unwrap_or("."));
            return paths
                .iter()
                .map(|(pattern, targets)| read_pattern(pattern, targets, &base))
                .collect();
        }
        if depth >= EXTENDS_LIMIT {
            return Vec::new();
        }
        // The last one wins; one that is not there, such as another tool's own, is nothing to stop for.
        let extends: Vec<&str> = match config.get("extends") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let files = extends
            .into_iter()
            .rev()
            .filter(|path| path.starts_with('.'))
            .map(|path| with_extension(dir.join(path)));
        files
            .map(|file| self.paths(&file, depth + 1))
            .find(|patterns| !patterns.is_empty())
            .unwrap_or_default()
    }
}

fn with_extension(path: PathBuf) -> PathBuf {
    if path
        .extension()
        .is_some_and(|extension| extension == "json")
    {
        return path;
    }
    let mut path = path.into_os_string();
    path.push(".json");
    path.into()
}

fn read_pattern(pattern: &str, targets: &Value, base: &Path) -> Pattern {
    let targets = targets
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    let targets = targets
        .map(|target| base.join(target).to_string_lossy().into_owned())
        .collect();
    match pattern.split_once('*') {
        Some((before, after)) => Pattern {
            before: before.into(),
            after: Some(after.into()),
            targets,
        },
        None => Pattern {
            before: pattern.into(),
            after: None,
            targets,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn paths_come_through_extends_and_the_most_specific_wins() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
        write(
            "tsconfig.json",
            r#"{ "extends": ["./missing.json", "./base"], /* c */ "compilerOptions": {}, }"#,
        );
        write(
            "base.json",
            r##"{ "compilerOptions": { "baseUrl": "src", "paths": { "@/*": ["./*", "gen/*"], "@/x/*.css": ["y/*.css"], "#one": ["one.ts"] } } }"##,
        );
        let aliases = Aliases::read(dir.path(), &mut Vec::new());
        let found = |specifier: &str| -> Vec<String> {
            let dir = dir.path().to_string_lossy().into_owned();
            aliases
                .candidates(specifier)
                .map(|path| path.replace(&dir, "").replace("/./", "/"))
                .collect()
        };
        assert_eq!(found("@/a/b"), ["/src/a/b", "/src/gen/a/b"]);
        assert_eq!(
            found("@/x/z.css"),
            ["/src/y/z.css", "/src/x/z.css", "/src/gen/x/z.css"]
        );
        assert_eq!(found("#one"), ["/src/one.ts"]);
        assert_eq!(found("$lib"), ["/src/lib"]);
        assert_eq!(found("$lib/a.ts"), ["/src/lib/a.ts"]);
        assert!(found("react").is_empty());
    }
}
