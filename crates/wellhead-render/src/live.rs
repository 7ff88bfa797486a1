//! The contract with what runs live components: commands go in, news comes out. See docs/design/live.md.

use std::sync::{Arc, RwLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap};
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

impl TurnText {
    /// What a worker has said. Its `templates` are learnt, so texts come in the order in which the worker gave them,
    /// whatever session they are for.
    ///
    /// # Errors
    ///
    /// What tells of templates is not as docs/design/live.md says, so nothing that the worker says later can be read either.
    pub fn learn(text: String, sources: &Arc<Sources>) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Told {
            templates: Vec<(usize, Vec<Box<str>>)>,
        }
        // They come first, so that most texts need not be read for them.
        if text.starts_with("{\"templates\"") {
            for (number, statics) in serde_json::from_str::<Told>(&text)?.templates {
                let expected = sources.push(TemplateSource::new(statics));
                if number != expected {
                    return Err(serde::de::Error::custom(format!(
                        "template {number} in place of {expected}"
                    )));
                }
            }
        }
        Ok(Self {
            text,
            sources: Arc::clone(sources),
        })
    }
}

/// The templates that a worker has told of, by number.
#[derive(Debug, Default)]
pub struct Sources(RwLock<Vec<TemplateSource>>);

impl Sources {
    /// Adds the template with the next number, which this gives.
    pub fn push(&self, source: TemplateSource) -> usize {
        let mut sources = self
            .0
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        sources.push(source);
        sources.len() - 1
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
        /// What the server says of the user, as a JSON object.
        #[serde(skip_serializing_if = "Option::is_none")]
        session: Option<&'c RawValue>,
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
    /// What happens to a file that the user chose.
    Upload {
        /// The component that takes it.
        component: u32,
        /// The name under which the component takes files.
        upload: &'c str,
        /// The file's number, which the client chose.
        entry: u32,
        /// What happens.
        #[serde(flatten)]
        step: UploadStep<'c>,
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
    /// The session is over: everything is unmounted. Nothing comes after this.
    Close,
}

/// What happens to a file: in JSON, one field of the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UploadStep<'c> {
    /// The user chose it. All of this is the client's word.
    Start {
        /// Its name.
        name: &'c str,
        /// Its size, in bytes.
        size: u64,
        /// Its media type.
        media: &'c str,
    },
    /// So many bytes of it have arrived.
    Progress(u64),
    /// All of it is there, in the temporary file with this path.
    Path(&'c str),
    /// It does not come, for the reason with this code.
    Error(&'c str),
    /// The user wants it no more, or the browser is gone.
    Cancelled,
}

impl Serialize for UploadStep<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Start<'c> {
            name: &'c str,
            size: u64,
            #[serde(rename = "type")]
            media: &'c str,
        }
        let mut map = serializer.serialize_map(Some(1))?;
        match *self {
            Self::Start { name, size, media } => {
                map.serialize_entry("start", &Start { name, size, media })?;
            }
            Self::Progress(bytes) => map.serialize_entry("progress", &bytes)?,
            Self::Path(path) => map.serialize_entry("path", path)?,
            Self::Error(code) => map.serialize_entry("error", code)?,
            Self::Cancelled => map.serialize_entry("cancelled", &true)?,
        }
        map.end()
    }
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
    /// A component takes files under a name; or with other limits than before.
    #[serde(rename_all = "camelCase")]
    Upload {
        /// The component.
        component: u32,
        /// The name.
        upload: String,
        /// Extensions and media types; everything, if there are none.
        #[serde(default)]
        accept: Vec<String>,
        /// How many files at once.
        #[serde(deserialize_with = "whole")]
        max_entries: u64,
        /// The size of one file, in bytes.
        #[serde(deserialize_with = "whole")]
        max_size: u64,
        /// Whether files are sent as soon as they are chosen.
        #[serde(default)]
        auto: bool,
    },
    /// A component does not take a file, or no more of it.
    UploadCancel {
        /// The component.
        component: u32,
        /// The name under which it takes files.
        upload: String,
        /// The file's number.
        entry: u32,
    },
    /// A component is done with a file.
    UploadConsumed {
        /// The component.
        component: u32,
        /// The name under which it takes files.
        upload: String,
        /// The file's number.
        entry: u32,
    },
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

/// A number of JavaScript as a whole one; infinity, which is `null` in JSON, is the largest.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let number = Option::<f64>::deserialize(deserializer)?;
    // What is too large for an integer becomes the largest.
    Ok(number.map_or(u64::MAX, |number| number as u64))
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
    /// What happened, for the developer; with a status, for the user.
    pub message: String,
    /// The name of the error's class.
    #[serde(default)]
    pub name: String,
    /// The status of a page that failed with it, of an error that the app expects: 404, say.
    #[serde(default)]
    pub status: Option<u16>,
    /// The stack.
    #[serde(default)]
    pub frames: Vec<Frame>,
    /// Whether the component is not there: it could not be mounted.
    #[serde(default)]
    pub fatal: bool,
}

impl Failure {
    /// A failure of which nothing else is known.
    pub fn new(component: u32, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            component,
            event: None,
            code: code.into(),
            message: message.into(),
            name: String::new(),
            status: None,
            frames: Vec::new(),
            fatal: false,
        }
    }
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
                session: None,
                state: None
            }),
            r#"{"type":"mount","component":1,"module":"m","params":{"id":"7"},"url":"/x"}"#
        );
        let user = RawValue::from_string("{\"name\":\"ann\"}".into()).expect("it is JSON");
        assert_eq!(
            json(Command::Mount {
                component: 1,
                module: "m",
                params: &raw,
                url: "/x",
                session: Some(&user),
                state: Some("s")
            }),
            r#"{"type":"mount","component":1,"module":"m","params":{"id":"7"},"url":"/x","session":{"name":"ann"},"state":"s"}"#
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
        assert_eq!(json(Command::Close), r#"{"type":"close"}"#);
    }

    #[test]
    fn files_take_the_steps_that_the_document_says() {
        let json = |step| {
            let command = Command::Upload {
                component: 1,
                upload: "avatar",
                entry: 7,
                step,
            };
            serde_json::to_string(&command).expect("it is JSON")
        };
        let with = |step: &str| {
            format!(r#"{{"type":"upload","component":1,"upload":"avatar","entry":7,{step}}}"#)
        };
        let start = UploadStep::Start {
            name: "a.png",
            size: 3,
            media: "image/png",
        };
        assert_eq!(
            json(start),
            with(r#""start":{"name":"a.png","size":3,"type":"image/png"}"#)
        );
        assert_eq!(json(UploadStep::Progress(2)), with(r#""progress":2"#));
        assert_eq!(json(UploadStep::Path("/tmp/x")), with(r#""path":"/tmp/x""#));
        assert_eq!(
            json(UploadStep::Error("disk_full")),
            with(r#""error":"disk_full""#)
        );
        assert_eq!(json(UploadStep::Cancelled), with(r#""cancelled":true"#));
    }

    #[test]
    fn failures_say_what_the_host_does() {
        let failure: Failure = serde_json::from_str(
            r#"{"component":0,"fatal":true,"code":"http_error","message":"no such post","name":"HttpError","status":404}"#,
        )
        .expect("it is the documented form");
        assert!(failure.fatal && failure.event.is_none() && failure.frames.is_empty());
        assert_eq!(
            (failure.name.as_str(), failure.status),
            ("HttpError", Some(404))
        );
        let failure: Failure = serde_json::from_str(
            r#"{"component":0,"code":"mount_failed","message":"m","name":"TypeError","frames":[{"function":"mount","file":"a.ts","line":1,"column":2}]}"#,
        )
        .expect("it is the documented form");
        assert_eq!((failure.frames[0].line, failure.status), (1, None));
    }

    #[test]
    fn templates_are_learnt_in_order() {
        let sources = Arc::new(Sources::default());
        let learn = |text: &str| TurnText::learn(text.into(), &sources).map(|_| ());
        learn(r#"{"templates":[[0,["a","b"]],[1,["c"]]],"settled":[1]}"#).expect("they follow");
        learn(r#"{"settled":[2]}"#).expect("it has none");
        learn(r#"{"templates":[[2,["d"]]]}"#).expect("it is the next");
        assert_eq!(sources.with(<[_]>::len), 3);
        assert!(learn(r#"{"templates":[[7,["e"]]]}"#).is_err());
        assert!(learn(r#"{"templates":"#).is_err());
    }

    #[test]
    fn news_may_leave_everything_out() {
        let turn: Turn<'_> = serde_json::from_str("{}").expect("nothing is needed");
        assert!(turn.renders.is_empty() && turn.settled.is_empty());
        let turn: Turn<'_> = serde_json::from_str(
            r#"{"renders":[[1,[0,"a"]]],"settled":[3],"effects":[{"title":{"text":"t"}},{"push":{"component":1,"name":"n","value":[1]}},{"uploadCancel":{"component":0,"upload":"a","entry":1}},{"upload":{"component":0,"upload":"a","accept":[".png"],"maxEntries":2,"maxSize":null,"auto":false}},{"navigate":{"kind":"patch","url":"/"}}],
                "errors":[{"component":1,"code":"threw","message":"m"}],"states":[[1,"s"],[2,{"unserialisable":"a.b"}]]}"#,
        )
        .expect("it is the documented form");
        assert_eq!(turn.renders[0].1.get(), r#"[0,"a"]"#);
        assert_eq!(turn.effects.len(), 5);
        assert!(
            matches!(&turn.effects[3], Effect::Upload { max_entries: 2, max_size: u64::MAX, accept, .. } if accept == &[".png"]),
        );
        let states = turn.states.expect("they are told");
        assert_eq!(states[0].1, Saved::Text("s".into()));
    }
}
