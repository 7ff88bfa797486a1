//! An app of a case in a folder of its own, built and asked for pages.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use wellhead_build::manifest::{FILE_NAME, Manifest};
use wellhead_build::{BuildError, BuildOptions, Report};
use wellhead_js::{Engine, Program, Tool};

use crate::cases;

/// Asks the host for a page as an engine does.
const DRIVER: &str = r#"
import { respond } from "./index.js";
export async function get(url, routes) {
	const reports = [];
	const reply = await respond({
		method: "GET", url, target: 0, routes, traceId: "trace", nonce: "", client: "",
		header: () => null, headers: () => [], body: () => null, signal: new AbortController().signal,
		early() {}, report: (error) => reports.push(String(error?.stack ?? error)),
	});
	return { status: reply.status, head: reply.head, body: reply.body, state: reply.state, reports };
}
"#;

pub(crate) struct App {
    dir: TempDir,
}

impl App {
    /// An app of `tests/apps`, beside the packages of the fixtures.
    pub(crate) fn new(case: &str) -> Self {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
        Self::of(&fs::read_to_string(tests.join("apps").join(format!("{case}.txt"))).unwrap())
    }

    /// An app written as one text.
    pub(crate) fn of(text: &str) -> Self {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        assert!(
            fixtures.join("node_modules/svelte").is_dir(),
            "run `cargo xtask setup`"
        );
        let dir = tempfile::Builder::new()
            .prefix("tmp-")
            .tempdir_in(fixtures)
            .unwrap();
        cases::unpack(text, dir.path());
        Self { dir }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Compression of the highest quality is not what tests are about.
    pub(crate) fn options() -> BuildOptions {
        BuildOptions::production().with_compression(Some(1))
    }

    pub(crate) fn build(&self) -> Report {
        self.build_with(Self::options())
    }

    pub(crate) fn build_with(&self, options: BuildOptions) -> Report {
        wellhead_build::build(self.path(), options).unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) fn fail(&self) -> BuildError {
        wellhead_build::build(self.path(), Self::options()).expect_err("the build fails")
    }

    pub(crate) fn manifest(&self) -> Manifest {
        serde_json::from_slice(&fs::read(self.path().join("build").join(FILE_NAME)).unwrap())
            .unwrap()
    }

    /// The files of the bundle by path.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let root = self.path().join("build");
        let mut files = BTreeMap::new();
        let mut open = vec![root.clone()];
        while let Some(dir) = open.pop() {
            for entry in fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let name = path
                        .strip_prefix(&root)
                        .unwrap()
                        .to_str()
                        .unwrap()
                        .to_owned();
                    files.insert(name, fs::read(path).unwrap());
                }
            }
        }
        files
    }

    /// The content of the assets with these URL paths.
    pub(crate) fn assets(&self, paths: &[String]) -> String {
        let manifest = self.manifest();
        let read = |path: &String| {
            fs::read_to_string(self.path().join("build").join(&manifest.assets[path].file)).unwrap()
        };
        paths.iter().map(read).collect()
    }

    /// The route's page in the manifest.
    pub(crate) fn page(&self, id: &str) -> wellhead_build::manifest::Page {
        self.manifest()
            .routes
            .into_iter()
            .find(|route| route.id == id)
            .and_then(|route| route.page)
            .unwrap()
    }

    /// Renders a page from a copy of the bundle that is far from any `node_modules`.
    pub(crate) fn get(&self, id: &str, params: &[(&str, &str)]) -> Rendered {
        let copy = tempfile::tempdir().unwrap();
        for (name, bytes) in self.files() {
            let path = copy.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let server: PathBuf = copy.path().join("server");
        fs::write(server.join("driver.mjs"), DRIVER).unwrap();
        let number = self
            .manifest()
            .routes
            .iter()
            .position(|route| route.id == id)
            .unwrap();
        let mut routes = vec![Value::from(number), Value::from(params.len())];
        routes.extend(
            params
                .iter()
                .flat_map(|(name, value)| [Value::from(*name), Value::from(*value)]),
        );
        let tool =
            Tool::start(Engine::default(), Program::modules(server, "driver.mjs"), 1).unwrap();
        let rendered: Value = tool
            .call("get", &(format!("http://localhost{id}"), routes))
            .unwrap();
        let text = |name: &str| rendered[name].as_str().unwrap_or_default().to_owned();
        assert_eq!(
            rendered["reports"],
            Value::Array(Vec::new()),
            "{rendered:#}"
        );
        Rendered {
            head: text("head"),
            body: text("body"),
            state: text("state"),
        }
    }
}

pub(crate) struct Rendered {
    pub(crate) head: String,
    pub(crate) body: String,
    pub(crate) state: String,
}
