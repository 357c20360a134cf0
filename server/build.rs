//! Puts the page (wasm, JavaScript, CSS, icons) into the release binary. `cargo leptos build --release`
//! has it ready in `target/site` before it compiles this crate; a debug build reads it from there. What only the
//! admin's page loads is beside it in `target/admin`, where `scripts/admin.mjs` puts it: cargo-leptos empties its own
//! directory.
//!
//! And the official JavaScript client into every binary: `scripts/bootstrap build` fetches it from npm.

use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const CLIENT: &str = "client";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=LEPTOS_SITE_ROOT");
    println!("cargo:rerun-if-changed={CLIENT}");
    let released = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let table = if released { page()? } else { String::new() };
    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or(io::ErrorKind::NotFound)?;
    fs::write(out.join("embedded.rs"), format!("&[{table}]"))?;
    fs::write(out.join("client.rs"), format!("&[{}]", client(released)?))
}

/// As `(name, etag, bytes)`. Who only tries something out may do without it.
fn client(needed: bool) -> io::Result<String> {
    let dist = Path::new(CLIENT).join("node_modules/socket.io-client/dist");
    if dist.is_dir() {
        return files(&dist)?.iter().map(|file| client_file(file)).collect();
    }
    let told = "the JavaScript client isn't there; run `scripts/bootstrap javascript_client`";
    if needed {
        return Err(io::Error::new(io::ErrorKind::NotFound, told));
    }
    println!("cargo:warning={told}");
    Ok(String::new())
}

fn client_file(file: &Path) -> io::Result<String> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    Ok(format!("({name:?}, \"W/\\\"{:016x}\\\"\", {}),", digest(file)?, include(file)?))
}

/// Asked for when it runs: what was compiled may be from before the checkout was moved.
fn site_root() -> io::Result<PathBuf> {
    let here = env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?;
    let site = env::var_os("LEPTOS_SITE_ROOT").unwrap_or_else(|| "target/site".into());
    Ok(Path::new(&here).join("..").join(site))
}

fn page() -> io::Result<String> {
    let site = site_root()?;
    Ok(embed(&site, "/")? + &embed(&site.with_file_name("admin"), "/pkg/admin/")?)
}

/// What is in this directory, served below that path.
fn embed(dir: &Path, path: &str) -> io::Result<String> {
    println!("cargo:rerun-if-changed={}", dir.display());
    let files = if dir.is_dir() { files(dir)? } else { Vec::new() };
    if files.is_empty() {
        println!(
            "cargo:warning=this binary will have no styles and no wasm for {path}; build it with `make build`"
        );
    }
    files.iter().map(|file| entry(dir, file, path)).collect()
}

fn files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if is_served(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Not what stands beside a file: its compressed forms, and declarations for TypeScript.
fn is_served(path: &Path) -> bool {
    let beside = |extension| extension == "br" || extension == "gz" || extension == "ts";
    !path.extension().is_some_and(beside)
}

fn entry(dir: &Path, file: &Path, path: &str) -> io::Result<String> {
    let name = file.strip_prefix(dir).unwrap_or(file).to_string_lossy();
    let etag = digest(file)?;
    Ok(format!(
        "Embedded {{ path: {:?}, etag: \"{etag:016x}\", plain: {}, brotli: {}, gzip: {} }},",
        format!("{path}{name}"),
        include(file)?,
        include_beside(file, ".br")?,
        include_beside(file, ".gz")?,
    ))
}

fn digest(file: &Path) -> io::Result<u64> {
    let digest = Sha256::digest(fs::read(file)?);
    Ok(u64::from_be_bytes(std::array::from_fn(|index| digest[index])))
}

fn include(file: &Path) -> io::Result<String> {
    let path = file.canonicalize()?;
    Ok(format!("include_bytes!({:?})", path.to_string_lossy()))
}

fn include_beside(file: &Path, suffix: &str) -> io::Result<String> {
    let path = PathBuf::from(format!("{}{suffix}", file.display()));
    if path.exists() {
        include(&path).map(|include| format!("Some({include})"))
    } else {
        Ok("None".into())
    }
}
