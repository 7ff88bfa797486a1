//! What one component shows.

use crate::{
    Context, Fragment, diff,
    flat::Flat,
    held::{Held, Numbers},
    operation::{Markup, Operation, Source},
    value::{Value, ValueError},
};

/// What one component shows: the content of its container, as the browser has it.
///
/// ```
/// use std::sync::Arc;
/// use wellhead_html::{Context, Instance, Numbers, Operation, Template, Tree, Value};
///
/// let button = Arc::new(Template::parse(&["<button>", "</button>"], &Context::default())?);
/// let render = |count: u32| {
///     let values = vec![Value::Text(count.to_string().into())];
///     Instance::new(Arc::clone(&button), values).map(Value::Instance)
/// };
/// let mut tree = Tree::new(render(0)?)?;
/// assert_eq!(tree.html(), "<button>0</button>");
///
/// // The browser has the page: both sides number the nodes, the container first.
/// let mut numbers = Numbers::default();
/// tree.number(&mut numbers);
/// tree.diff(render(1)?, &mut numbers, |operation| {
///     assert!(matches!(operation, Operation::SetText { node: 3, text: "1" }));
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Tree {
    container: u32,
    content: Held,
}

impl Tree {
    /// What a first render gave. Its nodes have no numbers yet.
    ///
    /// # Errors
    ///
    /// [`ValueError`] if the value was not parsed for the inside of a `div`.
    pub fn new(mut value: Value<'_>) -> Result<Self, ValueError> {
        value.fit(&Context::default())?;
        Ok(Self {
            container: 0,
            content: Held::content(value),
        })
    }

    /// The content of the container as HTML.
    pub fn html(&self) -> String {
        self.markup().html()
    }

    /// The content of the container, by templates.
    pub fn markup(&self) -> Markup<'_> {
        Markup(Source::Content(&self.content))
    }

    /// The content of the container as nodes.
    pub fn fragment(&self) -> Fragment {
        Flat::new(&self.content).fragment
    }

    /// Gives the container and all its nodes numbers. Must come before [`Tree::diff`], and again whenever the browser
    /// gets the whole content anew.
    pub fn number(&mut self, numbers: &mut Numbers) {
        self.container = numbers.take();
        self.content.number(numbers);
    }

    /// Takes the next render, and tells `out`, in order, how the browser's DOM becomes it.
    ///
    /// Afterwards the tree is as the browser is after those operations.
    ///
    /// # Errors
    ///
    /// [`ValueError`], before any operation, if the value was not parsed for the inside of a `div`.
    pub fn diff(
        &mut self,
        mut next: Value<'_>,
        numbers: &mut Numbers,
        mut out: impl FnMut(Operation<'_>),
    ) -> Result<(), ValueError> {
        next.fit(&Context::default())?;
        diff::diff(self.container, &mut self.content, next, numbers, &mut out);
        Ok(())
    }

    /// Takes the next render of one component within this tree. Gives `false`, and changes nothing, if it is not there.
    ///
    /// # Errors
    ///
    /// [`ValueError`], before any operation, if the value was not parsed for the place of the component.
    pub fn diff_component(
        &mut self,
        component: u32,
        mut next: Value<'_>,
        numbers: &mut Numbers,
        mut out: impl FnMut(Operation<'_>),
    ) -> Result<bool, ValueError> {
        let Some((path, context)) = diff::find_component(&self.content, component) else {
            return Ok(false);
        };
        next.fit(&context)?;
        diff::diff_component(
            self.container,
            &mut self.content,
            &path,
            next,
            numbers,
            &mut out,
        );
        Ok(true)
    }

    /// What may be where a component within this tree is.
    pub fn context_of(&self, component: u32) -> Option<Context> {
        diff::find_component(&self.content, component).map(|(_, context)| context)
    }

    /// Calls `found` with each component within this one, those around others first: its number, the number of its first
    /// node, and how many nodes it has side by side. One that shows nothing is left out.
    pub fn components(&self, mut found: impl FnMut(u32, u32, u32)) {
        diff::components(&self.content, &mut found);
    }
}
