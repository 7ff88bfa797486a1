//! `.cargo/local.toml`: what setup found on this machine, so that plain `cargo build` knows it too.
//!
//! It holds either where the V8 archive is, or that there is none: then `wellhead_without_v8` is set,
//! under which `wellhead-js` leaves its V8 half and the dependencies of it out. (Configuration of cargo
//! can set a `cfg`, but cannot switch a feature off.) Whatever else is in the file stays as it is.

use anyhow::{Context, Result};
use toml_edit::{Array, DocumentMut, Item, TableLike};

/// The variable that the build of the `v8` crate reads.
pub(super) const VARIABLE: &str = "RUSTY_V8_ARCHIVE";
const WITHOUT_V8: &str = "wellhead_without_v8";

/// What plain `cargo build` is told about V8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told<'a> {
    /// The archive is here.
    Archive(&'a str),
    /// The `v8` crate gets its own.
    Nothing,
    /// Build without it.
    WithoutV8,
}

/// The archive that an earlier run recorded.
pub(super) fn archive(text: &str) -> Result<Option<String>> {
    let document: DocumentMut = text.parse()?;
    let value = document.get("env").and_then(|env| env.get(VARIABLE));
    Ok(value
        .and_then(|value| value.as_str().or_else(|| value.get("value")?.as_str()))
        .map(str::to_owned))
}

/// `text` with `told` recorded. A text that already says so comes back byte for byte: cargo builds
/// V8's crate, or everything, again when the value changes.
pub(super) fn edited(text: &str, told: Told<'_>) -> Result<String> {
    let mut document: DocumentMut = text.parse()?;
    let location = if let Told::Archive(location) = told {
        Some(location)
    } else {
        None
    };
    if archive(text)?.as_deref() != location {
        let env = table(&mut document, "env")?;
        match location {
            Some(location) => drop(env.insert(VARIABLE, toml_edit::value(location))),
            None => drop(env.remove(VARIABLE)),
        }
    }
    for key in ["rustflags", "rustdocflags"] {
        let build = table(&mut document, "build")?;
        let old = flags(build.get(key));
        let mut new = without_cfg(&old);
        if told == Told::WithoutV8 {
            new.extend(["--cfg".to_owned(), WITHOUT_V8.to_owned()]);
        }
        if new.is_empty() && !old.is_empty() {
            build.remove(key);
        } else if new != old {
            build.insert(key, toml_edit::value(new.into_iter().collect::<Array>()));
        }
    }
    for name in ["env", "build"] {
        if document
            .get(name)
            .and_then(Item::as_table_like)
            .is_some_and(TableLike::is_empty)
        {
            document.remove(name);
        }
    }
    Ok(document.to_string())
}

fn table<'a>(document: &'a mut DocumentMut, name: &str) -> Result<&'a mut dyn TableLike> {
    let item = document.entry(name).or_insert_with(toml_edit::table);
    item.as_table_like_mut()
        .with_context(|| format!("`{name}` is not a table"))
}

/// Flags of the compiler, which may be a list or one text.
fn flags(item: Option<&Item>) -> Vec<String> {
    let Some(item) = item else { return Vec::new() };
    if let Some(list) = item.as_array() {
        return list
            .iter()
            .filter_map(|flag| flag.as_str().map(str::to_owned))
            .collect();
    }
    item.as_str()
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

fn without_cfg(flags: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for flag in flags {
        if flag == WITHOUT_V8 && kept.last().is_some_and(|before| before == "--cfg") {
            kept.pop();
        } else {
            kept.push(flag.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITHOUT: &str = "[build]\n\
        rustflags = [\"--cfg\", \"wellhead_without_v8\"]\n\
        rustdocflags = [\"--cfg\", \"wellhead_without_v8\"]\n";

    fn check(text: &str, told: Told<'_>, expect: &str) {
        let once = edited(text, told).unwrap();
        assert_eq!(once, expect);
        assert_eq!(edited(&once, told).unwrap(), expect, "a second time");
    }

    #[test]
    fn an_archive_is_recorded_in_an_empty_file() {
        check(
            "",
            Told::Archive("/v8.a.gz"),
            "[env]\nRUSTY_V8_ARCHIVE = \"/v8.a.gz\"\n",
        );
    }

    #[test]
    fn other_keys_and_comments_stay() {
        check(
            "# mine\n[env]\nA = \"1\" # why\nRUSTY_V8_ARCHIVE = \"/old\"\n\n[build]\njobs = 1\n",
            Told::Archive("/new"),
            "# mine\n[env]\nA = \"1\" # why\nRUSTY_V8_ARCHIVE = \"/new\"\n\n[build]\njobs = 1\n",
        );
    }

    #[test]
    fn an_unchanged_archive_changes_no_byte() {
        let text = "[env]\nRUSTY_V8_ARCHIVE   =   { value = \"/v8\" }\n";
        check(text, Told::Archive("/v8"), text);
    }

    #[test]
    fn nothing_to_tell_leaves_nothing() {
        check("", Told::Nothing, "");
        check("[env]\nRUSTY_V8_ARCHIVE = \"/old\"\n", Told::Nothing, "");
        check(
            "[env]\nRUSTY_V8_ARCHIVE = \"/old\"\nA = \"1\"\n",
            Told::Nothing,
            "[env]\nA = \"1\"\n",
        );
    }

    #[test]
    fn without_v8_plain_cargo_build_gets_a_cfg_and_loses_it_again() {
        check(
            "[env]\nRUSTY_V8_ARCHIVE = \"/old\"\n",
            Told::WithoutV8,
            WITHOUT,
        );
        check(
            WITHOUT,
            Told::Archive("/v8"),
            "[env]\nRUSTY_V8_ARCHIVE = \"/v8\"\n",
        );
        check(WITHOUT, Told::Nothing, "");
    }

    #[test]
    fn flags_of_the_user_stay() {
        let mine = "[build]\nrustflags = \"-C target-cpu=native\"\n";
        check(mine, Told::Nothing, mine);
        let both = edited(mine, Told::WithoutV8).unwrap();
        assert!(
            both.contains(r#"["-C", "target-cpu=native", "--cfg", "wellhead_without_v8"]"#),
            "{both}"
        );
        let back = edited(&both, Told::Nothing).unwrap();
        assert_eq!(
            back,
            "[build]\nrustflags = [\"-C\", \"target-cpu=native\"]\n"
        );
    }

    #[test]
    fn a_broken_file_is_an_error() {
        assert!(edited("[env\n", Told::Nothing).is_err());
        assert!(edited("env = 1\n", Told::Archive("/v8")).is_err());
    }
}
