//! Bars drawn on the server, with the same numbers as a table.
#![expect(clippy::cast_precision_loss, reason = "heights in a drawing are rounded to tenths anyway")]

use leptos::prelude::*;

use super::grouped;

/// Units of the drawing.
const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 72.0;
/// The part of a bar's place that stays free.
const GAP: f64 = 0.25;
/// Nothing that happened is too small to be seen.
const LEAST: f64 = 3.0;

/// One bar: what went well, and above it what did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// The hour or day.
    pub label: String,
    /// All requests.
    pub requests: u64,
    /// Those that failed or were refused.
    pub failures: u64,
}

/// A chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Tells it from others on the page.
    pub id: &'static str,
    /// What it shows.
    pub title: &'static str,
    /// What a bar stands for: `Hour`, `Day`.
    pub unit: &'static str,
    /// The bars, the oldest first.
    pub bars: Vec<Bar>,
}

impl Chart {
    /// The drawing and its table.
    pub fn view(&self) -> AnyView {
        let (title_id, text_id) = (format!("{}-title", self.id), format!("{}-text", self.id));
        let labelled = format!("{title_id} {text_id}");
        let most = self.bars.iter().map(|bar| bar.requests).max().unwrap_or(0).max(1);
        let place = WIDTH / self.bars.len().max(1) as f64;
        let bars = self.bars.iter().enumerate().map(|(index, bar)| bar.draw(index, place, most)).collect_view();
        let end = |bar: Option<&Bar>| bar.map(|bar| bar.label.clone());
        view! {
            <figure class="figure">
                <figcaption>{self.title}</figcaption>
                <svg class="chart" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-labelledby=labelled focusable="false">
                    <title id=title_id>{self.title}</title>
                    <desc id=text_id>{self.words()}</desc>
                    {bars}
                    <line class="axis" x1="0" x2=WIDTH y1=HEIGHT - 0.5 y2=HEIGHT - 0.5></line>
                </svg>
                <div class="ends" aria-hidden="true"><span>{end(self.bars.first())}</span><span>{end(self.bars.last())}</span></div>
                {self.table()}
            </figure>
        }
        .into_any()
    }

    /// The sum of it, for those who do not see it.
    fn words(&self) -> String {
        let sum = |of: fn(&Bar) -> u64| grouped(self.bars.iter().map(of).sum());
        let most = self.bars.iter().max_by_key(|bar| bar.requests).filter(|bar| bar.requests > 0);
        let most = most.map(|bar| {
            format!(" Most in one {}: {} ({}).", self.unit.to_lowercase(), grouped(bar.requests), bar.label)
        });
        let (requests, failures) = (sum(|bar| bar.requests), sum(|bar| bar.failures));
        format!("{requests} requests, of which {failures} failed.{}", most.unwrap_or_default())
    }

    fn table(&self) -> AnyView {
        let row = |bar: &Bar| {
            view! {
                <tr><th scope="row">{bar.label.clone()}</th><td class="right" data-label="Requests">{grouped(bar.requests)}</td>
                    <td class="right" data-label="Failed">{grouped(bar.failures)}</td></tr>
            }
        };
        let rows: Vec<_> = self.bars.iter().rev().filter(|bar| bar.requests > 0).map(row).collect();
        let body = if rows.is_empty() {
            view! { <p class="hint">"There were no requests."</p> }.into_any()
        } else {
            view! {
                <table class="numbers"><caption class="visually-hidden">{self.title}</caption>
                    <thead><tr><th scope="col">{self.unit}</th><th scope="col" class="right">"Requests"</th><th scope="col" class="right">"Failed"</th></tr></thead>
                    <tbody>{rows}</tbody></table>
                <p class="hint">{format!("Each {} without requests is left out.", self.unit.to_lowercase())}</p>
            }
            .into_any()
        };
        view! { <details class="more"><summary>"As a table"<span class="visually-hidden">{format!(": {}", self.title)}</span></summary>{body}</details> }
            .into_any()
    }
}

impl Bar {
    fn draw(&self, index: usize, place: f64, most: u64) -> AnyView {
        let height =
            |number: u64| if number == 0 { 0.0 } else { (number as f64 / most as f64 * (HEIGHT - 2.0)).max(LEAST) };
        let failed = height(self.failures);
        let good = height(self.requests - self.failures.min(self.requests)).min(HEIGHT - failed - 1.0);
        let (x, width) = (index as f64 * place + place * GAP / 2.0, place * (1.0 - GAP));
        let rect = |class: &'static str, y: f64, height: f64| {
            let [x, y, width, height] = [x, y, width, height].map(|number| format!("{number:.1}"));
            view! { <rect class=class x=x y=y width=width height=height rx="1.5"></rect> }
        };
        let good_bar = (good > 0.0).then(|| rect("good", HEIGHT - good, good));
        let bad_bar = (failed > 0.0).then(|| rect("bad", HEIGHT - good - failed - 1.0, failed));
        let words = format!("{}: {} requests, {} failed", self.label, grouped(self.requests), grouped(self.failures));
        view! { <g><title>{words}</title>{good_bar}{bad_bar}</g> }.into_any()
    }
}

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    use super::{Bar, Chart};

    fn chart(numbers: &[(u64, u64)]) -> String {
        let bar = |(hour, (requests, failures)): (usize, &(u64, u64))| Bar {
            label: format!("{hour:02}:00"),
            requests: *requests,
            failures: *failures,
        };
        let bars = numbers.iter().enumerate().map(bar).collect();
        let chart = Chart { id: "day", title: "Requests an hour", unit: "Hour", bars };
        chart.view().to_html().replace("<!>", "").replace("<!---->", "")
    }

    #[test]
    fn the_numbers_are_in_the_words_and_in_the_table() {
        let html = chart(&[(0, 0), (1_200, 3), (5, 5)]);
        assert!(html.contains("1,205 requests, of which 8 failed. Most in one hour: 1,200 (01:00)."), "{html}");
        assert!(html.contains("role=\"img\"") && html.contains("aria-labelledby=\"day-title day-text\""), "{html}");
        assert_eq!((html.matches("<tr>").count(), html.matches("<rect").count()), (3, 3), "{html}");
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn no_requests_are_no_bars() {
        let html = chart(&[(0, 0); 24]);
        assert!(!html.contains("<rect") && html.contains("There were no requests."), "{html}");
    }
}
