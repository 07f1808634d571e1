//! The list of components of the program, as `CycloneDX` 1.5: what is compiled into `spaceiq`, with licences and checksums.
//! The same sources give the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::paths::{Paths, write_if_changed};
use crate::process;

/// The crates whose code is in the one file: the server, and the islands that it holds as WebAssembly.
const ROOTS: [&str; 2] = ["server", "frontend"];

/// Writes `target/spaceiq.cdx.json`.
pub(crate) fn write(paths: &Paths) -> Result<PathBuf> {
    let file = paths.root.join("target/spaceiq.cdx.json");
    let text = serde_json::to_string_pretty(&make(paths)?)? + "\n";
    write_if_changed(&file, text.as_bytes())?;
    Ok(file)
}

/// Makes the list. Fails where a component has no licence, or none of its sources is known by a checksum.
pub(crate) fn make(paths: &Paths) -> Result<Value> {
    let metadata =
        process::output(process::cargo(&paths.root).args(["metadata", "--format-version", "1", "--locked"]))?;
    let lock = std::fs::read_to_string(paths.root.join("Cargo.lock")).context("cannot read Cargo.lock")?;
    list(&serde_json::from_str(&metadata).context("cargo metadata is no JSON")?, &lock)
}

fn list(metadata: &Value, lock: &str) -> Result<Value> {
    let packages: BTreeMap<&str, &Value> =
        of(metadata, "packages").map(|package| (text(package, "id"), package)).collect();
    let nodes: BTreeMap<&str, &Value> =
        of(&metadata["resolve"], "nodes").map(|node| (text(node, "id"), node)).collect();
    let roots =
        packages.iter().filter(|(_, package)| package["source"].is_null() && ROOTS.contains(&text(package, "name")));
    let mut waiting: Vec<&str> = roots.map(|(id, _)| *id).collect();
    let mut used: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    while let Some(id) = waiting.pop() {
        if used.contains_key(id) {
            continue;
        }
        let node = nodes.get(id).with_context(|| format!("cargo does not know {id}"))?;
        // Of kind `null` is what is linked in; the others are for tests and build scripts.
        let linked = |dependency: &&Value| of(dependency, "dep_kinds").any(|kind| kind["kind"].is_null());
        let needs: BTreeSet<&str> = of(node, "deps").filter(linked).map(|dependency| text(dependency, "pkg")).collect();
        waiting.extend(&needs);
        used.insert(id, needs);
    }
    let mut components = Vec::new();
    let mut dependencies = Vec::new();
    for (id, needs) in &used {
        let reference = |id: &&str| packages.get(id).map(|package| address(package)).unwrap_or_default();
        dependencies
            .push(json!({ "ref": reference(id), "dependsOn": needs.iter().map(reference).collect::<BTreeSet<_>>() }));
        components.push(component(packages[id], lock)?);
    }
    components.sort_by_key(|component| component["bom-ref"].to_string());
    dependencies.sort_by_key(|dependency| dependency["ref"].to_string());
    let server = components.iter().find(|component| component["name"] == "server");
    let version = server.context("there is no server")?["version"].clone();
    let program = json!({ "type": "application", "name": "spaceiq", "version": version });
    Ok(json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": { "component": program }, "components": components, "dependencies": dependencies,
    }))
}

fn component(package: &Value, lock: &str) -> Result<Value> {
    let (name, version) = (text(package, "name"), text(package, "version"));
    // Before SPDX had expressions, people wrote a stroke for "or".
    let licence = text(package, "license").replace('/', " OR ").replace("  ", " ");
    if licence.is_empty() {
        bail!("{name} {version} names no licence");
    }
    let mut component = json!({
        "type": "library", "bom-ref": address(package), "purl": address(package), "name": name, "version": version,
        "licenses": [{ "expression": licence }],
    });
    if !package["source"].is_null() {
        let sum =
            checksum(lock, name, version).with_context(|| format!("Cargo.lock has no checksum of {name} {version}"))?;
        component["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
    }
    Ok(component)
}

fn checksum<'l>(lock: &'l str, name: &str, version: &str) -> Option<&'l str> {
    let head = format!("name = \"{name}\"\nversion = \"{version}\"\n");
    let entry = lock.split("[[package]]\n").find(|entry| entry.starts_with(&head))?;
    entry.split_once("\nchecksum = \"")?.1.split('"').next()
}

fn address(package: &Value) -> String {
    format!("pkg:cargo/{}@{}", text(package, "name"), text(package, "version"))
}

fn of<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value[name].as_array().into_iter().flatten()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "[[package]]\nname = \"used\"\nversion = \"1.0.0\"\nsource = \"x\"\nchecksum = \"abc\"\n";

    fn metadata(licence: &str) -> Value {
        let package = |id: &str, source: Value, licence: &str| json!({ "id": id, "name": id, "version": "1.0.0", "source": source, "license": licence });
        let dependency = |id: &str, kind: Value| json!({ "pkg": id, "dep_kinds": [{ "kind": kind }] });
        json!({
            "packages": [
                package("server", Value::Null, "MIT"), package("used", json!("x"), licence),
                package("tests", json!("x"), "MIT"), package("xtask", Value::Null, "MIT"),
            ],
            "resolve": { "nodes": [
                { "id": "server", "deps": [dependency("used", Value::Null), dependency("tests", json!("dev"))] },
                { "id": "used", "deps": [dependency("tests", json!("build"))] },
            ] },
        })
    }

    #[test]
    fn what_is_linked_in_is_listed_with_licence_and_checksum() {
        let made = list(&metadata("MIT/Apache-2.0"), LOCK).expect("a list");
        let names: Vec<_> = of(&made, "components").map(|component| text(component, "name")).collect();
        assert_eq!(names, ["server", "used"]);
        let used = &made["components"][1];
        assert_eq!((text(&used["hashes"][0], "content"), text(used, "purl")), ("abc", "pkg:cargo/used@1.0.0"));
        assert_eq!(used["licenses"][0]["expression"], "MIT OR Apache-2.0");
        assert_eq!(made["dependencies"][0]["dependsOn"], json!(["pkg:cargo/used@1.0.0"]));
    }

    #[test]
    fn what_has_no_licence_or_checksum_is_refused() {
        assert!(list(&metadata(""), LOCK).is_err());
        assert!(list(&metadata("MIT"), "").is_err());
    }
}
