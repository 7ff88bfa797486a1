//! `./$types`: what the files of a route's folder are given, by the folder's path and by what other files' loads give.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use super::untyped;
use crate::manifest::ParamKind;
use crate::scan::{Node, NodeKind, Page, Route, Routes, params_of};
use crate::session::relative_path;

/// What a folder of `src/routes` has, as indices.
#[derive(Default)]
struct Folder<'a> {
    page: Option<&'a Page>,
    endpoint: bool,
    layout: Option<usize>,
}

/// The declarations of all folders that have some, by path relative to the app. A folder's files import theirs as
/// `./$types`, since `rootDirs` of tsconfig.json lays `.wellhead/types` over the app.
pub(super) fn files(routes: &Routes) -> BTreeMap<String, String> {
    let mut folders: BTreeMap<String, Folder<'_>> = BTreeMap::new();
    for route in &routes.routes {
        let folder = folders.entry(folder_of(&route.id)).or_default();
        folder.page = route.page.as_ref();
        folder.endpoint = route.endpoint.is_some();
    }
    for (index, node) in routes.nodes.iter().enumerate() {
        if node.kind == NodeKind::Layout
            && let Some(dir) = dir_of(node)
        {
            folders.entry(dir.to_owned()).or_default().layout = Some(index);
        }
    }
    let mut files: BTreeMap<String, String> = modules(routes)
        .filter_map(|file| {
            Some((
                untyped::path(file),
                untyped::read(&routes.app_dir.join(file))?,
            ))
        })
        .collect();
    let copies: BTreeSet<String> = files.keys().cloned().collect();
    for (dir, folder) in folders {
        let types = Types {
            routes,
            dir: &dir,
            copies: &copies,
        };
        files.insert(format!("{dir}/$types.d.ts"), types.declarations(&folder));
    }
    files
}

/// The modules with the loads of all nodes.
fn modules(routes: &Routes) -> impl Iterator<Item = &String> {
    let files = routes
        .nodes
        .iter()
        .map(|node| [&node.server, &node.universal]);
    files.flatten().flatten()
}

/// The folder of a route.
fn folder_of(id: &str) -> String {
    format!("src/routes{}", id.trim_end_matches('/'))
}

/// The id that a folder of `src/routes` has.
fn id_of(dir: &str) -> String {
    match dir.strip_prefix("src/routes") {
        Some("") | None => "/".to_owned(),
        Some(id) => id.to_owned(),
    }
}

/// The folder that a node's files are in.
fn dir_of(node: &Node) -> Option<&str> {
    let mut files = [&node.component, &node.server, &node.universal].into_iter();
    let file = files.find_map(Option::as_ref)?;
    file.rsplit_once('/').map(|(dir, _)| dir)
}

/// The declarations for one folder.
struct Types<'a> {
    routes: &'a Routes,
    dir: &'a str,
    /// The paths of modules that say what they return, in the place of such that do not.
    copies: &'a BTreeSet<String>,
}

impl Types<'_> {
    fn declarations(&self, folder: &Folder<'_>) -> String {
        let mut out = format!(
            "// Made by Wellhead from the files of {}; made again with each build.\n\
             import type * as wellhead from \"wellhead\";\n\
             import type {{ Loaded, Matched, Merged }} from \"wellhead/loads\";\n\n",
            self.dir
        );
        let id = id_of(self.dir);
        let params = self.params(&id);
        let id = literal(&id);
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "export type RouteId = {id};\nexport type RouteParams = {};\n",
            fields(&params, &[])
        );
        if folder.page.is_some() || folder.endpoint {
            out.push_str(
                "export type RequestEvent = wellhead.RequestEvent<RouteParams, RouteId>;\n\
                 export type RequestHandler = (event: RequestEvent) => wellhead.MaybePromise<Response>;\n",
            );
        }
        if let Some(page) = folder.page {
            self.loads(
                &mut out,
                "Page",
                ["RouteParams", "RouteId"],
                &page.layouts,
                page.leaf,
            );
            out.push_str(
                "export interface PageProps {\n\tparams: RouteParams;\n\tdata: PageData;\n}\n",
            );
        }
        if let Some(layout) = folder.layout {
            self.layout(&mut out, layout, &params);
        }
        out
    }

    /// What a layout is given: its own parameters, those of the pages in it where they are open, and its loads.
    fn layout(&self, out: &mut String, layout: usize, own: &BTreeMap<String, String>) {
        let inside = self.pages_in(layout);
        let mut ids: Vec<String> = inside.iter().map(|(route, _)| literal(&route.id)).collect();
        ids.push("null".to_owned());
        let open: Vec<(String, String)> = inside
            .iter()
            .flat_map(|(route, _)| self.params(&route.id))
            .filter(|(name, _)| !own.contains_key(name))
            .collect();
        let parents: &[usize] = inside.first().map_or(&[], |(_, parents)| parents);
        let _ = write!(
            out,
            "\nexport type LayoutRouteId = {};\nexport type LayoutParams = {};\n",
            ids.join(" | "),
            fields(own, &open)
        );
        self.loads(
            out,
            "Layout",
            ["LayoutParams", "LayoutRouteId"],
            parents,
            layout,
        );
        out.push_str(
            "export interface LayoutProps {\n\tparams: LayoutParams;\n\tdata: LayoutData;\n\tchildren: import(\"svelte\").Snippet;\n}\n",
        );
    }

    /// The routes whose pages a layout is around, with the layouts around it.
    fn pages_in(&self, layout: usize) -> Vec<(&Route, &[usize])> {
        let routes = self.routes.routes.iter();
        let inside = routes.filter_map(|route| {
            let layouts = &route.page.as_ref()?.layouts;
            let at = layouts.iter().position(|&other| other == layout)?;
            Some((route, &layouts[..at]))
        });
        inside.collect()
    }

    /// The types of a node's loads. `kind` is `Page` or `Layout`; `given` names the types of its parameters and id.
    fn loads(
        &self,
        out: &mut String,
        kind: &str,
        given: [&str; 2],
        parents: &[usize],
        node: usize,
    ) {
        let [params, id] = given;
        let nodes = &self.routes.nodes;
        let all = |data: fn(&Self, &Node) -> Option<String>| {
            let data: Vec<String> = parents
                .iter()
                .filter_map(|&at| data(self, &nodes[at]))
                .collect();
            format!("Merged<[{}]>", data.join(", "))
        };
        let server = self.server_data(&nodes[node]);
        let own = self.data(&nodes[node]).unwrap_or_else(|| "{}".to_owned());
        let _ = write!(
            out,
            "\ntype {kind}ServerParentData = {};\n\
             type {kind}ParentData = {};\n\
             export type {kind}ServerData = {};\n\
             export type {kind}Data = Merged<[{kind}ParentData, {own}]>;\n\
             export type {kind}ServerLoadEvent = wellhead.ServerLoadEvent<{params}, {kind}ServerParentData, {id}>;\n\
             export type {kind}ServerLoad<Output extends wellhead.OutputData = wellhead.OutputData> = (event: {kind}ServerLoadEvent) => wellhead.MaybePromise<Output>;\n\
             export type {kind}LoadEvent = wellhead.LoadEvent<{params}, {kind}ServerData, {kind}ParentData, {id}>;\n\
             export type {kind}Load<Output extends wellhead.OutputData = wellhead.OutputData> = (event: {kind}LoadEvent) => wellhead.MaybePromise<Output>;\n",
            all(Self::server_data),
            all(Self::data),
            server.unwrap_or_else(|| "null".to_owned()),
        );
    }

    /// What a node's component gets of its own loads: what the universal one gives, where there is one.
    fn data(&self, node: &Node) -> Option<String> {
        let universal = node.universal.as_ref().filter(|_| node.universal_load);
        universal.map_or_else(|| self.server_data(node), |file| Some(self.loaded(file)))
    }

    fn server_data(&self, node: &Node) -> Option<String> {
        let server = node.server.as_ref().filter(|_| node.server_load)?;
        Some(self.loaded(server))
    }

    fn loaded(&self, file: &str) -> String {
        let copy = self.copies.get(&untyped::path(file));
        format!("Loaded<{}>", self.module(copy.map_or(file, String::as_str)))
    }

    /// A module of the app, by its path, as a type.
    fn module(&self, file: &str) -> String {
        let path = relative_path(Path::new(self.dir), Path::new(file));
        let path = path
            .strip_suffix(".ts")
            .map_or_else(|| path.clone(), |stem| format!("{stem}.js"));
        format!("typeof import({})", literal(&path))
    }

    /// The parameters of a route, as a type's fields: `name` or `name?`, and the type of the value.
    fn params(&self, id: &str) -> BTreeMap<String, String> {
        params_of(id)
            .into_iter()
            .map(|param| {
                let matcher = param.matcher.as_ref();
                let file = matcher.and_then(|matcher| self.routes.matchers.get(matcher));
                let value = file.map_or_else(
                    || "string".to_owned(),
                    |file| format!("Matched<{}>", self.module(file)),
                );
                let open = if param.kind == ParamKind::Optional {
                    "?"
                } else {
                    ""
                };
                (format!("{}{open}", literal(&param.name)), value)
            })
            .collect()
    }
}

/// An object's type: the fields, and such as may be missing.
fn fields(own: &BTreeMap<String, String>, open: &[(String, String)]) -> String {
    let mut fields = own.clone();
    for (name, value) in open {
        let name = format!("{}?", name.trim_end_matches('?'));
        let field = fields.entry(name).or_insert_with(|| value.clone());
        if !field.split(" | ").any(|one| one == value) {
            let _ = write!(field, " | {value}");
        }
    }
    if fields.is_empty() {
        return "{}".to_owned();
    }
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    format!("{{ {} }}", fields.join("; "))
}

/// A text as a literal of JavaScript.
fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
