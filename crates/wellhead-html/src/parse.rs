//! HTML text to a [`Fragment`], by html5ever, which follows the same specification as browsers do, or faster where that
//! makes no difference.

mod sink;
mod strict;

use html5ever::{
    Attribute, ParseOpts, TokenizerResult,
    driver::{parse_document, parse_fragment},
    interface::create_element,
    tendril::{StrTendril, TendrilSink},
    tokenizer::{BufferQueue, TokenSink, Tokenizer, TokenizerOpts},
    tree_builder::{TreeBuilder, TreeBuilderOpts},
};

pub(crate) use self::sink::Moved;
use self::sink::{Handle, Sink};
use crate::{
    Context,
    fragment::{Data, Fragment},
};

/// How deep elements may be nested. Chromium nests no more than 512 and flattens the rest.
pub(crate) const MAX_DEPTH: usize = 256;

/// Why a text cannot be a part of a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// More elements inside each other than browsers keep.
    #[error(
        "elements are nested deeper than {MAX_DEPTH}, which browsers do not keep; hint: nest less"
    )]
    TooDeep,
    /// As part of the page it would not be what it is alone.
    #[error(
        "a browser moves {moved} out of the place where it stands, inside of {context}; hint: {hint}"
    )]
    Moved {
        /// The first node that would be elsewhere or another, as HTML.
        moved: String,
        /// The elements around it.
        context: Context,
        /// What to do.
        hint: &'static str,
    },
}

impl Fragment {
    /// Parses HTML as a browser does that finds it inside of `context`.
    ///
    /// # Errors
    ///
    /// [`ParseError::Moved`] if a browser that parses [`Fragment::html`] within a whole page gets other nodes, as it does
    /// for a `<div>` inside of a `<p>`; [`ParseError::TooDeep`] beyond 256 elements in each other.
    pub fn parse(html: &str, context: &Context) -> Result<Self, ParseError> {
        if let Some(fragment) = strict::parse(html, context) {
            return Ok(fragment);
        }
        let fragment = Self::parse_unchecked(html, context);
        fragment.check_depth()?;
        fragment.check_place(context)?;
        Ok(fragment)
    }

    /// What a browser makes of `innerHTML`, whether or not it could be part of a page.
    pub(crate) fn parse_unchecked(html: &str, context: &Context) -> Self {
        let parser = parse_fragment(Sink::new(), options(), context.element(), Vec::new(), true);
        let (fragment, _) = parser.one(html).into_parsed();
        fragment.with_context(context)
    }

    pub(crate) fn check_depth(&self) -> Result<(), ParseError> {
        let mut open: Vec<usize> = Vec::new();
        for index in 0..self.nodes.len() {
            while open.last().is_some_and(|&end| end <= index) {
                open.pop();
            }
            if self.element(index).is_some() {
                open.push(self.end(index));
                if open.len() > MAX_DEPTH {
                    return Err(ParseError::TooDeep);
                }
            }
        }
        Ok(())
    }

    /// Whether a browser that parses a page with this fragment in this context gets this fragment.
    pub(crate) fn check_place(&self, context: &Context) -> Result<(), ParseError> {
        let mut page = String::from("<!DOCTYPE html><body><div>");
        for name in context.path() {
            page.push('<');
            page.push_str(&name.local);
            page.push('>');
        }
        self.write(0..self.nodes.len(), &mut page);
        // Where the parser is now is where it was before the fragment, if this comment is the next sibling.
        page.push_str("<!---->");
        let parser = parse_document(Sink::new(), options());
        let (parsed, _) = parser.one(page.as_str()).into_parsed();
        let moved = match parsed.inside_of(context) {
            Some(range) => self.first_difference(&parsed, range),
            None => self.roots().next(),
        };
        let Some(index) = moved else {
            return Ok(());
        };
        Err(ParseError::Moved {
            moved: self.opening(index),
            context: context.clone(),
            hint: match context.parent() {
                Some(_) => "put it elsewhere, or use elements that may contain it",
                None => {
                    "close elements in the order in which they were opened, and nest them as HTML allows"
                }
            },
        })
    }

    /// In a parsed page, where the innermost element of the context has its children.
    fn inside_of(&self, context: &Context) -> Option<std::ops::Range<usize>> {
        let body = self.roots().last()?;
        let mut element = self.children(body).next()?;
        for name in context.path() {
            element = self.children(element).last()?;
            if self.element(element)?.name != *name {
                return None;
            }
        }
        Some(element + 1..self.end(element))
    }

    /// The first of these nodes that `other` does not have in the range, which ends with one more, a comment.
    fn first_difference(&self, other: &Self, range: std::ops::Range<usize>) -> Option<usize> {
        let start = range.start;
        let same = |index: usize| {
            let there = start + index;
            there < range.end
                && self.nodes[index].data == other.nodes[there].data
                && self.end(index) == other.end(there) - start
        };
        let first = (0..self.nodes.len()).find(|&index| !same(index));
        let ends = range.len() == self.nodes.len() + 1;
        first.or_else(|| (!ends).then(|| self.nodes.len().saturating_sub(1)))
    }

    /// The beginning of a node, for people.
    fn opening(&self, index: usize) -> String {
        match self.nodes.get(index).map(|node| &node.data) {
            Some(Data::Element(element)) => format!("<{}>", element.name.local),
            Some(Data::Text(text)) => format!("{:?}", text.chars().take(30).collect::<String>()),
            Some(Data::Comment(_)) => "a comment".into(),
            None => "something".into(),
        }
    }
}

/// As a browser parses text that is no file: U+FEFF at the beginning is a character like others.
fn options() -> ParseOpts {
    ParseOpts {
        tokenizer: TokenizerOpts {
            discard_bom: false,
            ..TokenizerOpts::default()
        },
        ..ParseOpts::default()
    }
}

/// Parses with a stage of the caller's between the tokens and the tree.
pub(crate) fn parse_tokens<T: TokenSink<Handle = Handle>>(
    html: &str,
    context: &Context,
    stage: impl FnOnce(TreeBuilder<Handle, Sink>) -> T,
    unstage: impl FnOnce(T) -> TreeBuilder<Handle, Sink>,
) -> (Fragment, Option<Moved>) {
    let sink = Sink::new();
    let element = create_element(&sink, context.element(), Vec::<Attribute>::new());
    let tree = TreeBuilder::new_for_fragment(sink, element, None, TreeBuilderOpts::default());
    let options = TokenizerOpts {
        initial_state: Some(tree.tokenizer_state_for_context_elem(true)),
        ..options().tokenizer
    };
    let tokenizer = Tokenizer::new(stage(tree), options);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    unstage(tokenizer.sink).sink.into_parsed()
}
