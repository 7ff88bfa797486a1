//! The prebuilt V8 archive: where it comes from, and how every later `cargo build` finds it.
//!
//! In order: `RUSTY_V8_ARCHIVE`, a mirror folder beside the checkout (`../shared/v8`), the download
//! of the `v8` crate itself. Where none can be had, the build goes on without V8.
//!
//! The choice is recorded for plain `cargo build` (see `local.rs`).

use std::{
    env, fmt, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::{
    command::{find_program, output_of},
    project::{Project, write_atomically},
    setup::local::{self, Told, VARIABLE},
};

const RELEASES: &str = "https://github.com/denoland/rusty_v8/releases/download";

/// Where V8 comes from on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum V8 {
    /// A file, or an address that the `v8` crate fetches.
    Archive { location: String },
    /// The `v8` crate downloads its own, or has done so.
    Download,
    /// None to be had: the build has only the `node` engine.
    Absent { why: String },
}

impl V8 {
    /// Gives a cargo command the V8 that was chosen.
    ///
    /// The variable is set here too because this process got the value of `local.toml` as it was
    /// when cargo started it, and would hand that on.
    pub(crate) fn apply<'a>(&self, cargo: &'a mut Command) -> &'a mut Command {
        match self {
            Self::Archive { location } => cargo.env(VARIABLE, location),
            Self::Download | Self::Absent { .. } => cargo.env_remove(VARIABLE),
        }
    }

    /// The flags that select the features which can be built.
    pub(crate) fn features(&self) -> &'static [&'static str] {
        match self {
            Self::Archive { .. } | Self::Download => &[],
            Self::Absent { .. } => &["--no-default-features"],
        }
    }
}

impl fmt::Display for V8 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archive { location } => write!(f, "V8 from {location}"),
            Self::Download => f.write_str("V8 from its own download"),
            Self::Absent { .. } => f.write_str("without V8"),
        }
    }
}

/// Chooses the archive and records it for plain `cargo build`.
pub(crate) fn prepare(project: &Project) -> Result<V8> {
    let file = project.path(".cargo/local.toml");
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read {}", file.display()));
        }
    };
    let remembered = local::archive(&text)
        .with_context(|| format!("{} is broken; hint: delete it", file.display()))?;

    let v8 = match env::var(VARIABLE).ok().filter(|value| !value.is_empty()) {
        // Cargo hands the remembered value on as a variable; only another one is a person's wish.
        Some(wish) if Some(&wish) != remembered.as_ref() => explicit(&wish)?,
        _ => choose(project, remembered.as_deref())?,
    };
    let told = match &v8 {
        V8::Archive { location } => Told::Archive(location),
        V8::Download => Told::Nothing,
        V8::Absent { .. } => Told::WithoutV8,
    };
    let edited = local::edited(&text, told)?;
    if edited != text {
        write_atomically(&file, &edited)?;
    }
    Ok(v8)
}

fn explicit(wish: &str) -> Result<V8> {
    if is_address(wish) || Path::new(wish).is_file() {
        return Ok(V8::Archive {
            location: wish.to_owned(),
        });
    }
    bail!(
        "{VARIABLE} names {wish}, which is not a file; hint: correct it, or unset it to let setup choose"
    )
}

fn choose(project: &Project, remembered: Option<&str>) -> Result<V8> {
    let triple = host_triple(project)?;
    let name = format!("librusty_v8_simdutf_release_{triple}.a.gz");

    let mirror = project
        .root()
        .parent()
        .unwrap_or(project.root())
        .join("shared/v8");
    let mirrored = from_mirror(&mirror, &name, remembered);
    match mirrored {
        Ok(Some(location)) => return Ok(V8::Archive { location }),
        Ok(None) => {}
        Err(problem) => eprintln!("warning: {problem:#}; trying the download of the v8 crate"),
    }
    if let Some(location) = remembered
        && (is_address(location) || Path::new(location).is_file())
    {
        return Ok(V8::Archive {
            location: location.to_owned(),
        });
    }

    let lock = fs::read_to_string(project.path("Cargo.lock")).context("cannot read Cargo.lock")?;
    let version = locked_version(&lock, "v8")
        .context("Cargo.lock names no v8; hint: cargo update --workspace")?;
    let base = env::var("RUSTY_V8_MIRROR").unwrap_or_else(|_| RELEASES.to_owned());
    let address = format!("{base}/v{version}/{name}");
    if downloaded(project, &address) {
        return Ok(V8::Download);
    }
    Ok(match reachable(&address) {
        Ok(()) => V8::Download,
        Err(why) => V8::Absent {
            why: format!(
                "{VARIABLE} is not set, there is no {name} in {}, and {why}. To have it, put the archive there or set {VARIABLE} to it",
                mirror.display()
            ),
        },
    })
}

/// The archive in the mirror folder, if it is there and whole.
fn from_mirror(mirror: &Path, name: &str, remembered: Option<&str>) -> Result<Option<String>> {
    let Ok(archive) = mirror.join(name).canonicalize() else {
        return Ok(None);
    };
    let location = archive
        .to_str()
        .context("the mirror folder has a name that is not UTF-8")?
        .to_owned();
    // It was checked when it was first chosen.
    if remembered == Some(&location) {
        return Ok(Some(location));
    }
    let sums = mirror.join("SHA256SUMS");
    let sums = fs::read_to_string(&sums)
        .with_context(|| format!("cannot check {location}: no {}", sums.display()))?;
    let expected =
        listed_sum(&sums, name).with_context(|| format!("SHA256SUMS does not list {name}"))?;
    let actual = hex(&Sha256::digest(fs::read(&archive)?));
    if actual != expected {
        bail!("{location} is damaged (SHA-256 {actual}, expected {expected}); hint: copy it again");
    }
    Ok(Some(location))
}

/// Whether the `v8` crate already has what it would download from `address`.
fn downloaded(project: &Project, address: &str) -> bool {
    let cargo_home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(env::home_dir()?.join(".cargo")));
    let escaped: String = address
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    cargo_home.is_some_and(|home| home.join(".rusty_v8").join(escaped).is_file())
        || fs::read_to_string(project.target().join("debug/gn_out/obj/librusty_v8.sum"))
            .is_ok_and(|downloaded_from| downloaded_from == address)
}

/// Asks for the headers only, and not for long.
fn reachable(address: &str) -> Result<(), String> {
    if find_program("curl").is_none() {
        return Err(format!(
            "{address} cannot be tried without curl (hint: install curl)"
        ));
    }
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--fail", "--head", "--location", "--output"])
        .arg(if cfg!(windows) { "NUL" } else { "/dev/null" })
        .args(["--connect-timeout", "5", "--max-time", "15", address]);
    match output_of(&mut curl) {
        Some(_) => Ok(()),
        None => Err(format!("{address} does not answer")),
    }
}

fn is_address(location: &str) -> bool {
    location.starts_with("https:") || location.starts_with("http:")
}

fn host_triple(project: &Project) -> Result<String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    output_of(project.program(rustc).arg("-vV"))
        .and_then(|text| {
            text.lines()
                .find_map(|line| line.strip_prefix("host: ").map(str::to_owned))
        })
        .context("rustc -vV names no host")
}

fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let after = lock
        .split_once(&format!("name = \"{package}\"\nversion = \""))?
        .1;
    Some(after.split_once('"')?.0)
}

fn listed_sum<'a>(sums: &'a str, name: &str) -> Option<&'a str> {
    sums.lines().find_map(|line| {
        let (sum, file) = line.split_once(char::is_whitespace)?;
        (file.trim_start_matches([' ', '*']) == name).then_some(sum)
    })
}

/// Bytes in lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_names_nothing_is_an_error() {
        let error = explicit("/nowhere/v8.a.gz").unwrap_err().to_string();
        assert!(
            error.contains("/nowhere/v8.a.gz") && error.contains("hint:"),
            "{error}"
        );
    }

    #[test]
    fn an_address_is_taken_as_it_is() {
        let location = "https://mirror.example/v8.a.gz".to_owned();
        assert_eq!(explicit(&location).unwrap(), V8::Archive { location });
    }

    #[test]
    fn the_mirror_is_used_only_when_its_sum_is_right() {
        let mirror = env::temp_dir().join(format!("xtask-mirror-{}", std::process::id()));
        fs::create_dir_all(&mirror).unwrap();
        assert_eq!(from_mirror(&mirror, "v8.a.gz", None).unwrap(), None);

        fs::write(mirror.join("v8.a.gz"), "abc").unwrap();
        let error = from_mirror(&mirror, "v8.a.gz", None)
            .unwrap_err()
            .to_string();
        assert!(error.contains("SHA256SUMS"), "{error}");

        let sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        fs::write(mirror.join("SHA256SUMS"), format!("{sum}  v8.a.gz\n")).unwrap();
        let location = from_mirror(&mirror, "v8.a.gz", None).unwrap().unwrap();
        assert!(location.ends_with("v8.a.gz") && Path::new(&location).is_absolute());

        fs::write(mirror.join("v8.a.gz"), "abd").unwrap();
        let error = from_mirror(&mirror, "v8.a.gz", None)
            .unwrap_err()
            .to_string();
        assert!(error.contains("damaged"), "{error}");
        fs::remove_dir_all(&mirror).unwrap();
    }

    #[test]
    fn the_locked_version_is_that_of_the_very_package() {
        let lock = "[[package]]\nname = \"serde_v8\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"v8\"\nversion = \"150.4.0\"\n";
        assert_eq!(locked_version(lock, "v8"), Some("150.4.0"));
    }

    #[test]
    fn sums_are_found_by_the_whole_name() {
        let sums = "aa  not-v8.a.gz\nbb *v8.a.gz\n";
        assert_eq!(listed_sum(sums, "v8.a.gz"), Some("bb"));
        assert_eq!(listed_sum(sums, "a.gz"), None);
    }

    #[test]
    fn without_v8_cargo_gets_no_default_features() {
        let absent = V8::Absent { why: String::new() };
        assert_eq!(absent.features(), ["--no-default-features"]);
        assert!(V8::Download.features().is_empty());
    }
}
