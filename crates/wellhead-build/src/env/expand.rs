//! Names of other variables in values: `$NAME`, `${NAME}`, `${NAME:-otherwise}`; `\\$` is a dollar sign.

use std::collections::BTreeMap;

/// Values that name each other deeper than this are a circle.
const DEPTH_LIMIT: usize = 16;

/// The variables of files with what their values name put in; variables of the process win.
pub(super) fn all(
    files: &BTreeMap<String, String>,
    process: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let scope = Scope { files, process };
    files
        .iter()
        .map(|(key, value)| (key.clone(), scope.expand(value, 0)))
        .collect()
}

struct Scope<'a> {
    files: &'a BTreeMap<String, String>,
    process: &'a BTreeMap<String, String>,
}

impl Scope<'_> {
    fn expand(&self, value: &str, depth: usize) -> String {
        let mut out = String::with_capacity(value.len());
        let mut rest = value;
        while let Some(at) = rest.find('$') {
            let (before, after) = (&rest[..at], &rest[at + 1..]);
            if let Some(before) = before.strip_suffix('\\') {
                out.push_str(before);
                out.push('$');
                rest = after;
                continue;
            }
            out.push_str(before);
            let (name, otherwise, length) = match reference(after) {
                Some(found) => found,
                None => {
                    out.push('$');
                    rest = after;
                    continue;
                }
            };
            match self.get(name, depth) {
                Some(found) if !(found.is_empty() && otherwise.is_some()) => out.push_str(&found),
                _ => out.push_str(&self.expand(otherwise.unwrap_or_default(), depth + 1)),
            }
            rest = &after[length..];
        }
        out + rest
    }

    fn get(&self, name: &str, depth: usize) -> Option<String> {
        if let Some(value) = self.process.get(name) {
            return Some(value.clone());
        }
        let value = self.files.get(name)?;
        (depth < DEPTH_LIMIT).then(|| self.expand(value, depth + 1))
    }
}

/// What follows a dollar sign: a name, what stands in where it is not set, and the length of all.
fn reference(text: &str) -> Option<(&str, Option<&str>, usize)> {
    if let Some(inner) = text.strip_prefix('{') {
        let end = inner.find('}')?;
        let (name, otherwise) = match inner[..end].split_once(":-") {
            Some((name, otherwise)) => (name, Some(otherwise)),
            None => (&inner[..end], None),
        };
        return Some((name, otherwise, end + 2));
    }
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    let is_name = end > 0 && !text.starts_with(|c: char| c.is_ascii_digit());
    is_name.then(|| (&text[..end], None, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_name_other_variables() {
        let map = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect()
        };
        let files = map(&[
            ("A", "a$B"),
            ("B", "${P}b"),
            ("C", "${NONE:-c}$NONE"),
            ("D", "\\$A $ 5$1 ${open"),
            ("LOOP", "$LOOP"),
        ]);
        let found = all(&files, &map(&[("P", "p$A")]));
        assert_eq!(
            found,
            map(&[
                ("A", "ap$Ab"),
                ("B", "p$Ab"),
                ("C", "c"),
                ("D", "$A $ 5$1 ${open"),
                ("LOOP", "")
            ])
        );
    }
}
