//! Source maps for debuggers.
//!
//! A map of a bundle names its sources as if the bundle's folder were the app's, wherever the bundle is. An editor finds no
//! file there. So the debugger is told that the map is here, and here it names the files that there are by their own
//! addresses.

use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;
use url::Url;

/// How the message starts that tells of a script. V8 writes the method first.
const SCRIPT_PARSED: &str = r#"{"method":"Debugger.scriptParsed""#;

/// Bundles whose maps can be asked for. In development there is one at a time; each build may have another folder.
const MOST_BUNDLES: usize = 64;

/// The maps of all bundles that were debugged.
#[derive(Debug)]
pub(super) struct Maps {
    /// What their paths begin with.
    prefix: String,
    /// The app's folder.
    sources: Option<PathBuf>,
    bundles: Mutex<Vec<(usize, PathBuf)>>,
}

/// Tells a session where maps are.
#[derive(Debug)]
pub(super) struct Rewriter {
    /// The address of the bundle's folder of maps.
    base: String,
    root: PathBuf,
}

impl Maps {
    pub(super) fn new(prefix: String, sources: Option<PathBuf>) -> Self {
        Self {
            prefix,
            sources: sources.map(|folder| folder.canonicalize().unwrap_or(folder)),
            bundles: Mutex::default(),
        }
    }

    /// What tells the sessions of a bundle where its maps are. `host` is how the debugger reaches this server.
    pub(super) fn rewriter(&self, host: &str, root: &Path) -> Rewriter {
        let mut bundles = self.bundles.lock().unwrap_or_else(PoisonError::into_inner);
        let known = bundles.iter().find(|(_, known)| known == root);
        let number = match known {
            Some((number, _)) => *number,
            None => {
                let number = bundles.last().map_or(0, |(last, _)| last + 1);
                if bundles.len() == MOST_BUNDLES {
                    bundles.remove(0);
                }
                bundles.push((number, root.to_owned()));
                number
            }
        };
        Rewriter {
            base: format!("http://{host}{}/{number}/", self.prefix),
            root: root.to_owned(),
        }
    }

    /// The map at a path of this server; `None` where there is none.
    pub(super) fn read(&self, path: &str) -> Option<String> {
        let rest = path.strip_prefix(&self.prefix)?.strip_prefix('/')?;
        let (number, file) = rest.split_once('/')?;
        let number: usize = number.parse().ok()?;
        let root = {
            let bundles = self.bundles.lock().unwrap_or_else(PoisonError::into_inner);
            bundles
                .iter()
                .find(|(known, _)| *known == number)?
                .1
                .clone()
        };
        let base = Url::from_directory_path(&root).ok()?;
        let file = inside(&root, &base.join(file).ok()?)?;
        let map = std::fs::read_to_string(&file).ok()?;
        let folder = file.strip_prefix(&root).ok()?.parent()?;
        Some(match &self.sources {
            Some(sources) => with_addresses(&map, folder, sources).unwrap_or(map),
            None => map,
        })
    }
}

impl Rewriter {
    /// A message of the target, with the address of a script's map as it is to be asked for.
    pub(super) fn rewrite(&self, message: String) -> String {
        if !message.starts_with(SCRIPT_PARSED) {
            return message;
        }
        let rewritten = serde_json::from_str(&message)
            .ok()
            .and_then(|message| self.point_here(message));
        rewritten.unwrap_or(message)
    }

    fn point_here(&self, mut message: Value) -> Option<String> {
        let params = message.get_mut("params")?;
        let map = params.get("sourceMapURL")?.as_str()?;
        if map.is_empty() || map.starts_with("data:") {
            return None;
        }
        let script = Url::parse(params.get("url")?.as_str()?).ok()?;
        let file = inside(&self.root, &script.join(map).ok()?)?;
        let path = Url::from_file_path(file).ok()?;
        let root = Url::from_directory_path(&self.root).ok()?;
        let path = path.path().strip_prefix(root.path())?;
        params["sourceMapURL"] = format!("{}{path}", self.base).into();
        Some(message.to_string())
    }
}

/// The address of a file.
pub(super) fn file_url(path: &Path) -> String {
    Url::from_file_path(path).map_or_else(|()| String::new(), String::from)
}

/// The map at an address, if it is one below a folder.
fn inside(root: &Path, url: &Url) -> Option<PathBuf> {
    let file = url.to_file_path().ok()?.canonicalize().ok()?;
    let is_map = file.extension().is_some_and(|extension| extension == "map");
    (is_map && file.starts_with(root)).then_some(file)
}

/// A map whose sources, where they are files of the app, are named by their addresses. `folder` is the map's, relative to
/// the bundle's.
fn with_addresses(map: &str, folder: &Path, sources: &Path) -> Option<String> {
    let mut map: Value = serde_json::from_str(map).ok()?;
    for source in map.get_mut("sources")?.as_array_mut()? {
        let Some(name) = source.as_str() else {
            continue;
        };
        let file = [folder, Path::new("")]
            .into_iter()
            .filter_map(|base| without_steps(&base.join(name)))
            .map(|path| sources.join(path))
            .find(|file| file.is_file());
        if let Some(file) = file {
            *source = file_url(&file).into();
        }
    }
    Some(map.to_string())
}

/// A relative path without steps up; `None` where it leads out of the folder that it starts in.
fn without_steps(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => plain.push(name),
            Component::ParentDir if plain.pop() => {}
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("out/server")).unwrap();
        std::fs::create_dir_all(root.join("src")).unwrap();
        std::fs::write(root.join("src/a b.ts"), "").unwrap();
        let map = r#"{"version":3,"sources":["../src/a b.ts","src/a b.ts","src/gone.ts","../../src/a b.ts",null],"mappings":""}"#;
        std::fs::write(root.join("out/server/a b.js.map"), map).unwrap();
        std::fs::write(root.join("out/server/secret.txt"), "").unwrap();
        (folder, root)
    }

    #[test]
    fn a_script_points_to_its_map_here_and_the_map_to_files() {
        let (_folder, root) = bundle();
        let maps = Maps::new("/s/maps".into(), Some(root.clone()));
        let rewriter = maps.rewriter("localhost:1", &root.join("out"));
        let script = file_url(&root.join("out/server/a b.js"));
        let message = format!(
            r#"{{"method":"Debugger.scriptParsed","params":{{"url":"{script}","sourceMapURL":"a%20b.js.map"}}}}"#
        );
        let told: Value = serde_json::from_str(&rewriter.rewrite(message)).unwrap();
        let address = told["params"]["sourceMapURL"].as_str().unwrap();
        let path = address.strip_prefix("http://localhost:1").expect(address);
        let map: Value = serde_json::from_str(&maps.read(path).expect(path)).unwrap();
        for source in [0, 1] {
            assert_eq!(map["sources"][source], file_url(&root.join("src/a b.ts")));
        }
        assert_eq!(map["sources"][2], "src/gone.ts");
        assert_eq!(map["sources"][3], "../../src/a b.ts");
    }

    #[test]
    fn only_maps_of_the_bundle_are_read() {
        let (_folder, root) = bundle();
        let maps = Maps::new("/s/maps".into(), None);
        let rewriter = maps.rewriter("h", &root.join("out"));
        assert!(maps.read("/s/maps/0/server/a%20b.js.map").is_some());
        for path in [
            "/s/maps/0/server/secret.txt",
            "/s/maps/0/server/none.js.map",
            "/s/maps/0/../src/a.map",
            "/s/maps/1/server/a%20b.js.map",
            "/s/maps/0//etc/passwd",
            "/t/maps/0/server/a%20b.js.map",
        ] {
            assert_eq!(maps.read(path), None, "{path}");
        }
        for message in [
            r#"{"method":"Debugger.scriptParsed","params":{"url":"","sourceMapURL":"a.js.map"}}"#,
            r#"{"method":"Debugger.scriptParsed","params":{"url":"file:///x.js","sourceMapURL":"data:,"}}"#,
            r#"{"method":"Debugger.scriptParsed","params":{"url":"file:///x.js","sourceMapURL":"x.js.map"}}"#,
            r#"{"method":"Debugger.paused","params":{}}"#,
            "no message",
        ] {
            assert_eq!(rewriter.rewrite(message.to_owned()), message);
        }
    }
}
