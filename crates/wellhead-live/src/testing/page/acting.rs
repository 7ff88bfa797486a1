//! What a user does with a page.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use super::{Awaited, Page};
use crate::testing::{
    Error, document::At, events::Act, payload::Happening, state::Link, uploads::Sending,
};

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
                // What browsers tell pages of where a file is.
                let path = format!("C:\\fakepath\\{name}");
                state.fields.entry(place).or_default().value = Some(path);
                state.dispatch(&mut act, &mut Happening::new("input", place))?;
                state.dispatch(&mut act, &mut Happening::new("change", place))?;
                // The input is emptied, so that the same file can be chosen again.
                state.fields.entry(place).or_default().value = None;
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
            let is_over = |sending: &Sending| sending.end.is_some();
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
