//! Durations as people write them on the command line.

use time::Duration;

/// How long a token works; `None` is for ever.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lifetime(pub(super) Option<Duration>);

/// Reads a lifetime: a duration, or `never`.
pub(super) fn lifetime(text: &str) -> Result<Lifetime, String> {
    if text == "never" {
        return Ok(Lifetime(None));
    }
    let duration = duration(text)?;
    if duration.is_positive() { Ok(Lifetime(Some(duration))) } else { Err("it must be longer than nothing".to_owned()) }
}

/// Reads a duration: a number with a unit, or `0`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let unit = text.chars().last().unwrap_or_default();
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ if text == "0" => return Ok(Duration::ZERO),
        _ => return Err("write a number with s, m, h or d, as in 24h".to_owned()),
    };
    let number: u32 =
        text[..text.len() - 1].parse().map_err(|_| "write a number with s, m, h or d, as in 24h".to_owned())?;
    Some(Duration::seconds(i64::from(number) * seconds))
        .filter(|duration| *duration <= Duration::days(3_650))
        .ok_or_else(|| "at most 3650d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("24h"), Ok(Duration::hours(24)));
        assert_eq!(duration("7d"), Ok(Duration::days(7)));
        assert_eq!(duration("0"), Ok(Duration::ZERO));
        for wrong in ["", "h", "24", "-1h", "1y", "99999999d", "ü"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert!(lifetime("0s").is_err() && lifetime("never").is_ok_and(|lifetime| lifetime.0.is_none()));
    }
}

#[cfg(test)]
mod fuzz {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_a_duration_or_none(text in "[0-9]{0,12}[smhd]?|\\PC{0,20}") {
            if let Ok(duration) = duration(&text) {
                prop_assert!(duration >= Duration::ZERO && duration <= Duration::days(3_650));
            }
            let _ = lifetime(&text);
        }
    }
}
