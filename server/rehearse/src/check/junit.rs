//! The findings for build servers.

use std::fmt::Write;

use super::{Fault, Finding, Outcome};

/// JUnit's XML: an area is a class, a check a test case. Warnings are passed cases with output.
pub fn junit(findings: &[Finding]) -> String {
    let count = |outcome: fn(&Outcome) -> bool| findings.iter().filter(|finding| outcome(&finding.outcome)).count();
    let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
    let skipped = count(|outcome| matches!(outcome, Outcome::Skipped(_)));
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        text,
        "<testsuite name=\"spaceiq check\" tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"{skipped}\">",
        findings.len()
    );
    for finding in findings {
        let (area, _) = finding.check.id.split_once('.').unwrap_or((finding.check.id, ""));
        let _ = write!(
            text,
            "  <testcase classname=\"{}\" name=\"{}: {}\"",
            escape(area),
            escape(finding.check.id),
            escape(finding.check.title)
        );
        let _ = match &finding.outcome {
            Outcome::Passed => writeln!(text, "/>"),
            Outcome::Skipped(reason) => writeln!(text, "><skipped message=\"{}\"/></testcase>", escape(reason)),
            Outcome::Warned(fault) => {
                writeln!(text, "><system-out>{}</system-out></testcase>", escape(&words(finding, fault)))
            }
            Outcome::Failed(fault) => writeln!(
                text,
                "><failure message=\"{}\">{}</failure></testcase>",
                escape(&fault.expected),
                escape(&words(finding, fault))
            ),
        };
    }
    text.push_str("</testsuite>\n");
    text
}

fn words(finding: &Finding, fault: &Fault) -> String {
    format!("sent: {}\ncame: {}\nexpected: {}\nrule: {}", fault.sent, fault.came, fault.expected, finding.check.rule)
}

/// XML 1.0 §2.2 and §2.4: control characters are not allowed at all.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(letter),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::checks;

    #[test]
    fn failures_are_written_down_and_escaped() {
        let fault = Fault { sent: "GET <x>".to_owned(), came: "a\u{0}&b".to_owned(), expected: "\"x\"".to_owned() };
        let outcomes = [
            Outcome::Passed,
            Outcome::Failed(fault.clone()),
            Outcome::Warned(fault),
            Outcome::Skipped("why".to_owned()),
        ];
        let findings: Vec<Finding> =
            checks().zip(outcomes).map(|(check, outcome)| Finding { check, outcome }).collect();
        let text = junit(&findings);
        assert!(text.contains("tests=\"4\" failures=\"1\" errors=\"0\" skipped=\"1\""), "{text}");
        assert!(text.contains("GET &lt;x&gt;") && text.contains("a\u{fffd}&amp;b") && text.contains("&quot;x&quot;"));
    }

    #[test]
    fn checks_have_names_of_their_own() {
        let ids: std::collections::HashSet<_> = checks().map(|check| check.id).collect();
        assert_eq!(ids.len(), checks().count());
        assert!(checks().all(|check| check.id.contains('.') && !check.rule.is_empty()));
    }
}
