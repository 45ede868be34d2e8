//! JSON merge patches (RFC 7396) of resources none of whose fields can be null.

use serde::{Deserialize, Deserializer};

/// For `#[serde(default, deserialize_with = "given")]`: absent is `None`, a value is `Some`, and
/// null is a value of the wrong type.
pub fn given<'de, T, D>(from: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(from).map(Some)
}
