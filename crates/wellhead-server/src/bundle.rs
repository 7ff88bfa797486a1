//! Opens a bundle's folder, and says what is wrong with it and what to do.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use wellhead_build::manifest::{FILE_NAME, FORMAT, Manifest};

/// A bundle: its manifest and the folder with its files.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// What the bundle says of itself.
    pub manifest: Manifest,
    /// The folder.
    pub folder: PathBuf,
}

/// Why a bundle cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// There is no such folder.
    #[error("there is no folder {0}")]
    NoFolder(PathBuf),
    /// There is a folder without a manifest.
    #[error("{folder} has no {FILE_NAME}{}", if *.half_written { ": a build was interrupted" } else { ": it is no bundle" })]
    NoManifest {
        /// The folder.
        folder: PathBuf,
        /// Whether it looks like a build that did not end.
        half_written: bool,
    },
    /// A file cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The manifest is no manifest.
    #[error("{path} is damaged: {message}")]
    Damaged {
        /// The manifest's file.
        path: PathBuf,
        /// Why.
        message: String,
    },
    /// The manifest is one of another version of Wellhead.
    #[error("{folder} was built by wellhead {built_by} in format {format}; this is wellhead {} and reads format {FORMAT}", env!("CARGO_PKG_VERSION"))]
    OtherFormat {
        /// The folder.
        folder: PathBuf,
        /// The format it is in.
        format: u64,
        /// The version that built it.
        built_by: String,
    },
    /// Files that the manifest names are not there, or have another size.
    #[error("{folder} lacks {} of its files or has them in another size, such as {}", .files.len(), .files.first().map_or("", String::as_str))]
    MissingFiles {
        /// The folder.
        folder: PathBuf,
        /// The files, relative to the folder.
        files: Vec<String>,
    },
    /// The shell has no place for the page.
    #[error("{0}")]
    Shell(String),
}

impl BundleError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoFolder(_) => "build the app first: wellhead build",
            Self::NoManifest {
                half_written: false,
                ..
            } => "name the folder that `wellhead build` wrote",
            Self::NoManifest { .. } | Self::Damaged { .. } | Self::MissingFiles { .. } => {
                "build it again: wellhead build; if it was copied here, copy all of it"
            }
            Self::Unreadable { .. } => "give the user that runs wellhead the right to read it",
            Self::OtherFormat { .. } => {
                "build it again with this version, or serve it with the version that built it"
            }
            Self::Shell(_) => "put the placeholder into src/app.html and build again",
        }
    }
}

impl Bundle {
    /// Opens a bundle and checks that all its files are there.
    ///
    /// # Errors
    /// What is wrong with it; see [`BundleError::hint`].
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, BundleError> {
        let folder = folder.into();
        let path = folder.join(FILE_NAME);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(_) if !folder.is_dir() => return Err(BundleError::NoFolder(folder)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let half_written = folder.join("server").is_dir() || folder.join("client").is_dir();
                return Err(BundleError::NoManifest {
                    folder,
                    half_written,
                });
            }
            Err(source) => return Err(BundleError::Unreadable { path, source }),
        };
        let manifest = read_manifest(&text, &path, &folder)?;
        let bundle = Self { manifest, folder };
        bundle.check_files()?;
        Ok(bundle)
    }

    fn check_files(&self) -> Result<(), BundleError> {
        let assets = self.manifest.assets.values().flat_map(|asset| {
            let files = [("", Some(asset.size)), (".br", asset.br), (".gz", asset.gz)];
            files.map(|(suffix, size)| Some((format!("{}{suffix}", asset.file), size?)))
        });
        let modules = self.manifest.server.modules.iter();
        let modules = modules.map(|(file, module)| Some((file.clone(), module.size)));
        let mut files = Vec::new();
        for (file, size) in assets.chain(modules).flatten() {
            match fs::metadata(self.folder.join(&file)) {
                Ok(found) if found.is_file() && found.len() == size => {}
                Err(source) if source.kind() == io::ErrorKind::PermissionDenied => {
                    return Err(BundleError::Unreadable {
                        path: self.folder.join(file),
                        source,
                    });
                }
                _ => files.push(file),
            }
        }
        if files.is_empty() {
            Ok(())
        } else {
            Err(BundleError::MissingFiles {
                folder: self.folder.clone(),
                files,
            })
        }
    }
}

fn read_manifest(text: &[u8], path: &Path, folder: &Path) -> Result<Manifest, BundleError> {
    let damaged = |error: serde_json::Error| BundleError::Damaged {
        path: path.to_owned(),
        message: error.to_string(),
    };
    let value: serde_json::Value = serde_json::from_slice(text).map_err(damaged)?;
    // Another format may have other fields: its number is read first.
    let format = value["format"].as_u64().unwrap_or(0);
    if format != u64::from(FORMAT) {
        let built_by = value["wellhead"].as_str().unwrap_or("(unknown)").to_owned();
        return Err(BundleError::OtherFormat {
            folder: folder.to_owned(),
            format,
            built_by,
        });
    }
    serde_json::from_value(value).map_err(damaged)
}
