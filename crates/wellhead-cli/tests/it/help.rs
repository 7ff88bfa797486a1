//! Help and completions.

use std::path::Path;

use crate::wellhead;

#[test]
fn every_command_explains_itself_with_examples() {
    let top = wellhead(Path::new("."), &["--help"]);
    assert_eq!(top.code, 0);
    for command in [
        "new",
        "dev",
        "build",
        "serve",
        "check",
        "test",
        "routes",
        "render",
        "completions",
    ] {
        assert!(
            top.out
                .lines()
                .any(|line| line.trim_start().starts_with(&format!("{command} "))),
            "{command}: {}",
            top.out
        );
        let own = wellhead(Path::new("."), &[command, "--help"]);
        assert!(
            own.code == 0 && own.out.contains("Examples:\n  wellhead "),
            "{command}: {}",
            own.out
        );
        let asked = wellhead(Path::new("."), &["help", command]);
        assert_eq!((asked.code, &asked.out), (0, &own.out), "{command}");
    }
}

#[test]
fn completions_know_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let outcome = wellhead(Path::new("."), &["completions", shell]);
        assert!(
            outcome.code == 0 && outcome.out.contains("routes"),
            "{shell}: {}",
            outcome.err
        );
    }
}

#[test]
fn what_is_no_command_is_an_error_of_use() {
    let outcome = wellhead(Path::new("."), &["biuld"]);
    assert_eq!(outcome.code, 2);
    assert!(outcome.err.contains("'build'"), "{}", outcome.err);
}
