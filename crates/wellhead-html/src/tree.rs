//! What one component shows.

use crate::{
    Context, Fragment,
    diff::{self, Streams, Target},
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
    streams: Streams,
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
            streams: Streams::default(),
        })
    }

    /// The content of the container as HTML, without items of streams that were forgotten: see [`Tree::is_whole`].
    pub fn html(&self) -> String {
        self.markup().html()
    }

    /// The content of the container, by templates. As with [`Tree::html`], what was forgotten is not there.
    pub fn markup(&self) -> Markup<'_> {
        Markup(Source::Content(&self.content))
    }

    /// The content of the container as nodes. As with [`Tree::html`], what was forgotten is not there.
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
        diff::diff(self.target(None), next, numbers, &mut out);
        // Whatever is left of the instance before is not of it.
        self.streams.restarted = false;
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
        diff::diff(self.target(Some(&path)), next, numbers, &mut out);
        Ok(true)
    }

    fn target<'t>(&'t mut self, component: Option<&'t diff::Path>) -> Target<'t> {
        Target {
            container: self.container,
            held: &mut self.content,
            component,
            streams: &mut self.streams,
        }
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

    /// Forgets the items of streams, all that are here and from now on each one that was told.
    ///
    /// What is left is their order, their keys, and which nodes are theirs: enough for changes, and not for HTML.
    pub fn forget(&mut self) {
        self.streams.keep = false;
        diff::each_stream(&mut self.content, None, &mut |_, stream| stream.forget());
    }

    /// Keeps items of streams that are told from now on, until [`Tree::forget`], so that there will be HTML when the host
    /// has told all of them again. A new tree keeps them.
    pub fn keep(&mut self) {
        self.streams.keep = true;
    }

    /// Whether everything is here that the browser should show, so that [`Tree::html`] is all of it. If not, the host has to
    /// tell all items of streams again.
    pub fn is_whole(&self) -> bool {
        !self.streams.any || diff::is_whole(&self.content)
    }

    /// What is rendered next is of another instance of the component: its streams begin empty, and so do those of components
    /// within.
    pub fn restart(&mut self) {
        self.streams.restarted = true;
    }

    /// A render was not taken, which may have told changes of streams: what they show is not all, until they are told anew.
    pub fn lose(&mut self) {
        let lost = &mut self.streams.lost;
        diff::each_stream(&mut self.content, None, &mut |component, stream| {
            stream.lost = true;
            lost.push(component);
        });
    }

    /// Gives whose streams stand elsewhere in their component than before, or were lost, each once: the component within this
    /// one, or none for those of this one itself. The host has to tell their items again.
    pub fn take_lost(&mut self) -> Vec<Option<u32>> {
        let mut lost = std::mem::take(&mut self.streams.lost);
        lost.sort_unstable();
        lost.dedup();
        lost
    }

    /// Whether items of such streams were not told again yet.
    pub fn has_lost(&self) -> bool {
        self.streams.any && diff::has_lost(&self.content)
    }
}
