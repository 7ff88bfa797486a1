//! Plans of small graphs.

use super::*;

/// Modules as `name: imports; size`; the entry imports the pages dynamically.
fn graph(modules: &[(&str, usize)], pages: &[&[usize]]) -> Graph {
    let mut graph = Graph {
        modules: modules
            .iter()
            .map(|(imports, size)| Module {
                size: *size,
                imports: imports
                    .split_whitespace()
                    .map(|n| n.parse().unwrap())
                    .collect(),
                ..Module::default()
            })
            .collect(),
        pages: pages.iter().map(|page| page.to_vec()).collect(),
        always: Vec::new(),
    };
    graph.modules[0].dynamic_imports = pages.concat();
    graph
}

fn groups(graph: &Graph) -> Vec<Vec<usize>> {
    make(graph)
        .groups
        .into_iter()
        .map(|group| group.modules)
        .collect()
}

#[test]
fn what_the_same_pages_load_is_one_file() {
    // Layout 1 is part of both pages, so what it shares with one of them is loaded by both.
    let modules = [
        ("", 1),
        ("4", 1),
        ("4 5", 1),
        ("5 6", 1),
        ("", 90_000),
        ("", 90_000),
        ("", 90_000),
    ];
    let found = graph(&modules, &[&[1, 2], &[1, 3]]);
    assert_eq!(groups(&found), [[4, 5]]);
}

#[test]
fn small_groups_join_only_where_no_page_loads_much_more() {
    let modules = [
        ("", 1),
        ("4 5", 100_000),
        ("4 6", 100_000),
        ("5 6", 100_000),
        ("", 100),
        ("", 100),
        ("", 100),
    ];
    let pages: [&[usize]; 3] = [&[1], &[2], &[3]];
    assert_eq!(groups(&graph(&modules, &pages)).len(), 1);
    let mut large = modules;
    large[4].1 = 50_000;
    large[5].1 = 50_000;
    assert_eq!(
        groups(&graph(&large, &pages)).len(),
        3,
        "each would bring another page too much"
    );
    let mut effects = graph(&modules, &pages);
    effects.modules[4].has_effects = true;
    let mut found = groups(&effects);
    found.sort();
    assert_eq!(
        found,
        [vec![4], vec![5, 6]],
        "what does something is loaded only where it is asked for"
    );
}

#[test]
fn groups_do_not_import_each_other_in_a_circle() {
    // 4 imports 5, which imports 6: 4 and 6 alone would be a circle.
    let modules = [
        ("", 1),
        ("4", 50_000),
        ("4", 50_000),
        ("5", 900_000),
        ("5", 100),
        ("6", 900_000),
        ("", 100),
        ("6", 50_000),
    ];
    let found = make(&graph(&modules, &[&[1], &[2], &[3], &[7]]));
    for group in &found.groups {
        assert!(
            !(group.modules.contains(&4) && group.modules.contains(&6))
                || group.modules.contains(&5),
            "{found:?}"
        );
    }
}

#[test]
fn the_framework_is_apart_with_all_that_it_imports() {
    let mut graph = graph(
        &[
            ("3", 1),
            ("3 4", 1),
            ("3 4 5", 1),
            ("6", 1),
            ("", 1),
            ("", 1),
            ("", 1),
        ],
        &[&[1], &[2]],
    );
    for module in [3, 4, 5] {
        graph.modules[module].is_framework = true;
    }
    let plan = make(&graph);
    assert_eq!(
        plan.groups,
        [Group {
            modules: vec![3, 4, 6],
            is_framework: true
        }]
    );
    assert_eq!(plan.users[3], None);
    assert_eq!(plan.users[5], Some(BTreeSet::from([2])));
}
