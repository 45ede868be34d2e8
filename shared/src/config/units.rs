//! Sizes and durations in human notation: `8GiB`, `15m`, `1h30m`.
//!
//! Durations are plain [`std::time::Duration`]s, parsed by [`duration`]. Sizes are a type of their
//! own, because a bare number of bytes is hard to read in a configuration.

use std::{fmt, str::FromStr, time::Duration};

/// Units of [`duration`] in milliseconds, the longest spelling first.
const TIME_UNITS: [(&str, u64); 6] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
    ("w", 604_800_000),
];

/// Units of [`ByteSize`], the largest first so that `Display` finds the shortest form.
const SIZE_UNITS: [(&str, u64); 9] = [
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1_000),
    ("B", 1),
];

/// A number or a unit that cannot be parsed. The text says what is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// Neither a size nor a bare number of bytes.
    #[error("write a size such as 512KiB, 8GiB or a number of bytes")]
    Size,
    /// Not a sequence of numbers with units.
    #[error("write a duration such as 500ms, 20s, 15m, 1h30m or 7d")]
    Duration,
    /// Neither on nor off.
    #[error("write on or off")]
    Switch,
    /// The number does not fit into 64 bits.
    #[error("the number is too large")]
    TooLarge,
}

/// A number of bytes, written `8GiB`, `32KiB`, `1GB` or as a bare number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(pub u64);

impl ByteSize {
    /// The size in bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }

    /// The size in bytes as a length in memory; saturates if `usize` is smaller.
    pub fn as_usize(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl FromStr for ByteSize {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let (number, unit) = split_number(text.trim()).ok_or(UnitError::Size)?;
        let factor = match unit.trim_start() {
            "" => 1,
            unit => {
                let known = SIZE_UNITS
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case(unit));
                known.ok_or(UnitError::Size)?.1
            }
        };
        let number: u64 = number.parse().map_err(|_| UnitError::TooLarge)?;
        number
            .checked_mul(factor)
            .map(Self)
            .ok_or(UnitError::TooLarge)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = |unit: u64| self.0 >= unit && self.0.is_multiple_of(unit);
        match SIZE_UNITS.iter().find(|(_, unit)| whole(*unit)) {
            Some((name, unit)) => write!(f, "{}{name}", self.0 / unit),
            None => write!(f, "{}B", self.0),
        }
    }
}

/// Parses a duration: one or more numbers, each with a unit (`ms s m h d w`). `0` needs no unit.
pub fn duration(text: &str) -> Result<Duration, UnitError> {
    let mut rest = text.trim();
    if rest == "0" {
        return Ok(Duration::ZERO);
    }
    if rest.is_empty() {
        return Err(UnitError::Duration);
    }
    let mut total_ms: u64 = 0;
    while !rest.is_empty() {
        let (number, after) = split_number(rest).ok_or(UnitError::Duration)?;
        let end = after
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(after.len());
        let (name, next) = after.split_at(end);
        let unit = TIME_UNITS.iter().find(|(known, _)| *known == name);
        let factor = unit.ok_or(UnitError::Duration)?.1;
        let number: u64 = number.parse().map_err(|_| UnitError::TooLarge)?;
        let part = number.checked_mul(factor).ok_or(UnitError::TooLarge)?;
        total_ms = total_ms.checked_add(part).ok_or(UnitError::TooLarge)?;
        rest = next.trim_start();
    }
    Ok(Duration::from_millis(total_ms))
}

/// Parses a switch: on or off, 1 or 0, true or false, yes or no.
pub fn switch(text: &str) -> Result<bool, UnitError> {
    match text.to_ascii_lowercase().as_str() {
        "on" | "1" | "true" | "yes" => Ok(true),
        "off" | "0" | "false" | "no" => Ok(false),
        _ => Err(UnitError::Switch),
    }
}

/// Splits off the leading digits; `None` if there are none.
fn split_number(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_and_without_units() {
        for (text, bytes) in [
            ("0", 0),
            ("17", 17),
            ("8GiB", 8 << 30),
            ("32kib", 32 << 10),
            ("1 GB", 1_000_000_000),
        ] {
            assert_eq!(text.parse(), Ok(ByteSize(bytes)), "{text}");
        }
    }

    #[test]
    fn sizes_that_mean_nothing_are_refused() {
        for text in ["", "GiB", "1.5GiB", "-1", "8GiBs", "8 potatoes"] {
            assert_eq!(text.parse::<ByteSize>(), Err(UnitError::Size), "{text}");
        }
        assert_eq!("99999999TiB".parse::<ByteSize>(), Err(UnitError::TooLarge));
    }

    #[test]
    fn a_size_prints_in_its_largest_whole_unit() {
        for text in ["8GiB", "32KiB", "1025B", "3MB", "0B"] {
            assert_eq!(text.parse::<ByteSize>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn durations_are_read_with_their_units() {
        for (text, ms) in [
            ("0", 0),
            ("500ms", 500),
            ("20s", 20_000),
            ("1h30m", 5_400_000),
            ("7d", 604_800_000),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_millis(ms)), "{text}");
        }
    }

    #[test]
    fn durations_without_a_known_unit_are_refused() {
        for text in ["", "20", "s", "15 parsecs", "1h30", "1.5h"] {
            assert_eq!(duration(text), Err(UnitError::Duration), "{text}");
        }
        assert_eq!(duration("99999999999999999999w"), Err(UnitError::TooLarge));
    }
}
