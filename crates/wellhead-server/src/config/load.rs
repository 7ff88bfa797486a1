//! Reads the configuration: every problem is found, with its line and a hint, before any is reported.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use wellhead_build::counted;

use super::setting::Raw;
use super::{CONFIG_FILE, Config, KEYS, SECTIONS};

/// Everything that is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
pub struct ConfigProblems(pub Vec<ConfigProblem>);

/// One thing that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// The line of `wellhead.toml`, from 1; `None` for the environment and for what only shows when it is used.
    pub line: Option<usize>,
    /// The key, `server.port`, or the environment variable; empty where there is none, as in a syntax error.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{CONFIG_FILE}:{line}: ")?,
            None => f.write_str("configuration: ")?,
        }
        if !self.key.is_empty() {
            write!(f, "`{}`: ", self.key)?;
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for ConfigProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the configuration has {}",
            counted(self.0.len(), "problem")
        )?;
        self.0
            .iter()
            .try_for_each(|problem| write!(f, "\n{problem}"))
    }
}

impl Config {
    /// Reads `wellhead.toml` of the app at `root`, if there is one, and then the environment.
    ///
    /// # Errors
    /// All problems of both together.
    pub fn load(root: &Path) -> Result<Self, ConfigProblems> {
        let file = root.join(CONFIG_FILE);
        let text = match std::fs::read(&file) {
            Ok(bytes) => String::from_utf8(bytes).map_err(|error| {
                let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()]
                    .iter()
                    .filter(|byte| **byte == b'\n')
                    .count();
                ConfigProblems(vec![problem(
                    line,
                    "",
                    "the file is not UTF-8",
                    Some("save it as UTF-8"),
                )])
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                let message = format!("cannot read {}: {error}", file.display());
                return Err(ConfigProblems(vec![problem(
                    1,
                    "",
                    &message,
                    Some("check the file's permissions"),
                )]));
            }
        };
        Self::parse(&text, std::env::vars())
    }

    /// Reads a configuration from text and from environment variables.
    ///
    /// # Errors
    /// All problems of both together.
    pub fn parse(
        text: &str,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigProblems> {
        let mut config = Self::default();
        let mut problems = Vec::new();
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let line = error.span().map_or(1, |span| line_of(text, &span));
            let hint = "text stands in quotes: `key = \"text\"`, `key = 3`, `key = true` or `key = [\"a\", \"b\"]`, below a `[section]`";
            problems.push(problem(line, "", error.message(), Some(hint)));
        }
        for (name, value) in table.get_ref() {
            let line = line_of(text, &name.span());
            let section_hint = || {
                let written = text.get(value.span()).unwrap_or("…");
                belongs_below(name.get_ref(), written)
            };
            match (SECTIONS.contains(&name.get_ref().as_ref()), value.get_ref()) {
                (true, DeValue::Table(section)) => {
                    config.read_section(text, name.get_ref(), section, &mut problems)
                }
                (true, _) => problems.push(problem(
                    line,
                    name.get_ref(),
                    &format!("expected a section: [{}]", name.get_ref()),
                    section_hint().as_deref(),
                )),
                (false, _) => {
                    let near = || {
                        nearest(name.get_ref(), SECTIONS.iter().copied())
                            .map(|near| format!("did you mean [{near}]?"))
                    };
                    let (message, hint) = if value.get_ref().is_table() {
                        ("unknown section", near())
                    } else {
                        let hint = section_hint().or_else(near);
                        ("unknown key outside a section", hint)
                    };
                    problems.push(problem(line, name.get_ref(), message, hint.as_deref()));
                }
            }
        }
        // The table is sorted by name; people read by line.
        problems.sort_by_key(|problem| problem.line);
        config.read_variables(variables, &mut problems);
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(ConfigProblems(problems))
        }
    }

    fn read_section(
        &mut self,
        text: &str,
        section: &str,
        table: &DeTable<'_>,
        problems: &mut Vec<ConfigProblem>,
    ) {
        for (name, value) in table {
            let line = line_of(text, &name.span());
            let path = format!("{section}.{}", name.get_ref());
            match KEYS
                .iter()
                .find(|key| key.section == section && key.name == name.get_ref())
            {
                Some(key) => {
                    if let Err(message) = (key.set)(self, &Raw::Toml(Spanned::get_ref(value))) {
                        let about = format!("{}: {}", key.kind, first_line(key.doc));
                        problems.push(problem(line, &path, &message, Some(&about)));
                    }
                }
                None => {
                    let hint = unknown_key_hint(section, name.get_ref());
                    problems.push(problem(line, &path, "unknown key", hint.as_deref()));
                }
            }
        }
    }

    fn read_variables(
        &mut self,
        variables: impl IntoIterator<Item = (String, String)>,
        problems: &mut Vec<ConfigProblem>,
    ) {
        let variables: Vec<_> = variables
            .into_iter()
            .filter(|(name, _)| name.starts_with("WELLHEAD_"))
            .collect();
        for key in KEYS {
            let wanted = key.variable();
            let Some((_, value)) = variables.iter().find(|(name, _)| *name == wanted) else {
                continue;
            };
            if let Err(message) = (key.set)(self, &Raw::Text(value)) {
                // Kubernetes sets such variables for every service of the name before `_PORT`.
                let hint = if value.starts_with("tcp://") {
                    "Kubernetes set this for a Service named `wellhead-server`: rename it, or set `enableServiceLinks: false`".to_owned()
                } else {
                    format!("{}: {}", key.kind, first_line(key.doc))
                };
                problems.push(ConfigProblem {
                    line: None,
                    key: wanted,
                    message,
                    hint: Some(hint),
                });
            }
        }
    }
}

fn problem(line: usize, key: &str, message: &str, hint: Option<&str>) -> ConfigProblem {
    ConfigProblem {
        line: Some(line),
        key: key.to_owned(),
        message: message.to_owned(),
        hint: hint.map(ToOwned::to_owned),
    }
}

fn line_of(text: &str, span: &Range<usize>) -> usize {
    1 + text.as_bytes()[..span.start.min(text.len())]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
}

fn first_line(doc: &str) -> &str {
    doc.trim().lines().next().unwrap_or_default()
}

/// The key that was meant: one of the same section that is spelled nearly so, or one of that name elsewhere.
fn unknown_key_hint(section: &str, name: &str) -> Option<String> {
    let here = KEYS
        .iter()
        .filter(|key| key.section == section)
        .map(|key| key.name);
    if let Some(near) = nearest(name, here) {
        return Some(format!("did you mean `{near}`?"));
    }
    let elsewhere = KEYS.iter().find(|key| key.name == name)?;
    Some(format!("`{name}` belongs in [{}]", elsewhere.section))
}

/// Where a key that stands outside of all sections belongs; `value` is what it was given, as written.
fn belongs_below(name: &str, value: &str) -> Option<String> {
    let key = KEYS.iter().find(|key| key.name == name)?;
    // A value of many lines would only hide what to do.
    let value = first_line(value);
    Some(format!("write `{name} = {value}` under [{}]", key.section))
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.map(|candidate| (distance(name, candidate), candidate));
    scored
        .min()
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .map(|(_, candidate)| candidate)
}

/// The Levenshtein distance of two short words.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.chars().enumerate() {
            let cost = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::EngineKind;

    fn problems(text: &str) -> String {
        Config::parse(text, []).unwrap_err().to_string()
    }

    #[test]
    fn an_empty_file_is_all_defaults() {
        let config = Config::parse("", []).unwrap();
        assert_eq!(
            (config.server.port, config.engine.engine),
            (3000, EngineKind::of_this_build())
        );
    }

    #[test]
    fn every_problem_is_listed_with_line_key_and_hint() {
        let text = "[server]\nprot = 80\nport = 99999\nheap_mb = 3\n\n[egnine]\nworkers = 2\n[log]\nformat = 'xml'\naccess = 3\n";
        let shown = problems(text);
        assert_eq!(
            shown,
            "the configuration has 6 problems\n\
             wellhead.toml:2: `server.prot`: unknown key\n  hint: did you mean `port`?\n\
             wellhead.toml:3: `server.port`: 99999 is out of range, which is 0 to 65535\n  hint: number: The TCP port; 0 takes a free one.\n\
             wellhead.toml:4: `server.heap_mb`: unknown key\n  hint: `heap_mb` belongs in [engine]\n\
             wellhead.toml:6: `egnine`: unknown section\n  hint: did you mean [engine]?\n\
             wellhead.toml:9: `log.format`: \"xml\" is not one of `auto` `text` `json`\n  hint: one of `auto` `text` `json`: `text`, `json`, or `auto`: text on a terminal, else JSON.\n\
             wellhead.toml:10: `log.access`: expected true or false, found integer\n  hint: true or false: Whether each request is logged."
        );
    }

    #[test]
    fn syntax_errors_do_not_hide_other_problems() {
        let shown = problems("[server]\nport = = 3\nhots = 'x'\n");
        assert!(shown.contains("wellhead.toml:2: "), "{shown}");
        assert!(shown.contains("`server.hots`"), "{shown}");
    }

    #[test]
    fn a_key_outside_of_its_section_is_shown_below_it() {
        assert_eq!(
            problems("engine = \"node\"\nport = 81\nserver = 3\n"),
            "the configuration has 3 problems\n\
             wellhead.toml:1: `engine`: expected a section: [engine]\n  hint: write `engine = \"node\"` under [engine]\n\
             wellhead.toml:2: `port`: unknown key outside a section\n  hint: write `port = 81` under [server]\n\
             wellhead.toml:3: `server`: expected a section: [server]"
        );
    }

    #[test]
    fn a_syntax_error_says_how_values_are_written() {
        let shown = problems("[log]\nlevel = info\n");
        assert!(shown.contains("\n  hint: text stands in quotes"), "{shown}");
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let variable = ("WELLHEAD_SERVER_PORT".to_owned(), "8080".to_owned());
        let config = Config::parse("[server]\nport = 1", [variable]).unwrap();
        assert_eq!(config.server.port, 8080);
    }

    #[test]
    fn a_service_link_of_kubernetes_is_explained() {
        let variable = (
            "WELLHEAD_SERVER_PORT".to_owned(),
            "tcp://10.0.0.1:80".to_owned(),
        );
        let shown = Config::parse("", [variable]).unwrap_err().to_string();
        assert!(shown.contains("enableServiceLinks"), "{shown}");
    }

    #[test]
    fn lists_and_tables_are_read_from_file_and_environment() {
        let text = "[server]\ntrusted_proxies = ['10.0.0.0/8', '::1']\n[security.csp_directives]\nscript-src = ['nonce']\n";
        let variable = (
            "WELLHEAD_SECURITY_HEADERS".to_owned(),
            "{ x-a = 'b' }".to_owned(),
        );
        let config = Config::parse(text, [variable]).unwrap();
        assert!(
            config.trusts("10.2.3.4".parse().unwrap()) && config.trusts("::1".parse().unwrap())
        );
        assert!(!config.trusts("11.0.0.1".parse().unwrap()));
        assert_eq!(config.security.csp_directives["script-src"], ["nonce"]);
        assert_eq!(config.security.headers["x-a"], "b");
    }

    #[test]
    fn defaults_are_in_their_ranges_and_documented() {
        for key in KEYS {
            let line = format!(
                "[{}]\n{} = {}\n",
                key.section,
                key.name,
                key.show(&Config::default())
            );
            Config::parse(&line, []).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert!(!key.doc.trim().is_empty(), "{}.{}", key.section, key.name);
        }
    }
}
