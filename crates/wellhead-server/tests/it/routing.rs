//! The cases of `tests/routing`, which the client's matcher runs too.

use std::collections::BTreeMap;
use std::path::Path;

use regex::Regex;
use serde::Deserialize;
use wellhead_build::manifest::ParamKind;
use wellhead_server::routing::{DecodedPath, Router};

use crate::fake::page;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    about: String,
    routes: Vec<String>,
    #[serde(default)]
    matchers: BTreeMap<String, String>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    path: String,
    #[serde(default)]
    route: Option<String>,
    #[serde(default)]
    params: BTreeMap<String, String>,
    #[serde(default)]
    error: Option<String>,
}

#[test]
fn every_case_finds_its_route() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/routing");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let groups: Vec<Group> = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        for group in &groups {
            count += group.cases.len();
            group.cases.iter().for_each(|case| check(group, case));
        }
    }
    assert!(count > 50, "only {count} cases were found");
}

fn check(group: &Group, case: &Case) {
    let place = format!("{}: {}", group.about, case.path);
    let Ok(path) = DecodedPath::new(&case.path) else {
        assert_eq!(case.error.as_deref(), Some("path"), "{place}");
        return;
    };
    assert_eq!(case.error, None, "{place}");
    let routes: Vec<_> = group.routes.iter().map(|id| page(id)).collect();
    let found = Router::new(&routes).find(&path);
    let agrees =
        |name: &str, value: &str| Regex::new(&group.matchers[name]).unwrap().is_match(value);
    let chosen = found.iter().find(|found| {
        found.params.iter().all(|(name, value)| {
            match matcher(&group.routes[found.route as usize], name) {
                Some(matcher) => agrees(&matcher, value),
                None => true,
            }
        })
    });
    let id = chosen.map(|found| group.routes[found.route as usize].clone());
    let params = chosen
        .map(|found| found.params.iter().cloned().collect())
        .unwrap_or_default();
    assert_eq!(
        (id, params),
        (case.route.clone(), case.params.clone()),
        "{place}; candidates: {found:?}"
    );
}

fn matcher(id: &str, name: &str) -> Option<String> {
    let segments = crate::fake::segments(id);
    let pieces = segments.into_iter().flat_map(|segment| segment.pieces);
    pieces
        .filter_map(|piece| match piece {
            wellhead_build::manifest::Piece::Param(param) if param.name == name => param.matcher,
            _ => None,
        })
        .next()
}

#[test]
fn a_path_made_to_match_slowly_is_given_up() {
    let slow = page("/[...a]/x/[...b]/x/[...c]/x/[...d]/end");
    assert_eq!(slow.segments.len(), 8);
    assert!(
        matches!(&slow.segments[0].pieces[0], wellhead_build::manifest::Piece::Param(param) if param.kind == ParamKind::Rest)
    );
    let path = "/x".repeat(5000);
    let found = Router::new(&[slow]).find(&DecodedPath::new(&path).unwrap());
    assert!(found.is_empty());
}
