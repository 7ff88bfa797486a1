//! `wellhead render`, as far as no compiler is needed.

use std::path::Path;

use crate::wellhead;

#[test]
fn what_is_no_json_is_explained() {
    let outcome = wellhead(Path::new("."), &["render", "A.svelte", "--props", "{x: 1}"]);
    assert_eq!(outcome.code, 1);
    assert!(
        outcome
            .err
            .starts_with("error: --props is no JSON object: "),
        "{}",
        outcome.err
    );
    assert!(outcome.err.contains("\nhint: "), "{}", outcome.err);
}

#[test]
fn a_line_that_fails_does_not_stop_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("jobs"),
        "nonsense\n\n{\"file\": \"gone.svelte\"}\n{\"file\": 1}\n",
    )
    .unwrap();
    let outcome = wellhead(folder.path(), &["render", "--batch", "@jobs"]);
    assert_eq!(outcome.code, 1);
    let answers: Vec<serde_json::Value> = outcome
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let kinds: Vec<_> = answers
        .iter()
        .map(|answer| (answer["line"].as_u64(), answer["error"]["kind"].as_str()))
        .collect();
    assert_eq!(
        kinds,
        [
            (Some(1), Some("job")),
            (Some(3), Some("compile")),
            (Some(4), Some("job"))
        ]
    );
}
