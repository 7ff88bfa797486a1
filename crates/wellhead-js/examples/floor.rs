//! How long Svelte's `render` takes in a loop inside one isolate, with nothing around it: the floor under a server.
//!
//! ```text
//! cargo run --release -p wellhead-js --example floor -- PAGES.mjs ROUTE SECONDS
//! ```
//!
//! `PAGES.mjs` is what `bench/` builds from `bench/app/no-framework/pages.js`: it exports `render` and, by route, each
//! page's component and load. The data is loaded once; the loop runs that long to warm up and that long again to
//! measure. The last line is JSON: time that passed and processor time of the process, in nanoseconds, and the length
//! of the page in UTF-16 units. `bench/peers/floor.mjs` is the same in Node.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [pages, route, seconds] = arguments.as_slice() else {
        eprintln!("usage: floor PAGES.mjs ROUTE SECONDS");
        return ExitCode::from(2);
    };
    let Ok(seconds) = seconds.parse::<f64>() else {
        eprintln!("error: SECONDS is a number, not {seconds:?}");
        return ExitCode::from(2);
    };
    match floor::measure(pages.as_ref(), route, seconds) {
        Ok(figures) => {
            println!("{figures}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(has_v8))]
mod floor {
    pub(super) fn measure(
        _: &std::path::Path,
        _: &str,
        _: f64,
    ) -> Result<String, Box<dyn std::error::Error>> {
        Err("this build has no V8".into())
    }
}

#[cfg(has_v8)]
mod floor {
    use std::error::Error;
    use std::path::Path;
    use std::time::Duration;

    use serde::Deserialize;
    use wellhead_js::{Engine, Program, Tool};

    #[derive(Deserialize)]
    struct Round {
        renders: f64,
        nanoseconds: f64,
        length: usize,
    }

    pub(super) fn measure(
        pages: &Path,
        route: &str,
        seconds: f64,
    ) -> Result<serde_json::Value, Box<dyn Error>> {
        let pages = pages.canonicalize()?;
        let (Some(dir), Some(name)) = (pages.parent(), pages.file_name()) else {
            return Err("PAGES.mjs is a file".into());
        };
        let program = Program::module_text(dir, "wellhead-floor.js", LOOP);
        let tool = Tool::start(Engine::V8, program, 1)?;
        let name = format!("./{}", name.to_string_lossy());
        tool.call::<()>("prepare", &(name, route))?;
        // As long to warm up as to measure, so that the optimising compiler is done.
        tool.call::<Round>("renderFor", &[seconds * 1000.0])?;
        let before = processor_time()?;
        let round: Round = tool.call("renderFor", &[seconds * 1000.0])?;
        let spent = processor_time()?.saturating_sub(before);
        Ok(serde_json::json!({
            "ns_per_render": round.nanoseconds / round.renders,
            "cpu_ns_per_render": spent.as_nanos() as f64 / round.renders,
            "length": round.length,
        }))
    }

    /// User and system time of this process, all threads, from `/proc`: V8 compiles and collects garbage on several.
    fn processor_time() -> Result<Duration, Box<dyn Error>> {
        /// Linux counts in hundredths of a second on every architecture that V8 runs on.
        const TICK: Duration = Duration::from_millis(10);
        let stat = std::fs::read_to_string("/proc/self/stat")?;
        // The name, in parentheses, may itself hold spaces.
        let (_, fields) = stat
            .rsplit_once(") ")
            .ok_or("/proc/self/stat is not as expected")?;
        let mut times = fields.split(' ').skip(11).take(2);
        let mut ticks = || times.next()?.parse::<u32>().ok();
        match (ticks(), ticks()) {
            (Some(user), Some(system)) => Ok(TICK * (user + system)),
            _ => Err("/proc/self/stat is not as expected".into()),
        }
    }

    const LOOP: &str = r#"
let component, props, render;
export async function prepare(file, route) {
    const module = await import(file);
    const page = module.pages[route];
    if (page === undefined) throw new TypeError(`${file} has no page ${route}`);
    render = module.render;
    component = page.component;
    props = { data: await page.load() };
}
export function renderFor(milliseconds) {
    const start = performance.now();
    let renders = 0, length = 0, elapsed = 0;
    while (elapsed < milliseconds) {
        for (let i = 0; i < 20; i++) {
            const output = render(component, { props });
            length = output.head.length + output.body.length;
        }
        renders += 20;
        elapsed = performance.now() - start;
    }
    return { renders, length, nanoseconds: elapsed * 1e6 };
}
"#;
}
