//! The Chromium that the end-to-end tests drive.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{command::find_program, project::Project, setup::apt};

const NAMES: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
];
const ELSEWHERE: [&str; 2] = [
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// The browser's path, installed if need be.
pub(super) fn prepare(project: &Project) -> Result<PathBuf> {
    if let Some(wish) = env::var_os("CHROMIUM").filter(|value| !value.is_empty()) {
        let wish = PathBuf::from(wish);
        if wish.is_file() {
            return Ok(wish);
        }
        bail!(
            "CHROMIUM names {}, which is not a file; hint: correct it or unset it",
            wish.display()
        );
    }
    if let Some(found) = find() {
        return Ok(found);
    }
    const HINT: &str =
        "no Chromium for the browser tests; hint: install chromium, or set CHROMIUM to the browser";
    // Fonts are no dependency of the package, and a page without any shows boxes.
    apt::install(
        project,
        &["chromium", "fonts-liberation", "fonts-noto-color-emoji"],
    )
    .context(HINT)?;
    find().context(HINT)
}

fn find() -> Option<PathBuf> {
    NAMES
        .iter()
        .find_map(|name| find_program(name))
        .or_else(|| {
            ELSEWHERE
                .iter()
                .map(Path::new)
                .find(|path| path.is_file())
                .map(Path::to_path_buf)
        })
}
