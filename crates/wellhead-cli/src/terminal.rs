//! Colours and progress, only where someone sees them.

use std::io::{self, IsTerminal, Write};

/// Whether standard error shows colours.
pub(crate) fn is_colored() -> bool {
    std::io::stderr().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Says what goes on while something takes long; the line is gone when it is done.
pub(crate) fn during<T>(what: &str, work: impl FnOnce() -> T) -> T {
    if is_colored() {
        said_during(&mut io::stderr(), what, work)
    } else {
        work()
    }
}

fn said_during<T>(out: &mut impl Write, what: &str, work: impl FnOnce() -> T) -> T {
    const CLEAR_LINE: &str = "\r\x1b[K";
    // What cannot be said keeps nothing from being done.
    let mut say = |text: &str| {
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    };
    say(&dim(what));
    let done = work();
    say(CLEAR_LINE);
    done
}

pub(crate) fn red(text: &str) -> String {
    colored("31;1", text)
}

pub(crate) fn green(text: &str) -> String {
    colored("32;1", text)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_cleared_when_it_is_done() {
        let mut out = Vec::new();
        assert_eq!(said_during(&mut out, "building…", || 3), 3);
        let out = String::from_utf8(out).unwrap();
        assert!(
            out.starts_with("building…") && out.ends_with("\r\x1b[K"),
            "{out:?}"
        );
    }
}
