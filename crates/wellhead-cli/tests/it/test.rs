//! `wellhead test`: what it runs, what it says, and what it does not let through.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Outcome, wellhead};

/// An app with a live counter and these files of tests.
fn counter(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let app = folder.path().join("app");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/counter/src");
    for path in ["counter.css", "routes/+live.ts"] {
        write(
            &app,
            &format!("src/{path}"),
            &fs::read_to_string(example.join(path)).unwrap(),
        );
    }
    for (path, text) in files {
        write(&app, path, text);
    }
    (folder, app)
}

fn write(app: &Path, path: &str, text: &str) {
    let file = app.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn on_both_engines(app: &Path, args: &[&str], check: impl Fn(&Outcome)) {
    for engine in ["v8", "node"] {
        let args: Vec<_> = [&["test", "--engine", engine], args].concat();
        check(&wellhead(app, &args));
    }
}

const CLICKS: &str = r#"import { assert, mount, test } from "wellhead/test";
import Counter from "./+live";

test("counts", async () => {
	const page = mount(Counter);
	assert.strictEqual(await page.text("output"), "0");
	await page.click("button:last-child").click("button:last-child").click("button:first-child");
	assert.strictEqual(await page.text("output"), "1");
	assert.strictEqual(await page.title(), "Counter");
});
test("has a state for each page", async () => {
	const [one, other] = [mount(Counter), mount(Counter)];
	await one.click("button:last-child");
	assert.deepEqual([await one.text("output"), await other.text("output")], ["1", "0"]);
});
"#;

#[test]
fn a_component_is_clicked_without_a_browser() {
    let (_folder, app) = counter(&[("src/routes/+live.test.ts", CLICKS)]);
    on_both_engines(&app, &[], |tested| {
        assert_eq!(tested.code, 0, "{tested:?}");
        assert!(
            tested.out.starts_with("src/routes/+live.test.ts\n"),
            "{tested:?}"
        );
        for line in [
            "  ✓ counts ",
            "  ✓ has a state for each page ",
            "\n2 passed in ",
        ] {
            assert!(tested.out.contains(line), "{line}: {tested:?}");
        }
    });
}

#[test]
fn what_fails_is_told_with_its_place_and_fails_the_command() {
    let text = r##"import { assert, describe, mount, test } from "wellhead/test";
import { html, LiveView } from "wellhead";
import Counter from "./routes/+live";

class Broken extends LiveView {
	state = { n: 0 };
	fail() {
		throw new Error("this handler fails");
	}
	render() { return html`<button @click="fail">${this.state.n}</button>`; }
}

describe("numbers", () => {
	test("are equal", () => {
		assert.deepEqual([1, { two: 2 }], [1, { two: 3 }]);
	});
});
test("clicks what is not there", async () => {
	await mount(Counter).click("#nothing");
});
test("does not await a click that fails", () => {
	mount(Counter).click("#nobody");
});
test("has a handler that throws", async () => {
	await mount(Broken).click("button");
});
"##;
    let (_folder, app) = counter(&[("src/all.test.ts", text)]);
    on_both_engines(&app, &[], |tested| {
        assert_eq!(tested.code, 1, "{tested:?}");
        for part in [
            "✗ numbers › are equal\n      AssertionError: expected [ 1, { two: 2 } ] to deeply equal [ 1, { two: 3 } ]",
            ">   15 |     assert.deepEqual(",
            "src/all.test.ts:15:10",
            "#nothing",
            "src/all.test.ts:19:23",
            "✗ does not await a click that fails",
            "#nobody",
            "this handler fails",
            "0 passed, 4 failed in ",
        ] {
            assert!(tested.out.contains(part), "{part}: {}", tested.out);
        }
        assert!(!tested.out.contains("wellhead/host"), "{}", tested.out);
    });
}

#[test]
fn a_test_that_never_ends_is_ended_and_the_next_one_runs() {
    let text = r#"import { test } from "wellhead/test";
test("waits for ever", () => new Promise((resolve) => setTimeout(resolve, 1e8)));
test("computes for ever", () => { for (;;); });
test("awaits nothing", () => new Promise(() => {}));
test("is fine", () => {});
"#;
    let (_folder, app) = counter(&[("src/all.test.ts", text)]);
    on_both_engines(&app, &["--timeout", "700"], |tested| {
        assert_eq!(tested.code, 1, "{tested:?}");
        for name in ["waits for ever", "computes for ever", "awaits nothing"] {
            assert!(
                tested.out.contains(&format!("✗ {name}\n      the test ")),
                "{name}: {tested:?}"
            );
        }
        assert!(tested.out.contains("✓ is fine"), "{tested:?}");
    });
}

#[test]
fn tests_are_left_out_and_surrounded_as_they_say() {
    let text = r#"import { afterEach, assert, beforeEach, describe, test } from "wellhead/test";
const said: string[] = [];
beforeEach(() => said.push("before"));
afterEach(() => said.push("after"));
test.skip("skipped", () => { throw 1; });
describe("group", () => {
	beforeEach(async () => said.push("inner before"));
	afterEach(() => said.push("inner after"));
	test("first", () => assert.deepEqual(said, ["before", "inner before"]));
	test("second", () => assert.deepEqual(said.slice(2), ["inner after", "after", "before", "inner before"]));
});
"#;
    let only = "import { test } from 'wellhead/test';\ntest('one', () => { throw 1; });\ntest.only('other', () => {});\n";
    let (_folder, app) = counter(&[("src/all.test.ts", text), ("src/only.spec.js", only)]);
    let tested = wellhead(&app, &["test"]);
    assert_eq!(tested.code, 0, "{tested:?}");
    for line in [
        "  – skipped\n",
        "✓ group › first ",
        "✓ group › second ",
        "  – one\n",
        "✓ other ",
    ] {
        assert!(tested.out.contains(line), "{line}: {tested:?}");
    }
    assert!(tested.out.contains("3 passed, 2 skipped in "), "{tested:?}");
    let one = wellhead(&app, &["test", "only"]);
    assert!(one.out.contains("1 passed, 1 skipped in "), "{one:?}");
}

#[test]
fn nothing_to_run_is_no_success() {
    let (_folder, app) = counter(&[]);
    let none = wellhead(&app, &["test"]);
    assert_eq!(none.code, 1);
    assert!(
        none.err
            .contains("there are no tests\nhint: a file such as "),
        "{none:?}"
    );
    write(
        &app,
        "src/broken.test.ts",
        "import { nothing } from './nowhere';\nnothing();\n",
    );
    let broken = wellhead(&app, &["test"]);
    assert_eq!(broken.code, 1);
    assert!(broken.err.contains("src/broken.test.ts:1:"), "{broken:?}");
    write(
        &app,
        "src/broken.test.ts",
        "throw new Error('not today');\n",
    );
    let thrown = wellhead(&app, &["test"]);
    assert_eq!(thrown.code, 1);
    assert!(
        thrown
            .out
            .contains("✗ the file cannot be imported\n      not today\n"),
        "{thrown:?}"
    );
    write(&app, "src/broken.test.ts", "export {};\n");
    let empty = wellhead(&app, &["test"]);
    assert_eq!(empty.code, 1, "a file without tests is a mistake");
    assert!(empty.out.contains("✗ the file names no tests"), "{empty:?}");
}
