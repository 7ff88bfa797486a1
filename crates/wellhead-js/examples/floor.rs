//! How long a function of a bundle takes in a loop inside one isolate, with nothing around it: the floor under a server.
//!
//! ```text
//! cargo run --release -p wellhead-js --example floor -- DIR MODULE [EXPORT] [MILLISECONDS]
//! ```
//!
//! Loads `MODULE` (a path relative to `DIR`), calls its `EXPORT` (`render` by default) for that long (2,000 by default)
//! after a tenth of it to warm up, and prints one line of JSON: `{"ns_per_render":…,"bytes":…,"renders":…}`. The function
//! gives a string, an object with a string `body`, or a promise of one of them. The body is read each time, since what
//! is lazy would not be rendered otherwise; `bytes` is its length in UTF-8. Only renders count, not reading the length.

#[cfg(has_v8)]
fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (Some(dir), Some(module)) = (arguments.first(), arguments.get(1)) else {
        eprintln!("usage: floor DIR MODULE [EXPORT] [MILLISECONDS]");
        return std::process::ExitCode::from(2);
    };
    let export = arguments.get(2).map_or("render", String::as_str);
    let milliseconds = arguments
        .get(3)
        .and_then(|text| text.parse().ok())
        .unwrap_or(2_000);
    match measure(dir, module, export, milliseconds) {
        Ok(figures) => {
            println!("{figures}");
            std::process::ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            for frame in error.frames {
                eprintln!(
                    "    at {} ({}:{}:{})",
                    frame.function, frame.file, frame.line, frame.column
                );
            }
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(has_v8))]
fn main() {
    eprintln!("error: this build has no V8");
    std::process::exit(1);
}

#[cfg(has_v8)]
fn measure(
    dir: &str,
    module: &str,
    export: &str,
    milliseconds: u64,
) -> Result<serde_json::Value, wellhead_js::JsError> {
    use wellhead_js::{Engine, Program, Tool};

    let tool = Tool::start(
        Engine::V8,
        Program::module_text(dir, "wellhead-floor.js", LOOP),
        1,
    )?;
    let module = format!("./{}", module.trim_start_matches("./"));
    tool.call("measure", &(module, export, milliseconds))
}

/// The loop.
#[cfg(has_v8)]
const LOOP: &str = r#"
const length = (html) => new TextEncoder().encode(html).length;
export async function measure(module, name, milliseconds) {
    const render = (await import(module))[name];
    if (typeof render !== "function") throw new TypeError(`${module} exports no function ${name}`);
    const once = () => {
        const result = render();
        return typeof result?.then === "function" ? result.then(body) : body(result);
    };
    const body = (result) => (typeof result === "string" ? result : result.body);
    const run = async (milliseconds) => {
        const start = performance.now();
        let renders = 0, last, now;
        do {
            for (let i = 0; i < 16; i++) {
                last = once();
                if (typeof last !== "string") last = await last;
                // Reading one character makes V8 put the whole string together.
                last.charCodeAt(last.length - 1);
            }
            renders += 16;
            now = performance.now();
        } while (now - start < milliseconds);
        return { renders, last, nanoseconds: (now - start) * 1e6 };
    };
    await run(milliseconds / 10);
    const { renders, last, nanoseconds } = await run(milliseconds);
    return { ns_per_render: Math.round(nanoseconds / renders), bytes: length(last), renders };
}
"#;
