//! Colours, only where someone sees them.

use std::io::IsTerminal;

/// Whether standard error shows colours.
pub(crate) fn is_colored() -> bool {
    std::io::stderr().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

pub(crate) fn red(text: &str) -> String {
    colored("31;1", text)
}

pub(crate) fn yellow(text: &str) -> String {
    colored("33;1", text)
}

pub(crate) fn cyan(text: &str) -> String {
    colored("36;1", text)
}

pub(crate) fn dim(text: &str) -> String {
    colored("2", text)
}

fn colored(code: &str, text: &str) -> String {
    if is_colored() {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}
