//! Numbers as the columns have them.

/// These numbers were checked earlier (pixels, bit rates, four hours); none comes near a bound.
pub(super) fn saturate<To: TryFrom<From> + Default, From>(number: From) -> To {
    To::try_from(number).unwrap_or_default()
}
