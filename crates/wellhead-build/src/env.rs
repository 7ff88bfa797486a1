//! `import.meta.env`: the mode, and variables of `.env` files and of the process whose names begin with `VITE_` or `PUBLIC_`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use crate::options::BuildOptions;
use crate::svelte::Side;

/// Variables with these beginnings may be seen by browsers.
const PREFIXES: [&str; 2] = ["VITE_", "PUBLIC_"];

/// The public variables of an app. Later files and then the process win.
pub(crate) fn public(app_dir: &Path, options: &BuildOptions) -> BTreeMap<String, String> {
    let mode = mode(options);
    let mut all = BTreeMap::new();
    for name in [
        ".env".to_owned(),
        ".env.local".to_owned(),
        format!(".env.{mode}"),
        format!(".env.{mode}.local"),
    ] {
        if let Ok(text) = fs::read_to_string(app_dir.join(name)) {
            parse(&text, &mut all);
        }
    }
    all.extend(
        std::env::vars_os()
            .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?))),
    );
    all.retain(|key, _| PREFIXES.iter().any(|prefix| key.starts_with(prefix)));
    all
}

fn mode(options: &BuildOptions) -> &'static str {
    if options.is_dev() {
        "development"
    } else {
        "production"
    }
}

/// What is replaced in sources: expressions and their values.
pub(crate) fn defines(
    public: &BTreeMap<String, String>,
    side: Side,
    options: &BuildOptions,
) -> Vec<(String, String)> {
    let mut env: Map<String, Value> = public
        .iter()
        .map(|(key, value)| (key.clone(), value.as_str().into()))
        .collect();
    env.insert("MODE".into(), mode(options).into());
    env.insert("DEV".into(), options.is_dev().into());
    env.insert("PROD".into(), (!options.is_dev()).into());
    env.insert("SSR".into(), (side == Side::Server).into());
    env.insert("BASE_URL".into(), format!("{}/", options.base()).into());
    let mut defines: Vec<_> = env
        .iter()
        .filter(|(key, _)| key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
        .map(|(key, value)| (format!("import.meta.env.{key}"), value.to_string()))
        .collect();
    defines.push(("import.meta.env".into(), Value::from(env).to_string()));
    defines.push((
        "process.env.NODE_ENV".into(),
        Value::from(mode(options)).to_string(),
    ));
    defines
}

/// Reads lines of `NAME=value`, with comments, `export`, single and double quotes (with `\n` in double ones).
fn parse(text: &str, into: &mut BTreeMap<String, String>) {
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        rest = after;
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line);
        if line.starts_with('#') {
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let value = value.trim_start();
        let value = match value.chars().next() {
            Some(quote @ ('"' | '\'' | '`')) => {
                // A quoted value may span lines.
                let start = value.as_ptr() as usize - text.as_ptr() as usize + 1;
                let Some(end) = text[start..].find(quote) else {
                    continue;
                };
                let inner = &text[start..start + end];
                rest = text[start + end + 1..]
                    .split_once('\n')
                    .map_or("", |(_, after)| after);
                if quote == '"' {
                    inner.replace("\\n", "\n")
                } else {
                    inner.to_owned()
                }
            }
            _ => value
                .split_once(" #")
                .map_or(value, |(value, _)| value)
                .trim_end()
                .to_owned(),
        };
        into.insert(key.trim().to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn env_files_have_quotes_comments_and_many_lines() {
        let text = "# comment\nVITE_A=1 # one\nexport PUBLIC_B=\"two\\nlines\"\nC='a # b'\nD=\"x\ny\"\nE=\nbroken\nF = g ";
        let mut found = BTreeMap::new();
        parse(text, &mut found);
        let expected = [
            ("C", "a # b"),
            ("D", "x\ny"),
            ("E", ""),
            ("F", "g"),
            ("PUBLIC_B", "two\nlines"),
            ("VITE_A", "1"),
        ];
        assert_eq!(
            found,
            BTreeMap::from(expected.map(|(k, v)| (k.to_owned(), v.to_owned())))
        );
    }
}
