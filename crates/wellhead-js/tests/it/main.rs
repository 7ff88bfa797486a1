//! The engines, tested through the public contract. Every test of renders runs on each engine of the build.

/// Makes a test of each function for each engine: an async function that takes the engine.
macro_rules! on_each_engine {
    ($($name:ident),* $(,)?) => {
        #[cfg(has_v8)]
        mod v8 {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    super::$name(wellhead_js::Engine::V8).await;
                }
            )*
        }

        mod node {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    super::$name(wellhead_js::Engine::Node).await;
                }
            )*
        }
    };
}

mod app;
mod builtins;
#[cfg(has_v8)]
mod code_cache;
mod figures;
#[cfg(has_v8)]
mod inspect;
mod limits;
mod live;
mod lost;
mod modules;
mod process;
mod render;
mod stream;
mod tool;

use wellhead_js::Engine;

/// The engines that this build has: every test runs in each.
fn engines() -> Vec<Engine> {
    let mut engines = vec![Engine::Node];
    if cfg!(has_v8) {
        engines.push(Engine::V8);
    }
    engines
}
