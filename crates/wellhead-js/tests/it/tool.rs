//! Programs that are called with JSON, in each engine.

use serde_json::{Value, json};
use wellhead_js::{JsError, Program, Tool};

use crate::engines;

/// The script in each engine.
fn script(source: &str) -> Vec<Tool> {
    let program = Program::scripts(vec![("test.js".into(), source.into())]);
    let start = |engine| Tool::start(engine, program.clone(), 2).unwrap();
    engines().into_iter().map(start).collect()
}

#[test]
fn a_list_of_arguments_is_spread_and_anything_else_is_one() {
    for tool in script("function count(...all) { return [all.length, all[0]] }") {
        assert_eq!(
            tool.call::<Value>("count", &("a", 2)).unwrap(),
            json!([2, "a"])
        );
        assert_eq!(tool.call::<Value>("count", "a").unwrap(), json!([1, "a"]));
        assert_eq!(
            tool.call::<Value>("count", &json!({"x": 1})).unwrap(),
            json!([1, {"x": 1}])
        );
        assert_eq!(
            tool.call::<Value>("count", &json!([])).unwrap(),
            json!([0, null])
        );
    }
}

#[test]
fn promises_are_awaited_and_undefined_is_null() {
    for tool in script(
        "async function later(x) { await new Promise(done => setTimeout(done, 1)); return x + 1 } function nothing() {}",
    ) {
        assert_eq!(tool.call::<u32>("later", &[1]).unwrap(), 2);
        assert_eq!(tool.call::<Option<u32>>("nothing", &()).unwrap(), None);
    }
}

#[test]
fn what_is_thrown_comes_with_name_message_and_frames() {
    for tool in script(
        "\nfunction inner() { throw new RangeError('too far') }\nfunction outer() { inner() }",
    ) {
        let error = tool.call::<Value>("outer", &()).unwrap_err();
        assert_eq!(
            (error.name.as_str(), error.message.as_str()),
            ("RangeError", "too far")
        );
        assert_eq!(error.frames[0].function, "inner");
        assert_eq!(
            (error.frames[0].file.as_str(), error.frames[0].line),
            ("test.js", 2)
        );
        assert_eq!(error.frames[1].function, "outer");
    }
}

#[test]
fn a_tool_goes_on_after_errors() {
    for tool in script(
        "function fail() { throw 1 } async function hang() { await new Promise(() => {}) } function ok() { return 1 }",
    ) {
        assert!(tool.call::<Value>("fail", &()).is_err());
        let error = tool.call::<Value>("hang", &()).unwrap_err();
        assert!(error.message.contains("no longer happen"), "{error}");
        assert!(
            tool.call::<Value>("missing", &())
                .unwrap_err()
                .message
                .contains("`missing`")
        );
        assert_eq!(tool.call::<u32>("ok", &()).unwrap(), 1);
    }
}

#[test]
fn names_of_the_engine_are_not_visible() {
    for tool in script("function seen() { return [typeof Deno, typeof __bootstrap] }") {
        assert_eq!(
            tool.call::<Value>("seen", &()).unwrap(),
            json!(["undefined", "undefined"])
        );
    }
}

#[test]
fn a_program_that_does_not_load_says_where() {
    let program = Program::scripts(vec![("bad.js".into(), "let x = ;".into())]);
    for engine in engines() {
        let error = Tool::start(engine, program.clone(), 1).unwrap_err();
        assert_eq!(error.name, "SyntaxError");
    }
}

#[test]
fn modules_import_each_other_but_nothing_outside() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("secret.js"), "export default 1").unwrap();
    let inside = dir.path().join("inside");
    std::fs::create_dir(&inside).unwrap();
    std::fs::write(inside.join("a.js"), "export const a = 1").unwrap();
    std::fs::write(
        inside.join("main.js"),
        "import { a } from './a.js'; export const plus = x => x + a; export const escape = () => import('../secret.js')",
    )
    .unwrap();
    for engine in engines() {
        let tool = Tool::start(engine, Program::modules(&inside, "main.js"), 1).unwrap();
        assert_eq!(tool.call::<u32>("plus", &[2]).unwrap(), 3);
        let error: JsError = tool.call::<Value>("escape", &()).unwrap_err();
        assert!(error.message.contains("outside the bundle"), "{error}");
    }
}

#[test]
fn calls_of_many_threads_share_the_workers() {
    for tool in script("function double(x) { return 2 * x }") {
        std::thread::scope(|scope| {
            for x in 0..8_u32 {
                let tool = tool.clone();
                scope.spawn(move || assert_eq!(tool.call::<u32>("double", &[x]).unwrap(), 2 * x));
            }
        });
    }
}

#[test]
fn a_module_that_is_no_file_imports_those_that_are() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.js"), "export const a = 1").unwrap();
    let source = "import { a } from './a.js'; export const get = () => a";
    let program = Program::module_text(dir.path(), "no-file.js", source);
    for engine in engines() {
        let tool = Tool::start(engine, program.clone(), 1).unwrap();
        assert_eq!(tool.call::<u32>("get", &()).unwrap(), 1);
    }
}

#[test]
fn a_program_that_takes_too_long_is_ended_and_the_next_call_is_well() {
    let source = "function loop() { for (;;); } function wait() { return new Promise(done => setTimeout(done, 1e9)) } \
                  function well() { return 1 }";
    let program = Program::scripts(vec![("test.js".into(), source.into())])
        .with_time_limit(std::time::Duration::from_secs(1));
    for engine in engines() {
        let tool = Tool::start(engine, program.clone(), 1).unwrap();
        for function in ["loop", "wait"] {
            let error = tool.call::<Value>(function, &()).unwrap_err();
            assert_eq!(
                (error.name.as_str(), error.message.as_str()),
                (JsError::LIMIT, "the program ran for more than 1000 ms"),
                "{engine} {function}"
            );
            assert_eq!(tool.call::<u32>("well", &()).unwrap(), 1, "{engine}");
        }
    }
}

#[test]
fn a_program_that_loops_while_it_loads_is_ended() {
    let program = Program::module_text(std::env::temp_dir(), "loop.js", "for (;;);")
        .with_time_limit(std::time::Duration::from_secs(1));
    #[cfg(has_v8)]
    let engine = wellhead_js::Engine::V8;
    #[cfg(not(has_v8))]
    let engine = wellhead_js::Engine::Node;
    let error = Tool::start(engine, program, 1).unwrap_err();
    assert_eq!(error.name, JsError::LIMIT);
}

/// Loops that V8 does not interrupt, and memory that it aborts for.
#[test]
fn a_call_that_cannot_be_stopped_is_an_error_and_the_next_call_is_well() {
    let source = "function loop() { return Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1) } \
                  function abort() { return \"ab\".repeat(2 ** 27).split(\"\").length } \
                  function well() { return 1 }";
    let program = Program::scripts(vec![("test.js".into(), source.into())])
        .with_time_limit(std::time::Duration::from_secs(1));
    for engine in engines() {
        let tool = Tool::start(engine, program.clone(), 1).unwrap();
        for function in ["loop", "abort"] {
            let error = tool.call::<Value>(function, &()).unwrap_err();
            assert_eq!(error.name, JsError::LIMIT, "{engine} {function}: {error}");
            assert_eq!(tool.call::<u32>("well", &()).unwrap(), 1, "{engine}");
        }
    }
}
