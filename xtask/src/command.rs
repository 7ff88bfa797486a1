//! Running programs: announced, timed, and read where their output matters.

use std::{
    env,
    io::{self, BufRead, BufReader, IsTerminal, Read, Write},
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// Says what begins, so that no long step runs in silence.
pub(crate) fn announce(step: &str) {
    println!("==> {step}");
    // Nothing of this may appear after the output of the program it announces.
    let _ = io::stdout().flush();
}

/// Runs a step whose own output is its progress, and says how long it took.
pub(crate) fn run(step: &str, command: &mut Command) -> Result<()> {
    announce(step);
    let started = Instant::now();
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", program(command)))?;
    if !status.success() {
        bail!("{step}: {} ended with {status}", program(command));
    }
    println!("    {step}: {}", seconds(started.elapsed()));
    Ok(())
}

/// The output of a quick program, trimmed; `None` if it is missing or fails.
pub(crate) fn output_of(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a program, shows its output as it comes, and hands each line to `each` as well.
/// Returns whether the program succeeded.
pub(crate) fn watch(command: &mut Command, mut each: impl FnMut(&str) + Send) -> Result<bool> {
    if io::stdout().is_terminal() {
        // Behind a pipe a program would think that nobody wants colours.
        command
            .env("CARGO_TERM_COLOR", "always")
            .env("FORCE_COLOR", "1");
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", program(command)))?;
    let (lines, received) = std::sync::mpsc::sync_channel::<String>(1024);
    let streams: [Option<Box<dyn Read + Send>>; 2] = [
        child.stdout.take().map(|stream| Box::new(stream) as _),
        child.stderr.take().map(|stream| Box::new(stream) as _),
    ];
    thread::scope(|scope| {
        for stream in streams.into_iter().flatten() {
            let lines = lines.clone();
            scope.spawn(move || {
                let mut reader = BufReader::new(stream);
                let mut line = Vec::new();
                while reader
                    .read_until(b'\n', &mut line)
                    .is_ok_and(|read| read > 0)
                {
                    let text = String::from_utf8_lossy(&line).trim_end().to_owned();
                    if lines.send(text).is_err() {
                        break;
                    }
                    line.clear();
                }
            });
        }
        drop(lines);
        for line in received {
            println!("{line}");
            each(&without_colours(&line));
        }
    });
    Ok(child.wait()?.success())
}

/// Where `name` is on PATH.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
        .find(|file| file.is_file())
}

/// A duration as a person reads it.
pub(crate) fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds >= 60 {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    } else {
        format!("{:.1} s", duration.as_secs_f64())
    }
}

fn program(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// `text` without the escape sequences that colour a terminal.
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_taken_out_before_a_line_is_read() {
        assert_eq!(without_colours("\u{1b}[32;1m3 passed\u{1b}[0m"), "3 passed");
    }

    #[cfg(unix)]
    #[test]
    fn both_streams_are_read_and_the_exit_code_is_kept() {
        let mut lines = Vec::new();
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; exit 3"]);
        let success = watch(&mut command, |line| lines.push(line.to_owned())).unwrap();
        lines.sort();
        assert_eq!(
            (success, lines),
            (false, vec!["one".to_owned(), "two".to_owned()])
        );
    }

    #[test]
    fn durations_read_as_people_say_them() {
        assert_eq!(seconds(Duration::from_millis(1540)), "1.5 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
