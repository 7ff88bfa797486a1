//! A host in Rust, with a few components.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use serde_json::{Value, json};
use wellhead_html::TemplateSource;
use wellhead_render::{
    ErrorCode, RenderError,
    live::{Command, LiveChannel, LiveHost, News, NewsSink, Sources, TurnText},
};

/// Counts and remembers what happens in its sessions.
#[derive(Default)]
pub(crate) struct FakeHost {
    sources: Arc<Sources>,
    /// How often components were mounted, and restored.
    pub(crate) mounts: Arc<AtomicUsize>,
    pub(crate) restores: Arc<AtomicUsize>,
    /// All commands, as JSON.
    pub(crate) commands: Arc<Mutex<Vec<Value>>>,
    /// The last one, as it is written.
    pub(crate) text: Arc<Mutex<String>>,
    /// What mounting comes to from now on, in place of a component.
    pub(crate) trouble: Arc<Mutex<Option<Value>>>,
    /// The rows that streams show.
    pub(crate) rows: Arc<Mutex<Vec<String>>>,
    /// Whether no session is taken any more.
    pub(crate) is_closed: AtomicBool,
    /// The ways back to sessions, the newest last.
    pub(crate) news: Arc<Mutex<Vec<Arc<NewsSink>>>>,
}

const COUNTER: usize = 0;
const LIST: usize = 1;
const ITEM: usize = 2;
const GREETING: usize = 3;
const ORDERED: usize = 4;

impl FakeHost {
    pub(crate) fn new() -> Arc<Self> {
        let host = Self::default();
        for source in [
            &["<button @click=\"increment\">", "</button>"][..],
            &["<ul>", "</ul>"],
            &["<li ts-key=", ">", "</li>"],
            &["<p>hello ", "</p>", ""],
            &["<ol>", "</ol>"],
        ] {
            host.sources
                .push(TemplateSource::new(source.iter().copied()));
        }
        Arc::new(host)
    }

    /// Each mount comes to this news, the component's number put in for `"it"`.
    pub(crate) fn fails_with(&self, turn: Value) {
        *self.trouble.lock().unwrap() = Some(turn);
    }

    /// Tells the newest session this.
    pub(crate) fn tells(&self, turn: &Value) {
        let sink = self.news.lock().unwrap().last().cloned();
        sink.expect("there is a session")(News::Turn(TurnText {
            text: turn.to_string(),
            sources: Arc::clone(&self.sources),
        }));
    }

    pub(crate) fn mounted(&self) -> usize {
        self.mounts.load(Ordering::Relaxed)
    }

    pub(crate) fn restored(&self) -> usize {
        self.restores.load(Ordering::Relaxed)
    }

    /// Tells the newest session that its worker is lost.
    pub(crate) fn lose(&self) {
        let sink = self.news.lock().unwrap().last().cloned();
        let error = RenderError::new(ErrorCode::HeapLimit, "out of memory");
        sink.expect("there is a session")(News::Lost(error));
    }

    pub(crate) fn saw(&self, kind: &str) -> Vec<Value> {
        let commands = self.commands.lock().unwrap();
        let of_kind = |command: &&Value| command["type"] == kind;
        commands.iter().filter(of_kind).cloned().collect()
    }
}

impl LiveHost for FakeHost {
    fn open(&self, news: NewsSink) -> Result<Box<dyn LiveChannel>, RenderError> {
        if self.is_closed.load(Ordering::Relaxed) {
            return Err(RenderError::new(ErrorCode::Closing, "nobody works here"));
        }
        let news = Arc::new(news);
        self.news.lock().unwrap().push(Arc::clone(&news));
        Ok(Box::new(Channel {
            news,
            sources: Arc::clone(&self.sources),
            mounts: Arc::clone(&self.mounts),
            restores: Arc::clone(&self.restores),
            commands: Arc::clone(&self.commands),
            trouble: Arc::clone(&self.trouble),
            text: Arc::clone(&self.text),
            rows: Arc::clone(&self.rows),
            components: Vec::new(),
        }))
    }
}

struct Channel {
    news: Arc<NewsSink>,
    sources: Arc<Sources>,
    mounts: Arc<AtomicUsize>,
    restores: Arc<AtomicUsize>,
    commands: Arc<Mutex<Vec<Value>>>,
    trouble: Arc<Mutex<Option<Value>>>,
    text: Arc<Mutex<String>>,
    rows: Arc<Mutex<Vec<String>>>,
    components: Vec<(u64, Component)>,
}

enum Component {
    Counter(i64),
    /// Shows the messages of the topic "room".
    Chat(Vec<String>),
    List(Vec<String>),
    /// Shows its user, and a component within.
    Greeting(String),
    /// Takes files: shows the number and state of each.
    Files(Vec<(u64, String)>),
    Stream(Stream),
}

/// Shows rows as a stream.
struct Stream {
    /// How it answers to `refill`.
    refills: Refills,
    is_ordered: bool,
    /// What its next render tells.
    changes: Vec<Value>,
}

#[derive(Clone, Copy)]
enum Refills {
    AtOnce,
    /// When the event `fill` comes.
    Later,
    Fails,
    Never,
}

impl Stream {
    fn new(refills: Refills, rows: &[String]) -> Self {
        Self {
            refills,
            is_ordered: false,
            changes: rows.iter().map(|row| shown(row)).collect(),
        }
    }

    fn fill(&mut self, rows: &[String]) {
        self.changes = vec![json!([0])];
        self.changes.extend(rows.iter().map(|row| shown(row)));
    }
}

/// A row comes at the end.
fn shown(row: &str) -> Value {
    json!([1, row, -1, [ITEM, row, row]])
}

/// What a component of files takes.
pub(crate) const MOST: u64 = 1_000_000;

impl Component {
    fn render(&mut self) -> Value {
        match self {
            Self::Stream(stream) => {
                let mut told = vec![json!(-4), json!("rows")];
                told.append(&mut stream.changes);
                json!([if stream.is_ordered { ORDERED } else { LIST }, told])
            }
            Self::Counter(count) => json!([COUNTER, count]),
            Self::Greeting(name) => json!([GREETING, name, [-3, 1000, [COUNTER, 1]]]),
            Self::Files(files) => {
                let mut list = vec![json!(-1)];
                list.extend(
                    files
                        .iter()
                        .map(|(number, state)| json!([ITEM, number, state])),
                );
                json!([LIST, list])
            }
            Self::Chat(lines) | Self::List(lines) => {
                let mut list = vec![json!(-1)];
                list.extend(lines.iter().map(|line| json!([ITEM, line, line])));
                json!([LIST, list])
            }
        }
    }

    fn state(&self) -> Value {
        match self {
            Self::Counter(count) => json!(count.to_string()),
            Self::List(lines) => json!(lines.join(",")),
            Self::Greeting(name) => json!(name),
            Self::Files(_) => json!(""),
            Self::Chat(_) => json!({ "unserialisable": "state.socket" }),
            Self::Stream(Stream {
                refills: Refills::AtOnce,
                ..
            }) => json!("saved"),
            Self::Stream(_) => json!({ "unserialisable": "the stream rows" }),
        }
    }
}

impl Channel {
    fn tell(&self, turn: &Value) {
        (self.news)(News::Turn(TurnText {
            text: turn.to_string(),
            sources: Arc::clone(&self.sources),
        }));
    }

    fn mount(&mut self, command: &Value) {
        let component = command["component"].as_u64().unwrap();
        let state = command["state"].as_str();
        let counted = if state.is_some() {
            &self.restores
        } else {
            &self.mounts
        };
        counted.fetch_add(1, Ordering::Relaxed);
        if let Some(trouble) = &*self.trouble.lock().unwrap() {
            let turn = trouble
                .to_string()
                .replace("\"it\"", &component.to_string());
            return self.tell(&serde_json::from_str(&turn).unwrap());
        }
        let rows = self.rows.lock().unwrap().clone();
        let mut made = match command["module"].as_str().unwrap() {
            "stream" => Component::Stream(Stream::new(Refills::AtOnce, &rows)),
            "late stream" => Component::Stream(Stream::new(Refills::Later, &rows)),
            "lost stream" => Component::Stream(Stream::new(Refills::Fails, &rows)),
            "mute stream" => Component::Stream(Stream::new(Refills::Never, &rows)),
            "greeting" => {
                let user = command["session"]["user"].as_str();
                Component::Greeting(state.or(user).unwrap_or("nobody").to_owned())
            }
            "counter" => {
                let start = command["params"]["start"].as_i64().unwrap_or(0);
                Component::Counter(state.map_or(start, |state| state.parse().unwrap()))
            }
            // Shows something else each time.
            "clock" => {
                Component::Counter(i64::try_from(self.mounts.load(Ordering::Relaxed)).unwrap())
            }
            "chat" => Component::Chat(Vec::new()),
            "list" => Component::List(
                state
                    .unwrap_or("a,b,c")
                    .split(',')
                    .map(ToOwned::to_owned)
                    .collect(),
            ),
            "files" => Component::Files(Vec::new()),
            "refused" => {
                self.tell(&json!({ "renders": [[component, [99]]] }));
                return;
            }
            "silent" => return,
            _ => {
                let error = json!({ "component": component, "code": "threw", "message": "boom in mount", "fatal": true });
                self.tell(&json!({ "errors": [error] }));
                return;
            }
        };
        let effects = match made {
            Component::Chat(_) => json!([{ "subscribe": { "topic": "room" } }]),
            Component::Files(_) => json!([{ "upload": {
                "component": component, "upload": "photos", "accept": [".png", "text/*"], "maxEntries": 3, "maxSize": MOST, "auto": true
            } }]),
            _ => json!([]),
        };
        self.tell(&json!({ "renders": [[component, made.render()]], "effects": effects }));
        self.components.push((component, made));
    }

    fn event(&mut self, command: &Value) {
        let (component, event) = (&command["component"], &command["event"]);
        let found = self
            .components
            .iter_mut()
            .find(|(number, _)| Some(*number) == component.as_u64());
        let mut effects = Vec::new();
        let error = |message: &str| json!({ "settled": [event], "errors": [{ "component": component, "event": event, "code": "threw", "message": message }] });
        let Some((_, made)) = found else {
            let turn = error("no such component");
            return self.tell(&turn);
        };
        match (made, command["handler"].as_str().unwrap()) {
            (Component::Counter(count), "increment") => *count += 1,
            (Component::Counter(count), "add") => *count += command["payload"].as_i64().unwrap(),
            (Component::Chat(_), "send") => effects.push(json!({
                "broadcast": { "topic": "room", "message": command["payload"], "own": true }
            })),
            (Component::Chat(_), "whisper") => effects.push(json!({
                "broadcast": { "topic": "room", "message": command["payload"], "own": false }
            })),
            (Component::Chat(_), "leave") => {
                effects.push(json!({ "unsubscribe": { "topic": "room" } }));
            }
            (Component::Chat(_), "here") => effects.push(json!({
                "track": { "topic": "room", "key": "ann", "about": command["payload"] }
            })),
            (Component::Chat(_), "away") => {
                effects.push(json!({ "untrack": { "topic": "room", "key": "ann" } }));
            }
            (Component::Counter(_), "go") => effects.push(json!({
                "navigate": { "kind": "patch", "url": command["payload"] }
            })),
            (Component::List(lines), "reverse") => lines.reverse(),
            (Component::Stream(stream), "append" | "break") => {
                let row = command["payload"].as_str().unwrap();
                stream.changes.push(shown(row));
                self.rows.lock().unwrap().push(row.to_owned());
                if command["handler"] == "break" {
                    // What its render has told is told no more.
                    stream.changes.clear();
                    let render = json!({ "renders": [[component, [99]]], "settled": [event] });
                    return self.tell(&render);
                }
            }
            (Component::Stream(stream), "remove") => {
                stream.changes.push(json!([2, command["payload"]]));
                let mut rows = self.rows.lock().unwrap();
                rows.retain(|row| *row != command["payload"]);
            }
            (Component::Stream(stream), "order") => stream.is_ordered = true,
            (Component::Stream(stream), "fill") => stream.fill(&self.rows.lock().unwrap()),
            (_, "everything") => effects.extend([
                json!({ "title": { "text": "New" } }),
                json!({ "push": { "component": 0, "name": "ping", "value": { "a": [1] } } }),
                json!({ "reply": { "event": event, "value": "answer" } }),
                json!({ "navigate": { "kind": "patch", "replace": true, "url": "/counters/5" } }),
            ]),
            // Done with the files that are whole, or with one that may be under way.
            (Component::Files(files), "consume") => {
                for (number, _) in files.extract_if(.., |(_, state)| state.starts_with('/')) {
                    let entry =
                        json!({ "component": component, "upload": "photos", "entry": number });
                    effects.push(json!({ "uploadConsumed": entry }));
                }
            }
            (Component::Files(files), "cancel") => {
                files.retain(|(number, _)| command["payload"] != *number);
                let entry = json!({ "component": component, "upload": "photos", "entry": command["payload"] });
                effects.push(json!({ "uploadCancel": entry }));
            }
            // A field with `ts-model` has changed.
            (Component::Greeting(name), "ts-model") => {
                let data = &command["payload"]["data"];
                if data["path"] == "name" {
                    data["value"].as_str().unwrap().clone_into(name);
                }
            }
            // Its event is settled by hand.
            (_, "slow") => return,
            _ => {
                let turn = error("no such handler");
                return self.tell(&turn);
            }
        }
        self.render(
            component.as_u64().unwrap(),
            &json!([event]),
            &json!(effects),
        );
    }

    fn upload(&mut self, command: &Value) {
        let component = command["component"].as_u64().unwrap();
        let entry = command["entry"].as_u64().unwrap();
        let made = self
            .components
            .iter_mut()
            .find(|(number, _)| *number == component);
        let Some((_, Component::Files(files))) = made else {
            // One within another, whose test asks nothing of it.
            return;
        };
        let mut effects = Vec::new();
        if let Some(start) = command.get("start") {
            let is_large = start["size"].as_u64().unwrap() > MOST;
            let state = if is_large { "too_large" } else { "chosen" };
            files.push((entry, state.to_owned()));
            if is_large {
                let entry = json!({ "component": component, "upload": "photos", "entry": entry });
                effects.push(json!({ "uploadCancel": entry }));
            }
        }
        for (_, state) in files.iter_mut().filter(|(number, _)| *number == entry) {
            let text = |key: &str| command[key].as_str().map(ToOwned::to_owned);
            let progress = command["progress"].as_u64().map(|bytes| bytes.to_string());
            if let Some(next) = text("path").or(text("error")).or(progress) {
                *state = next;
            }
        }
        if command["cancelled"] == true {
            files.retain(|(number, _)| *number != entry);
        }
        self.render(component, &json!([]), &json!(effects));
    }

    fn render(&mut self, component: u64, settled: &Value, effects: &Value) {
        let (_, made) = self
            .components
            .iter_mut()
            .find(|(number, _)| *number == component)
            .expect("it is there");
        let render = made.render();
        self.tell(&json!({
            "renders": [[component, render]], "settled": settled, "effects": effects
        }));
    }

    fn refill(&mut self, component: u64) {
        let found = self
            .components
            .iter_mut()
            .find(|(number, _)| *number == component);
        let Some((_, Component::Stream(stream))) = found else {
            return;
        };
        match stream.refills {
            Refills::Never => {}
            Refills::Fails => {
                let error = json!({ "component": component, "code": "stream_lost", "message": "no refill" });
                self.tell(&json!({ "errors": [error] }));
            }
            // A handler that waits for a database renders what it had first.
            Refills::Later => self.render(component, &json!([]), &json!([])),
            Refills::AtOnce => {
                stream.fill(&self.rows.lock().unwrap());
                self.render(component, &json!([]), &json!([]));
            }
        }
    }
}

impl LiveChannel for Channel {
    fn send(&mut self, command: &Command<'_>) {
        *self.text.lock().unwrap() = serde_json::to_string(command).unwrap();
        let command = serde_json::to_value(command).unwrap();
        self.commands.lock().unwrap().push(command.clone());
        match command["type"].as_str().unwrap() {
            "mount" => self.mount(&command),
            "event" => self.event(&command),
            "info" => {
                let mut changed = Vec::new();
                for (number, made) in &mut self.components {
                    if let Component::Chat(lines) = made {
                        lines.push(command["message"].as_str().unwrap().to_owned());
                        changed.push(*number);
                    }
                }
                for number in changed {
                    self.render(number, &json!([]), &json!([]));
                }
            }
            "params" => {
                let number = command["component"].as_u64().unwrap();
                for (other, made) in &mut self.components {
                    if *other == number {
                        *made = Component::Counter(command["params"]["start"].as_i64().unwrap());
                    }
                }
                self.render(number, &json!([]), &json!([]));
            }
            "presence" => {
                let list = |members: &Value| -> Vec<String> {
                    let members = members.as_array().unwrap();
                    members
                        .iter()
                        .map(|member| {
                            format!("{}:{}", member["key"].as_str().unwrap(), member["about"])
                        })
                        .collect()
                };
                let (joins, leaves) = (list(&command["joins"]), list(&command["leaves"]));
                for (_, made) in &mut self.components {
                    if let Component::Chat(lines) = made {
                        lines.retain(|line| !leaves.contains(line));
                        for join in &joins {
                            if !lines.contains(join) {
                                lines.push(join.clone());
                            }
                        }
                    }
                }
                let numbers: Vec<u64> = self.components.iter().map(|(number, _)| *number).collect();
                for number in numbers {
                    self.render(number, &json!([]), &json!([]));
                }
            }
            "upload" => self.upload(&command),
            "refill" => self.refill(command["component"].as_u64().unwrap()),
            "save" => {
                let states: Vec<_> = self
                    .components
                    .iter()
                    .map(|(number, made)| json!([number, made.state()]))
                    .collect();
                self.tell(&json!({ "states": states }));
            }
            _ => {}
        }
    }
}
