//! The arguments of operations. Each reads itself from the request, and describes what it requires
//! of requests and which errors follow from that.

use std::str::FromStr;

use serde_json::json;
use shared::ids::{CommentId, MediaId, PostId, SessionId, UploadId};
use utoipa::{PartialSchema, ToSchema};

use super::description::{Description, Parameter};
use crate::app::App;
use crate::http::{
    ApiResult, DEFAULT_PAGE_ITEMS, FORM, Form, FromJson, JSON, Json, Keyed, MAX_KEY_CHARS,
    MAX_PAGE_ITEMS, MERGE_PATCH, Network, PageQuery, Patch, Request,
};
use crate::openapi::refusals;

/// An argument of an operation.
pub trait Input: Sized + Send {
    /// Adds what the argument requires of requests.
    fn describe(operation: &mut Description);

    /// Reads the argument. Arguments are read in order, so the body is the last one.
    fn read(app: &App, request: &mut Request) -> impl Future<Output = ApiResult<Self>> + Send;
}

/// An argument that is a path parameter.
pub trait PathInput: FromStr + PartialSchema + Send {}

impl PathInput for CommentId {}
impl PathInput for MediaId {}
impl PathInput for PostId {}
impl PathInput for SessionId {}
impl PathInput for UploadId {}

impl<T: PathInput> Input for T {
    fn describe(operation: &mut Description) {
        operation.add_path::<T>();
    }

    async fn read(_: &App, request: &mut Request) -> ApiResult<Self> {
        request.head.next_param()
    }
}

impl Input for Network {
    fn describe(_: &mut Description) {}

    async fn read(_: &App, request: &mut Request) -> ApiResult<Self> {
        Ok(request.head.network())
    }
}

impl Input for PageQuery {
    fn describe(operation: &mut Description) {
        operation.add_query(
            "limit",
            json!({
                "description":
                    format!("The maximum number of items on the page. Default {DEFAULT_PAGE_ITEMS}."),
                "schema": {
                    "type": "integer", "minimum": 1, "maximum": MAX_PAGE_ITEMS,
                    "default": DEFAULT_PAGE_ITEMS,
                },
            }),
        );
        operation.add_query(
            "cursor",
            json!({
                "description": "`next_cursor` of the previous page; absent for the first page.",
                "schema": {"type": "string"},
            }),
        );
        operation.add_query(
            "after",
            json!({
                "description": "`newest_cursor` of an earlier page: lists only what is newer than \
                                that page, in the order of the list.",
                "schema": {"type": "string"},
            }),
        );
        operation.refusals.add(refusals::PAGE);
    }

    async fn read(_: &App, request: &mut Request) -> ApiResult<Self> {
        request.head.page()
    }
}

impl<T: FromJson + ToSchema + Send> Input for Json<T> {
    fn describe(operation: &mut Description) {
        let schema = operation.schemas.add_request::<T>();
        operation.add_body(JSON, &schema);
        operation.refusals.add(refusals::BODY);
    }

    async fn read(_: &App, request: &mut Request) -> ApiResult<Self> {
        request.json().await.map(Self)
    }
}

impl<T: FromJson + ToSchema + Send> Input for Patch<T> {
    fn describe(operation: &mut Description) {
        let schema = operation.schemas.add_patch::<T>();
        operation.add_body(MERGE_PATCH, &schema);
        operation.add_body(JSON, &schema);
        operation.refusals.add(refusals::BODY);
    }

    async fn read(_: &App, request: &mut Request) -> ApiResult<Self> {
        request.patch().await.map(Self)
    }
}

impl<T: FromJson + ToSchema + Send> Input for Keyed<T> {
    fn describe(operation: &mut Description) {
        Json::<T>::describe(operation);
        operation.takes_key = true;
        operation.parameters.push(Parameter {
            name: "idempotency-key",
            definition: json!({
                "name": "Idempotency-Key", "in": "header",
                "description": "Makes the request safe to repeat: the same key with the same body \
                                creates nothing new.",
                "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARS, "pattern": "^[!-~]+$"},
            }),
        });
        operation.refusals.add(refusals::KEY);
    }

    async fn read(_: &App, request: &mut Request) -> ApiResult<Self> {
        request.keyed().await
    }
}

impl<T: FromJson + ToSchema + Send> Input for Form<T> {
    fn describe(operation: &mut Description) {
        Json::<T>::describe(operation);
        let schema = operation.schemas.add_form::<T>();
        operation.add_body(FORM, &schema);
        operation.refusals.add(refusals::FORM);
    }

    async fn read(app: &App, request: &mut Request) -> ApiResult<Self> {
        let Network(network) = request.head.network();
        request.form(app.pictures.memory().body(network)).await
    }
}

/// The arguments of an operation.
pub trait Inputs: Sized + Send {
    fn describe(operation: &mut Description);
    fn read(app: &App, request: &mut Request) -> impl Future<Output = ApiResult<Self>> + Send;
}

macro_rules! tuple_of_inputs {
    ($($input:ident)*) => {
        impl<$($input: Input),*> Inputs for ($($input,)*) {
            fn describe(_operation: &mut Description) {
                $($input::describe(_operation);)*
            }

            async fn read(_app: &App, _request: &mut Request) -> ApiResult<Self> {
                Ok(($($input::read(_app, _request).await?,)*))
            }
        }
    };
}

tuple_of_inputs!();
tuple_of_inputs!(A);
tuple_of_inputs!(A B);
