//! `wellhead-bench`: a load generator for live pages. It speaks the protocol, and those of two peers, is bounded in time and
//! number, and goes to this machine only.
//!
//! ```text
//! wellhead-bench click     --url http://127.0.0.1:3000/ --connections 100 --rate 10 --seconds 10 --pid 4711
//! wellhead-bench idle      --url http://127.0.0.1:3000/ --connections 10000 --pid 4711
//! wellhead-bench broadcast --url http://127.0.0.1:3000/ --connections 10000 --handler 'send' --rounds 10
//! wellhead-bench bytes     --url http://127.0.0.1:8080/ --peer nicegui --shows 11
//! ```
//!
//! One line of JSON on standard output has the result; what happens meanwhile is on standard error.

#![forbid(unsafe_code)]

mod change;
mod options;
mod page_load;
mod peer;
mod process;
mod scenario;
mod socket;

use std::process::ExitCode;

use options::{Asked, HELP};

fn main() -> ExitCode {
    let options = match options::read() {
        Ok(Asked::Run(options)) => options,
        Ok(Asked::Help) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("error: {error:#}\n\n{HELP}");
            return ExitCode::FAILURE;
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(scenario::run(&options)) {
        Ok(result) => {
            println!("{result}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
