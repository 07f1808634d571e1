//! The filters of the log as they stand in an address.

use app::pages::LogFilters;
use serde::Deserialize;
use store::events::{Action, Filter, Outcome, Place};
use store::{IntegrationId, TokenId};

use super::Known;
use crate::console::day::{day, day_after};
use crate::console::ignored::Ignored;

/// The outcomes that somebody has to look at.
const PROBLEMS: &str = "problems";

/// What an address asks for. What means nothing in it counts as not asked, and is told by [`LogQuery::ignored`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(in crate::console) struct LogQuery {
    q: String,
    outcome: String,
    action: String,
    via: String,
    from: String,
    to: String,
    correlation: String,
    before: String,
    pub(super) after: String,
    /// Of an export.
    pub(super) format: String,
}

impl LogQuery {
    pub(super) fn filter(&self, known: &Known) -> Filter {
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let via = text(&self.via);
        let integration = via.clone().filter(|id| known.integrations.iter().any(|known| known.id.as_str() == id));
        Filter {
            outcomes: match self.outcome.as_str() {
                PROBLEMS => vec![Outcome::Failure, Outcome::Refused],
                word => Outcome::parse(word).into_iter().collect(),
            },
            action: Action::parse(&self.action),
            search: text(&self.q),
            token: via.filter(|_| integration.is_none()).map(TokenId),
            integration: integration.map(IntegrationId),
            resource: None,
            correlation: text(&self.correlation),
            from: day(&self.from),
            until: day_after(&self.to),
        }
    }

    /// What was asked in vain.
    pub(super) fn ignored(&self, known: &Known) -> Vec<String> {
        let mut ignored = Ignored::default();
        ignored.word("Outcome", &self.outcome, self.outcome == PROBLEMS || Outcome::parse(&self.outcome).is_some());
        ignored.word("Action", &self.action, Action::parse(&self.action).is_some());
        let integration = known.integrations.iter().any(|known| known.id.as_str() == self.via);
        ignored.word("Through", &self.via, integration || known.tokens.contains_key(&self.via));
        ignored.day("From", &self.from);
        ignored.day("To", &self.to);
        ignored.0
    }

    pub(super) fn place(&self) -> Place {
        match (self.before.as_str(), self.after.as_str()) {
            ("", "") => Place::Newest,
            ("", after) => Place::After(after.to_owned()),
            (before, _) => Place::Before(before.to_owned()),
        }
    }

    pub(super) fn filters(&self, known: &Known) -> LogFilters {
        let mut vias = vec![(String::new(), "Any".to_owned())];
        for integration in &known.integrations {
            vias.push((integration.id.0.clone(), integration.provider.name().to_owned()));
            let mut tokens: Vec<_> =
                known.tokens.values().filter(|token| token.integration_id == integration.id).collect();
            tokens.sort_by(|one, other| other.id.cmp(&one.id));
            let named = |name: &str, last_four: &str| format!("{} · {name} …{last_four}", integration.provider.name());
            vias.extend(tokens.iter().map(|token| (token.id.0.clone(), named(&token.label, &token.last_four))));
        }
        LogFilters {
            search: self.q.clone(),
            outcome: self.outcome.clone(),
            action: self.action.clone(),
            via: self.via.clone(),
            vias,
            from: self.from.clone(),
            until: self.to.clone(),
            correlation: self.correlation.clone(),
        }
    }

    /// The list's address with these filters and something more.
    pub(super) fn address(&self, more: &[(&str, &str)]) -> String {
        self.path("/provisioning-log", more)
    }

    pub(super) fn path(&self, path: &str, more: &[(&str, &str)]) -> String {
        let filters = [
            ("q", self.q.trim()),
            ("outcome", &self.outcome),
            ("action", &self.action),
            ("via", &self.via),
            ("from", &self.from),
            ("to", &self.to),
            ("correlation", &self.correlation),
        ];
        let pairs: Vec<_> = filters.iter().chain(more).filter(|(_, value)| !value.is_empty()).collect();
        match serde_urlencoded::to_string(pairs) {
            Ok(query) if !query.is_empty() => format!("{path}?{query}"),
            _ => path.to_owned(),
        }
    }
}
