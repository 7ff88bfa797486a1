//! A host whose components are what a test writes into their parameters: markup with values, which events change.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use wellhead_html::TemplateSource;
use wellhead_live::{Destination, Live, Mount, Options, Routes, Signer, testing};
use wellhead_render::{
    RenderError,
    live::{Command, LiveChannel, LiveHost, News, NewsSink, Sources, TurnText},
};

use crate::{browser::params, store::TestStore};

/// Markup with `{}` where values are, and the values: texts, or numbers of other markup with values of its own.
pub(crate) fn markup(html: &str, values: Value) -> Mount {
    let parts: Vec<&str> = html.split("{}").collect();
    Mount {
        module: "stage".into(),
        params: params(&json!({ "parts": parts, "values": values }).to_string()),
        url: "/stage?page=1".into(),
        session: None,
    }
}

/// A page that shows this.
pub(crate) async fn show(stage: &Stage, html: &str, values: Value) -> testing::Page {
    testing::mount(&stage.live, markup(html, values))
        .await
        .unwrap()
}

/// A server with such a host.
pub(crate) struct Stage {
    pub(crate) live: Live,
    heard: Arc<Mutex<Vec<Value>>>,
    news: Arc<Mutex<Vec<Tell>>>,
    restored: Arc<Mutex<Option<Value>>>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let heard = Arc::default();
        let news = Arc::default();
        let restored = Arc::default();
        let host = Host {
            sources: Arc::default(),
            heard: Arc::clone(&heard),
            news: Arc::clone(&news),
            restored: Arc::clone(&restored),
        };
        let signer = Signer::new([7; 32]);
        let options = Options::new(Arc::new(host), Arc::new(TestStore::default()), signer)
            .with_routes(Arc::new(Anywhere))
            .showing_errors(|_, _| {});
        Self {
            live: Live::new(options),
            heard,
            news,
            restored,
        }
    }

    /// Who is restored from now on has this as its first value.
    pub(crate) fn restores_with(&self, value: Value) {
        *self.restored.lock().unwrap() = Some(value);
    }

    /// What handlers were given since this was asked last: `[component, handler, payload]`.
    pub(crate) fn heard(&self) -> Vec<Value> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }

    /// Tells the newest session this.
    pub(crate) fn tells(&self, turn: &Value) {
        let news = self.news.lock().unwrap();
        news.last().expect("there is a session").turn(turn);
    }
}

/// All addresses show the stage.
struct Anywhere;

impl Routes for Anywhere {
    fn resolve(&self, url: &str) -> Option<Destination> {
        url.starts_with("/stage").then(|| Destination {
            module: "stage".into(),
            params: params(&json!({ "url": url }).to_string()),
        })
    }
}

struct Host {
    sources: Arc<Sources>,
    heard: Arc<Mutex<Vec<Value>>>,
    news: Arc<Mutex<Vec<Tell>>>,
    restored: Arc<Mutex<Option<Value>>>,
}

#[derive(Clone)]
struct Tell {
    news: Arc<NewsSink>,
    sources: Arc<Sources>,
}

impl Tell {
    fn turn(&self, turn: &Value) {
        (self.news)(News::Turn(TurnText {
            text: turn.to_string(),
            sources: Arc::clone(&self.sources),
        }));
    }
}

impl LiveHost for Host {
    fn open(&self, news: NewsSink) -> Result<Box<dyn LiveChannel>, RenderError> {
        let tell = Tell {
            news: Arc::new(news),
            sources: Arc::clone(&self.sources),
        };
        self.news.lock().unwrap().push(tell.clone());
        Ok(Box::new(Channel {
            tell,
            heard: Arc::clone(&self.heard),
            restored: Arc::clone(&self.restored),
            shown: Vec::new(),
        }))
    }
}

struct Channel {
    tell: Tell,
    heard: Arc<Mutex<Vec<Value>>>,
    restored: Arc<Mutex<Option<Value>>>,
    /// Of each component the render.
    shown: Vec<Vec<Value>>,
}

impl Channel {
    fn mount(&mut self, command: &Value) {
        let state = command["state"].as_str();
        let shown: Vec<Value> = match state {
            Some(state) => {
                let mut shown: Vec<Value> = serde_json::from_str(state).unwrap();
                if let Some(value) = &*self.restored.lock().unwrap() {
                    shown[1] = value.clone();
                }
                shown
            }
            None => {
                let parts = command["params"]["parts"].as_array().unwrap();
                let parts = parts.iter().map(|part| part.as_str().unwrap().to_owned());
                let number = self.tell.sources.push(TemplateSource::new(parts));
                let values = command["params"]["values"].as_array().unwrap();
                let number = std::iter::once(json!(number));
                number.chain(values.iter().cloned()).collect()
            }
        };
        self.shown.push(shown);
    }

    fn event(&mut self, command: &Value) {
        let payload = &command["payload"];
        let handler = command["handler"].as_str().unwrap();
        let told = json!([command["component"], handler, payload]);
        self.heard.lock().unwrap().push(told);
        let event = &command["event"];
        let mut turn = json!({ "settled": [event] });
        match handler {
            // The value of a slot is another.
            "set" => {
                let given = payload["args"].as_array().or(payload["data"].as_array());
                let [slot, value] = &given.expect("a slot and a value")[..] else {
                    panic!("a slot and a value: {payload}");
                };
                let slot = usize::try_from(slot.as_u64().unwrap()).unwrap();
                self.shown[0][slot + 1] = value.clone();
                turn["renders"] = json!([[0, self.shown[0]]]);
            }
            "reply" => {
                turn["effects"] = json!([{ "reply": { "event": event, "value": payload["data"] } }])
            }
            "fail" => {
                turn["errors"] = json!([{ "component": 0, "event": event, "code": "handler_failed", "message": "boom" }]);
            }
            "go" => {
                turn["effects"] = json!([{ "navigate": {
                    "component": 0, "kind": payload["args"][0], "url": payload["args"][1], "replace": false
                } }]);
            }
            // Its event is never settled.
            "hang" => return,
            _ => {}
        }
        self.tell.turn(&turn);
    }
}

impl LiveChannel for Channel {
    fn send(&mut self, command: &Command<'_>) {
        let command = serde_json::to_value(command).unwrap();
        match command["type"].as_str().unwrap() {
            "mount" => {
                self.mount(&command);
                let number = command["component"].as_u64().unwrap();
                let shown = self.shown.last().unwrap();
                let upload = json!({ "upload": {
                    "component": number, "upload": "photos", "accept": [".png"], "maxEntries": 3, "maxSize": 1_000_000, "auto": true
                } });
                self.tell
                    .turn(&json!({ "renders": [[number, shown]], "effects": [upload] }));
            }
            // A file that is whole, by its content.
            "upload" => {
                if let Some(path) = command["path"].as_str() {
                    let length = std::fs::read(path).unwrap().len();
                    let told = json!([command["component"], "uploaded", length]);
                    self.heard.lock().unwrap().push(told);
                }
            }
            "event" => self.event(&command),
            "params" => {
                self.shown[0][1] = command["url"].clone();
                self.tell.turn(&json!({ "renders": [[0, self.shown[0]]] }));
            }
            "save" => {
                let states: Vec<Value> = (0..)
                    .zip(&self.shown)
                    .map(|(number, shown): (u32, _)| json!([number, json!(shown).to_string()]))
                    .collect();
                self.tell.turn(&json!({ "states": states }));
            }
            _ => {}
        }
    }
}
