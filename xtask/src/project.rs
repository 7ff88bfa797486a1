//! The checkout: where it is, how its files are written, how cargo is called in it.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

/// A checkout of the repository.
pub(crate) struct Project {
    root: PathBuf,
}

impl Project {
    /// The checkout this command was started in.
    ///
    /// Cargo names it at run time; a path baked in at compile time would be wrong in a copied `target`.
    pub(crate) fn find() -> Result<Self> {
        if let Some(xtask) = env::var_os("CARGO_MANIFEST_DIR") {
            let root = Path::new(&xtask)
                .parent()
                .context("xtask has no parent folder")?;
            return Ok(Self {
                root: root.to_path_buf(),
            });
        }
        let here = env::current_dir()?;
        let root = here
            .ancestors()
            .find(|dir| dir.join("xtask/Cargo.toml").is_file())
            .context("not inside the repository; hint: run `cargo xtask` from its folder")?;
        Ok(Self {
            root: root.to_path_buf(),
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// The folder of build output, which a contributor may have moved.
    pub(crate) fn target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.path("target"), |dir| self.path(dir))
    }

    /// The `wellhead` program as a development build leaves it.
    pub(crate) fn wellhead(&self) -> PathBuf {
        self.target()
            .join("debug")
            .join(format!("wellhead{}", env::consts::EXE_SUFFIX))
    }

    /// The example `pairs` of wellhead-html as a development build leaves it.
    pub(crate) fn pairs(&self) -> PathBuf {
        self.target()
            .join("debug/examples")
            .join(format!("pairs{}", env::consts::EXE_SUFFIX))
    }

    /// A program that runs at the root of the checkout.
    pub(crate) fn program(&self, name: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(name);
        command.current_dir(&self.root);
        command
    }

    /// The same cargo that started this command.
    ///
    /// What `cargo run` told this process about the xtask package is taken out again, so that no
    /// build script of the nested call sees it and runs again for nothing.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = self.program(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        for (name, _) in env::vars_os() {
            let Some(text) = name.to_str() else { continue };
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(text);
            }
        }
        command
    }

    /// The subfolders of `parent` in which there is a `part`, sorted.
    pub(crate) fn folders_with(&self, parent: &str, part: &str) -> Result<Vec<PathBuf>> {
        let parent = self.path(parent);
        let entries = match fs::read_dir(&parent) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot list {}", parent.display()));
            }
        };
        let mut folders = Vec::new();
        for entry in entries {
            let folder = entry?.path();
            if folder.join(part).exists() {
                folders.push(folder);
            }
        }
        folders.sort();
        Ok(folders)
    }

    /// `path` as people write it: relative to the checkout, with forward slashes.
    pub(crate) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .display()
            .to_string()
            .replace('\\', "/")
    }
}

/// Replaces a file in one step: a reader sees the old content or the new, never a part.
pub(crate) fn write_atomically(path: &Path, content: &str) -> Result<()> {
    let folder = path.parent().context("a file needs a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut name = path
        .file_name()
        .context("a file needs a name")?
        .to_os_string();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = folder.join(name);
    fs::write(&temporary, content)
        .and_then(|()| fs::rename(&temporary, path))
        .with_context(|| format!("cannot write {}", path.display()))
}
