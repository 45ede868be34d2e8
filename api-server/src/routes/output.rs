//! The results of operations. Each turns itself into a reply, and describes the success response.

use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::description::{Description, Success};
use crate::http::{
    API_BASE, ApiResult, Created, Page, Reply, Unstored, created, no_content, ok, page, unstored,
};

/// The result of an operation.
pub trait Output {
    /// Sets the success response.
    fn describe(operation: &mut Description);

    /// The reply to the client.
    fn into_reply(self) -> ApiResult<Reply>;
}

/// A type of answers.
pub trait Resource: Serialize + ToSchema {}

/// A type of answers that has a URL of its own.
pub trait Located: Resource {
    /// Its path below [`API_BASE`].
    fn path(&self) -> String;
}

/// The result of an operation that lists either of two types.
pub enum Either<A, B> {
    One(A),
    Other(B),
}

impl Output for () {
    fn describe(operation: &mut Description) {
        operation.success = Success::NoContent;
    }

    fn into_reply(self) -> ApiResult<Reply> {
        Ok(no_content())
    }
}

impl<T: Resource> Output for T {
    fn describe(operation: &mut Description) {
        operation.success = Success::Resource(operation.schemas.add_answer::<T>());
    }

    fn into_reply(self) -> ApiResult<Reply> {
        ok(&self)
    }
}

impl<T: Located> Output for Created<T> {
    fn describe(operation: &mut Description) {
        operation.success = Success::Created(operation.schemas.add_answer::<T>());
    }

    fn into_reply(self) -> ApiResult<Reply> {
        created(&format!("{API_BASE}{}", self.resource.path()), &self)
    }
}

impl<T: Output> Output for Unstored<T> {
    fn describe(operation: &mut Description) {
        T::describe(operation);
    }

    fn into_reply(self) -> ApiResult<Reply> {
        self.0.into_reply().map(unstored)
    }
}

impl<T: Serialize + ToSchema> Output for Page<T> {
    fn describe(operation: &mut Description) {
        operation.success = Success::Page(operation.schemas.add_page::<T>());
    }

    fn into_reply(self) -> ApiResult<Reply> {
        page(&self)
    }
}

impl<A, B> Output for Either<Page<A>, Page<B>>
where
    A: Serialize + ToSchema,
    B: Serialize + ToSchema,
{
    fn describe(operation: &mut Description) {
        let schemas = &mut operation.schemas;
        let either = json!({ "anyOf": [schemas.add_page::<A>(), schemas.add_page::<B>()] });
        operation.success = Success::Page(either);
    }

    fn into_reply(self) -> ApiResult<Reply> {
        match self {
            Self::One(page) => page.into_reply(),
            Self::Other(page) => page.into_reply(),
        }
    }
}
