//! Source maps for debuggers.
//!
//! A map of a bundle names its sources as if the bundle's folder were the app's, wherever the bundle is. An editor finds no
//! file there. So the debugger is given the map with the message that tells of the script, and in it the files that there
//! are have their own addresses. A debugger that is only told where a map is may not get it: DevTools asks the target to
//! fetch it, in a way that V8 does not know.

use std::path::{Component, Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;
use url::Url;

/// How the message starts that tells of a script. V8 writes the method first.
const SCRIPT_PARSED: &str = r#"{"method":"Debugger.scriptParsed""#;

/// Puts the maps of a bundle into what a session tells.
#[derive(Debug)]
pub(super) struct Maps {
    /// The bundle's folder.
    root: PathBuf,
    /// The app's.
    sources: Option<PathBuf>,
}

impl Maps {
    pub(super) fn new(root: &Path, sources: Option<&Path>) -> Self {
        Self {
            root: root.to_owned(),
            sources: sources.map(|folder| folder.canonicalize().unwrap_or(folder.to_owned())),
        }
    }

    /// A message of the target, with a script's map in the place of its address.
    pub(super) fn rewrite(&self, message: String) -> String {
        if !message.starts_with(SCRIPT_PARSED) {
            return message;
        }
        let rewritten = serde_json::from_str(&message)
            .ok()
            .and_then(|message| self.with_map(message));
        rewritten.unwrap_or(message)
    }

    fn with_map(&self, mut message: Value) -> Option<String> {
        let params = message.get_mut("params")?;
        let map = params.get("sourceMapURL")?.as_str()?;
        if map.is_empty() || map.starts_with("data:") {
            return None;
        }
        let script = Url::parse(params.get("url")?.as_str()?).ok()?;
        let file = inside(&self.root, &script.join(map).ok()?)?;
        let map = std::fs::read_to_string(&file).ok()?;
        let folder = file.strip_prefix(&self.root).ok()?.parent()?;
        let map = match &self.sources {
            Some(sources) => with_addresses(&map, folder, sources).unwrap_or(map),
            None => map,
        };
        let map = BASE64_STANDARD.encode(map);
        params["sourceMapURL"] = format!("data:application/json;base64,{map}").into();
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
    use serde_json::json;

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

    /// The map that a debugger gets with a script.
    fn map(maps: &Maps, script: &Path, address: &str) -> Option<Value> {
        let told = json!({
            "method": "Debugger.scriptParsed",
            "params": { "url": file_url(script), "sourceMapURL": address },
        });
        // V8 writes the method first.
        let told = maps.rewrite(told.to_string());
        let told: Value = serde_json::from_str(&told).unwrap();
        let map = told["params"]["sourceMapURL"].as_str().unwrap();
        let map = map.strip_prefix("data:application/json;base64,")?;
        Some(serde_json::from_slice(&BASE64_STANDARD.decode(map).unwrap()).unwrap())
    }

    #[test]
    fn a_script_comes_with_its_map_and_the_map_names_files() {
        let (_folder, root) = bundle();
        let maps = Maps::new(&root.join("out"), Some(&root));
        let map = map(&maps, &root.join("out/server/a b.js"), "a%20b.js.map").unwrap();
        for source in [0, 1] {
            assert_eq!(map["sources"][source], file_url(&root.join("src/a b.ts")));
        }
        assert_eq!(map["sources"][2], "src/gone.ts");
        assert_eq!(map["sources"][3], "../../src/a b.ts");
    }

    #[test]
    fn only_maps_of_the_bundle_are_read() {
        let (_folder, root) = bundle();
        let maps = Maps::new(&root.join("out"), None);
        let script = root.join("out/server/a b.js");
        std::fs::write(root.join("src/out.js.map"), "{}").unwrap();
        assert!(map(&maps, &script, "a%20b.js.map").is_some());
        for address in [
            "secret.txt",
            "none.js.map",
            "../../src/out.js.map",
            "/etc/passwd",
            "http://localhost/a.js.map",
        ] {
            assert_eq!(map(&maps, &script, address), None, "{address}");
        }
        for message in [
            r#"{"method":"Debugger.scriptParsed","params":{"url":"","sourceMapURL":"a.js.map"}}"#,
            r#"{"method":"Debugger.scriptParsed","params":{"url":"file:///x.js","sourceMapURL":"data:,"}}"#,
            r#"{"method":"Debugger.paused","params":{}}"#,
            "no message",
        ] {
            assert_eq!(maps.rewrite(message.to_owned()), message);
        }
    }
}
