//! Node: it installs the npm packages, runs the browser tests, and is the `node` engine.

use anyhow::{Context, Result, bail};

use crate::{
    command::{find_program, output_of},
    project::Project,
    setup::apt,
};

const OLDEST: u32 = 20;
const HINT: &str = "hint: install Node 20 or newer with npm (https://nodejs.org/en/download, or a version manager)";

/// Node's version, installed if need be and possible.
pub(super) fn prepare(project: &Project) -> Result<String> {
    let mut version = version(project);
    let usable = version
        .as_deref()
        .and_then(major)
        .is_some_and(|major| major >= OLDEST);
    if !usable || find_program("npm").is_none() {
        let debian = apt::candidate(project, "nodejs");
        if debian
            .as_deref()
            .and_then(major)
            .is_some_and(|major| major >= OLDEST)
        {
            apt::install(project, &["nodejs", "npm"]).context(HINT)?;
            version = self::version(project);
        }
    }
    let version = version.with_context(|| format!("there is no `node` on PATH; {HINT}"))?;
    match major(&version) {
        Some(major) if major >= OLDEST => {}
        _ => bail!("node {version} is too old; {HINT}"),
    }
    if find_program("npm").is_none() && find_program("npm.cmd").is_none() {
        bail!("there is a `node` but no `npm` on PATH; {HINT}");
    }
    Ok(version)
}

fn version(project: &Project) -> Option<String> {
    let version = output_of(project.program("node").arg("--version"))?;
    Some(version.trim_start_matches('v').to_owned())
}

fn major(version: &str) -> Option<u32> {
    version.split(['.', '~', '+', '-']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_node_and_from_debian() {
        assert_eq!(major("20.20.2"), Some(20));
        assert_eq!(major("18.20.4+dfsg-1~deb12u1"), Some(18));
        assert_eq!(major("nightly"), None);
    }
}
