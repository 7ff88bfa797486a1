//! Many components in one call: JSON lines in, JSON lines out.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::process::ExitCode;

use anyhow::Context;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Compilers, Failure, Job, Rendered};
use crate::hint::WithHint;

/// The answer to one line.
#[derive(Serialize)]
struct Answer<'a> {
    /// The line's number, from 1.
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(flatten)]
    rendered: Option<&'a Rendered>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Failure>,
}

/// Renders what each line of a file asks for; `options` and `awaits` hold where a line says nothing else.
pub(super) fn run(
    batch: &str,
    options: &Map<String, Value>,
    awaits: bool,
    mut compilers: Compilers,
) -> anyhow::Result<ExitCode> {
    let Some(name) = batch.strip_prefix('@') else {
        return Err(anyhow::anyhow!("--batch takes @FILE")).hint(format!("write --batch @{batch}"));
    };
    let input: Box<dyn BufRead> = match name {
        "-" => Box::new(io::stdin().lock()),
        name => Box::new(BufReader::new(
            File::open(name)
                .with_context(|| format!("cannot read {name}"))
                .hint("check the path: it is relative to where you are; @- reads standard input")?,
        )),
    };
    let (mut out, mut failed) = (io::stdout().lock(), false);
    for (line, bytes) in (1..).zip(input.split(b'\n')) {
        let bytes = bytes
            .with_context(|| format!("cannot read line {line} of {name}"))
            .hint("--batch takes a file of JSON lines")?;
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let (file, result) = match job(&bytes, options, awaits) {
            Ok(job) => (Some(job.file.display().to_string()), compilers.render(&job)),
            Err(failure) => (None, Err(failure)),
        };
        failed |= result.is_err();
        let rendered = result.as_ref().ok().map(|(rendered, _)| rendered);
        let answer = Answer {
            line,
            file,
            rendered,
            error: result.as_ref().err(),
        };
        writeln!(out, "{}", serde_json::to_string(&answer)?)
            .and_then(|()| out.flush())
            .context("cannot write")?;
    }
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn job(text: &[u8], options: &Map<String, Value>, awaits: bool) -> Result<Job, Failure> {
    let mut job: Job = serde_json::from_slice(text).map_err(|error| Failure::Job {
        message: error.to_string(),
    })?;
    job.awaits |= awaits;
    for (name, value) in options {
        job.compiler_options
            .entry(name)
            .or_insert_with(|| value.clone());
    }
    Ok(job)
}
