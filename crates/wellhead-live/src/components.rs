//! What the components of a page show.

use serde_json::value::RawValue;
use wellhead_html::{
    Context, MarkupSink, Numbers, Operation, RenderedError, Template, Templates, Tree, ValueError,
};
use wellhead_protocol::{Down, Encoder, MarkupWriter, PatchWriter, Settled};
use wellhead_render::live::{Command, Sources, Turn};

use crate::Mount;

use crate::{page::digest, session::Refill};

/// How many components a root remembers by number that were refused; beyond, it waits for its own next render.
const MISSED: usize = 64;

/// A component that the page itself contains.
#[derive(Debug)]
pub(crate) struct Root {
    pub(crate) mount: Mount,
    /// What it shows, as soon as it has rendered.
    pub(crate) tree: Option<Tree>,
    numbers: Numbers,
    /// What the host told of its state last.
    pub(crate) saved: Option<String>,
    /// Whether the host has it no more, and shall not get it again.
    pub(crate) has_ended: bool,
    /// The digest of what was painted, as long as it shows that.
    pub(crate) painted: Option<[u8; 8]>,
    /// What it waits for, if its streams have to be told again.
    pub(crate) refill: Option<Refill>,
    /// Components whose last render was refused, with what it told of streams.
    pub(crate) missed: Vec<u32>,
}

impl Root {
    pub(crate) fn new(mount: Mount) -> Self {
        Self {
            mount,
            tree: None,
            numbers: Numbers::default(),
            saved: None,
            has_ended: false,
            painted: None,
            refill: None,
            missed: Vec::new(),
        }
    }

    /// In place of a component that nobody has asked for.
    pub(crate) fn gap() -> Self {
        let nothing = Mount {
            module: String::new(),
            params: RawValue::NULL.to_owned(),
            url: String::new(),
            session: None,
        };
        Self {
            has_ended: true,
            ..Self::new(nothing)
        }
    }

    pub(crate) fn is_gap(&self) -> bool {
        self.has_ended && self.mount.module.is_empty()
    }

    /// The host has it no more, so it shows nothing.
    pub(crate) fn end(&mut self) {
        self.has_ended = true;
        self.tree = None;
        self.saved = None;
    }

    /// What has the host make an instance of it.
    pub(crate) fn command(&self, component: u32) -> Command<'_> {
        Command::Mount {
            component,
            module: &self.mount.module,
            params: &self.mount.params,
            url: &self.mount.url,
            session: self.mount.session.as_deref(),
            state: self.saved.as_deref(),
        }
    }

    /// A component in it has rendered, and that is shown or not.
    fn rendered(&mut self, component: u32, number: u32, is_shown: bool) {
        if !is_shown {
            if self.missed.len() >= MISSED {
                self.missed = vec![number];
            } else if !self.missed.contains(&component) {
                self.missed.push(component);
            }
            return;
        }
        // The whole contains all components. Before they can be shown there is no use in asking for what is missing.
        let missed = self.missed.len();
        self.missed
            .retain(|&other| other != component && component != number);
        if self.missed.len() < missed
            && let Some(tree) = &mut self.tree
        {
            tree.lose();
        }
    }

    /// What it shows as HTML, which a browser will have; none while that is not known.
    pub(crate) fn paint(&mut self) -> Option<String> {
        let tree = self.tree.as_ref().filter(|tree| tree.is_whole())?;
        let html = tree.html();
        self.painted = Some(digest(&html));
        Some(html)
    }

    /// Forgets the items of streams.
    pub(crate) fn forget(&mut self) {
        if let Some(tree) = &mut self.tree {
            tree.forget();
        }
    }

    /// Numbers all nodes as a browser does that has them from now on. Gives how many there are.
    pub(crate) fn number(&mut self) -> u32 {
        self.numbers = Numbers::default();
        if let Some(tree) = &mut self.tree {
            tree.number(&mut self.numbers);
        }
        self.numbers.given()
    }
}

/// Why a render is not shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotShown {
    #[error(transparent)]
    Rendered(#[from] RenderedError),
    #[error(transparent)]
    Value(#[from] ValueError),
}

/// What the renders of a turn came to.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// Renders that cannot be shown, with their components.
    pub(crate) refused: Vec<(u32, NotShown)>,
    /// Keys that items of one list have in common, with their components.
    pub(crate) equal_keys: Vec<(u32, String)>,
}

/// The components that the page itself contains, by number.
#[derive(Debug, Default)]
pub(crate) struct Components {
    pub(crate) roots: Vec<Root>,
}

impl Components {
    pub(crate) fn root(&mut self, number: u32) -> Option<&mut Root> {
        self.roots.get_mut(usize::try_from(number).ok()?)
    }

    /// Whether there is one that is to be shown and whose state nobody knows.
    pub(crate) fn is_any_unknown(&self) -> bool {
        let mut roots = self.roots.iter();
        roots.any(|root| !root.has_ended && root.saved.is_none())
    }

    /// Takes the renders of a turn. With a browser, `out` is where the changes go.
    pub(crate) fn show(
        &mut self,
        turn: &Turn<'_>,
        sources: &Sources,
        templates: &Templates,
        mut out: Option<&mut PatchWriter<'_>>,
    ) -> Shown {
        let mut shown = Shown::default();
        let mut current = 0;
        for &(component, render) in &turn.renders {
            let Some((root, context)) = self.place(component) else {
                // It went before its render came.
                continue;
            };
            let number = u32::try_from(root).unwrap_or(u32::MAX);
            let root = &mut self.roots[root];
            let result = sources.with(|sources| {
                let rendered = templates.read(render.get(), sources, &context)?;
                let keys = rendered.equal_keys.into_iter();
                shown.equal_keys.extend(keys.map(|key| (component, key)));
                let Some(tree) = &mut root.tree else {
                    root.tree = Some(Tree::new(rendered.value)?);
                    return Ok(());
                };
                // Who waits for everything can do nothing with changes.
                let is_heard = !root.refill.as_ref().is_some_and(Refill::is_of_all);
                let painted = &mut root.painted;
                let say = |operation: Operation<'_>| {
                    *painted = None;
                    let Some(out) = out.as_deref_mut().filter(|_| is_heard) else {
                        return;
                    };
                    if current != number {
                        current = number;
                        out.component(number);
                    }
                    write(out, operation);
                };
                if component == number {
                    tree.diff(rendered.value, &mut root.numbers, say)?;
                } else {
                    tree.diff_component(component, rendered.value, &mut root.numbers, say)?;
                }
                Ok(())
            });
            root.rendered(component, number, result.is_ok());
            if let Err(error) = result {
                shown.refused.push((component, error));
            }
        }
        shown
    }

    /// The module of the root that contains a component, empty where there is none.
    pub(crate) fn module(&self, component: u32) -> &str {
        self.place(component)
            .map_or("", |(root, _)| &self.roots[root].mount.module)
    }

    /// Whether a component is on the page.
    pub(crate) fn has(&self, component: u32) -> bool {
        self.place(component).is_some()
    }

    /// The index of the root that contains a component, and what may be where the component is.
    pub(crate) fn place(&self, component: u32) -> Option<(usize, Context)> {
        let index = usize::try_from(component).ok()?;
        if let Some(root) = self.roots.get(index) {
            return (!root.has_ended).then(|| (index, Context::default()));
        }
        self.roots
            .iter()
            .enumerate()
            .find_map(|(index, root)| Some((index, root.tree.as_ref()?.context_of(component)?)))
    }
}

/// Everything that a root shows, as a message, with its nodes numbered anew.
pub(crate) fn render(
    root: &mut Root,
    number: u32,
    encoder: &mut Encoder<Down>,
) -> Vec<Result<bytes::Bytes, wellhead_protocol::EncodeError>> {
    root.number();
    let Some(tree) = &root.tree else {
        return Vec::new();
    };
    let mut writer = encoder.render(&Settled::NONE, number);
    tree.markup().write(&mut Sink(writer.markup()));
    let mut messages = vec![writer.finish()];
    let mut marks = Vec::new();
    tree.components(|component, node, count| marks.push((node, count, component)));
    if !marks.is_empty() {
        let mut patch = encoder.patch(&Settled::NONE);
        if number != 0 {
            patch.component(number);
        }
        for (node, count, component) in marks {
            patch.mark(node, count, component);
        }
        messages.push(patch.finish());
    }
    messages
}

fn write(out: &mut PatchWriter<'_>, operation: Operation<'_>) {
    match operation {
        Operation::SetText { node, text } => out.set_text(node, text),
        Operation::SpliceText {
            node,
            at,
            remove,
            text,
        } => out.splice_text(node, at, remove, text),
        Operation::SetAttribute { node, name, value } => out.set_attribute(node, name, value),
        Operation::RemoveAttribute { node, name } => out.remove_attribute(node, name),
        Operation::InsertBefore { node, markup } => {
            markup.write(&mut Sink(out.insert_before(node)));
        }
        Operation::InsertEnd { parent, markup } => markup.write(&mut Sink(out.insert_end(parent))),
        Operation::Remove { node, count } => out.remove(node, count),
        Operation::MoveBefore {
            node,
            count,
            before,
        } => out.move_before(node, count, before),
        Operation::MoveEnd {
            node,
            count,
            parent,
        } => out.move_end(node, count, parent),
        Operation::Replace {
            node,
            count,
            markup,
        } => markup.write(&mut Sink(out.replace(node, count))),
        Operation::Renumber { node, count } => out.renumber(node, count),
        Operation::Mark {
            node,
            count,
            component,
        } => out.mark(node, count, component),
        other => unreachable!("an operation that the wire does not know: {other}"),
    }
}

/// Markup on its way into a message.
struct Sink<'w>(MarkupWriter<'w>);

impl MarkupSink for Sink<'_> {
    fn literal(&mut self, html: &str) {
        self.0.literal(html);
    }

    fn instance(&mut self, template: &Template) {
        let statics: Vec<&str> = template.statics().collect();
        self.0.instance(template.id(), &statics);
    }

    // The fixed parts were told with the instance.
    fn fixed(&mut self, _html: &str) {}

    fn list(&mut self, pieces: usize) {
        self.0.list(pieces);
    }
}
