//! Texts in requests. Each type of text has a [`TextRule`] with its bounds, faults and schema. A
//! [`Text`] always satisfies its rule, because only its constructor creates one.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::ops::{Deref, RangeInclusive};

use serde_json::value::RawValue;
use shared::text::{self, Lines};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::{At, Faults, FromJson, TextFault, is_blank};

/// The rule for one type of text.
pub trait TextRule {
    /// The name of the schema.
    const NAME: &'static str;
    /// The allowed number of characters: Unicode code points of the normalized text.
    const CHARS: RangeInclusive<usize>;
    /// A regular expression for the schema only. `faults` checks what it cannot express.
    const PATTERN: Option<&'static str> =
        Some(r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]*$");
    /// For the schema: how the text is stored and counted.
    const NOTE: Option<&'static str> = Some(
        "Line breaks become LF and characters are composed (Unicode NFC); the length is counted \
         after that, in code points.",
    );
    const FORMAT: Option<KnownFormat> = None;
    const EXAMPLE: Option<&'static str> = None;

    /// The text as it is checked and stored.
    fn normalized(text: String) -> String {
        text::normalized(&text)
    }

    /// The faults of a normalized text.
    fn faults(text: &str) -> Vec<TextFault> {
        let is_missing = *Self::CHARS.start() > 0 && is_blank(text);
        let required = fault_if(is_missing, "required", "enter a text");
        all([required, Self::too_long(text), Self::refused(text)])
    }

    fn refused(text: &str) -> Option<TextFault> {
        let detail = refused_characters(text, Lines::Many)?;
        fault_if(true, "invalid_text", detail)
    }

    fn is_too_long(text: &str) -> bool {
        text::length(text) > *Self::CHARS.end()
    }

    fn too_long(text: &str) -> Option<TextFault> {
        let (most, length) = (Self::CHARS.end(), text::length(text));
        let detail =
            format!("enter at most {most} characters (code points); this text has {length}");
        fault_if(Self::is_too_long(text), "too_long", detail)
    }
}

/// What to say to the author of a text with refused characters.
pub fn refused_characters(text: &str, lines: Lines) -> Option<String> {
    let refused = text::refused_characters(text, lines)?;
    Some(format!("remove these characters: {refused}"))
}

/// The fault, if the rule is broken.
pub fn fault_if(
    is_broken: bool,
    code: &'static str,
    detail: impl Into<String>,
) -> Option<TextFault> {
    is_broken.then(|| TextFault {
        code,
        detail: detail.into(),
    })
}

/// Postgres text cannot contain NUL.
pub fn with_nul(text: &str) -> Option<TextFault> {
    fault_if(
        text.contains('\0'),
        "invalid_text",
        "remove the NUL characters",
    )
}

/// Collects the faults.
pub fn all<const N: usize>(faults: [Option<TextFault>; N]) -> Vec<TextFault> {
    faults.into_iter().flatten().collect()
}

/// A text that satisfies the rule `R`.
pub struct Text<R>(String, PhantomData<R>);

impl<R: TextRule> Text<R> {
    /// The maximum number of characters.
    pub const MAX_CHARS: usize = *R::CHARS.end();

    /// The normalized text if it satisfies the rule; otherwise adds all its faults.
    pub fn parse(text: String, at: At<'_>, faults: &mut Faults) -> Option<Self> {
        let text = R::normalized(text);
        let found = R::faults(&text);
        let is_good = found.is_empty();
        faults.add_all(at, found);
        is_good.then_some(Self(text, PhantomData))
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

/// A type of text that may be empty, which is also its default.
pub trait MayBeEmpty: TextRule {}

impl<R: MayBeEmpty> Default for Text<R> {
    fn default() -> Self {
        Self(String::new(), PhantomData)
    }
}

impl<R> Deref for Text<R> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<R: TextRule> FromJson for Text<R> {
    fn from_json(json: &RawValue, at: At<'_>, faults: &mut Faults) -> Option<Self> {
        let text = String::from_json(json, at, faults)?;
        Self::parse(text, at, faults)
    }
}

impl<R: TextRule> PartialSchema for Text<R> {
    fn schema() -> RefOr<Schema> {
        let (least, most) = R::CHARS.into_inner();
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(R::NOTE)
            .min_length((least > 0).then_some(least))
            .max_length(Some(most))
            .pattern(R::PATTERN)
            .format(R::FORMAT.map(SchemaFormat::KnownFormat))
            .examples(R::EXAMPLE)
            .into()
    }
}

impl<R: TextRule> ToSchema for Text<R> {
    fn name() -> Cow<'static, str> {
        R::NAME.into()
    }
}
