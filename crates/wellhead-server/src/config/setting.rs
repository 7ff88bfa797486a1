//! The kinds of values that a configuration key may take, from TOML and from text.

use std::collections::BTreeMap;
use std::net::IpAddr;

use toml::de::{DeTable, DeValue};

/// A value before it has a type.
pub(super) enum Raw<'a> {
    /// From the file.
    Toml(&'a DeValue<'a>),
    /// From an environment variable.
    Text(&'a str),
}

/// A type that a key may have.
pub trait Setting: Sized {
    /// What to call it in messages.
    const KIND: &'static str;

    /// Reads it from a TOML value.
    ///
    /// # Errors
    /// What is wrong, for the user.
    fn from_toml(value: &DeValue<'_>) -> Result<Self, String>;

    /// Reads it from an environment variable.
    ///
    /// # Errors
    /// What is wrong, for the user.
    fn from_text(text: &str) -> Result<Self, String>;

    /// Writes it as TOML.
    fn show(&self) -> String;

    /// The number, for types with a range.
    fn number(&self) -> Option<u64> {
        None
    }
}

pub(super) fn checked<T: Setting>(raw: &Raw<'_>, range: Option<(u64, u64)>) -> Result<T, String> {
    let value = match raw {
        Raw::Toml(value) => T::from_toml(value)?,
        Raw::Text(text) => T::from_text(text)?,
    };
    match (value.number(), range) {
        (Some(number), Some((low, high))) if number < low || number > high => Err(format!(
            "{number} is out of range, which is {low} to {high}"
        )),
        _ => Ok(value),
    }
}

fn unexpected<T>(wanted: &str, found: &DeValue<'_>) -> Result<T, String> {
    Err(format!("expected {wanted}, found {}", found.type_str()))
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

impl Setting for u64 {
    const KIND: &'static str = "number";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix())
                .map_err(|_| format!("{number} is not a whole number from 0")),
            other => unexpected("a number", other),
        }
    }

    fn from_text(text: &str) -> Result<Self, String> {
        text.trim()
            .parse()
            .map_err(|_| format!("{} is not a whole number from 0", quoted(text)))
    }

    fn show(&self) -> String {
        self.to_string()
    }

    fn number(&self) -> Option<u64> {
        Some(*self)
    }
}

impl Setting for bool {
    const KIND: &'static str = "true or false";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        value
            .as_bool()
            .map_or_else(|| unexpected("true or false", value), Ok)
    }

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(format!("{} is neither true nor false", quoted(text))),
        }
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Setting for String {
    const KIND: &'static str = "text";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        value.as_str().map_or_else(
            || unexpected("text in quotes", value),
            |text| Ok(text.to_owned()),
        )
    }

    fn from_text(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }

    fn show(&self) -> String {
        quoted(self)
    }
}

/// What may be left out: empty text is none.
impl<T: Setting> Setting for Option<T> {
    const KIND: &'static str = T::KIND;

    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        if value.as_str() == Some("") {
            return Ok(None);
        }
        T::from_toml(value).map(Some)
    }

    fn from_text(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(None);
        }
        T::from_text(text).map(Some)
    }

    fn show(&self) -> String {
        self.as_ref()
            .map_or_else(|| "\"\"".to_owned(), Setting::show)
    }

    fn number(&self) -> Option<u64> {
        self.as_ref().and_then(Setting::number)
    }
}

impl<T: Setting> Setting for Vec<T> {
    const KIND: &'static str = "list";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::Array(items) => items
                .iter()
                .map(|item| T::from_toml(item.get_ref()))
                .collect(),
            other => unexpected("a list in brackets", other),
        }
    }

    /// Items separated by commas.
    fn from_text(text: &str) -> Result<Self, String> {
        let items = text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty());
        items.map(T::from_text).collect()
    }

    fn show(&self) -> String {
        format!(
            "[{}]",
            self.iter()
                .map(Setting::show)
                .collect::<Vec<_>>()
                .join(", ")
        )
    }
}

impl<T: Setting> Setting for BTreeMap<String, T> {
    const KIND: &'static str = "table";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        let DeValue::Table(table) = value else {
            return unexpected("a table", value);
        };
        let entry = |(name, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
            let name: &std::borrow::Cow<'_, str> = name.get_ref();
            let value =
                T::from_toml(value.get_ref()).map_err(|problem| format!("{name}: {problem}"))?;
            Ok((name.to_string(), value))
        };
        table.iter().map(entry).collect()
    }

    /// TOML of an inline table: `{ a = "b" }`.
    fn from_text(text: &str) -> Result<Self, String> {
        let line = format!("value = {text}");
        let table = DeTable::parse(&line).map_err(|error| error.message().to_owned())?;
        match table.get_ref().get("value") {
            Some(value) => Self::from_toml(value.get_ref()),
            None => Err("expected an inline table".into()),
        }
    }

    fn show(&self) -> String {
        let entries = self
            .iter()
            .map(|(name, value)| format!("{} = {}", quoted(name), value.show()));
        format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
    }
}

macro_rules! choices {
    ($(#[$about:meta])* $Name:ident { $($(#[$attribute:meta])* $Choice:ident = $text:literal,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub enum $Name { $($(#[$attribute])* $Choice,)* }

        impl $Name {
            /// The choice as it stands in the file.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($Name::$Choice => $text,)* }
            }
        }

        impl Setting for $Name {
            const KIND: &'static str = concat!("one of", $(" `", $text, "`",)*);

            fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
                Self::from_text(value.as_str().ok_or_else(|| format!("expected text in quotes, found {}", value.type_str()))?)
            }

            fn from_text(text: &str) -> Result<Self, String> {
                match text { $($text => Ok($Name::$Choice),)* _ => Err(format!("{} is not {}", quoted(text), Self::KIND)) }
            }

            fn show(&self) -> String {
                quoted(self.as_str())
            }
        }
    };
}

choices! {
    /// What runs JavaScript.
    EngineKind {
        /// Embedded V8.
        #[default]
        V8 = "v8",
        /// A pool of Node processes.
        Node = "node",
    }
}

choices! {
    /// Which Content-Security-Policy is sent.
    CspMode {
        /// None.
        Off = "off",
        /// What no page needs is forbidden: plugins, another base, frames of other sites around it.
        #[default]
        Basic = "basic",
        /// The configured policy, but browsers report what they would refuse, and refuse nothing.
        ReportOnly = "report-only",
        /// The configured policy.
        On = "on",
    }
}

choices! {
    /// How logs are written.
    LogFormat {
        /// Text on a terminal, else JSON.
        #[default]
        Auto = "auto",
        /// Lines for people.
        Text = "text",
        /// A JSON object a line.
        Json = "json",
    }
}

choices! {
    /// Source maps of the client's scripts.
    ClientMaps {
        /// None.
        #[default]
        Off = "off",
        /// Files that no script names.
        Hidden = "hidden",
        /// Files that the scripts name.
        Linked = "linked",
    }
}

choices! {
    /// A content encoding.
    Encoding {
        /// Zstandard.
        #[default]
        Zstd = "zstd",
        /// Brotli.
        Brotli = "br",
        /// gzip.
        Gzip = "gzip",
    }
}

/// An address or a network of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    address: IpAddr,
    bits: u8,
}

impl Cidr {
    /// Whether an address is in the network. An IPv4 address mapped into IPv6 counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(self.bits))
                    .unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl Setting for Cidr {
    const KIND: &'static str = "address or network";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        Self::from_text(&String::from_toml(value)?)
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "{} is no address or network such as \"10.0.0.0/8\"",
                quoted(text)
            )
        };
        let (address, bits) = text
            .split_once('/')
            .map_or((text, None), |(a, b)| (a, Some(b)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.parse().map_err(|_| wrong()))?;
        if bits > most {
            Err(wrong())
        } else {
            Ok(Self { address, bits })
        }
    }

    fn show(&self) -> String {
        format!("\"{}/{}\"", self.address, self.bits)
    }
}

/// A text that nobody else may know. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

/// The fewest characters of a secret.
const SECRET_LENGTH: usize = 32;

impl Setting for Secret {
    const KIND: &'static str = "text of 32 characters or more";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        Self::from_text(&String::from_toml(value)?)
    }

    fn from_text(text: &str) -> Result<Self, String> {
        if text.chars().count() < SECRET_LENGTH {
            return Err(format!(
                "a secret has at least {SECRET_LENGTH} characters; `openssl rand -base64 32` makes one"
            ));
        }
        Ok(Self(text.to_owned()))
    }

    fn show(&self) -> String {
        "\"…\"".to_owned()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl EngineKind {
    /// `v8`, or `node` in a build without V8.
    #[must_use]
    pub fn of_this_build() -> Self {
        match wellhead_js::Engine::default() {
            wellhead_js::Engine::Node => Self::Node,
            _ => Self::V8,
        }
    }
}

/// Options of a tool, as the tool names them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options(pub serde_json::Map<String, serde_json::Value>);

impl Setting for Options {
    const KIND: &'static str = "table";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        match json(value)? {
            serde_json::Value::Object(options) => Ok(Self(options)),
            _ => unexpected("a table", value),
        }
    }

    /// JSON.
    fn from_text(text: &str) -> Result<Self, String> {
        serde_json::from_str(text)
            .map(Self)
            .map_err(|error| format!("no JSON object: {error}"))
    }

    fn show(&self) -> String {
        inline(&serde_json::Value::Object(self.0.clone()))
    }
}

fn json(value: &DeValue<'_>) -> Result<serde_json::Value, String> {
    Ok(match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Boolean(truth) => (*truth).into(),
        DeValue::Integer(number) => {
            let number = i64::from_str_radix(number.as_str(), number.radix());
            number
                .map_err(|_| "the number is too large".to_owned())?
                .into()
        }
        DeValue::Float(number) => number
            .as_str()
            .parse::<f64>()
            .map_err(|error| error.to_string())?
            .into(),
        DeValue::Array(items) => items
            .iter()
            .map(|item| json(item.get_ref()))
            .collect::<Result<Vec<_>, _>>()?
            .into(),
        DeValue::Table(table) => {
            let entry = |(name, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
                let name: &std::borrow::Cow<'_, str> = name.get_ref();
                Ok((name.to_string(), json(value.get_ref())?))
            };
            serde_json::Value::Object(table.iter().map(entry).collect::<Result<_, String>>()?)
        }
        DeValue::Datetime(_) => return Err("a date is no option".into()),
    })
}

/// JSON as TOML on one line; there is no null in either.
fn inline(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(options) => {
            let entries = options
                .iter()
                .map(|(name, value)| format!("{} = {}", quoted(name), inline(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A policy that lets an app built by Wellhead run: there is no inline script in its pages. Styles may be inline, because
/// `style=` attributes and transitions of components are.
pub(super) fn default_directives() -> BTreeMap<String, Vec<String>> {
    let list = |sources: &[&str]| sources.iter().map(ToString::to_string).collect();
    [
        ("default-src", list(&["'self'"])),
        ("script-src", list(&["'self'", "nonce"])),
        ("style-src", list(&["'self'", "'unsafe-inline'"])),
        ("img-src", list(&["'self'", "data:", "blob:"])),
        ("font-src", list(&["'self'", "data:"])),
        ("object-src", list(&["'none'"])),
        ("base-uri", list(&["'self'"])),
        ("frame-ancestors", list(&["'self'"])),
    ]
    .map(|(name, sources)| (name.to_owned(), sources))
    .into()
}
