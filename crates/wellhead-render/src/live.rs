//! The contract with what runs live components: commands go in, news comes out. See docs/design/live.md.

use std::sync::{Arc, RwLock};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use wellhead_html::TemplateSource;

use crate::{Frame, RenderError};

/// Something that has instances of live components, each in a session.
///
/// Implementations are pools of workers, of which one has all components of a session.
pub trait LiveHost: Send + Sync + 'static {
    /// Opens a session. What comes of its commands goes to `news`, in order.
    ///
    /// # Errors
    ///
    /// A [`RenderError`] if there is no worker that could take it.
    fn open(&self, news: NewsSink) -> Result<Box<dyn LiveChannel>, RenderError>;
}

/// The way from a session to its worker. Dropping it ends the session there.
pub trait LiveChannel: Send + 'static {
    /// Gives a command to the worker, which takes commands in order. Never waits; a worker that is lost says so in its news.
    fn send(&mut self, command: &Command<'_>);
}

/// Where news goes. It is called on the worker's thread and must not block.
pub type NewsSink = Box<dyn Fn(News) + Send + Sync>;

/// What a worker tells a session.
#[derive(Debug)]
#[non_exhaustive]
pub enum News {
    /// What came of a turn.
    Turn(TurnText),
    /// The worker is lost, and all that it had. Components have to be mounted again.
    Lost(RenderError),
}

/// The news of one turn as JSON, and the templates of the worker that renders in it refer to.
#[derive(Debug)]
pub struct TurnText {
    /// A [`Turn`].
    pub text: String,
    /// The worker's templates.
    pub sources: Arc<Sources>,
}

/// The templates that a worker has told of, by number.
#[derive(Debug, Default)]
pub struct Sources(RwLock<Vec<TemplateSource>>);

impl Sources {
    /// Adds the template with the next number.
    pub fn push(&self, source: TemplateSource) {
        self.0
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(source);
    }

    /// Calls `reader` with all templates so far.
    pub fn with<R>(&self, reader: impl FnOnce(&[TemplateSource]) -> R) -> R {
        let sources = self
            .0
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        reader(&sources)
    }
}

/// What a session tells its worker.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Command<'c> {
    /// Make an instance of a component.
    Mount {
        /// The session's number for it.
        component: u32,
        /// The module that exports it.
        module: &'c str,
        /// The parameters of the route, by name, as JSON.
        params: &'c RawValue,
        /// The page's address.
        url: &'c str,
        /// What `save` told of an earlier instance: this one is restored and not mounted.
        #[serde(skip_serializing_if = "Option::is_none")]
        state: Option<&'c str>,
    },
    /// The address has changed and stays on this page.
    Params {
        /// The component.
        component: u32,
        /// The parameters of the route, as JSON.
        params: &'c RawValue,
        /// The page's address.
        url: &'c str,
    },
    /// The user did something.
    Event {
        /// The component.
        component: u32,
        /// The number of the event, by which it is settled.
        event: u64,
        /// What shall handle it.
        handler: &'c str,
        /// What the client sent with it, as JSON.
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<&'c RawValue>,
    },
    /// A message of a topic.
    Info {
        /// The topic.
        topic: &'c str,
        /// The message, as JSON.
        message: &'c RawValue,
    },
    /// Who came to a topic, and who went. All that are there come first.
    Presence {
        /// The topic.
        topic: &'c str,
        /// Who came; one that is there already is told of anew.
        joins: Vec<Member<'c>>,
        /// Who went.
        leaves: Vec<Member<'c>>,
    },
    /// The items of a component's streams were forgotten, those of components within included: tell them again, each stream
    /// from its beginning.
    Refill {
        /// The component.
        component: u32,
    },
    /// Tell the state of all components.
    Save,
    /// A component is gone from the page.
    Unmount {
        /// The component.
        component: u32,
    },
    /// A browser is there, for the first time or again.
    Connected,
    /// The browser is gone, perhaps for a while.
    Disconnected,
}

/// Somebody who is present at a topic, in one session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Member<'m> {
    /// Who it is; one may be there in several sessions.
    pub key: String,
    /// No other member of the topic has this.
    pub id: String,
    /// What is known of it, as JSON; `null` of who went.
    #[serde(borrow)]
    pub about: &'m RawValue,
}

/// What came of a turn. It borrows from its text.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Turn<'t> {
    /// What components show now: a number and a render.
    #[serde(borrow)]
    pub renders: Vec<(u32, &'t RawValue)>,
    /// Events whose handlers are done.
    pub settled: Vec<u64>,
    /// What else was asked for, in order.
    #[serde(borrow)]
    pub effects: Vec<Effect<'t>>,
    /// What failed. The component shows what it showed.
    pub errors: Vec<Failure>,
    /// The answer to [`Command::Save`], for each component; none if that was not asked for.
    pub states: Option<Vec<(u32, Saved)>>,
}

/// Something that a component asked for beside its render: in JSON, an object whose one key says what.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Effect<'t> {
    /// Another title of the page.
    Title {
        /// The title.
        text: String,
    },
    /// Something for the scripts of a component in the browser.
    Push {
        /// The component.
        component: u32,
        /// What it is called.
        name: String,
        /// JSON.
        #[serde(borrow)]
        value: &'t RawValue,
    },
    /// The answer to an event.
    Reply {
        /// The event.
        event: u64,
        /// JSON.
        #[serde(borrow)]
        value: &'t RawValue,
    },
    /// Another address.
    Navigate {
        /// How.
        kind: NavigateKind,
        /// Whether the entry in the history is replaced.
        #[serde(default)]
        replace: bool,
        /// The address.
        url: String,
    },
    /// The session wants the messages of a topic.
    Subscribe {
        /// The topic.
        topic: String,
    },
    /// It wants them no more.
    Unsubscribe {
        /// The topic.
        topic: String,
    },
    /// Somebody is present at a topic as long as the browser is there.
    Track {
        /// The topic.
        topic: String,
        /// Who it is.
        key: String,
        /// What is known of it, as JSON.
        #[serde(borrow)]
        about: &'t RawValue,
    },
    /// A component takes files.
    Upload(#[serde(borrow)] &'t RawValue),
    /// A component does not want a file any more.
    UploadCancel(#[serde(borrow)] &'t RawValue),
    /// A component is done with a file.
    UploadConsumed(#[serde(borrow)] &'t RawValue),
    /// Somebody is present no more.
    Untrack {
        /// The topic.
        topic: String,
        /// Who it is.
        key: String,
    },
    /// A message for all that subscribe to a topic.
    Broadcast {
        /// The topic.
        topic: String,
        /// JSON.
        #[serde(borrow)]
        message: &'t RawValue,
        /// Whether this session gets it too.
        #[serde(default = "yes")]
        own: bool,
    },
}

fn yes() -> bool {
    true
}

/// How an address changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NavigateKind {
    /// Other parameters of the same page.
    Patch,
    /// Another page of the app.
    Navigate,
    /// Any address.
    Redirect,
}

/// Something that failed.
#[derive(Debug, Clone, Deserialize)]
pub struct Failure {
    /// The component.
    pub component: u32,
    /// The event whose handler failed.
    #[serde(default)]
    pub event: Option<u64>,
    /// What kind of failure it is.
    pub code: String,
    /// What happened, for the developer.
    pub message: String,
    /// The stack.
    #[serde(default)]
    pub frames: Vec<Frame>,
    /// Whether the component is not there: it could not be mounted.
    #[serde(default)]
    pub fatal: bool,
}

/// The state of a component.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Saved {
    /// Text for [`Command::Mount`].
    Text(String),
    /// It cannot be kept.
    Unserialisable {
        /// Where in the state something is that is not plain data.
        unserialisable: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_what_the_document_says() {
        let json = |command: Command<'_>| serde_json::to_string(&command).expect("it is JSON");
        let raw = RawValue::from_string("{\"id\":\"7\"}".into()).expect("it is JSON");
        assert_eq!(
            json(Command::Mount {
                component: 1,
                module: "m",
                params: &raw,
                url: "/x",
                state: None
            }),
            r#"{"type":"mount","component":1,"module":"m","params":{"id":"7"},"url":"/x"}"#
        );
        assert_eq!(
            json(Command::Event {
                component: 1,
                event: 2,
                handler: "save",
                payload: None
            }),
            r#"{"type":"event","component":1,"event":2,"handler":"save"}"#
        );
        assert_eq!(
            json(Command::Refill { component: 1 }),
            r#"{"type":"refill","component":1}"#
        );
        assert_eq!(json(Command::Save), r#"{"type":"save"}"#);
    }

    #[test]
    fn news_may_leave_everything_out() {
        let turn: Turn<'_> = serde_json::from_str("{}").expect("nothing is needed");
        assert!(turn.renders.is_empty() && turn.settled.is_empty());
        let turn: Turn<'_> = serde_json::from_str(
            r#"{"renders":[[1,[0,"a"]]],"settled":[3],"effects":[{"title":{"text":"t"}},{"push":{"component":1,"name":"n","value":[1]}},{"uploadCancel":{"entry":1}},{"navigate":{"kind":"patch","url":"/"}}],
                "errors":[{"component":1,"code":"threw","message":"m"}],"states":[[1,"s"],[2,{"unserialisable":"a.b"}]]}"#,
        )
        .expect("it is the documented form");
        assert_eq!(turn.renders[0].1.get(), r#"[0,"a"]"#);
        assert_eq!(turn.effects.len(), 4);
        let states = turn.states.expect("they are told");
        assert_eq!(states[0].1, Saved::Text("s".into()));
    }
}
