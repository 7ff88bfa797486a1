//! A page as a test sees it.

use std::{fmt, sync::Arc, sync::Mutex, time::Duration};

use bytes::Bytes;
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout_at};

use super::{
    bindings::Binding,
    document::{At, Document, Place, tags},
    error::{Error, ServerError},
    events::Act,
    payload::Happening,
    state::{Link, State},
    wire::{self, Listening, Shared},
};
use crate::{Identity, Live};

/// How often what may not be sent yet is tried again.
const AGAIN: Duration = Duration::from_millis(20);

/// What a component has pushed to hooks and scripts.
#[derive(Debug, Clone, PartialEq)]
pub struct Pushed {
    /// The component's number.
    pub component: u32,
    /// What it is.
    pub name: String,
    /// The value.
    pub value: Value,
}

/// What a test waits for, with [`Page::wait_for`].
///
/// ```
/// use wellhead_live::testing::Awaited;
///
/// assert_eq!(Awaited::from("#done"), Awaited::selector("#done"));
/// assert_eq!(Awaited::text("Saved").to_string(), "\"Saved\" is not on the page");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited(Want);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Want {
    Selector(String),
    Gone(String),
    Text(String),
}

impl Awaited {
    /// An element that fits.
    pub fn selector(selector: impl Into<String>) -> Self {
        Self(Want::Selector(selector.into()))
    }

    /// That no element fits any more.
    pub fn gone(selector: impl Into<String>) -> Self {
        Self(Want::Gone(selector.into()))
    }

    /// A text that a reader sees somewhere on the page.
    pub fn text(text: impl Into<String>) -> Self {
        Self(Want::Text(text.into()))
    }

    fn holds(&self, document: &Document) -> Result<bool, Error> {
        Ok(match &self.0 {
            Want::Selector(selector) => !document.all(selector)?.is_empty(),
            Want::Gone(selector) => document.all(selector)?.is_empty(),
            Want::Text(text) => {
                let wanted: Vec<&str> = text.split_whitespace().collect();
                document.body().text().contains(&wanted.join(" "))
            }
        })
    }
}

impl From<&str> for Awaited {
    fn from(selector: &str) -> Self {
        Self::selector(selector)
    }
}

impl fmt::Display for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Want::Selector(wanted) | Want::Text(wanted) => {
                write!(f, "{wanted:?} is not on the page")
            }
            Want::Gone(selector) => write!(f, "{selector:?} is still on the page"),
        }
    }
}

/// A page that is open in a browser without a browser. Dropping it closes it.
///
/// Selectors are CSS; each action wants exactly one element. White space in texts is as a reader sees it. An action returns when the
/// server has settled what it sent, so what came of it is on the page; what comes later is waited for with [`wait_for`](Self::wait_for).
pub struct Page {
    shared: Arc<Shared>,
    live: Live,
    identity: Identity,
    patience: Duration,
    listening: Mutex<Option<Listening>>,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

/// Acting: what a user does.
impl Page {
    /// Clicks on an element. Boxes are turned, labels click on their fields, buttons submit their forms, links are followed.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is not one such element, it is disabled, nothing handles the click, or what handles it fails.
    pub async fn click(&self, selector: &str) -> Result<(), Error> {
        self.act(selector, Some("click"), |state, act, place| {
            state.click(act, selector, place)
        })
        .await
    }

    /// Types a text into a field, in the place of what was there. The field keeps the focus; it says `change` when it loses it.
    ///
    /// There is one event `input` for all of the text, and none for keys.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is not one such field, or what handles the event fails.
    pub async fn type_text(&self, selector: &str, text: &str) -> Result<(), Error> {
        self.act(selector, None, |state, act, place| {
            state.enter(act, selector, place, text)
        })
        .await
    }

    /// Gives a field another value, and is done with it: the events `input` and `change`. Of a `<select>`, it is an option's value or
    /// text.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is not one such field, it has no such option, or what handles the events fails.
    pub async fn change(&self, selector: &str, value: &str) -> Result<(), Error> {
        self.act(selector, None, |state, act, place| {
            state.change_value(act, selector, place, &[value])
        })
        .await
    }

    /// Chooses exactly these options of a `<select>`, by value or text.
    ///
    /// # Errors
    ///
    /// [`Error`] as for [`change`](Self::change).
    pub async fn select(&self, selector: &str, values: &[&str]) -> Result<(), Error> {
        self.act(selector, None, |state, act, place| {
            state.choose(act, selector, place, values)
        })
        .await
    }

    /// Checks a checkbox or radio button, or unchecks a checkbox; nothing happens if it is so already.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is not one such field, or what handles the events fails.
    pub async fn check(&self, selector: &str, is_checked: bool) -> Result<(), Error> {
        self.act(selector, None, |state, act, place| {
            state.check(act, selector, place, is_checked)
        })
        .await
    }

    /// Submits a form, or the form of a field, without a button.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is not one such form, a field holds what it may not, nothing handles `submit`, or what handles it fails.
    pub async fn submit(&self, selector: &str) -> Result<(), Error> {
        self.act(selector, Some("submit"), |state, act, place| {
            let document = state.document();
            let Some(at) = document.at(place) else {
                return Ok(());
            };
            let form = at
                .form()
                .ok_or_else(|| at.unfit(selector, "is no form, and in none"))?;
            state.submit(act, selector, form, None)
        })
        .await
    }

    /// Presses a key in an element: `Enter`, `a`, `Control+Shift+k`. `Enter` submits the form of a field, and clicks buttons and links.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is not one such element, nothing handles keys there, or what handles them fails.
    pub async fn keydown(&self, selector: &str, key: &str) -> Result<(), Error> {
        self.act(selector, Some("keydown"), |state, act, place| {
            state.key(act, selector, place, key)
        })
        .await
    }

    /// Gives an element the focus.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is not one such element, it is disabled, or what handles the events fails.
    pub async fn focus(&self, selector: &str) -> Result<(), Error> {
        self.act(selector, None, |state, act, place| {
            let document = state.document();
            let disabled = document.at(place).filter(|at| at.is_disabled());
            if let Some(at) = disabled {
                return Err(at.unfit(selector, "is disabled"));
            }
            state.focus(act, place)
        })
        .await
    }

    /// Takes the focus from an element that has it.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is not one such element, it has not got the focus, or what handles the events fails.
    pub async fn blur(&self, selector: &str) -> Result<(), Error> {
        self.act(selector, None, |state, act, place| {
            let document = state.document();
            let other = document.at(place).filter(|at| !at.is_focused());
            if let Some(at) = other {
                return Err(at.unfit(selector, "has not got the focus"));
            }
            state.unfocus(act)
        })
        .await
    }

    /// Has an event of any other type happen at an element; `detail` is that of a custom event.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is not one such element, nothing handles the event, or what handles it fails.
    pub async fn event(
        &self,
        selector: &str,
        kind: &str,
        detail: Option<Value>,
    ) -> Result<(), Error> {
        self.act(selector, Some(kind), |state, act, place| {
            let mut event = Happening::new(kind, place);
            event.detail = detail;
            state.dispatch(act, &mut event)
        })
        .await
    }

    /// Sends an event to the page's first component as a hook does, and returns the handler's reply.
    ///
    /// # Errors
    ///
    /// [`Error::Failed`] if the handler fails, or there is none.
    pub async fn push(&self, handler: &str, data: Option<Value>) -> Result<Option<Value>, Error> {
        let number = {
            let mut state = self.shared.lock();
            let component = state.roots.first().map_or(0, |root| root.number);
            let payload = data.map(|data| serde_json::json!({ "data": data }));
            state.event(component, handler, payload.as_ref(), None)
        };
        self.settled(vec![number]).await
    }

    /// Sends an event as a hook at an element does: to the component that the element is in. Returns the handler's reply.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is not one such element, or the handler fails.
    pub async fn push_from(
        &self,
        selector: &str,
        handler: &str,
        data: Option<Value>,
    ) -> Result<Option<Value>, Error> {
        let events = {
            let mut state = self.shared.lock();
            let document = state.document();
            let at = document.one(selector)?;
            let payload = data.map(|data| serde_json::json!({ "data": data }));
            let mut act = Act::default();
            state.push(&mut act, at, handler, payload, None);
            act.events
        };
        self.settled(events).await
    }

    /// Chooses a file in an `<input type="file" ts-upload>`, or drops it on an element with `ts-drop`; returns when the server has all
    /// of it.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] if the server does not take the file; other errors if there is not one such element, or files are none of it.
    pub async fn upload(
        &self,
        selector: &str,
        name: &str,
        media: &str,
        bytes: impl Into<Bytes>,
    ) -> Result<(), Error> {
        let bytes = bytes.into();
        let mut events = Vec::new();
        {
            let mut state = self.shared.lock();
            let document = state.document();
            let at = document.one(selector)?;
            field_of(at, selector)?;
            if at.is_file()
                && let Some(place) = at.place()
            {
                let mut act = Act::default();
                state.focus(&mut act, place)?;
                state.dispatch(&mut act, &mut Happening::new("input", place))?;
                state.dispatch(&mut act, &mut Happening::new("change", place))?;
                events = act.events;
            }
        }
        let upload = self
            .until(&format!("{selector:?} may not send a file"), |state| {
                let document = state.document();
                let at = document.one(selector)?;
                let field = field_of(at, selector)?;
                Ok(state.offer(at, field, name, media, bytes.clone()))
            })
            .await?;
        self.until(&format!("the file {name:?} is not sent"), |state| {
            let is_over = |sending: &super::uploads::Sending| sending.end.is_some();
            if !state.uploads.get(&upload).is_some_and(is_over) {
                return Ok(None);
            }
            let ended = state.uploads.remove(&upload);
            ended.and_then(|sending| sending.end).transpose()
        })
        .await?;
        self.settled(events).await.map(|_| ())
    }

    /// Waits until a selector fits something, or for what else [`Awaited`] can be.
    ///
    /// # Errors
    ///
    /// [`Error::Late`] if that does not come.
    pub async fn wait_for(&self, awaited: impl Into<Awaited>) -> Result<(), Error> {
        self.wait_at_most(self.patience, awaited).await
    }

    /// Waits as [`wait_for`](Self::wait_for) does, and no longer than this.
    ///
    /// # Errors
    ///
    /// [`Error::Late`] if that does not come.
    pub async fn wait_at_most(
        &self,
        most: Duration,
        awaited: impl Into<Awaited>,
    ) -> Result<(), Error> {
        let awaited = awaited.into();
        let text = awaited.to_string();
        self.until_within(most, &text, |state| {
            Ok(awaited.holds(&state.document())?.then_some(()))
        })
        .await
    }

    /// Waits until something holds, which is asked after each message of the server. `what` is for the error: "the list is sorted".
    ///
    /// # Errors
    ///
    /// [`Error::Late`] if it does not hold in time.
    pub async fn wait_until(
        &self,
        what: &str,
        mut holds: impl FnMut(&Self) -> bool,
    ) -> Result<(), Error> {
        let mut changes = self.shared.changes();
        let end = Instant::now() + self.patience;
        loop {
            changes.mark_unchanged();
            if holds(self) {
                return Ok(());
            }
            if !matches!(timeout_at(end, changes.changed()).await, Ok(Ok(()))) {
                return Err(Error::Late {
                    awaited: format!("it does not hold that {what}"),
                    waited: self.patience,
                    page: self.document().excerpt(),
                });
            }
        }
    }

    /// Loses the connection. The session stays as long as the server has it; what is done on the page meanwhile is sent when the page is
    /// connected again.
    pub async fn disconnect(&self) {
        self.listen(None);
        self.shared.lock().lose(Link::Cut);
        // The session hears of it in its own time; whatever else is ready goes first.
        tokio::task::yield_now().await;
    }

    /// Connects again, and returns when the page shows what the server has and all events are settled.
    ///
    /// # Errors
    ///
    /// [`Error::Disconnected`] if the server does not want the page any more, and what has come of the events.
    pub async fn reconnect(&self) -> Result<(), Error> {
        self.disconnect().await;
        self.join().await?;
        let waiting = self
            .shared
            .lock()
            .pending
            .iter()
            .map(|event| event.number)
            .collect();
        self.settled(waiting).await.map(|_| ())
    }
}

/// Looking: what a user sees.
impl Page {
    /// The HTML of the page's components, one after the other.
    pub fn html(&self) -> String {
        self.document().html().to_owned()
    }

    /// The text of an element.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is not one such element.
    pub fn text(&self, selector: &str) -> Result<String, Error> {
        Ok(self.document().one(selector)?.text())
    }

    /// The texts of all elements that fit, in document order.
    ///
    /// # Errors
    ///
    /// [`Error::Selector`].
    pub fn texts(&self, selector: &str) -> Result<Vec<String>, Error> {
        let document = self.document();
        let all = document.all(selector)?;
        Ok(all.into_iter().map(At::text).collect())
    }

    /// An attribute of an element.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is not one such element.
    pub fn attribute(&self, selector: &str, name: &str) -> Result<Option<String>, Error> {
        let document = self.document();
        let at = document.one(selector)?;
        Ok(at.attribute(name).map(ToOwned::to_owned))
    }

    /// What a field holds, which may be something else than its attribute `value`.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is not one such element, or it is no field.
    pub fn value(&self, selector: &str) -> Result<String, Error> {
        let document = self.document();
        let at = document.one(selector)?;
        if !at.is_field() && !at.is(&["option", "button"]) {
            return Err(at.unfit(selector, "is no field"));
        }
        Ok(at.value())
    }

    /// How many elements fit.
    ///
    /// # Errors
    ///
    /// [`Error::Selector`].
    pub fn count(&self, selector: &str) -> Result<usize, Error> {
        Ok(self.document().all(selector)?.len())
    }

    /// The page's title, if a component has given it one.
    pub fn title(&self) -> Option<String> {
        self.shared.lock().title.clone()
    }

    /// The page's address, as it was opened or as components and links have changed it.
    pub fn url(&self) -> String {
        self.shared.lock().url.clone()
    }

    /// What components have pushed to hooks and scripts since the page was opened.
    pub fn pushed(&self) -> Vec<Pushed> {
        self.shared.lock().pushed.clone()
    }

    /// What has failed since the page was opened, whoever asked for it.
    pub fn errors(&self) -> Vec<ServerError> {
        self.shared.lock().errors.clone()
    }

    /// Where the browser would be by now, if a component or a link has sent it to another page. The page itself stays as it is.
    pub fn redirected(&self) -> Option<String> {
        self.shared.lock().redirected.clone()
    }

    fn document(&self) -> Document {
        self.shared.lock().document()
    }
}

impl Page {
    pub(super) fn new(state: State, live: Live, identity: Identity, patience: Duration) -> Self {
        Self {
            shared: Shared::new(state),
            live,
            identity,
            patience,
            listening: Mutex::new(None),
        }
    }

    fn listen(&self, listening: Option<Listening>) {
        let mut now = self
            .listening
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *now = listening;
    }

    /// Connects, and waits until the page shows what the server has.
    pub(super) async fn join(&self) -> Result<(), Error> {
        let listening = wire::connect(&self.shared, &self.live, self.identity.clone());
        self.listen(Some(listening));
        self.until("the page has not joined", |state| {
            Ok((state.is_joined() && state.is_fresh()).then_some(()))
        })
        .await
    }

    /// Does something with the one element that a selector fits, and waits until what was sent is settled. `handled` is the type of the
    /// event that something has to handle.
    async fn act(
        &self,
        selector: &str,
        handled: Option<&str>,
        does: impl FnOnce(&mut State, &mut Act, Place) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut act = Act::default();
        let done = {
            let mut state = self.shared.lock();
            if let Link::Ended(reason) = &state.link {
                return Err(Error::Disconnected {
                    reason: reason.clone(),
                });
            }
            let document = state.document();
            let at = document.one(selector)?;
            let Some(place) = at.place() else {
                return Ok(());
            };
            let done = does(&mut state, &mut act, place);
            match handled {
                Some(kind) if done.is_ok() && !act.is_handled => Err(unhandled(at, selector, kind)),
                _ => done,
            }
        };
        // What was sent before something failed is settled too, so that the page stands still.
        let settled = self.settled(act.events).await;
        done.and(settled.map(|_| ()))
    }

    /// Waits until events are settled. Returns the last reply.
    async fn settled(&self, events: Vec<u64>) -> Result<Option<Value>, Error> {
        if events.is_empty() {
            return Ok(None);
        }
        let late = "what was done is not settled";
        let outcomes = self
            .until(late, |state| {
                if state.link == Link::Cut {
                    return Ok(Some(Vec::new()));
                }
                state.flush();
                let is_settled = |event: &u64| state.outcomes.contains_key(event);
                if !state.is_flushed() || !events.iter().all(is_settled) {
                    return Ok(None);
                }
                let taken = events
                    .iter()
                    .filter_map(|event| state.outcomes.remove(event));
                Ok(Some(taken.collect()))
            })
            .await?;
        let mut reply = None;
        for outcome in outcomes {
            if let Some(failure) = outcome.error {
                return Err(Error::Failed {
                    handler: outcome.handler,
                    failure,
                });
            }
            reply = outcome.reply.or(reply);
        }
        Ok(reply)
    }

    async fn until<T>(
        &self,
        late: &str,
        holds: impl FnMut(&mut State) -> Result<Option<T>, Error>,
    ) -> Result<T, Error> {
        self.until_within(self.patience, late, holds).await
    }

    /// Waits until the state is such, which is looked at after each message.
    async fn until_within<T>(
        &self,
        most: Duration,
        late: &str,
        mut holds: impl FnMut(&mut State) -> Result<Option<T>, Error>,
    ) -> Result<T, Error> {
        let mut changes = self.shared.changes();
        let end = Instant::now() + most;
        loop {
            changes.mark_unchanged();
            let waits_for_pace = {
                let mut state = self.shared.lock();
                if let Some(found) = holds(&mut state)? {
                    return Ok(found);
                }
                if let Link::Ended(reason) = &state.link {
                    return Err(Error::Disconnected {
                        reason: reason.clone(),
                    });
                }
                !state.is_flushed()
            };
            let changed = async {
                if waits_for_pace {
                    tokio::select! {
                        _ = changes.changed() => {}
                        () = sleep(AGAIN) => {}
                    }
                } else {
                    let _ = changes.changed().await;
                }
            };
            if timeout_at(end, changed).await.is_err() {
                return Err(Error::Late {
                    awaited: late.to_owned(),
                    waited: most,
                    page: self.document().excerpt(),
                });
            }
        }
    }
}

/// The name under which an element takes files.
fn field_of<'d>(at: At<'d>, selector: &str) -> Result<&'d str, Error> {
    if at.is_disabled() {
        return Err(at.unfit(selector, "is disabled"));
    }
    let chosen = at.attribute("ts-upload").filter(|_| at.is_file());
    let found = chosen.or_else(|| at.attribute("ts-drop"));
    found.ok_or_else(|| {
        at.unfit(
            selector,
            "takes no files: it is neither an <input type=\"file\" ts-upload> nor has ts-drop",
        )
    })
}

fn unhandled(at: At<'_>, selector: &str, kind: &str) -> Error {
    let near = at.document().select(|other| {
        other
            .attributes()
            .any(|(name, _)| Binding::parse(name).is_some_and(|binding| binding.kind == kind))
    });
    Error::Unhandled {
        selector: selector.to_owned(),
        event: kind.to_owned(),
        element: at.tag(),
        near: tags(&near),
        page: at.document().excerpt(),
    }
}
