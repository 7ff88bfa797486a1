//! Files that browsers fetch by URL: images, fonts, media. Small ones become `data:` URLs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{fs, io};

use base64::Engine as _;

use crate::hash;
use crate::media_type;

/// Below this many bytes a file stands in the code that names it.
const INLINE_LIMIT: usize = 4096;

/// The folder of files whose names hold their hashes, as a URL path.
pub(crate) const IMMUTABLE: &str = "/_app/immutable";

/// Extensions that are assets when imported.
pub(crate) const EXTENSIONS: [&str; 37] = [
    "apng",
    "bmp",
    "png",
    "jpg",
    "jpeg",
    "jfif",
    "pjpeg",
    "pjp",
    "gif",
    "svg",
    "ico",
    "webp",
    "avif",
    "cur",
    "jxl",
    "mp4",
    "webm",
    "ogg",
    "mp3",
    "wav",
    "flac",
    "aac",
    "opus",
    "mov",
    "m4a",
    "vtt",
    "woff",
    "woff2",
    "eot",
    "ttf",
    "otf",
    "webmanifest",
    "pdf",
    "txt",
    "wasm",
    "glb",
    "gltf",
];

/// Whether a file is an asset by its name.
pub(crate) fn is_asset(path: &str) -> bool {
    let extension = Path::new(path)
        .extension()
        .and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension.to_ascii_lowercase().as_str()))
}

/// Whether to put a file into the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inline {
    /// When it is small.
    Auto,
    /// Always: `?inline`.
    Always,
    /// Never: `?no-inline`.
    Never,
}

/// The assets of a build, by URL path without the base.
#[derive(Debug, Default)]
pub(crate) struct Assets {
    base: String,
    files: Mutex<BTreeMap<String, Content>>,
}

/// Where an asset's bytes are.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    File(PathBuf),
    Bytes(Vec<u8>),
}

impl Content {
    pub(crate) fn read(self) -> io::Result<Vec<u8>> {
        match self {
            Self::File(path) => fs::read(path),
            Self::Bytes(bytes) => Ok(bytes),
        }
    }
}

impl Assets {
    pub(crate) fn new(base: &str) -> Self {
        Self {
            base: base.to_owned(),
            files: Mutex::default(),
        }
    }

    /// The URL of a file, which becomes part of the build unless it is inlined.
    pub(crate) fn url(&self, path: &Path, inline: Inline) -> io::Result<String> {
        let bytes = fs::read(path)?;
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or("asset");
        let inlined = match inline {
            Inline::Always => true,
            Inline::Never => false,
            // A fragment of an inlined SVG could not be addressed, and HTML is never part of a script.
            Inline::Auto => bytes.len() < INLINE_LIMIT && !name.ends_with(".html"),
        };
        if inlined {
            return Ok(data_url(name, &bytes));
        }
        let file = named(name, &hash::name(&bytes));
        let path = self.insert(
            format!("{IMMUTABLE}/assets/{file}"),
            Content::File(path.to_owned()),
        );
        Ok(format!("{}{path}", self.base))
    }

    /// Adds a file that the build made, under a name with its hash. Returns its URL path without the base.
    pub(crate) fn add(&self, name: &str, bytes: Vec<u8>) -> String {
        let path = format!("{IMMUTABLE}/assets/{}", named(name, &hash::name(&bytes)));
        self.insert(path, Content::Bytes(bytes))
    }

    /// The base path and a path.
    pub(crate) fn with_base(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn take(&self) -> BTreeMap<String, Content> {
        std::mem::take(&mut *self.files())
    }

    fn insert(&self, path: String, content: Content) -> String {
        self.files().insert(path.clone(), content);
        path
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<String, Content>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `logo.svg` with a hash: `logo-abc.svg`. Only characters that need no escaping in a URL stay.
fn named(name: &str, hash: &str) -> String {
    let safe = |text: &str| -> String {
        text.chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') {
                    c
                } else {
                    '_'
                }
            })
            .collect()
    };
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{}-{hash}.{}", safe(stem), safe(extension)),
        None => format!("{}-{hash}", safe(name)),
    }
}

fn data_url(name: &str, bytes: &[u8]) -> String {
    let media_type = media_type::bare(name);
    if media_type == "image/svg+xml"
        && let Ok(text) = std::str::from_utf8(bytes)
        && !text.contains("<text")
    {
        return format!("data:image/svg+xml,{}", escape_svg(text.trim()));
    }
    format!(
        "data:{media_type};base64,{}",
        base64::engine::general_purpose::STANDARD.encode(bytes)
    )
}

/// Percent-encodes what cannot stand in a URL inside quotes of either kind.
fn escape_svg(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut space = false;
    for c in text.chars() {
        // Runs of white space between tags say nothing.
        if c.is_ascii_whitespace() {
            if !space {
                out.push_str("%20");
            }
            space = true;
            continue;
        }
        space = false;
        match c {
            '"' => out.push_str("%22"),
            '\'' => out.push_str("%27"),
            '%' => out.push_str("%25"),
            '#' => out.push_str("%23"),
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '<' => out.push_str("%3c"),
            '>' => out.push_str("%3e"),
            '\\' => out.push_str("%5c"),
            c if c.is_ascii() => out.push(c),
            c => {
                let mut buffer = [0; 4];
                c.encode_utf8(&mut buffer)
                    .bytes()
                    .for_each(|b| out.push_str(&format!("%{b:02x}")));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_svgs_stay_readable_and_small_images_become_base64() {
        assert_eq!(
            data_url("a.svg", b"<svg  a='#f'/>\n"),
            "data:image/svg+xml,%3csvg%20a=%27%23f%27/%3e"
        );
        assert_eq!(data_url("a.PNG", &[1, 2, 3]), "data:image/png;base64,AQID");
    }

    #[test]
    fn names_of_assets_are_safe_in_urls() {
        assert_eq!(named("my pic#1.svg", "hash"), "my_pic_1-hash.svg");
        assert_eq!(named("LICENSE", "hash"), "LICENSE-hash");
    }
}
