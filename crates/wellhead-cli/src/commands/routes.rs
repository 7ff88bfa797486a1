//! `wellhead routes`

use std::path::PathBuf;
use std::process::ExitCode;

use wellhead_build::{Route, Routes, counted};

use super::build::show;
use crate::hint::WithHint;

/// List the routes of an app, in the order in which they are tried.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wellhead routes
  wellhead routes examples/atlas --json | jq -r '.routes[].id'")]
pub(crate) struct Args {
    /// The app's folder.
    #[arg(default_value = ".", value_name = "DIR")]
    dir: PathBuf,
    /// Print everything that is known, as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let routes = match wellhead_build::scan(&args.dir) {
        Ok(routes) => routes,
        Err(problems) => {
            show(&problems);
            return Err(anyhow::anyhow!(
                "the routes have {}",
                counted(problems.len(), "problem")
            ))
            .hint("each problem above names its file; an app's folder is one with src/routes");
        }
    };
    show(&routes.warnings);
    if args.json {
        println!("{}", serde_json::to_string_pretty(&routes)?);
    } else {
        print!("{}", table(&routes));
    }
    Ok(ExitCode::SUCCESS)
}

fn table(routes: &Routes) -> String {
    let heads = ["ROUTE", "ANSWERS", "FILES"].map(ToOwned::to_owned);
    let rows: Vec<_> = std::iter::once(heads)
        .chain(routes.routes.iter().map(|route| row(routes, route)))
        .collect();
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let (first, second) = (width(0), width(1));
    rows.iter()
        .map(|[id, answers, files]| format!("{id:first$}  {answers:second$}  {files}\n"))
        .collect()
}

fn row(routes: &Routes, route: &Route) -> [String; 3] {
    let mut answers = Vec::new();
    let mut files = Vec::new();
    if let Some(page) = &route.page {
        let is_live = routes
            .nodes
            .get(page.leaf)
            .is_some_and(|node| node.live.is_some());
        answers.push(if is_live { "live page" } else { "page" });
        let leaf = routes.nodes.get(page.leaf);
        let own = leaf
            .into_iter()
            .flat_map(|node| [&node.component, &node.universal, &node.server, &node.live]);
        files.extend(own.flatten().map(String::as_str));
    }
    if let Some(endpoint) = &route.endpoint {
        answers.push("endpoint");
        files.push(&endpoint.file);
    }
    let names = files
        .iter()
        .map(|file| file.rsplit('/').next().unwrap_or(file));
    [
        route.id.clone(),
        answers.join(", "),
        names.collect::<Vec<_>>().join(" "),
    ]
}
