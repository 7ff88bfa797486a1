//! Writes a bundle: its files into a fresh folder, compressed, the manifest last, and the folder in place of the old one.

mod compress;
mod folder;
mod manifest;
mod preload;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::asset::Content;
use crate::bundling::Bundled;
use crate::generate::{self, HASH_PLACEHOLDER};
use crate::hash::{self, Digest};
use crate::media_type;
use crate::options::ClientMaps;
use crate::session::Session;
use crate::{Diagnostic, manifest as format};

use folder::Folder;
use preload::Graph;

/// Figures of what was written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Written {
    pub(crate) hash: String,
    pub(crate) modules: usize,
    pub(crate) server_chunks: usize,
    pub(crate) client_chunks: usize,
    pub(crate) server_bytes: u64,
    pub(crate) client_bytes: u64,
}

/// Writes the bundle of a build. `session` is the client's.
pub(crate) fn write(
    session: &Arc<Session>,
    server: Bundled,
    client: Bundled,
    live: Option<Bundled>,
) -> Result<Written, Vec<Diagnostic>> {
    let app = &session.app;
    let mut figures = Written {
        modules: server
            .chunks
            .iter()
            .chain(&client.chunks)
            .map(|chunk| chunk.modules.keys.len())
            .sum(),
        server_chunks: server.chunks.len(),
        client_chunks: client.chunks.len(),
        ..Written::default()
    };
    // Every style file is placed here, also those of chunks that only others import.
    let graph = Graph::new(session, &client.chunks);
    let needs_client = app
        .routes
        .routes
        .iter()
        .filter_map(|route| route.page.as_ref())
        .any(|page| page.options.csr(app.options.is_dev()));
    let mut files = BTreeMap::new();
    let live_chunks = live.as_ref().map_or(&[][..], |live| &live.chunks);
    for chunk in client.chunks.iter().chain(live_chunks) {
        files.insert(
            format!("/{}", chunk.filename),
            Content::Bytes(chunk.code.clone().into_bytes()),
        );
    }
    let live_entry = live_chunks.iter().find(|chunk| chunk.is_entry).cloned();
    for (name, content) in client
        .maps
        .into_iter()
        .chain(live.into_iter().flat_map(|live| live.maps))
    {
        files.insert(format!("/{name}"), Content::Bytes(content));
    }
    files.extend(session.assets.take());
    let mut server_files: BTreeMap<String, Vec<u8>> = server
        .chunks
        .iter()
        .map(|chunk| {
            (
                format!("server/{}", chunk.filename),
                chunk.code.clone().into_bytes(),
            )
        })
        .collect();
    let server_maps: BTreeMap<String, Vec<u8>> = server
        .maps
        .into_iter()
        .map(|(name, content)| (format!("server/{name}"), content))
        .collect();
    let read = |(path, content): (String, Content)| {
        let file = if let Content::File(file) = &content {
            Some(app.shown(&file.to_string_lossy()))
        } else {
            None
        };
        content
            .read()
            .map(|bytes| (path, bytes))
            .map_err(|error| Diagnostic::unreadable(file.unwrap_or_default(), &error))
    };
    let mut problems = Vec::new();
    let mut client_files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for file in files {
        match read(file) {
            Ok((path, bytes)) => drop(client_files.insert(path, bytes)),
            Err(problem) => problems.push(problem),
        }
    }
    folder::read_static(&app.dir, &mut client_files, &mut problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut manifest = manifest::describe(session, &graph);
    if let Some(entry) = live_entry {
        let path = |file: &str| format!("/{file}");
        let imports: Vec<_> = entry.imports.iter().map(|file| path(file)).collect();
        manifest::add_live_entry(&mut manifest, &path(&entry.filename), &imports);
    }
    let version = version(&manifest, &server_files, &client_files);
    for content in server_files.values_mut() {
        substitute(content, &version);
    }
    if needs_client && let Some(entry) = graph.entry() {
        // Beside the entry itself: relative, so that the base does not matter.
        let relative = entry.rsplit('/').next().unwrap_or_default();
        let script = generate::boot_script(&format!("./{relative}"), &version);
        let path = format!(
            "{}/entry/start-{}.js",
            crate::asset::IMMUTABLE,
            hash::name(script.as_bytes())
        );
        client_files.insert(path.clone(), script.into_bytes());
        manifest::add_client_entry(&mut manifest, &path);
    }
    figures.server_bytes = server_files.values().map(|bytes| bytes.len() as u64).sum();
    figures.client_bytes = client_files
        .iter()
        .filter(|(path, _)| !path.ends_with(".map"))
        .map(|(_, bytes)| bytes.len() as u64)
        .sum();
    manifest.hash.clone_from(&version);
    manifest.server.modules = server_files
        .iter()
        .map(|(path, bytes)| {
            let (hash, size) = (hash::short(bytes), bytes.len() as u64);
            (path.clone(), format::Module { hash, size })
        })
        .collect();
    server_files.extend(server_maps);
    let compressed = compress::all(&client_files, app.options.brotli_quality());
    // Hidden source maps are for those who have the folder.
    let is_served =
        |path: &str| app.options.client_maps() != ClientMaps::Hidden || !path.ends_with(".js.map");
    manifest.assets = client_files
        .iter()
        .filter(|(path, _)| is_served(path))
        .map(|(path, bytes)| asset(path, bytes, &compressed))
        .collect();
    Folder::create(&app.options.out_dir(&app.dir))
        .and_then(|folder| {
            for (path, bytes) in &server_files {
                folder.write(path, bytes)?;
            }
            for (path, bytes) in &client_files {
                let file = format!("client{path}");
                folder.write(&file, bytes)?;
                if let Some(copies) = compressed.get(path) {
                    copies.iter().try_for_each(|(extension, bytes)| {
                        folder.write(&format!("{file}.{extension}"), bytes)
                    })?;
                }
            }
            folder.finish(&manifest)
        })
        .map_err(|problem| vec![problem])?;
    figures.hash = version;
    Ok(figures)
}

/// The bundle's hash: over everything that it says and holds, with the places for the hash itself still open.
fn version(
    manifest: &format::Manifest,
    server: &BTreeMap<String, Vec<u8>>,
    client: &BTreeMap<String, Vec<u8>>,
) -> String {
    let mut digest = Digest::default();
    digest.add(&serde_json::to_vec(manifest).unwrap_or_default());
    for (path, bytes) in server.iter().chain(client) {
        digest.add(path.as_bytes()).add(bytes);
    }
    digest.short()
}

/// Writes the version where its placeholder stands; both have the same length.
fn substitute(content: &mut [u8], version: &str) {
    let placeholder = HASH_PLACEHOLDER.as_bytes();
    debug_assert_eq!(placeholder.len(), version.len());
    let mut at = 0;
    while at + placeholder.len() <= content.len() {
        if content[at] == placeholder[0] && content[at..].starts_with(placeholder) {
            content[at..at + placeholder.len()].copy_from_slice(version.as_bytes());
        }
        at += 1;
    }
}

fn asset(path: &str, bytes: &[u8], compressed: &compress::Compressed) -> (String, format::Asset) {
    let size = |extension: &str| {
        let mut copies = compressed.get(path)?.iter();
        let (_, copy) = copies.find(|(other, _)| *other == extension)?;
        Some(copy.len() as u64)
    };
    let asset = format::Asset {
        file: format!("client{path}"),
        media_type: media_type::full(path),
        size: bytes.len() as u64,
        hash: hash::short(bytes),
        immutable: path.starts_with(&format!("{}/", crate::asset::IMMUTABLE)),
        br: size("br"),
        gz: size("gz"),
    };
    (folder::percent_encoded(path), asset)
}

/// The path of a file for people.
fn shown(path: &Path) -> String {
    path.display().to_string()
}
