//! Makes the table of the runtime's sources that the crate carries: what is in `packages/`, and the packages that it uses.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    // Asked for at run time: a program that was compiled in another checkout would look there.
    let manifest = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let packages = Path::new(&manifest).join("../../packages");
    let mut table = String::from("pub(super) const CARRIED: &[(&str, &str)] = &[\n");
    for source in ["client/src", "host/src"] {
        carry(&packages.join(source), source, &mut table, |name| {
            !name.ends_with(".test.ts")
        });
    }
    for used in ["devalue", "chai"] {
        let folder = packages.join("node_modules").join(used);
        println!(
            "cargo::rerun-if-changed={}",
            folder.join("package.json").display()
        );
        if folder.is_dir() {
            carry(
                &folder,
                &format!("node_modules/{used}"),
                &mut table,
                |name| {
                    name == "package.json"
                        || name == "LICENSE"
                        || (name.ends_with(".js") && !name.starts_with("register-"))
                },
            );
        } else if packages.join("package.json").is_file() {
            println!(
                "cargo::error=packages/node_modules/{used} is missing; run `cargo xtask setup`"
            );
        }
    }
    table.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("runtime.rs"), table).expect("OUT_DIR can be written");
}

fn carry(folder: &Path, shown: &str, table: &mut String, wanted: impl Fn(&str) -> bool + Copy) {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut entries: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name());
        let Some(name) = name.to_str() else { continue };
        let shown = format!("{shown}/{name}");
        if path.is_dir() && name != "node_modules" && name != "types" {
            carry(&path, &shown, table, wanted);
        } else if path.is_file() && wanted(name) {
            let path = path.canonicalize().expect("the file is there");
            // Writing to a string cannot fail.
            let _ = writeln!(
                table,
                "    ({shown:?}, include_str!({:?})),",
                path.display().to_string()
            );
        }
    }
}
