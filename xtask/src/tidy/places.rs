//! Paths and hosts of one machine or one network, which mean nothing anywhere else.

use super::{Problem, extension};

// In two parts, so that this file is not its own first finding.
const WORKPLACE: &str = concat!("/wo", "rk/");
const HOSTS: [&str; 7] = [
    concat!("registry.", "npmjs.org"),
    concat!("registry.", "yarnpkg.com"),
    concat!("npm.pkg.", "github.com"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("files.", "pythonhosted.org"),
    concat!("arti", "factory"),
];

/// A path that exists on one machine only.
pub(super) fn no_place_of_one_machine(path: &str, text: &str) -> Vec<Problem> {
    let part_of_path = |c: char| c.is_alphanumeric() || "_-.)}]*".contains(c);
    let absolute = |line: &str| {
        line.match_indices(WORKPLACE)
            .any(|(at, _)| !line[..at].ends_with(part_of_path))
    };
    let hint = "a path of one machine; hint: make it relative to the repository";
    lines(path, text, absolute)
        .map(|line| Problem::new(path, line, hint))
        .collect()
}

/// Which registry packages come from is the reader's configuration, not the repository's.
pub(super) fn no_registry_host(path: &str, text: &str) -> Vec<Problem> {
    if path.rsplit('/').next() == Some("package-lock.json") {
        // Each package has such a line; the first is enough to say so.
        let address = |line: &str| line.trim_start().starts_with("\"resolved\": \"http");
        let hint = "addresses of packages; hint: npm install --omit-lockfile-registry-resolved";
        return lines(path, text, address)
            .take(1)
            .map(|line| Problem::new(path, line, hint))
            .collect();
    }
    let named = |line: &str| HOSTS.iter().any(|host| line.contains(host));
    let hint = "the host of a package registry; hint: leave it to the reader's configuration";
    lines(path, text, named)
        .map(|line| Problem::new(path, line, hint))
        .collect()
}

/// The numbers of the lines that are `wrong`.
fn lines(path: &str, text: &str, wrong: impl Fn(&str) -> bool) -> impl Iterator<Item = usize> {
    // In a drawing, letters and slashes mean curves.
    let drawing = extension(path) == "svg";
    text.lines()
        .enumerate()
        .filter(move |(_, line)| !drawing && wrong(line))
        .map(|(index, _)| index + 1)
}

#[cfg(test)]
mod tests {
    use super::{super::check_rule, *};

    #[test]
    fn an_absolute_path_of_the_workplace_is_found() {
        let hint = "a.md:1: a path of one machine; hint: make it relative to the repository";
        let check = |text: String, expect: &[&str]| {
            check_rule(no_place_of_one_machine, "a.md", &text, expect);
        };
        check(format!("see {WORKPLACE}main"), &[hint]);
        check(format!("\"{WORKPLACE}main\""), &[hint]);
        check(
            format!("https://example.org{WORKPLACE}main and src{WORKPLACE}a.rs"),
            &[],
        );
    }

    #[test]
    fn a_registry_host_is_found() {
        let hint = ".npmrc:1: the host of a package registry; hint: leave it to the reader's configuration";
        check_rule(
            no_registry_host,
            ".npmrc",
            &format!("registry=https://{}/", HOSTS[0]),
            &[hint],
        );
        let index = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
        check_rule(no_registry_host, "Cargo.lock", index, &[]);
    }

    #[test]
    fn a_lockfile_with_addresses_is_one_problem() {
        let lock = "{\n  \"resolved\": \"https://a.example/a.tgz\",\n  \"resolved\": \"https://a.example/b.tgz\"\n}";
        let hint = "package-lock.json:2: addresses of packages; hint: npm install --omit-lockfile-registry-resolved";
        check_rule(no_registry_host, "package-lock.json", lock, &[hint]);
        check_rule(
            no_registry_host,
            "package-lock.json",
            "  \"resolved\": \"../../packages/a\",",
            &[],
        );
    }
}
