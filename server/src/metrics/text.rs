//! Prometheus's text format, version 0.0.4.

use std::fmt::{Display, Write};

/// Lines of metrics.
#[derive(Default)]
pub(super) struct Text(String);

impl Text {
    pub(super) fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    pub(super) fn sample(&mut self, name: &str, labels: &str, value: impl Display) {
        let _ = if labels.is_empty() {
            writeln!(self.0, "{name} {value}")
        } else {
            writeln!(self.0, "{name}{{{labels}}} {value}")
        };
    }

    pub(super) fn single(&mut self, name: &str, kind: &str, help: &str, value: u64) {
        self.head(name, kind, help);
        self.sample(name, "", value);
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// A label's value.
pub(super) fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_prometheus_reads_them() {
        let mut text = Text::default();
        text.single("a_total", "counter", "Help.", 7);
        text.sample("b", "x=\"1\"", 0.5);
        assert_eq!(text.finish(), "# HELP a_total Help.\n# TYPE a_total counter\na_total 7\nb{x=\"1\"} 0.5\n");
        assert_eq!(escaped("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
    }
}
