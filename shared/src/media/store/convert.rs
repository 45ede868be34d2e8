//! Numbers as the columns have them.

/// The number in the column's type. These numbers were checked earlier (pixels, bit rates, four
/// hours), so all fit; one that did not would become 0.
pub(super) fn convert_or_zero<To: TryFrom<From> + Default, From>(number: From) -> To {
    To::try_from(number).unwrap_or_default()
}
