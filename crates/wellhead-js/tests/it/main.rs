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
    };
}

mod app;
#[cfg(has_v8)]
mod code_cache;
#[cfg(has_v8)]
mod inspect;
mod limits;
mod render;
mod stream;
#[cfg(has_v8)]
mod tool;
