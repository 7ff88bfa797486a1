//! Limits hold inside V8's own functions too, many of which do not look whether they are interrupted. Whatever these do,
//! the process goes on and the neighbours render.

use std::time::Duration;

use wellhead_js::{Engine, Limits};
use wellhead_render::ErrorCode;

use crate::app::{App, limited};
use crate::limits::{beside_others, beside_others_that_may_be_lost};

on_each_engine!(
    loops_of_long_functions_hit_the_cpu_limit,
    functions_that_would_never_end_hit_the_cpu_limit,
    big_integers_hit_the_cpu_limit_or_their_own,
    lists_without_end_hit_the_heap_limit,
    collections_that_grow_hit_the_heap_limit,
    what_is_larger_than_anything_can_be_fails_alone,
    memory_of_web_assembly_is_counted_or_refused,
    promises_that_keep_all_hit_the_heap_limit,
    a_bundle_that_cannot_be_stopped_while_it_loads_is_an_error,
);

const OFFENDERS: &str = r#"
    const data = Array.from({ length: 10_000 }, (_, i) => ({ id: String((i * 7919) % 10_000), tags: [i, i + 1] }));
    const texts = data.map((item) => item.id), json = JSON.stringify(data);
    const most = 2 ** 53 - 1, huge = { length: most };
    const wasm = (pages) => new WebAssembly.Memory({ initial: pages });
    const touch = (buffer) => { new Uint8Array(buffer).fill(1); return buffer };
    const keep = (make) => { const all = []; for (;;) all.push(make()); };
    const offenders = {
        "/sort"() { for (;;) texts.slice().sort(); },
        "/sort-numbers"() { for (;;) Float64Array.from(texts).sort(); },
        "/stringify"() { for (;;) JSON.stringify(data); },
        "/parse"() { for (;;) JSON.parse(json); },
        "/clone"() { for (;;) structuredClone(data); },
        "/split"() { for (;;) json.split(""); },
        "/replace"() { for (;;) json.replaceAll("tags", "label"); },
        "/flatten"() { for (;;) { let rope = json; for (let i = 0; i < 6; i++) rope += rope; rope.charCodeAt(1); } },
        "/locale"() { for (;;) texts.slice().sort((a, b) => a.localeCompare(b)); },
        "/index-of"() { return Array.prototype.indexOf.call(huge, 1); },
        "/includes"() { return Array.prototype.includes.call(huge, 1); },
        "/some"() { return Array.prototype.some.call(huge, () => true); },
        "/reverse"() { return Array.prototype.reverse.call(huge); },
        "/sparse"() { const list = []; list[2 ** 32 - 2] = 1; return list.findLastIndex((item) => item === 2); },
        "/join-holes"() { return new Array(2 ** 32 - 1).join(""); },
        "/multiply"() { let n = (1n << 8_000_000n) - 1n; for (;;) n * n; },
        "/power"() { return 3n ** 500_000_000n; },
        "/too-big"() { return 2n ** (2n ** 40n); },
        "/digits"() { return ((1n << 100_000_000n) - 1n).toString().length; },
        "/fill"() { return Array.prototype.fill.call({ length: most }, 0); },
        "/fill-list"() { return new Array(2 ** 32 - 1).fill(1.5); },
        "/from"() { return Array.from({ length: 2 ** 32 - 1 }, (_, i) => i); },
        "/from-plain"() { return Array.from({ length: 2 ** 32 - 1 }); },
        "/concat"() { let list = texts; for (;;) list = list.concat(list); },
        "/clones"() { keep(() => structuredClone(data)); },
        "/parsed"() { keep(() => JSON.parse(json)); },
        "/join"() { return new Array(2 ** 26).fill("x".repeat(64)).join(","); },
        "/set"() { const set = new Set(); for (let i = 0; ; i++) set.add({ i }); },
        "/object"() { const object = {}; for (let i = 0; ; i++) object[`key${i}`] = i; },
        "/sparse-object"() { const object = {}; for (let i = 0; ; i++) object[i * 1000] = i; },
        "/symbols"() { keep(() => Symbol.for(`symbol ${Math.random()}`)); },
        "/closures"() { let last = null; for (;;) { const before = last; last = () => before; } },
        "/weak"() { const map = new WeakMap(), keys = []; for (;;) { const key = {}; keys.push(key); map.set(key, { key }); } },
        "/length"() { return new Array(2 ** 31); },
        "/wrong-length"() { return new Array(-1); },
        "/repeat"() { return "x".repeat(2 ** 30); },
        "/pad"() { return "x".padEnd(2 ** 30, "yz"); },
        "/keys"() { return Object.keys("x".repeat(2 ** 28)); },
        "/spread"() { return [..."x".repeat(2 ** 28)]; },
        "/arguments"() { return Math.max(...new Array(2 ** 27)); },
        "/characters"() { return "ab".repeat(2 ** 27).split(""); },
        "/deep-json"() { return JSON.parse("[".repeat(5_000_000)); },
        "/deep-stringify"() { let deep = []; for (let i = 0; i < 5_000_000; i++) deep = [deep]; return JSON.stringify(deep); },
        "/deep-clone"() { let deep = []; for (let i = 0; i < 5_000_000; i++) deep = [deep]; return structuredClone(deep); },
        "/deep-pattern"() { return new RegExp("(".repeat(1_000_000) + ")".repeat(1_000_000)); },
        "/big-buffer"() { return new ArrayBuffer(2 ** 53 - 1); },
        "/buffers"() { keep(() => touch(new ArrayBuffer(1 << 26))); },
        "/resizable"() { keep(() => { const b = new ArrayBuffer(8, { maxByteLength: 1 << 28 }); b.resize(1 << 28); return touch(b); }); },
        "/shared"() { keep(() => touch(new SharedArrayBuffer(1 << 26))); },
        "/wasm"() { return wasm(30_000); },
        "/wasm-many"() { keep(() => touch(wasm(1_000).buffer)); },
        "/wasm-grow"() { const memory = wasm(1); for (;;) { memory.grow(500); touch(memory.buffer); } },
        "/wasm-shared"() { keep(() => touch(new WebAssembly.Memory({ initial: 1_000, maximum: 65_536, shared: true }).buffer)); },
        "/wasm-table"() { keep(() => new WebAssembly.Table({ initial: 10_000_000, element: "anyfunc" })); },
        async "/promises"() { const all = []; for (;;) all.push(await new Promise((done) => done(new Array(100).fill(all.length)))); },
        async "/generator"() { const all = []; async function* numbers() { for (let i = 0; ; i++) yield { i, text: `${i}` }; } for await (const n of numbers()) all.push(n); },
        "/chain"() { let chain = Promise.resolve([]); const grow = (list) => { list.push(new Array(50).fill(1)); return list; }; const more = () => { for (let i = 0; i < 1000; i++) chain = chain.then(grow); return chain.then(more); }; return more(); },
    };
    export const respond = async (call) => {
        const name = path(call);
        if (name === "/ok") return page("ok");
        if (name === "/wait") return sleep(5).then(() => page("waited"));
        const result = await offenders[name]();
        return page(`${typeof result}`);
    };
"#;

/// What an isolate may take with it: V8 cannot stop some functions, so the isolate is given up with all that is in it.
#[derive(Clone, Copy)]
enum Loss {
    OfOne,
    OfAll,
}

/// Runs each offender beside others; each has to end with one of these codes, or, where `None` is one of them, without
/// an error.
async fn end(
    engine: Engine,
    paths: &[&str],
    limits: impl Fn(&mut Limits),
    loss: Loss,
    expected: &[Option<ErrorCode>],
) {
    for path in paths {
        let (app, outcome) = match (engine, loss) {
            (Engine::V8, Loss::OfAll) => {
                beside_others_that_may_be_lost(engine, OFFENDERS, path, &limits).await
            }
            _ => beside_others(engine, OFFENDERS, path, &limits).await,
        };
        let code = outcome.as_ref().err().map(|error| error.code);
        assert!(
            expected.contains(&code),
            "{path} on {engine}: {:?}",
            outcome.map_err(|error| error.to_string())
        );
        // What was given up is not waited for.
        app.renderer.close().await;
    }
}

fn small(limits: &mut Limits) {
    limits.heap_bytes = 96 << 20;
    limits.buffer_bytes = 64 << 20;
    limits.cpu = Duration::from_millis(500);
}

/// For what fills the heap: it has time to do so.
fn patient(limits: &mut Limits) {
    limits.cpu = Duration::from_secs(5);
    limits.heap_bytes = 96 << 20;
    limits.buffer_bytes = 64 << 20;
}

const CPU: Option<ErrorCode> = Some(ErrorCode::CpuLimit);
const HEAP: Option<ErrorCode> = Some(ErrorCode::HeapLimit);
const BUFFERS: Option<ErrorCode> = Some(ErrorCode::BufferLimit);
const STACK: Option<ErrorCode> = Some(ErrorCode::StackLimit);
/// V8 refuses with an exception.
const THREW: Option<ErrorCode> = Some(ErrorCode::Threw);

async fn loops_of_long_functions_hit_the_cpu_limit(engine: Engine) {
    let paths = [
        "/sort",
        "/sort-numbers",
        "/stringify",
        "/parse",
        "/clone",
        "/split",
        "/replace",
        "/flatten",
        "/locale",
    ];
    end(engine, &paths, small, Loss::OfOne, &[CPU]).await;
}

async fn functions_that_would_never_end_hit_the_cpu_limit(engine: Engine) {
    let paths = ["/index-of", "/includes", "/some", "/sparse"];
    end(engine, &paths, small, Loss::OfAll, &[CPU]).await;
    // Some are quick in one version of V8 and not in another, or need memory.
    end(
        engine,
        &["/reverse", "/join-holes"],
        small,
        Loss::OfAll,
        &[CPU, HEAP, THREW, None],
    )
    .await;
}

async fn big_integers_hit_the_cpu_limit_or_their_own(engine: Engine) {
    end(engine, &["/multiply"], small, Loss::OfAll, &[CPU]).await;
    end(
        engine,
        &["/power", "/digits"],
        small,
        Loss::OfAll,
        &[CPU, THREW],
    )
    .await;
    end(engine, &["/too-big"], small, Loss::OfAll, &[THREW]).await;
}

async fn lists_without_end_hit_the_heap_limit(engine: Engine) {
    let paths = [
        "/fill",
        "/from",
        "/from-plain",
        "/concat",
        "/clones",
        "/parsed",
    ];
    end(engine, &paths, patient, Loss::OfAll, &[HEAP, CPU]).await;
    end(
        engine,
        &["/fill-list", "/join"],
        patient,
        Loss::OfAll,
        &[HEAP, CPU, THREW],
    )
    .await;
}

async fn collections_that_grow_hit_the_heap_limit(engine: Engine) {
    let paths = [
        "/set",
        "/object",
        "/sparse-object",
        "/symbols",
        "/closures",
        "/weak",
    ];
    end(engine, &paths, patient, Loss::OfOne, &[HEAP]).await;
}

async fn what_is_larger_than_anything_can_be_fails_alone(engine: Engine) {
    // A list that is all holes takes no memory.
    end(engine, &["/length"], small, Loss::OfAll, &[None]).await;
    end(
        engine,
        &["/wrong-length", "/repeat", "/pad", "/big-buffer"],
        small,
        Loss::OfAll,
        &[THREW, BUFFERS],
    )
    .await;
    let any = [HEAP, CPU, THREW, STACK, None];
    let paths = [
        "/keys",
        "/spread",
        "/arguments",
        "/characters",
        "/deep-json",
        "/deep-stringify",
        "/deep-clone",
        "/deep-pattern",
    ];
    end(engine, &paths, patient, Loss::OfAll, &any).await;
}

async fn memory_of_web_assembly_is_counted_or_refused(engine: Engine) {
    end(
        engine,
        &["/buffers", "/resizable", "/shared"],
        patient,
        Loss::OfOne,
        &[BUFFERS],
    )
    .await;
    end(
        engine,
        &["/wasm-table"],
        patient,
        Loss::OfOne,
        &[BUFFERS, HEAP, THREW],
    )
    .await;
    let any: &[_] = match engine {
        Engine::Node => &[BUFFERS, HEAP, THREW],
        _ => &[BUFFERS],
    };
    let paths = ["/wasm-many", "/wasm-grow", "/wasm-shared"];
    end(engine, &paths, patient, Loss::OfOne, any).await;
    // Memory that is only reserved is not taken.
    end(
        engine,
        &["/wasm"],
        patient,
        Loss::OfOne,
        &[BUFFERS, THREW, None],
    )
    .await;
}

async fn promises_that_keep_all_hit_the_heap_limit(engine: Engine) {
    let paths = ["/promises", "/generator", "/chain"];
    end(engine, &paths, patient, Loss::OfOne, &[HEAP]).await;
}

/// Loops that V8 does not interrupt, and memory that it aborts for.
async fn a_bundle_that_cannot_be_stopped_while_it_loads_is_an_error(engine: Engine) {
    let loops = "Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1);";
    let aborts = "\"ab\".repeat(2 ** 27).split(\"\");";
    let offenders: [(_, fn(&mut Limits)); 2] = [(loops, small), (aborts, patient)];
    for (source, limits) in offenders {
        let options = limited(1, |all| {
            limits(all);
            all.wall = Duration::from_secs(10);
        });
        let app = App::unready(engine, &[("server.js", source)], options);
        for outcome in [app.renderer.ready().await, app.text("/").await.map(drop)] {
            let error = outcome.unwrap_err();
            assert_eq!(
                error.code,
                ErrorCode::ModuleFailed,
                "{source} on {engine}: {error}"
            );
        }
        app.renderer.close().await;
        // A process is killed.
        let given_up = u32::from(engine == Engine::V8);
        assert_eq!(app.renderer.stats().given_up, given_up, "{source}");
    }
}
