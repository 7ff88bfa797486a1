//! Variables of `.env` files and of the process: `import.meta.env` with those that may be seen by browsers, and the
//! modules `$env/…`.

mod expand;
mod modules;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

pub(crate) use modules::{EnvModule, declarations, env_module};

use crate::options::BuildOptions;
use crate::svelte::Side;

/// Variables with these beginnings may be seen by browsers.
const PREFIXES: [&str; 2] = ["VITE_", "PUBLIC_"];

/// The variables of an app.
#[derive(Debug, Default)]
pub(crate) struct Env {
    /// Those of its files; later files win.
    files: BTreeMap<String, String>,
    /// Those of its files and of the process, which wins.
    all: BTreeMap<String, String>,
}

impl Env {
    /// Reads `.env`, `.env.local`, `.env.MODE` and `.env.MODE.local` of an app, and the process's own.
    pub(crate) fn read(app_dir: &Path, options: &BuildOptions) -> Self {
        let process = std::env::vars_os()
            .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self::with_process(app_dir, options, process)
    }

    fn with_process(
        app_dir: &Path,
        options: &BuildOptions,
        process: BTreeMap<String, String>,
    ) -> Self {
        let mode = mode(options);
        let mut files = BTreeMap::new();
        for name in [
            ".env".to_owned(),
            ".env.local".to_owned(),
            format!(".env.{mode}"),
            format!(".env.{mode}.local"),
        ] {
            if let Ok(text) = fs::read_to_string(app_dir.join(name)) {
                parse(&text, &mut files);
            }
        }
        let files = expand::all(&files, &process);
        let mut all = files.clone();
        all.extend(process);
        Self { files, all }
    }

    /// Those of `import.meta.env`.
    fn public(&self) -> impl Iterator<Item = (&String, &String)> {
        self.all
            .iter()
            .filter(|(key, _)| PREFIXES.iter().any(|prefix| key.starts_with(prefix)))
    }
}

fn mode(options: &BuildOptions) -> &'static str {
    if options.is_dev() {
        "development"
    } else {
        "production"
    }
}

/// What is replaced in sources: expressions and their values.
pub(crate) fn defines(env: &Env, side: Side, options: &BuildOptions) -> Vec<(String, String)> {
    let mut env: Map<String, Value> = env
        .public()
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
    fn later_files_win_over_earlier_ones_and_the_process_over_all() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
        write(
            ".env",
            "PUBLIC_A=1\nPUBLIC_B=1\nPUBLIC_C=1\nD=1\nE=$D-${PUBLIC_A}",
        );
        write(".env.local", "PUBLIC_B=2\nPUBLIC_C=2");
        write(".env.production", "PUBLIC_C=3");
        write(".env.development", "PUBLIC_C=4");
        let process = BTreeMap::from([("PUBLIC_A".to_owned(), "5".to_owned())]);
        let env = Env::with_process(dir.path(), &BuildOptions::production(), process);
        let public: Vec<_> = env.public().map(|(k, v)| format!("{k}={v}")).collect();
        assert_eq!(public, ["PUBLIC_A=5", "PUBLIC_B=2", "PUBLIC_C=3"]);
        assert_eq!((env.all["D"].as_str(), env.all["E"].as_str()), ("1", "1-5"));
    }

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
