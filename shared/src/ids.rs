//! Ids, each with a type of its own, so that they cannot be confused.
//!
//! Social rows have integers made by Postgres. Uploads, media, jobs and sessions have UUIDv7, made
//! here: ordered by time, and with all 74 free bits random, so that an id reveals nothing about its
//! neighbours.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// A UUIDv7 of the current time. `Uuid::now_v7` counts within a millisecond, so that neighbours
/// could be guessed; this function draws every free bit.
fn random_v7() -> Uuid {
    let millis = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000;
    let mut free = [0; 10];
    // 14 bytes of a v4 are fully random; these are ten of them.
    let random = Uuid::new_v4().as_u128().to_be_bytes();
    let sources = random.iter().take(6).chain(random.iter().skip(12));
    free.iter_mut()
        .zip(sources)
        .for_each(|(to, from)| *to = *from);
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(millis).unwrap_or(0), &free).into_uuid()
}

/// An id in the API's description: a string with one canonical form.
#[cfg(feature = "openapi")]
macro_rules! described {
    ($name:ident, $pattern:literal) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                let text = utoipa::openapi::schema::Type::String;
                let object = utoipa::openapi::Object::builder().schema_type(text);
                object.pattern(Some($pattern)).into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

/// In JSON, ids are opaque strings in the same canonical form as in URLs.
macro_rules! string_in_json {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::Type)]
        #[sqlx(transparent)]
        pub struct $name(pub Uuid);

        string_in_json!($name);

        impl $name {
            /// A new id: ordered by time to the millisecond, unguessable within it.
            #[must_use]
            pub fn generate() -> Self {
                Self(random_v7())
            }
        }

        #[cfg(feature = "openapi")]
        described!($name, "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$");

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Only the canonical form (lower case, hyphens), so that each resource has one URL.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let id = Uuid::try_parse(text).map_err(|_| InvalidId)?;
                let canonical = id.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text;
                canonical.then_some(Self(id)).ok_or(InvalidId)
            }
        }
    };
}

macro_rules! integer_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::Type)]
        #[sqlx(transparent)]
        pub struct $name(pub i64);

        string_in_json!($name);

        #[cfg(feature = "openapi")]
        described!($name, "^[1-9][0-9]{0,18}$");

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Only what `Display` writes for a positive number: no sign, no leading zero.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                match text.parse::<i64>() {
                    Ok(id) if id > 0 && text == id.to_string() => Ok(Self(id)),
                    _ => Err(InvalidId),
                }
            }
        }

    };
}

/// The text is not an id of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id")]
pub struct InvalidId;

uuid_id!(
    /// An upload; the media item that it becomes has the same value.
    UploadId
);
uuid_id!(
    /// A media item; the id of the upload that it came with.
    MediaId
);
uuid_id!(
    /// A job of the queue.
    JobId
);
uuid_id!(
    /// A set: everything that one job published for a media item. It is the id of that job.
    SetId
);
uuid_id!(
    /// A session with its refresh tokens.
    SessionId
);
uuid_id!(
    /// A process that receives uploads. It keeps its id over a restart.
    NodeId
);
integer_id!(
    /// A user.
    UserId
);
integer_id!(
    /// A post.
    PostId
);
integer_id!(
    /// A comment, or a reply to one.
    CommentId
);

impl From<UploadId> for MediaId {
    fn from(id: UploadId) -> Self {
        Self(id.0)
    }
}

impl From<MediaId> for UploadId {
    fn from(id: MediaId) -> Self {
        Self(id.0)
    }
}

impl From<JobId> for SetId {
    fn from(id: JobId) -> Self {
        Self(id.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_ids_are_version_7_of_now_and_differ_in_all_free_bits() {
        let ids: Vec<Uuid> = (0..64).map(|_| UploadId::generate().0).collect();
        let varied = ids.iter().fold([0u8; 16], |mut seen, id| {
            for (bits, (a, b)) in seen
                .iter_mut()
                .zip(id.as_bytes().iter().zip(ids[0].as_bytes()))
            {
                *bits |= a ^ b;
            }
            seen
        });
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
        assert_eq!(varied[6], 0x0f, "four free bits beside the version");
        assert_eq!(varied[8], 0x3f, "six free bits beside the variant");
        assert!(
            varied[9..]
                .iter()
                .chain([&varied[7]])
                .all(|bits| *bits == 0xff)
        );
    }

    #[test]
    fn only_the_canonical_form_of_an_id_is_read() {
        let id = UploadId::generate();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!(id.to_string().to_uppercase().parse::<UploadId>().is_err());
        assert!(id.0.simple().to_string().parse::<UploadId>().is_err());
        let in_json = |text: &str| serde_json::from_value::<UploadId>(text.into());
        assert_eq!(in_json(&id.to_string()).unwrap(), id);
        assert!(in_json(&id.to_string().to_uppercase()).is_err());
        assert!(in_json(&id.0.braced().to_string()).is_err());
        for text in ["", "0", "-1", "+1", "01", "1 ", "9223372036854775808", "x"] {
            assert_eq!(text.parse::<PostId>(), Err(InvalidId), "{text:?}");
        }
        assert_eq!("17".parse(), Ok(PostId(17)));
    }
}
