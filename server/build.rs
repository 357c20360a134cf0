//! Puts the page (wasm, JavaScript, CSS, icons) into the release binary. `cargo leptos build --release`
//! has it ready in `target/site` before it compiles this crate; a debug build reads it from there.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    let site = site_root();
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=LEPTOS_SITE_ROOT");
    let mut table = String::from("&[\n");
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo:rerun-if-changed={}", site.display());
        let files = files(&site);
        if files.is_empty() {
            println!("cargo:warning=no page in {}: this binary serves HTML only; build with `make build`", site.display());
        }
        for file in files {
            entry(&mut table, &site, &file);
        }
    }
    table.push_str("]\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("embedded.rs"), table).expect("OUT_DIR is writable");
}

fn site_root() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    workspace.join(std::env::var("LEPTOS_SITE_ROOT").unwrap_or_else(|_| "target/site".into()))
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let mut files = Vec::new();
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if is_served(&path) {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Not what stands beside a file: its compressed forms, and declarations for TypeScript.
fn is_served(path: &Path) -> bool {
    let name = path.to_string_lossy();
    ![".br", ".gz", ".ts"].iter().any(|ending| name.ends_with(ending))
}

fn entry(table: &mut String, site: &Path, file: &Path) {
    let name = file.strip_prefix(site).expect("the file lies in the site").to_string_lossy();
    let digest = Sha256::digest(fs::read(file).expect("the file was just listed"));
    let etag: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let include = |path: &Path| format!("include_bytes!({:?})", path.canonicalize().expect("it exists"));
    let compressed = |suffix: &str| {
        let mut path = file.as_os_str().to_owned();
        path.push(suffix);
        let path = PathBuf::from(path);
        if path.exists() { format!("Some({})", include(&path)) } else { "None".into() }
    };
    writeln!(
        table,
        "Embedded {{ path: {:?}, etag: {etag:?}, plain: {}, brotli: {}, gzip: {} }},",
        format!("/{name}"),
        include(file),
        compressed(".br"),
        compressed(".gz"),
    )
    .expect("writing to a string");
}
