//! Operators and literals, by the type of the attribute they are applied to.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Condition, Scalar, Source, Test};
use crate::filter::{Literal, Operator};
use crate::fold::fold;
use crate::path::AttributePath;
use crate::schema::{Attribute, Kind};
use crate::{ScimError, coerce};

/// One comparison. What cannot be evaluated is refused: an answer of nobody would make a provider create everybody anew.
pub(super) fn compare(
    source: Source,
    attribute: &Attribute,
    path: &AttributePath,
    operator: Operator,
    literal: &Literal,
) -> Result<Condition, ScimError> {
    let negate = |condition| Condition::Not(Box::new(condition));
    if *literal == Literal::Null {
        return match operator {
            Operator::Eq => Ok(negate(Condition::Test(source, Test::Present))),
            Operator::Ne => Ok(Condition::Test(source, Test::Present)),
            _ => Err(ScimError::invalid_filter(format!("{path}: null can only be compared with eq and ne."))),
        };
    }
    let scalar = scalar(attribute, path, literal, &source)?;
    let textual = || match &scalar {
        Scalar::Text(text) if attribute.kind != Kind::DateTime => Ok(text.clone()),
        _ => Err(ScimError::invalid_filter(format!(
            "{path}: {} compares text, and this attribute is none.",
            operator.keyword()
        ))),
    };
    let ordered = || match (&scalar, attribute.kind) {
        (Scalar::Boolean(_), _) | (_, Kind::Binary) => Err(ScimError::invalid_filter(format!(
            "{path}: {} cannot be used with a {}.",
            operator.keyword(),
            attribute.kind.name()
        ))),
        _ => Ok(scalar.clone()),
    };
    let test = match operator {
        Operator::Eq => Test::Equals(scalar),
        Operator::Ne => return Ok(negate(Condition::Test(source, Test::Equals(scalar)))),
        Operator::Co => Test::Contains(textual()?),
        Operator::Sw => Test::StartsWith(textual()?),
        Operator::Ew => Test::EndsWith(textual()?),
        Operator::Gt => Test::Greater(ordered()?, false),
        Operator::Ge => Test::Greater(ordered()?, true),
        Operator::Lt => Test::Less(ordered()?, false),
        Operator::Le => Test::Less(ordered()?, true),
    };
    Ok(Condition::Test(source, test))
}

fn scalar(
    attribute: &Attribute,
    path: &AttributePath,
    literal: &Literal,
    source: &Source,
) -> Result<Scalar, ScimError> {
    let wrong =
        |wanted: &str| ScimError::invalid_filter(format!("{path}: compare it with {wanted}, not with {literal}."));
    match (attribute.kind, literal) {
        (Kind::Boolean, Literal::Boolean(value)) => Ok(Scalar::Boolean(*value)),
        (Kind::Boolean, Literal::Text(text)) => {
            coerce::read_boolean(text).map(Scalar::Boolean).ok_or_else(|| wrong("true or false"))
        }
        (Kind::Boolean, _) => Err(wrong("true or false")),
        (Kind::Integer | Kind::Decimal, Literal::Number(number)) => Ok(Scalar::Number(*number)),
        (Kind::Integer | Kind::Decimal, Literal::Text(text)) => {
            serde_json::from_str(text).map(Scalar::Number).map_err(|_| wrong("a number"))
        }
        (Kind::Integer | Kind::Decimal, _) => Err(wrong("a number")),
        (Kind::DateTime, Literal::Text(text)) if matches!(source, Source::Created | Source::LastModified) => {
            OffsetDateTime::parse(text, &Rfc3339)
                .ok()
                .and_then(|instant| i64::try_from(instant.unix_timestamp_nanos().div_euclid(1_000_000)).ok())
                .map(Scalar::Instant)
                .ok_or_else(|| wrong("a date and time such as \"2026-11-23T09:00:00Z\""))
        }
        (Kind::DateTime, Literal::Text(text)) => coerce::instant(text)
            .map(Scalar::Text)
            .ok_or_else(|| wrong("a date and time such as \"2026-11-23T09:00:00Z\"")),
        (Kind::DateTime, _) => Err(wrong("a date and time in quotation marks")),
        (Kind::Complex, _) => Err(ScimError::invalid_filter(format!("{path}: name one of its sub-attributes."))),
        // An unquoted number or word before a text attribute is text: `externalId eq 4711`.
        (_, literal) => {
            let text = match literal {
                Literal::Text(text) => text.clone(),
                other => other.to_string(),
            };
            Ok(Scalar::Text(if attribute.case_exact { text } else { fold(&text) }))
        }
    }
}
