//! Parses JSON bodies into types. Each type parses its part of the body and adds all its faults to
//! [`Faults`], so that the client gets every fault at once. docs/adr/0005 explains why neither
//! serde nor another crate does this.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use shared::ids::{CommentId, MediaId};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{ApiResult, At, Faults, malformed};

/// A type that can be parsed from a body.
pub trait FromJson: Sized {
    /// The value; `None` if a fault leaves no value.
    fn from_json(json: &RawValue, at: At<'_>, faults: &mut Faults) -> Option<Self>;

    /// The value of an absent member.
    fn absent(at: At<'_>, faults: &mut Faults) -> Option<Self> {
        faults.add(at, "required", "this field is required");
        None
    }
}

/// A value with its faults, for an action that checks the valid parts further.
pub struct ValueWithFaults<T> {
    pub value: T,
    pub faults: Faults,
}

/// The members of an object that are not parsed yet.
pub struct Members<'a> {
    at: At<'a>,
    members: Vec<(String, &'a RawValue)>,
}

/// Parses the body as `T`: 400 if it is not JSON, 422 with all faults, including earlier ones.
pub fn parse<T: FromJson>(body: &[u8], mut faults: Faults) -> ApiResult<T> {
    let text = std::str::from_utf8(body).map_err(|_| malformed())?;
    let json: &RawValue = serde_json::from_str(text).map_err(|_| malformed())?;
    match T::from_json(json, At::Body, &mut faults) {
        Some(value) if faults.is_empty() => Ok(value),
        _ => Err(faults.into()),
    }
}

impl FromJson for String {
    fn from_json(json: &RawValue, at: At<'_>, faults: &mut Faults) -> Option<Self> {
        if !json.get().starts_with('"') {
            return faults.wrong_type(at, "a string");
        }
        faults.decode(json)
    }
}

impl FromJson for bool {
    fn from_json(json: &RawValue, at: At<'_>, faults: &mut Faults) -> Option<Self> {
        match json.get() {
            "true" => Some(true),
            "false" => Some(false),
            _ => faults.wrong_type(at, "true or false"),
        }
    }
}

/// Null and absent are both `None`.
impl<T: FromJson> FromJson for Option<T> {
    fn from_json(json: &RawValue, at: At<'_>, faults: &mut Faults) -> Option<Self> {
        match json.get() {
            "null" => Some(None),
            _ => T::from_json(json, at, faults).map(Some),
        }
    }

    fn absent(_: At<'_>, _: &mut Faults) -> Option<Self> {
        Some(None)
    }
}

/// A field of a patch, which may be absent but not null.
pub struct PatchField<T>(pub Option<T>);

impl<T: FromJson> FromJson for PatchField<T> {
    fn from_json(json: &RawValue, at: At<'_>, faults: &mut Faults) -> Option<Self> {
        T::from_json(json, at, faults).map(|value| Self(Some(value)))
    }

    fn absent(_: At<'_>, _: &mut Faults) -> Option<Self> {
        Some(Self(None))
    }
}

/// The items of a list. Items with faults are `None`.
pub fn read_items<T: FromJson>(
    json: &RawValue,
    at: At<'_>,
    faults: &mut Faults,
) -> Option<Vec<Option<T>>> {
    if !json.get().starts_with('[') {
        return faults.wrong_type(at, "a list");
    }
    let items: Vec<&RawValue> = faults.decode(json)?;
    let mut read = Vec::new();
    for (position, json) in items.into_iter().enumerate() {
        // The list is refused anyway, and it must not cost more than its answer.
        if faults.is_full() {
            break;
        }
        read.push(T::from_json(json, At::Item(&at, position), faults));
    }
    Some(read)
}

impl<T: FromJson> FromJson for ValueWithFaults<T> {
    fn from_json(json: &RawValue, at: At<'_>, faults: &mut Faults) -> Option<Self> {
        // The faults of a form that holds the body belong to the value, too.
        let mut own = std::mem::take(faults);
        let value = T::from_json(json, at, &mut own);
        let (value, faults) = own.beside(value, faults)?;
        Some(Self { value, faults })
    }
}

/// It has the schema of its value.
impl<T: PartialSchema> PartialSchema for ValueWithFaults<T> {
    fn schema() -> RefOr<Schema> {
        T::schema()
    }
}

impl<T: ToSchema> ToSchema for ValueWithFaults<T> {
    fn name() -> Cow<'static, str> {
        T::name()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

macro_rules! id_from_json {
    ($($id:ident),+) => {$(
        impl FromJson for $id {
            fn from_json(json: &RawValue, at: At<'_>, faults: &mut Faults) -> Option<Self> {
                let id = String::from_json(json, at, faults)?.parse();
                id.ok().or_else(|| faults.wrong_type(at, "an id"))
            }
        }
    )+};
}

id_from_json!(CommentId, MediaId);

impl<'a> Members<'a> {
    /// The members of an object. Duplicate names are a fault.
    pub fn of(json: &'a RawValue, at: At<'a>, faults: &mut Faults) -> Option<Self> {
        if !json.get().starts_with('{') {
            return faults.wrong_type(at, "an object");
        }
        let Pairs(mut members) = faults.decode(json)?;
        let mut names = HashSet::new();
        members.retain(|(name, _)| {
            let is_first = names.insert(name.clone());
            if !is_first {
                let detail = "this field occurs more than once";
                faults.add(At::Member(&at, name), "duplicate_field", detail);
            }
            is_first
        });
        Some(Self { at, members })
    }

    /// Takes the member with this name. `None` if it has faults, or is required and absent.
    pub fn take<T: FromJson>(&mut self, name: &str, faults: &mut Faults) -> Option<T> {
        let found = self.find(name);
        let at = At::Member(&self.at, name);
        match found {
            Some(json) => T::from_json(json, at, faults),
            None => T::absent(at, faults),
        }
    }

    /// The same with a default for an absent member.
    pub fn take_or<T: FromJson>(&mut self, name: &str, or: T, faults: &mut Faults) -> Option<T> {
        match self.find(name) {
            Some(json) => T::from_json(json, At::Member(&self.at, name), faults),
            None => Some(or),
        }
    }

    /// Adds a fault for each remaining member.
    pub fn refuse_rest(self, faults: &mut Faults) {
        for (name, _) in &self.members {
            let at = At::Member(&self.at, name);
            faults.add(at, "unknown_field", "this field does not exist");
        }
    }

    fn find(&mut self, name: &str) -> Option<&'a RawValue> {
        let position = self.members.iter().position(|(other, _)| other == name)?;
        Some(self.members.remove(position).1)
    }
}

/// The most members of an object, so that a body takes little more memory than its bytes.
const MAX_MEMBERS: usize = 4_096;

/// An object with all its members, duplicates included.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    if pairs.len() == MAX_MEMBERS {
                        return Err(A::Error::custom("too many members"));
                    }
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        from.deserialize_map(Reader)
    }
}

/// Parses a struct from an object by its field names: `from_json! { NewPost { text, media =
/// Vec::new() } }` requires `text`. In a `patch` (RFC 7396) every field may be absent, and none may
/// be null. In a `partial` struct a field with faults is `None`.
macro_rules! from_json {
    (patch $body:ident { $($field:ident),* $(,)? }) => {
        $crate::http::from_json!(@read $body members faults {
            $(let $field = members.take::<$crate::http::PatchField<_>>(stringify!($field), faults);)*
            members.refuse_rest(faults);
            Some(Self { $($field: $field?.0),* })
        });
    };
    (partial $body:ident { $($field:ident),* $(,)? }) => {
        $crate::http::from_json!(@read $body members faults {
            $(let $field = members.take(stringify!($field), faults);)*
            members.refuse_rest(faults);
            Some(Self { $($field),* })
        });
    };
    (@read $body:ident $members:ident $faults:ident $read:block) => {
        impl $crate::http::FromJson for $body {
            fn from_json(
                json: &serde_json::value::RawValue,
                at: $crate::http::At<'_>,
                $faults: &mut $crate::http::Faults,
            ) -> Option<Self> {
                let mut $members = $crate::http::Members::of(json, at, $faults)?;
                $read
            }
        }
    };
    (@take $members:ident $faults:ident $field:ident) => {
        $members.take(stringify!($field), $faults)
    };
    (@take $members:ident $faults:ident $field:ident $default:expr) => {
        $members.take_or(stringify!($field), $default, $faults)
    };
    ($body:ident { $($field:ident $(= $default:expr)?),* $(,)? }) => {
        $crate::http::from_json!(@read $body members faults {
            $(let $field = $crate::http::from_json!(@take members faults $field $($default)?);)*
            members.refuse_rest(faults);
            Some(Self { $($field: $field?),* })
        });
    };
}
pub(crate) use from_json;

#[cfg(test)]
mod tests;
