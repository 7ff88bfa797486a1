//! `wellhead render`: every option, and what goes wrong.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::{Outcome, link_packages, wellhead};

const BUTTON: &str = "<script lang=\"ts\">
	import { shout } from './shout';
	let { label = 'none' }: { label?: string } = $props();
</script>

<svelte:head><title>{label}</title></svelte:head>
<button class=\"big\">{shout(label)}</button>

<style>
	/* kept */
	.big {
		color:   rebeccapurple;
	}
</style>
";

/// A folder with components and the packages of this repository.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    link_packages(folder.path());
    let shout = "export const shout = (text: string): string => text.toUpperCase();";
    for (path, text) in [("Button.svelte", BUTTON), ("shout.ts", shout)]
        .iter()
        .chain(files)
    {
        fs::write(folder.path().join(path), text).unwrap();
    }
    folder
}

fn render(folder: &tempfile::TempDir, args: &[&str]) -> Outcome {
    wellhead(folder.path(), &[&["render"], args].concat())
}

/// The output of a command that went well, as JSON.
fn json_of(outcome: &Outcome) -> Value {
    assert_eq!(outcome.code, 0, "{}", outcome.err);
    serde_json::from_str(&outcome.out).unwrap()
}

/// The error of a command that did not.
fn error_of(outcome: &Outcome) -> &str {
    assert_eq!(outcome.code, 1, "{}{}", outcome.out, outcome.err);
    assert_eq!(outcome.out, "");
    &outcome.err
}

#[test]
fn a_component_is_printed_with_its_imports_and_props() {
    let folder = folder(&[("props.json", "{\"label\": \"from <a> file\"}")]);
    let html = render(
        &folder,
        &["Button.svelte", "--props", "{\"label\": \"go\"}"],
    );
    assert_eq!(html.code, 0, "{}", html.err);
    assert!(html.out.contains("<title>go</title>"), "{}", html.out);
    assert!(html.out.contains(">GO</button>"), "{}", html.out);
    let html = render(&folder, &["Button.svelte", "--props", "@props.json"]);
    assert!(html.out.contains("FROM &lt;A> FILE"), "{}", html.out);
    let html = render(&folder, &["Button.svelte"]);
    assert!(html.out.contains(">NONE</button>"), "{}", html.out);
    assert_eq!(html.err, "");
}

#[test]
fn json_has_head_body_and_the_styles_as_the_compiler_gives_them() {
    let folder = folder(&[]);
    let parts = json_of(&render(&folder, &["Button.svelte", "--json"]));
    let mut keys: Vec<_> = parts.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["body", "css", "head"]);
    let css = parts["css"].as_str().unwrap();
    let class = css.split('.').nth(2).unwrap().split_whitespace().next();
    let expected = format!(
        "\n\t/* kept */\n\t.big.{} {{\n\t\tcolor:   rebeccapurple;\n\t}}\n",
        class.unwrap()
    );
    assert_eq!(css, expected);
    assert!(parts["body"].as_str().unwrap().contains(class.unwrap()));
    assert!(
        parts["head"]
            .as_str()
            .unwrap()
            .contains("<title>none</title>")
    );
}

#[test]
fn both_engines_render_the_same() {
    let folder = folder(&[]);
    let with = |engine| {
        json_of(&render(
            &folder,
            &["Button.svelte", "--json", "--engine", engine],
        ))
    };
    let node = with("node");
    if wellhead_js::Engine::default() == wellhead_js::Engine::V8 {
        assert_eq!(with("v8"), node);
    }
    let wrong = wellhead(
        folder.path(),
        &["render", "Button.svelte", "--engine", "bun"],
    );
    assert_eq!(wrong.code, 2, "{}", wrong.err);
    assert!(
        wrong.err.contains("there is no engine `bun`"),
        "{}",
        wrong.err
    );
}

#[test]
fn components_may_await_with_async() {
    let source = "<p>{await Promise.resolve('late')}</p>";
    let folder = folder(&[("Late.svelte", source)]);
    let html = render(&folder, &["Late.svelte", "--async"]);
    assert!(html.out.contains("late</p>"), "{}{}", html.out, html.err);
    let without = render(&folder, &["Late.svelte"]);
    assert!(
        error_of(&without).contains("Late.svelte:1:"),
        "{}",
        without.err
    );
}

#[test]
fn options_reach_the_compiler() {
    let folder = folder(&[
        ("options.json", "{\"runes\": true}"),
        (
            "Old.svelte",
            "<script>export let label = 'old';</script>{label}",
        ),
    ]);
    let old = render(&folder, &["Old.svelte"]);
    assert!(old.out.contains("old"), "{}{}", old.out, old.err);
    for options in ["{\"runes\": true}", "@options.json"] {
        let outcome = render(&folder, &["Old.svelte", "--compiler-options", options]);
        let error = error_of(&outcome);
        assert!(error.contains("legacy_export_invalid"), "{error}");
        assert!(error.contains("Old.svelte:1:"), "{error}");
    }
    let hashed = json_of(&render(
        &folder,
        &[
            "Button.svelte",
            "--json",
            "--compiler-options",
            "{\"css\": \"injected\"}",
        ],
    ));
    assert!(
        hashed["head"].as_str().unwrap().contains("<style"),
        "{hashed}"
    );
}

#[test]
fn what_is_thrown_names_the_place_in_the_source() {
    let source = "<script lang=\"ts\">\n\tinterface A { b: string }\n\n\tfunction fail(a: A): never {\n\t\tthrow new RangeError(a.b);\n\t}\n\tfail({ b: 'too far' });\n</script>\n";
    let folder = folder(&[("Bad.svelte", source)]);
    for engine in ["v8", "node"] {
        if engine == "v8" && wellhead_js::Engine::default() != wellhead_js::Engine::V8 {
            continue;
        }
        let outcome = render(&folder, &["Bad.svelte", "--engine", engine]);
        let error = error_of(&outcome);
        assert!(
            error.starts_with("error: Bad.svelte threw RangeError: too far\n"),
            "{error}"
        );
        assert!(
            error.contains("at fail (Bad.svelte:5:"),
            "{engine}: {error}"
        );
        assert!(error.contains("Bad.svelte:7:"), "{engine}: {error}");
    }
}

#[test]
fn a_component_that_does_not_compile_is_shown_with_its_place() {
    let folder = folder(&[("Bad.svelte", "<p>\n{#if}</p>")]);
    let outcome = render(&folder, &["Bad.svelte"]);
    let error = error_of(&outcome);
    assert!(error.contains("expected_whitespace"), "{error}");
    assert!(error.contains("Bad.svelte:2:"), "{error}");
    assert!(
        error.contains("error: Bad.svelte does not compile"),
        "{error}"
    );
}

#[test]
fn a_component_that_never_ends_is_ended() {
    let source = "<script>for (;;);</script>";
    let folder = folder(&[("Loop.svelte", source)]);
    let outcome = render(&folder, &["Loop.svelte", "--timeout", "1000"]);
    assert_eq!(
        error_of(&outcome),
        "error: Loop.svelte was not rendered: the program ran for more than 1000 ms\n\
         hint: look for a loop without an end; --timeout MS gives it more time\n"
    );
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = folder(&[]);
    let outcome = render(&folder, &["Gone.svelte"]);
    assert!(
        error_of(&outcome).contains("Gone.svelte"),
        "{}",
        outcome.err
    );
    assert!(outcome.err.contains("cannot read"), "{}", outcome.err);
    fs::create_dir(folder.path().join("Folder.svelte")).unwrap();
    let outcome = render(&folder, &["Folder.svelte"]);
    assert!(
        error_of(&outcome).contains("Folder.svelte"),
        "{}",
        outcome.err
    );
    let outcome = render(&folder, &["Button.svelte", "--props", "@gone.json"]);
    assert!(
        error_of(&outcome).starts_with("error: cannot read gone.json, which --props names: "),
        "{}",
        outcome.err
    );
    let outcome = render(&folder, &["--batch", "@gone"]);
    assert!(
        error_of(&outcome).starts_with("error: cannot read gone: "),
        "{}",
        outcome.err
    );
}

#[test]
fn what_is_no_json_is_explained() {
    let folder = folder(&[("list.json", "[1]")]);
    for (option, value, place) in [
        ("--props", "{x: 1}", "--props"),
        ("--props", "[1]", "--props"),
        ("--props", "@list.json", "list.json"),
        ("--compiler-options", "nonsense", "--compiler-options"),
    ] {
        let outcome = render(&folder, &["Button.svelte", option, value]);
        let error = error_of(&outcome);
        assert!(
            error.starts_with(&format!("error: {place} is no JSON object: ")),
            "{error}"
        );
        assert!(error.contains("\nhint: "), "{error}");
    }
}

#[test]
fn a_line_that_fails_does_not_stop_the_rest() {
    let folder = folder(&[
        ("Throws.svelte", "<script>throw new Error('no')</script>"),
        ("Loop.svelte", "<script>for (;;);</script>"),
        ("Bad.svelte", "{#if}"),
    ]);
    let jobs: &[&[u8]] = &[
        b"nonsense",
        b"",
        br#"{"file": "gone.svelte"}"#,
        br#"{"file": 1}"#,
        br#"{"file": "Button.svelte", "prop": {}}"#,
        b"{\"file\": \"\xff\"}",
        br#"{"file": "Throws.svelte"}"#,
        br#"{"file": "Bad.svelte"}"#,
        br#"{"file": "Loop.svelte"}"#,
        br#"{"file": "Button.svelte", "props": {"label": "last"}}"#,
    ];
    fs::write(folder.path().join("jobs"), jobs.join(&b'\n')).unwrap();
    let outcome = render(&folder, &["--batch", "@jobs", "--timeout", "1000"]);
    assert_eq!(outcome.code, 1, "{}", outcome.err);
    let answers: Vec<Value> = outcome
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let kinds: Vec<_> = answers
        .iter()
        .map(|answer| {
            json!([
                answer["line"],
                answer["error"]["kind"],
                answer["error"]["name"]
            ])
        })
        .collect();
    assert_eq!(
        Value::from(kinds),
        json!([
            [1, "job", null],
            [3, "compile", null],
            [4, "job", null],
            [5, "job", null],
            [6, "job", null],
            [7, "render", "Error"],
            [8, "compile", null],
            [9, "render", "LimitError"],
            [10, null, null],
        ])
    );
    assert!(
        answers[8]["body"]
            .as_str()
            .unwrap()
            .contains(">LAST</button>")
    );
    assert_eq!(answers[5]["error"]["frames"][0]["file"], "Throws.svelte");
}

#[test]
fn a_batch_says_how_its_file_is_named() {
    let outcome = wellhead(Path::new("."), &["render", "--batch", "jobs"]);
    assert!(
        error_of(&outcome).ends_with("hint: write --batch @jobs\n"),
        "{}",
        outcome.err
    );
}

#[test]
fn a_batch_is_read_from_standard_input_and_each_line_has_its_own_options() {
    let folder = folder(&[
        ("Late.svelte", "<p>{await Promise.resolve('late')}</p>"),
        (
            "Old.svelte",
            "<script>export let label = 'old';</script>{label}",
        ),
    ]);
    let jobs = [
        r#"{"file": "Late.svelte"}"#,
        r#"{"file": "Late.svelte", "async": true}"#,
        r#"{"file": "Old.svelte", "compilerOptions": {"runes": true}}"#,
        r#"{"file": "Old.svelte"}"#,
    ];
    let mut child = crate::command(folder.path(), &["render", "--batch", "@-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let answers = jobs.map(|job| -> Value {
        // Each is answered as soon as it is asked.
        writeln!(input, "{job}").unwrap();
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    });
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let [sync, awaited, runes, legacy] = answers;
    let told = |answer: &Value, code: &str| {
        assert_eq!(answer["error"]["kind"], "compile", "{answer}");
        assert_eq!(answer["error"]["diagnostics"][0]["code"], code);
    };
    told(&sync, "experimental_async");
    assert!(awaited["body"].as_str().unwrap().contains("late</p>"));
    told(&runes, "legacy_export_invalid");
    assert!(legacy["body"].as_str().unwrap().contains("old"));
}

#[test]
fn without_packages_it_says_what_to_install() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("A.svelte"), "<p>a</p>").unwrap();
    for (package, code, help) in [
        (None, "no_package_json", "npm init -y && npm install svelte"),
        (
            Some(r#"{"dependencies": {"svelte": "5"}}"#),
            "missing_node_modules",
            "run `npm install`",
        ),
    ] {
        if let Some(package) = package {
            fs::write(folder.path().join("package.json"), package).unwrap();
        }
        let outcome = render(&folder, &["A.svelte"]);
        let error = error_of(&outcome);
        assert!(error.contains(code) && error.contains(help), "{error}");
        assert!(error.contains("\nhint: "), "{error}");
    }
}
