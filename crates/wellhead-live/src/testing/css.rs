//! CSS selectors: what the crate `selectors` has to be told to read them.

use std::fmt;

use cssparser::{CowRcStr, ParseError, Parser, ParserInput, SourceLocation, ToCss};
use precomputed_hash::PrecomputedHash;
use selectors::parser::{
    self, NonTSPseudoClass, ParseRelative, SelectorImpl, SelectorList, SelectorParseErrorKind,
};

use super::Error;

/// Reads selectors.
pub(super) fn parse(selector: &str) -> Result<SelectorList<Css>, Error> {
    let mut input = ParserInput::new(selector);
    let mut input = Parser::new(&mut input);
    SelectorList::parse(&Reader, &mut input, ParseRelative::No).map_err(|error| Error::Selector {
        selector: selector.to_owned(),
        problem: problem(&error),
    })
}

fn problem(error: &ParseError<'_, SelectorParseErrorKind<'_>>) -> String {
    let column = error.location.column;
    match &error.kind {
        cssparser::ParseErrorKind::Custom(
            SelectorParseErrorKind::UnsupportedPseudoClassOrElement(name),
        ) => format!(":{name} is not known here"),
        cssparser::ParseErrorKind::Custom(SelectorParseErrorKind::EmptySelector) => {
            "it is empty".to_owned()
        }
        _ => format!("it cannot be read at character {column}"),
    }
}

struct Reader;

impl<'i> parser::Parser<'i> for Reader {
    type Impl = Css;
    type Error = SelectorParseErrorKind<'i>;

    fn parse_is_and_where(&self) -> bool {
        true
    }

    fn parse_has(&self) -> bool {
        true
    }

    fn parse_nth_child_of(&self) -> bool {
        true
    }

    fn parse_non_ts_pseudo_class(
        &self,
        location: SourceLocation,
        name: CowRcStr<'i>,
    ) -> Result<Pseudo, ParseError<'i, Self::Error>> {
        let known = Pseudo::ALL.iter();
        let found = known.copied().find(|pseudo| *name == *pseudo.name());
        found.ok_or_else(|| {
            location.new_custom_error(SelectorParseErrorKind::UnsupportedPseudoClassOrElement(
                name,
            ))
        })
    }
}

/// What selectors consist of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Css;

impl SelectorImpl for Css {
    type ExtraMatchingData<'a> = ();
    type AttrValue = Word;
    type Identifier = Word;
    type LocalName = Word;
    type NamespaceUrl = Word;
    type NamespacePrefix = Word;
    type BorrowedNamespaceUrl = Word;
    type BorrowedLocalName = Word;
    type NonTSPseudoClass = Pseudo;
    type PseudoElement = NoElement;
}

/// A name or a value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Word(pub(super) Box<str>);

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl AsRef<str> for Word {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl ToCss for Word {
    fn to_css<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl PrecomputedHash for Word {
    // Hashes are for filters, which are not used here.
    fn precomputed_hash(&self) -> u32 {
        0
    }
}

/// States that elements can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pseudo {
    Checked,
    Disabled,
    Enabled,
    Focus,
    Required,
    Optional,
    ReadOnly,
}

impl Pseudo {
    const ALL: [Self; 7] = [
        Self::Checked,
        Self::Disabled,
        Self::Enabled,
        Self::Focus,
        Self::Required,
        Self::Optional,
        Self::ReadOnly,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Checked => "checked",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::Focus => "focus",
            Self::Required => "required",
            Self::Optional => "optional",
            Self::ReadOnly => "read-only",
        }
    }
}

impl ToCss for Pseudo {
    fn to_css<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        write!(out, ":{}", self.name())
    }
}

impl NonTSPseudoClass for Pseudo {
    type Impl = Css;

    fn is_active_or_hover(&self) -> bool {
        false
    }

    fn is_user_action_state(&self) -> bool {
        *self == Self::Focus
    }
}

/// Pseudo-elements are no elements that a test can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoElement {}

impl ToCss for NoElement {
    fn to_css<W: fmt::Write>(&self, _out: &mut W) -> fmt::Result {
        match *self {}
    }
}

impl parser::PseudoElement for NoElement {
    type Impl = Css;
}
