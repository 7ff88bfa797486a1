//! Page options: their kinds, and how they are read from literals.

use oxc::ast::ast::{Expression, UnaryOperator};
use serde::Serialize;

use crate::manifest::TrailingSlash;

/// A page option that is on or off, perhaps by the kind of build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Flag {
    /// `true`.
    On,
    /// `false`.
    Off,
    /// `dev` of `$app/environment`.
    Development,
    /// `!dev`.
    Production,
}

impl Flag {
    /// Whether it is on in a development build (`dev`) or a production build.
    #[must_use]
    pub fn is_on(self, dev: bool) -> bool {
        match self {
            Self::On => true,
            Self::Off => false,
            Self::Development => dev,
            Self::Production => !dev,
        }
    }
}

/// `prerender`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Prerender {
    /// `true`.
    Yes,
    /// `false`.
    No,
    /// `"auto"`.
    Auto,
}

/// `revalidate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Revalidate {
    /// `false`: once made, it stays.
    Never,
    /// For so many seconds.
    Seconds(u32),
}

/// Page options as a module has them; what it does not say is inherited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PageOptions {
    /// Whether the page is rendered on the server; on by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ssr: Option<Flag>,
    /// Whether the page runs in the browser; on by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csr: Option<Flag>,
    /// What happens to a slash at the end of a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trailing_slash: Option<TrailingSlash>,
    /// Whether the page is made at build time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prerender: Option<Prerender>,
    /// For how long a rendered page may be served again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revalidate: Option<Revalidate>,
}

impl PageOptions {
    /// Whether the page is rendered on the server.
    #[must_use]
    pub fn ssr(&self, dev: bool) -> bool {
        self.ssr.is_none_or(|flag| flag.is_on(dev))
    }

    /// Whether the page runs in the browser.
    #[must_use]
    pub fn csr(&self, dev: bool) -> bool {
        self.csr.is_none_or(|flag| flag.is_on(dev))
    }

    /// Takes what `inner` says over what is there.
    pub(super) fn inherit(&mut self, inner: &Self) {
        self.ssr = inner.ssr.or(self.ssr);
        self.csr = inner.csr.or(self.csr);
        self.trailing_slash = inner.trailing_slash.or(self.trailing_slash);
        self.prerender = inner.prerender.or(self.prerender);
        self.revalidate = inner.revalidate.or(self.revalidate);
    }

    /// Takes an option from its expression. Where that is no literal, what may stand there.
    pub(super) fn read(
        &mut self,
        name: &str,
        value: Option<&Expression<'_>>,
        dev: Option<&str>,
    ) -> Result<(), &'static str> {
        let value = value.map(Expression::get_inner_expression);
        let (known, allowed) = match name {
            "ssr" => (
                set(&mut self.ssr, flag(value, dev)),
                "true, false, dev or !dev",
            ),
            "csr" => (
                set(&mut self.csr, flag(value, dev)),
                "true, false, dev or !dev",
            ),
            "trailingSlash" => (
                set(&mut self.trailing_slash, slash(value)),
                "\"never\", \"always\" or \"ignore\"",
            ),
            "prerender" => (
                set(&mut self.prerender, prerender(value)),
                "true, false or \"auto\"",
            ),
            "revalidate" => (
                set(&mut self.revalidate, revalidate(value)),
                "a number of seconds or false",
            ),
            _ => (true, ""),
        };
        if known { Ok(()) } else { Err(allowed) }
    }
}

fn set<T>(option: &mut Option<T>, value: Option<T>) -> bool {
    let known = value.is_some();
    *option = value;
    known
}

fn flag(value: Option<&Expression<'_>>, dev: Option<&str>) -> Option<Flag> {
    match value? {
        Expression::BooleanLiteral(literal) => {
            Some(if literal.value { Flag::On } else { Flag::Off })
        }
        Expression::Identifier(id) if Some(id.name.as_str()) == dev => Some(Flag::Development),
        Expression::UnaryExpression(unary) if unary.operator == UnaryOperator::LogicalNot => Some(
            match flag(Some(unary.argument.get_inner_expression()), dev)? {
                Flag::On => Flag::Off,
                Flag::Off => Flag::On,
                Flag::Development => Flag::Production,
                Flag::Production => Flag::Development,
            },
        ),
        _ => None,
    }
}

fn slash(value: Option<&Expression<'_>>) -> Option<TrailingSlash> {
    match text(value)? {
        "never" => Some(TrailingSlash::Never),
        "always" => Some(TrailingSlash::Always),
        "ignore" => Some(TrailingSlash::Ignore),
        _ => None,
    }
}

fn prerender(value: Option<&Expression<'_>>) -> Option<Prerender> {
    match flag(value, None) {
        Some(Flag::On) => Some(Prerender::Yes),
        Some(_) => Some(Prerender::No),
        None => (text(value)? == "auto").then_some(Prerender::Auto),
    }
}

fn revalidate(value: Option<&Expression<'_>>) -> Option<Revalidate> {
    match value? {
        Expression::BooleanLiteral(literal) if !literal.value => Some(Revalidate::Never),
        // Fractions round up, and what is out of range is no option.
        Expression::NumericLiteral(literal)
            if (0.0..=f64::from(u32::MAX)).contains(&literal.value) =>
        {
            Some(Revalidate::Seconds(literal.value.ceil() as u32))
        }
        _ => None,
    }
}

fn text<'a>(value: Option<&'a Expression<'_>>) -> Option<&'a str> {
    match value? {
        Expression::StringLiteral(literal) => Some(literal.value.as_str()),
        Expression::TemplateLiteral(literal) if literal.expressions.is_empty() => {
            literal.quasis.first().map(|quasi| quasi.value.raw.as_str())
        }
        _ => None,
    }
}
