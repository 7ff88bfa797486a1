//! Reads the name of a route's folder into a segment: literals, parameters, groups, escapes.

use std::collections::BTreeMap;

use super::tree::Folder;
use crate::Diagnostic;
use crate::manifest::{Param, ParamKind, Piece, Segment};

/// What a folder's name stands for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    /// `(name)`: no segment.
    Group,
    /// A segment of the path.
    Segment(Segment),
}

/// Reads a folder's name; on failure, what is wrong with it and what to do.
pub(super) fn parse(name: &str) -> Result<Parsed, (String, String)> {
    if name.starts_with('(') && name.ends_with(')') && name.len() > 2 {
        return Ok(Parsed::Group);
    }
    if name.contains('#') {
        return Err((
            "a name with `#` cannot be a path".into(),
            format!("rename it to `{}`", name.replace('#', "[x+23]")),
        ));
    }
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = name;
    while let Some(open) = rest.find('[') {
        literal(&mut pieces, &rest[..open])?;
        let inner = &rest[open..];
        if let Some((c, after)) = escape(inner)? {
            push_char(&mut pieces, c);
            rest = after;
            continue;
        }
        let (param, after) = parameter(inner)?;
        if matches!(pieces.last(), Some(Piece::Param(_))) {
            return Err((
                "two parameters touch".into(),
                "put text between them: `[a]-[b]`".into(),
            ));
        }
        pieces.push(Piece::Param(param));
        rest = after;
    }
    literal(&mut pieces, rest)?;
    Ok(Parsed::Segment(Segment { pieces }))
}

fn literal(pieces: &mut Vec<Piece>, text: &str) -> Result<(), (String, String)> {
    if text.contains(']') {
        return Err((
            "a `]` has no `[`".into(),
            "close each parameter once, or write a bracket as `[x+5d]`".into(),
        ));
    }
    text.chars().for_each(|c| push_char(pieces, c));
    Ok(())
}

fn push_char(pieces: &mut Vec<Piece>, c: char) {
    match pieces.last_mut() {
        Some(Piece::Literal(text)) => text.push(c),
        _ => pieces.push(Piece::Literal(c.into())),
    }
}

/// `[x+2e]` or `[u+1f600]` at the start of `text`: the character, and what follows.
fn escape(text: &str) -> Result<Option<(char, &str)>, (String, String)> {
    let Some(end) = text.find(']') else {
        return Ok(None);
    };
    let inner = &text[1..end];
    let (digits, allowed) = match inner.get(..2) {
        Some("x+") => (&inner[2..], 2..=2),
        Some("u+") => (&inner[2..], 4..=6),
        _ => return Ok(None),
    };
    let valid = digits
        .bytes()
        .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        && allowed.contains(&digits.len());
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| valid);
    match code.and_then(char::from_u32) {
        Some(c) => Ok(Some((c, &text[end + 1..]))),
        None => Err((
            format!("`[{inner}]` is not a character"),
            "write `[x+nn]` with two lower-case hexadecimal digits or `[u+nnnn]` with four to six"
                .into(),
        )),
    }
}

/// `[name]`, `[[name]]`, `[...name]`, each with `=matcher`: the parameter, and what follows.
fn parameter(text: &str) -> Result<(Param, &str), (String, String)> {
    let unbalanced = || {
        (
            "a `[` is not closed".to_owned(),
            "write `[name]`, `[[name]]` or `[...name]`".to_owned(),
        )
    };
    let (inner, kind, after) = if let Some(inner) = text.strip_prefix("[[") {
        let end = inner.find("]]").ok_or_else(unbalanced)?;
        (&inner[..end], ParamKind::Optional, &inner[end + 2..])
    } else {
        let end = text.find(']').ok_or_else(unbalanced)?;
        (&text[1..end], ParamKind::Required, &text[end + 1..])
    };
    let (inner, kind) = match (inner.strip_prefix("..."), kind) {
        (Some(_), ParamKind::Optional) => {
            return Err((
                "a rest parameter is always optional".into(),
                format!("remove the outer brackets: `[{inner}]`"),
            ));
        }
        (Some(name), _) => (name, ParamKind::Rest),
        (None, kind) => (inner, kind),
    };
    let (name, matcher) = match inner.split_once('=') {
        Some((name, matcher)) => (name, Some(matcher)),
        None => (inner, None),
    };
    for word in [Some(name), matcher].into_iter().flatten() {
        if !is_word(word) {
            return Err((
                format!("`{word}` cannot name a parameter or a matcher"),
                "use letters, digits and underscores only".into(),
            ));
        }
    }
    Ok((
        Param {
            name: name.to_owned(),
            kind,
            matcher: matcher.map(str::to_owned),
        },
        after,
    ))
}

/// Whether a text can name a parameter or a matcher.
pub(super) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The parameters of a path.
pub(super) fn params(segments: &[Segment]) -> impl Iterator<Item = &Param> {
    segments
        .iter()
        .flat_map(|segment| &segment.pieces)
        .filter_map(|piece| match piece {
            Piece::Param(param) => Some(param),
            Piece::Literal(_) => None,
        })
}

/// The parameters of a route by its id. A folder's name that cannot be read has none.
pub(crate) fn params_of(id: &str) -> Vec<Param> {
    let segments = id.split('/').filter_map(|name| match parse(name) {
        Ok(Parsed::Segment(segment)) => Some(segment),
        Ok(Parsed::Group) | Err(_) => None,
    });
    let segments: Vec<Segment> = segments.collect();
    params(&segments).cloned().collect()
}

/// Whether a segment is a single parameter of a kind.
fn is_lone(segment: &Segment, kind: ParamKind) -> bool {
    matches!(&segment.pieces[..], [Piece::Param(param)] if param.kind == kind)
}

/// Reports what is wrong with a whole path though each of its folders is fine.
pub(super) fn check_path(id: &str, segments: &[Segment], problems: &mut Vec<Diagnostic>) {
    let at = format!("src/routes{id}");
    let mut seen = Vec::new();
    for param in params(segments) {
        if seen.contains(&&param.name) {
            problems.push(
                Diagnostic::error(
                    "duplicate_param",
                    format!("the parameter `{}` comes twice in one path", param.name),
                )
                .in_file(&at)
                .with_help("rename one of them: a page sees each parameter by its name"),
            );
        }
        seen.push(&param.name);
    }
    if segments
        .windows(2)
        .any(|pair| is_lone(&pair[0], ParamKind::Rest) && is_lone(&pair[1], ParamKind::Optional))
    {
        problems.push(
            Diagnostic::error(
                "optional_after_rest",
                "an optional parameter cannot follow a rest parameter",
            )
            .in_file(&at)
            .with_help(
                "the rest parameter takes everything; make the last one required, or remove it",
            ),
        );
    }
}

/// Reports matchers that a route names and the app does not have.
pub(super) fn check_matchers(
    folder: &Folder,
    matchers: &BTreeMap<String, String>,
    problems: &mut Vec<Diagnostic>,
) {
    for name in params(&folder.segments).filter_map(|param| param.matcher.as_ref()) {
        if !matchers.contains_key(name) {
            problems.push(
                Diagnostic::error("missing_matcher", format!("there is no matcher `{name}`"))
                    .in_file(format!("src/routes{}", folder.id))
                    .with_help(format!(
                        "write src/params/{name}.ts that exports `match(value: string): boolean`"
                    )),
            );
        }
    }
}
