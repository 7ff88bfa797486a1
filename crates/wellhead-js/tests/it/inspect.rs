//! A debugger attaches to an isolate.

use serde_json::{Value, json};
use wellhead_js::{Attachment, Engine, EngineOptions, InspectSession, Inspector};

use crate::app::{App, workers};

/// Sends a command and waits for its answer, which comes among notifications.
async fn ask(session: &mut InspectSession, id: u32, method: &str, params: Value) -> Value {
    assert!(session.send(json!({ "id": id, "method": method, "params": params }).to_string()));
    loop {
        let message: Value = serde_json::from_str(&session.next().await.unwrap()).unwrap();
        if message["id"] == id {
            return message;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debugger_evaluates_in_an_isolate_and_renders_go_on() {
    let inspector = Inspector::new();
    let options = EngineOptions {
        inspect: Some(inspector.clone()),
        ..workers(1)
    };
    let source =
        "globalThis.answer = 42; export const respond = () => page(String(globalThis.answer));";
    let app = App::start(Engine::V8, source, options).await;
    let targets = inspector.targets();
    assert_eq!(targets.len(), 1);
    let Some(Attachment::Session(mut session)) = inspector.attach(targets[0].id) else {
        panic!("an isolate is in this process");
    };
    ask(&mut session, 1, "Runtime.enable", json!({})).await;
    let answer = ask(
        &mut session,
        2,
        "Runtime.evaluate",
        json!({ "expression": "answer++" }),
    )
    .await;
    assert_eq!(answer["result"]["result"]["value"], 42);
    assert_eq!(app.text("/").await.unwrap(), "43");
    app.renderer.close().await;
    assert_eq!(inspector.targets(), []);
    assert!(inspector.attach(targets[0].id).is_none());
}
