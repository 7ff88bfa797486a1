//! What hosts give: renders as JSON, which every language writes fast, with numbers in place of templates.
//!
//! | JSON | value |
//! |---|---|
//! | `"text"`, `12` | a text |
//! | `null` | nothing |
//! | `true`, `false` | an attribute that is there or not; nothing among nodes |
//! | `[7, slot, …]` | an instance of the host's template 7 |
//! | `[-1, item, …]` | a list |
//! | `[-2, "<b>html</b>"]` | HTML as it is, but without directives (`@click`, `ts-…`) |
//! | `[-3, 5, content]` | the component 5 within this one |
//! | `[-4, "name", change, …]` | a stream, by what has changed in it |
//!
//! Changes of a stream, in their order:
//!
//! | JSON | change |
//! |---|---|
//! | `[0]` | all items go |
//! | `[1, "key", at, [7, slot, …]]` | the item with this key is shown so, where it is if there is one, else before the item number `at`, from 0, or at the end if there is none or `at` is -1 |
//! | `[2, "key"]` | the item with this key goes, if there is one |
//! | `[3, count]` | only the first `count` items stay, of a negative number the last ones |

mod stream;

use std::{
    hash::{BuildHasher, Hash, Hasher},
    str::FromStr,
    sync::Arc,
};

use quick_cache::{Weighter, sync::Cache};
use rustc_hash::{FxBuildHasher, FxHashSet};

use crate::{
    Component, Context, Fragment, Instance, Template, Value,
    json::{Json, JsonError, Piece},
};

/// How many parsed templates are kept: a template for each place where it stands.
const TEMPLATES: usize = 10_000;
/// How many bytes of HTML strings are kept parsed, counted by the length of the strings.
const HTML_BYTES: u64 = 16 * 1024 * 1024;
/// How deep values may be nested in each other.
const MAX_DEPTH: usize = 100;

/// How many templates a render looks for before it asks the cache.
const RECENT: usize = 8;

const LIST: i64 = -1;
const HTML: i64 = -2;
const COMPONENT: i64 = -3;
const STREAM: i64 = -4;

/// The source of a template: what is around its slots, before it is parsed.
///
/// Sources are equal if their texts are. To compare or hash copies of one source costs nothing.
#[derive(Debug, Clone)]
pub struct TemplateSource {
    statics: Arc<[Box<str>]>,
    hash: u64,
}

impl PartialEq for TemplateSource {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
            && (Arc::ptr_eq(&self.statics, &other.statics) || self.statics == other.statics)
    }
}

impl Eq for TemplateSource {}

impl Hash for TemplateSource {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl TemplateSource {
    /// A source. There is a slot between each two of `statics`.
    pub fn new<S: Into<Box<str>>>(statics: impl IntoIterator<Item = S>) -> Self {
        let statics: Arc<[Box<str>]> = statics.into_iter().map(Into::into).collect();
        let hash = FxBuildHasher.hash_one(&statics);
        Self { statics, hash }
    }
}

/// Templates and HTML strings that were parsed, for all components of an app. Bounded: what was not used for long is
/// parsed again.
#[derive(Debug)]
pub struct Templates {
    templates: Cache<(TemplateSource, Context), Arc<Template>>,
    html: Cache<(Box<str>, Context), Arc<Fragment>, Bytes>,
}

#[derive(Debug, Clone)]
struct Bytes;

impl Weighter<(Box<str>, Context), Arc<Fragment>> for Bytes {
    fn weight(&self, (html, _): &(Box<str>, Context), _: &Arc<Fragment>) -> u64 {
        html.len() as u64 + 64
    }
}

impl Default for Templates {
    fn default() -> Self {
        Self {
            templates: Cache::new(TEMPLATES),
            html: Cache::with_weighter(1_000, HTML_BYTES, Bytes),
        }
    }
}

/// Why a render cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RenderedError {
    message: String,
}

/// A render, ready to be compared with what is shown.
#[derive(Debug)]
pub struct Rendered<'r> {
    /// What is to be shown.
    pub value: Value<'r>,
    /// Keys that two items of a list have, for the developer; each once.
    pub equal_keys: Vec<String>,
}

impl Templates {
    /// Reads what a host rendered. `sources` are the host's templates by their numbers, `context` is where the component
    /// stands.
    ///
    /// ```
    /// use wellhead_html::{Context, TemplateSource, Templates, Tree};
    ///
    /// let templates = Templates::default();
    /// let sources = [TemplateSource::new(["<ul>", "</ul>"]), TemplateSource::new(["<li ts-key=", ">", "</li>"])];
    /// let rendered = templates.read(r#"[0,[-1,[1,"a","One"],[1,"b",2]]]"#, &sources, &Context::default())?;
    /// assert_eq!(
    ///     Tree::new(rendered.value)?.html(),
    ///     r#"<ul><li ts-key="a">One</li><li ts-key="b">2</li></ul>"#
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`RenderedError`] for what is no render, for templates that cannot be parsed for where they stand, and for values
    /// that do not fit their slots.
    pub fn read<'r>(
        &self,
        json: &'r str,
        sources: &[TemplateSource],
        context: &Context,
    ) -> Result<Rendered<'r>, RenderedError> {
        let mut reader = Reader {
            templates: self,
            sources,
            recent: Vec::with_capacity(RECENT),
            equal_keys: Vec::new(),
        };
        let mut json = Json::new(json);
        let value = reader.value(&mut json, context, 0)?;
        json.end()?;
        let mut equal_keys = reader.equal_keys;
        equal_keys.sort();
        equal_keys.dedup();
        Ok(Rendered { value, equal_keys })
    }

    fn template(
        &self,
        source: &TemplateSource,
        context: &Context,
    ) -> Result<Arc<Template>, String> {
        let key = (source.clone(), context.clone());
        self.templates.get_or_insert_with(&key, || {
            Template::parse(&source.statics, context)
                .map(Arc::new)
                .map_err(|error| error.to_string())
        })
    }

    fn fragment(&self, html: &str, context: &Context) -> Result<Arc<Fragment>, String> {
        let key = (Box::from(html), context.clone());
        self.html.get_or_insert_with(&key, || {
            Fragment::parse(html, context)
                .map(|fragment| Arc::new(fragment.without_directives()))
                .map_err(|error| error.to_string())
        })
    }
}

impl From<&str> for RenderedError {
    fn from(message: &str) -> Self {
        message.to_owned().into()
    }
}

impl From<String> for RenderedError {
    fn from(message: String) -> Self {
        Self { message }
    }
}

struct Reader<'t> {
    templates: &'t Templates,
    sources: &'t [TemplateSource],
    /// What was used last, by number and context: the items of a list are of one template as a rule.
    recent: Vec<(usize, Context, Arc<Template>)>,
    equal_keys: Vec<String>,
}

impl Reader<'_> {
    fn template(&mut self, number: i64, context: &Context) -> Result<Arc<Template>, String> {
        let number =
            usize::try_from(number).map_err(|_| format!("there is no template {number}"))?;
        let recent = self
            .recent
            .iter()
            .find(|(other, place, _)| *other == number && place == context);
        if let Some((_, _, template)) = recent {
            return Ok(Arc::clone(template));
        }
        let source = self
            .sources
            .get(number)
            .ok_or_else(|| format!("there is no template {number}"))?;
        let template = self.templates.template(source, context)?;
        if self.recent.len() == RECENT {
            self.recent.remove(0);
        }
        self.recent
            .push((number, context.clone(), Arc::clone(&template)));
        Ok(template)
    }

    /// Reads one value that stands in a context.
    fn value<'j>(
        &mut self,
        json: &mut Json<'j>,
        context: &Context,
        depth: usize,
    ) -> Result<Value<'j>, RenderedError> {
        match json.next()? {
            Piece::Null => Ok(Value::Nothing),
            Piece::Flag(flag) => Ok(Value::Flag(flag)),
            Piece::Number(text) | Piece::Text(text) => Ok(Value::Text(text)),
            Piece::Array => self.array(json, context, depth),
        }
    }

    fn array<'j>(
        &mut self,
        json: &mut Json<'j>,
        context: &Context,
        depth: usize,
    ) -> Result<Value<'j>, RenderedError> {
        if depth >= MAX_DEPTH {
            return Err(format!(
                "values are nested deeper than {MAX_DEPTH}; hint: render less at once"
            )
            .into());
        }
        if !json.has_item()? {
            return Err("an empty array is no value".into());
        }
        let tag: i64 = number(json)?.ok_or("an array begins with no whole number")?;
        match tag {
            LIST => self.list(json, context, depth),
            HTML => {
                let html = match json.has_item()?.then(|| json.next()).transpose()? {
                    Some(Piece::Text(html)) => html,
                    _ => return Err("there is no HTML".into()),
                };
                json.end_of_array()?;
                Ok(Value::Html(self.templates.fragment(&html, context)?))
            }
            COMPONENT => {
                let id: Option<u32> = match json.has_item()? {
                    true => number(json)?,
                    false => None,
                };
                let id = id.ok_or("a component has no number")?;
                if !json.has_item()? {
                    return Ok(Value::Component(Component::new(id, Value::Nothing)));
                }
                let content = self.value(json, context, depth + 1)?;
                json.end_of_array()?;
                Ok(Value::Component(Component::new(id, content)))
            }
            STREAM => self.stream(json, context, depth),
            template => self.instance(template, json, context, depth),
        }
    }

    fn list<'j>(
        &mut self,
        json: &mut Json<'j>,
        context: &Context,
        depth: usize,
    ) -> Result<Value<'j>, RenderedError> {
        let mut items: Vec<Value<'j>> = Vec::new();
        // Keys are looked at while the item is in the processor's cache, and again only if two seem to be equal.
        let mut hashes = FxHashSet::default();
        let mut may_repeat = false;
        while json.has_item()? {
            let item = self.value(json, context, depth + 1)?;
            if let Some(key) = item.key() {
                may_repeat |= !hashes.insert(FxBuildHasher.hash_one(key));
            }
            items.push(item);
        }
        if may_repeat {
            self.note_equal_keys(&items);
        }
        Ok(Value::List(items))
    }

    fn note_equal_keys(&mut self, items: &[Value<'_>]) {
        let mut keys = FxHashSet::default();
        for key in items.iter().filter_map(Value::key) {
            if let Some(equal) = keys.replace(key) {
                self.equal_keys.push(equal.into_owned());
            }
        }
    }

    fn instance<'j>(
        &mut self,
        number: i64,
        json: &mut Json<'j>,
        context: &Context,
        depth: usize,
    ) -> Result<Value<'j>, RenderedError> {
        let template = self.template(number, context)?;
        let mut values = Vec::with_capacity(template.slots());
        while json.has_item()? {
            if values.len() == template.slots() {
                return Err(format!(
                    "template {number} has {} slots and more values",
                    template.slots()
                )
                .into());
            }
            let context = template.slot_context(values.len()).unwrap_or(context);
            values.push(self.value(json, context, depth + 1)?);
        }
        let instance = Instance::new(template, values).map_err(|error| error.to_string())?;
        Ok(Value::Instance(instance))
    }
}

/// A whole number, if one comes next.
fn number<N: FromStr>(json: &mut Json<'_>) -> Result<Option<N>, JsonError> {
    Ok(match json.next()? {
        Piece::Number(number) => number.parse().ok(),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<String, String> {
        let sources = [
            TemplateSource::new(["<p title=", ">", "</p>"]),
            TemplateSource::new(["<ul>", "</ul>"]),
            TemplateSource::new(["<li ts-key=", "></li>"]),
            TemplateSource::new(["<div>"]),
            TemplateSource::new(["<div ts-ignore>", "</div>"]),
        ];
        let templates = Templates::default();
        let rendered = templates.read(json, &sources, &Context::default());
        let rendered = rendered.map_err(|error| error.to_string())?;
        let html = crate::Tree::new(rendered.value)
            .map_err(|error| error.to_string())?
            .html();
        Ok(format!("{html}{}", rendered.equal_keys.join(" ")))
    }

    #[test]
    fn every_kind_of_value_is_read() {
        let is = |json: &str, html: &str| assert_eq!(read(json), Ok(html.to_owned()), "{json}");
        is("null", "");
        is("\"a<b\"", "a&lt;b");
        is("\"a\\nb\"", "a\nb");
        is("-12", "-12");
        is("1.5", "1.5");
        is("true", "");
        is("[0,null,[-2,\"<i>x</i>\"]]", "<p><i>x</i></p>");
        is("[0,true,[-3,5,\"inside\"]]", "<p title=\"\">inside</p>");
        is(
            "[-2,\"<p @click=steal ts-hook=X ts-key=k class=c>x</p>\"]",
            "<p ts-key=\"k\" class=\"c\">x</p>",
        );
        is("[1,[-1]]", "<ul></ul>");
        is(
            "[1,[-1,[2,1],[2,\"b\"]]]",
            "<ul><li ts-key=\"1\"></li><li ts-key=\"b\"></li></ul>",
        );
        is("[-4,\"s\"]", "");
        is(
            "[1,[-4,\"s\",[1,\"a\",-1,[2,1]],[1,\"b\",0,[2,2]],[1,\"c\",9,[2,3]],[2,\"a\"],[3,5],[1,\"b\",-1,[2,4]]]]",
            "<ul><li ts-key=\"4\"></li><li ts-key=\"3\"></li></ul>",
        );
        is(
            "[1,[-4,\"s\",[1,\"a\",-1,[2,1]],[0],[1,\"b\",-1,[2,2]],[1,\"c\",-1,[2,3]],[3,-1]]]",
            "<ul><li ts-key=\"3\"></li></ul>",
        );
    }

    #[test]
    fn keys_that_are_equal_are_told() {
        assert_eq!(
            read("[1,[-1,[2,\"a\"],[2,\"a\"],[2,\"b\"],[2,\"a\"]]]"),
            Ok("<ul><li ts-key=\"a\"></li><li ts-key=\"a\"></li><li ts-key=\"b\"></li><li ts-key=\"a\"></li></ul>a".into())
        );
    }

    #[test]
    fn what_is_no_render_is_refused_with_its_reason() {
        let refused = |json: &str, reason: &str| {
            let said = read(json).expect_err("it is refused");
            assert!(said.contains(reason), "{json}: {said}");
        };
        refused("", "EOF while parsing");
        refused("{}", "invalid type: map, expected a text");
        refused("[]", "an empty array is no value");
        refused("[9]", "there is no template 9");
        refused("[-9]", "there is no template -9");
        refused("[0,\"a\"]", "1 values for a template with 2 slots");
        refused("[0,1,2,3]", "template 0 has 2 slots and more values");
        refused("[0,[-1],1]", "slot 0 is in title, which can only be text");
        refused("[3]", "<div> is never closed");
        refused("[-2]", "there is no HTML");
        refused("[-3]", "a component has no number");
        refused(
            "[0,null,[-2,\"<div>x</div>\"]]",
            "a browser moves <div> out of the place",
        );
        refused("[-4]", "a stream has no name");
        refused("[-4,5]", "a stream has no name");
        refused("[-4,\"s\",5]", "a change is no array in the stream s");
        refused("[-4,\"s\",[]]", "a change has no kind in the stream s");
        refused("[-4,\"s\",[4]]", "there is no such change in the stream s");
        refused("[-4,\"s\",[0,1]]", "trailing characters");
        refused(
            "[-4,\"s\",[1,5,-1,[2,1]]]",
            "a change has no key in the stream s",
        );
        refused(
            "[-4,\"s\",[1,\"a\",-2,[2,1]]]",
            "an item has no place in the stream s",
        );
        refused(
            "[-4,\"s\",[1,\"a\",-1,\"text\"]]",
            "an item is no instance of a template in the stream s",
        );
        refused(
            "[-4,\"s\",[1,\"a\",-1]]",
            "an item is no instance of a template in the stream s",
        );
        refused(
            "[-4,\"s\",[1,\"a\",-1,[0,1,[-3,5,\"x\"]]]]",
            "there is a component in an item of the stream s",
        );
        refused(
            "[-4,\"s\",[1,\"a\",-1,[0,1,[-1,[-4,\"t\"]]]]]",
            "there is a stream in an item of the stream s",
        );
        refused(
            "[0,[-4,\"s\"],1]",
            "slot 0 is in title, which can only be text",
        );
        refused(
            "[4,[-1,[-4,\"s\"]]]",
            "slot 0 is in ts-ignore, where the stream s could never change",
        );
        refused("1 2", "trailing characters");
        refused(&"[-1,".repeat(101), "nested deeper than 100");
    }
}
