//! The stylesheet: `style/main.css` and what it imports, in one small file.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::dependencies::{Dependency, DependencyOptions};
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, PrinterOptions};

/// Bundles and minifies. No browser targets are given: `light-dark()`, nesting and layers stay as they were written,
/// for the browsers of 2024 and later that the console asks for.
pub(crate) fn bundle(entry: &Path) -> Result<String> {
    let files = FileProvider::new();
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    // The errors borrow from the bundler; their text does not.
    let mut sheet = bundler.bundle(entry).map_err(|error| anyhow!("{error}")).context("the stylesheet")?;
    sheet.minify(MinifyOptions::default()).map_err(|error| anyhow!("{error}")).context("the stylesheet")?;
    let printed = sheet
        .to_css(PrinterOptions {
            minify: true,
            analyze_dependencies: Some(DependencyOptions { remove_imports: false }),
            ..PrinterOptions::default()
        })
        .map_err(|error| anyhow!("{error}"))?;
    let mut css = printed.code;
    for dependency in printed.dependencies.unwrap_or_default() {
        let Dependency::Url(found) = dependency else { bail!("the stylesheet imports from another server") };
        // Files carry a hash in their name, which a stylesheet cannot know.
        if !found.url.starts_with("data:") && !found.url.starts_with('#') {
            bail!("{} refers to {}: only data: addresses work in a stylesheet", found.loc.file_path, found.url);
        }
        css = css.replace(&found.placeholder, &found.url);
    }
    Ok(css)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundled(name: &str, files: &[(&str, &str)]) -> Result<String> {
        let folder = std::env::temp_dir().join(format!("xtask-style-{}-{name}", std::process::id()));
        for (path, text) in files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let css = bundle(&folder.join("main.css"));
        std::fs::remove_dir_all(folder).unwrap();
        css
    }

    #[test]
    fn imports_become_one_small_file_in_their_layers() {
        let css = bundled(
            "imports",
            &[
                (
                    "main.css",
                    "@layer base, pages;\n@import url(\"a.css\") layer(base);\n@import 'b/c.css' layer(pages);",
                ),
                ("a.css", "/* gone */ p { color: var(--text);\n }"),
                ("b/c.css", "h1 { margin: 0px }"),
            ],
        );
        assert_eq!(css.unwrap(), "@layer base{p{color:var(--text)}}@layer pages{h1{margin:0}}");
    }

    #[test]
    fn what_browsers_of_today_know_is_left_alone() {
        let css = bundled("modern", &[("main.css", "a { color: light-dark(#111111, #eee); & b { inset: 0 } }")]);
        assert_eq!(css.unwrap(), "a{color:light-dark(#111,#eee);& b{inset:0}}");
    }

    #[test]
    fn data_addresses_survive_and_files_are_refused() {
        let css = bundled("data", &[("main.css", "a { background: url(\"data:image/png;base64,AA==\") }")]).unwrap();
        assert!(css.contains("data:image/png;base64,AA=="), "{css}");
        let error = bundled("file", &[("main.css", "a { background: url(\"arrow.svg\") }")]).unwrap_err().to_string();
        assert!(error.contains("arrow.svg"), "{error}");
    }

    #[test]
    fn a_missing_import_says_which() {
        let error = bundled("missing", &[("main.css", "@import 'absent.css';")]).unwrap_err();
        assert!(format!("{error:#}").contains("main.css") || format!("{error:#}").contains("absent.css"), "{error:#}");
    }
}
