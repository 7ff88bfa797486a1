//! Pages that are driven by texts, for tests in other languages.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json, value::RawValue};

use super::{Awaited, Error, Page, PageOptions, open};
use crate::{Identity, Live, Mount};

/// Opens pages and acts on them as requests say, which are JSON texts, as are the answers.
///
/// | request | answer |
/// |---|---|
/// | `{"open": {"module": "…", "params": {}, "url": "/", "session": {}, "identity": "", "timeout": 5000}}` | `{"ok": {"page": 1}}`, `{"redirect": "/login"}`, `{"status": 404, "message": "…"}` |
/// | `{"page": 1, "do": "click", "args": ["#save"]}` | `{"ok": null}` |
///
/// Of `open` only `module` has to be there. What fails is `{"error": {"message": "…"}}`, with `code` and `trace` if the server has said
/// what failed. `do` is one of these; arguments with `?` may be left out:
///
/// | `do` | `args` | `ok` |
/// |---|---|---|
/// | `click`, `submit`, `focus`, `blur` | selector | – |
/// | `type`, `change`, `keydown` | selector, text | – |
/// | `check` | selector, boolean? | – |
/// | `select` | selector, text or list of texts | – |
/// | `event` | selector, type, detail? | – |
/// | `push` | handler, data?, selector? | the reply |
/// | `upload` | selector, name, media type, bytes in Base64 | – |
/// | `waitFor` | selector, `{"text": …}`, `{"gone": selector}` or `{"selector": …}`; milliseconds? | – |
/// | `text`, `value` | selector | text |
/// | `texts` | selector | list of texts |
/// | `attribute` | selector, name | text or nothing |
/// | `count` | selector | number |
/// | `html`, `title`, `url`, `redirected` | – | text or nothing |
/// | `pushed` | – | `[{"component", "name", "value"}]` |
/// | `errors` | – | `[{"code", "message", "trace"}]` |
/// | `disconnect`, `reconnect`, `close` | – | – |
///
/// What is done with an element waits a second for it to be there. Requests may be asked at the same time; those about different pages do not wait for each other.
///
/// ```no_run
/// # async fn test(live: wellhead_live::Live) {
/// use wellhead_live::testing::Script;
///
/// let script = Script::new(live);
/// let answer = script.ask(r#"{"open": {"module": "src/routes/+live.ts"}}"#).await;
/// assert_eq!(answer, r#"{"ok":{"page":1}}"#);
/// let answer = script.ask(r##"{"page": 1, "do": "click", "args": ["#save"]}"##).await;
/// assert_eq!(answer, r#"{"ok":null}"#);
/// # }
/// ```
pub struct Script {
    live: Live,
    pages: Mutex<Pages>,
}

#[derive(Default)]
struct Pages {
    open: HashMap<u64, Arc<Page>>,
    count: u64,
}

#[derive(Deserialize)]
struct Opening {
    module: String,
    #[serde(default)]
    params: Option<Box<RawValue>>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    session: Option<Box<RawValue>>,
    #[serde(default)]
    identity: String,
    #[serde(default)]
    timeout: Option<u64>,
}

/// What is done with a page.
#[derive(Deserialize)]
struct Act {
    page: u64,
    #[serde(rename = "do")]
    verb: String,
    #[serde(default)]
    args: Vec<Value>,
}

/// What a request comes to, if not to a value.
enum Trouble {
    /// The request is not one.
    Request(String),
    Page(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Page(error)
    }
}

impl Script {
    /// No pages yet.
    pub fn new(live: Live) -> Self {
        Self {
            live,
            pages: Mutex::default(),
        }
    }

    /// Does what a request says, and tells what came of it.
    ///
    /// A request that is dropped before it has answered may have been done or not.
    pub async fn ask(&self, request: &str) -> String {
        let answer = match self.answer(request).await {
            Ok(value) => json!({ "ok": value }),
            Err(Trouble::Request(message)) => json!({ "error": { "message": message } }),
            Err(Trouble::Page(Error::Redirect { url })) => json!({ "redirect": url }),
            Err(Trouble::Page(Error::Status { status, message })) => {
                json!({ "status": status, "message": message })
            }
            Err(Trouble::Page(error)) => json!({ "error": said(&error) }),
        };
        answer.to_string()
    }

    async fn answer(&self, request: &str) -> Result<Value, Trouble> {
        // Raw values cannot be read by what looks at several shapes, so the shape is looked at first.
        let value: Value = serde_json::from_str(request)
            .map_err(|error| Trouble::Request(format!("the request is no JSON: {error}")))?;
        let wrong = |error| Trouble::Request(format!("the request cannot be read: {error}"));
        if let Some(opening) = value.get("open") {
            let opening = serde_json::from_str(&opening.to_string()).map_err(wrong)?;
            return self.open(opening).await;
        }
        let Act { page, verb, args } = serde_json::from_value(value).map_err(wrong)?;
        if verb == "close" {
            let closed = self.lock().open.remove(&page);
            return match closed {
                Some(_) => Ok(Value::Null),
                None => Err(missing(page)),
            };
        }
        let open = self.lock().open.get(&page).cloned();
        let page = open.ok_or_else(|| missing(page))?;
        act(&page, &verb, &Arguments { verb: &verb, args }).await
    }

    async fn open(&self, opening: Opening) -> Result<Value, Trouble> {
        let none = || RawValue::from_string("{}".to_owned()).expect("it is JSON");
        let mount = Mount {
            module: opening.module,
            params: opening.params.unwrap_or_else(none),
            url: opening.url.unwrap_or_else(|| "/".to_owned()),
            session: opening.session,
        };
        let mut options = PageOptions::default().with_identity(Identity(opening.identity));
        if let Some(timeout) = opening.timeout {
            options = options.with_timeout(Duration::from_millis(timeout));
        }
        let page = open(&self.live, [mount], options).await?;
        let mut pages = self.lock();
        pages.count += 1;
        let number = pages.count;
        pages.open.insert(number, Arc::new(page));
        Ok(json!({ "page": number }))
    }

    fn lock(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn missing(page: u64) -> Trouble {
    Trouble::Request(format!("there is no page {page}, or it is closed"))
}

fn said(error: &Error) -> Value {
    let message = error.to_string();
    match error {
        Error::Failed { failure, .. } => {
            json!({ "message": message, "code": failure.code, "trace": failure.trace })
        }
        Error::Refused { code, .. } => json!({ "message": message, "code": code }),
        _ => json!({ "message": message }),
    }
}

struct Arguments<'a> {
    verb: &'a str,
    args: Vec<Value>,
}

impl Arguments<'_> {
    /// An argument that may be left out.
    fn find<T: DeserializeOwned>(&self, at: usize, what: &str) -> Result<Option<T>, Trouble> {
        match self.args.get(at) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => serde_json::from_value(value.clone())
                .map(Some)
                .map_err(|_| {
                    let verb = self.verb;
                    let place = at + 1;
                    Trouble::Request(format!(
                        "argument {place} of {verb:?} is no {what}: {value}"
                    ))
                }),
        }
    }

    fn text(&self, at: usize, what: &str) -> Result<String, Trouble> {
        let found = self.find(at, what)?;
        found.ok_or_else(|| {
            let verb = self.verb;
            Trouble::Request(format!("{verb:?} needs a {what} as argument {}", at + 1))
        })
    }

    fn selector(&self) -> Result<String, Trouble> {
        self.text(0, "selector")
    }

    fn awaited(&self) -> Result<Awaited, Trouble> {
        let given = self.args.first().unwrap_or(&Value::Null);
        let text = |key: &str| given[key].as_str();
        if let Some(selector) = given.as_str().or_else(|| text("selector")) {
            Ok(Awaited::selector(selector))
        } else if let Some(shown) = text("text") {
            Ok(Awaited::text(shown))
        } else if let Some(selector) = text("gone") {
            Ok(Awaited::gone(selector))
        } else {
            let message = format!(
                "\"waitFor\" waits for a selector, {{\"text\": …}} or {{\"gone\": …}}, not for {given}"
            );
            Err(Trouble::Request(message))
        }
    }
}

/// What is done with an element.
const ACTIONS: [&str; 11] = [
    "click", "submit", "focus", "blur", "type", "change", "keydown", "check", "select", "event",
    "upload",
];

/// How long an action waits for its element, which may come by itself: with the next address, say, for which nobody is told the end.
const PATIENCE: Duration = Duration::from_secs(1);

async fn act(page: &Page, verb: &str, args: &Arguments<'_>) -> Result<Value, Trouble> {
    if ACTIONS.contains(&verb) {
        let selector = args.selector()?;
        if page.count(&selector)? == 0 {
            // The action tells better than this what there is in its place.
            let _ = page
                .wait_at_most(PATIENCE, Awaited::selector(selector))
                .await;
        }
    }
    match verb {
        "click" => page.click(&args.selector()?).await?,
        "type" => {
            page.type_text(&args.selector()?, &args.text(1, "text")?)
                .await?
        }
        "change" => {
            page.change(&args.selector()?, &args.text(1, "text")?)
                .await?
        }
        "check" => {
            let is_checked = args.find(1, "boolean")?.unwrap_or(true);
            page.check(&args.selector()?, is_checked).await?;
        }
        "select" => {
            let one = matches!(args.args.get(1), Some(Value::String(_)));
            let values: Vec<String> = if one {
                vec![args.text(1, "text")?]
            } else {
                args.find(1, "list of texts")?.unwrap_or_default()
            };
            let values: Vec<&str> = values.iter().map(|value| &**value).collect();
            page.select(&args.selector()?, &values).await?;
        }
        "submit" => page.submit(&args.selector()?).await?,
        "keydown" => {
            page.keydown(&args.selector()?, &args.text(1, "key")?)
                .await?
        }
        "focus" => page.focus(&args.selector()?).await?,
        "blur" => page.blur(&args.selector()?).await?,
        "event" => {
            let kind = args.text(1, "type of an event")?;
            let detail = args.find(2, "value")?;
            page.event(&args.selector()?, &kind, detail).await?;
        }
        "push" => {
            let handler = args.text(0, "handler")?;
            let data = args.find(1, "value")?;
            let reply = match args.find::<String>(2, "selector")? {
                Some(selector) => page.push_from(&selector, &handler, data).await?,
                None => page.push(&handler, data).await?,
            };
            return Ok(json!(reply));
        }
        "upload" => {
            let (name, media) = (args.text(1, "name")?, args.text(2, "media type")?);
            let bytes = STANDARD.decode(args.text(3, "text in Base64")?);
            let bytes = bytes.map_err(|error| {
                Trouble::Request(format!("argument 4 of \"upload\" is no Base64: {error}"))
            })?;
            page.upload(&args.selector()?, &name, &media, bytes).await?;
        }
        "waitFor" => {
            let awaited = args.awaited()?;
            match args.find(1, "number of milliseconds")? {
                Some(most) => {
                    let most = Duration::from_millis(most);
                    page.wait_at_most(most, awaited).await?;
                }
                None => page.wait_for(awaited).await?,
            }
        }
        "disconnect" => page.disconnect().await,
        "reconnect" => page.reconnect().await?,
        other => return look(page, other, args),
    }
    Ok(Value::Null)
}

fn look(page: &Page, verb: &str, args: &Arguments<'_>) -> Result<Value, Trouble> {
    Ok(match verb {
        "html" => json!(page.html()),
        "text" => json!(page.text(&args.selector()?)?),
        "texts" => json!(page.texts(&args.selector()?)?),
        "attribute" => json!(page.attribute(&args.selector()?, &args.text(1, "name")?)?),
        "value" => json!(page.value(&args.selector()?)?),
        "count" => json!(page.count(&args.selector()?)?),
        "title" => json!(page.title()),
        "url" => json!(page.url()),
        "redirected" => json!(page.redirected()),
        "pushed" => page
            .pushed()
            .into_iter()
            .map(|pushed| {
                let super::Pushed {
                    component,
                    name,
                    value,
                } = pushed;
                json!({ "component": component, "name": name, "value": value })
            })
            .collect(),
        "errors" => page
            .errors()
            .into_iter()
            .map(|error| {
                json!({ "code": error.code, "message": error.message, "trace": error.trace })
            })
            .collect(),
        other => {
            let message = format!("a page can do no {other:?}");
            return Err(Trouble::Request(message));
        }
    })
}
