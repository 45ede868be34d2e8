//! The access that an operation requires, and the action that runs it. The token is verified
//! here, before the action runs, so that an action cannot forget to check it.

use std::pin::Pin;
use std::sync::Arc;

use shared::auth::Principal;

use super::description::Description;
use super::input::Inputs;
use super::output::Output;
use crate::app::App;
use crate::http::{ApiResult, Reply, Request};

/// The callers whom an operation accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone; a token is ignored.
    Anyone,
    /// Anyone; if there is a token, it must be valid.
    Viewer,
    /// Requires a valid token.
    Caller,
}

type Answer<'a> = Pin<Box<dyn Future<Output = ApiResult<Reply>> + Send + 'a>>;
/// Answers a request to an operation.
pub type Run = Box<dyn for<'a> Fn(&'a Arc<App>, Request) -> Answer<'a> + Send + Sync>;

/// An action, as it answers an operation.
pub struct Handler {
    /// The name of the action, and of the operation.
    pub operation_id: &'static str,
    pub access: Access,
    /// What follows from the types of its arguments and result.
    pub description: Description,
    pub run: Run,
}

/// An asynchronous function with the arguments `(&App, Who…, A…)`.
pub trait Action<'a, Who, A, R>: Copy + Send + Sync + 'static {
    fn call(
        self,
        app: &'a App,
        who: Who,
        arguments: A,
    ) -> impl Future<Output = ApiResult<R>> + Send;
}

macro_rules! action {
    ($($who:ident)?; $($argument:ident)*) => {
        #[expect(non_snake_case, reason = "a value is named like its type")]
        impl<'a, F, Answer, R, $($who,)? $($argument),*>
            Action<'a, ($($who,)?), ($($argument,)*), R> for F
        where
            F: Fn(&'a App, $($who,)? $($argument),*) -> Answer + Copy + Send + Sync + 'static,
            Answer: Future<Output = ApiResult<R>> + Send,
        {
            fn call(
                self,
                app: &'a App,
                ($($who,)?): ($($who,)?),
                ($($argument,)*): ($($argument,)*),
            ) -> impl Future<Output = ApiResult<R>> + Send {
                self(app, $($who,)? $($argument),*)
            }
        }
    };
}

action!(; A);
action!(; A B);
action!(Who;);
action!(Who; A);
action!(Who; A B);

impl Handler {
    /// An action that does not receive the caller.
    pub fn for_anyone<A: Inputs, R: Output>(
        operation_id: &'static str,
        action: impl for<'a> Action<'a, (), A, R>,
    ) -> Self {
        Self::new::<A, R>(
            operation_id,
            Access::Anyone,
            Box::new(move |app, mut request| {
                Box::pin(async move {
                    let arguments = A::read(app, &mut request).await?;
                    action.call(app, (), arguments).await?.into_reply()
                })
            }),
        )
    }

    /// An action that receives the caller if there is a token; 401 if the token is invalid.
    pub fn for_viewer<A: Inputs, R: Output>(
        operation_id: &'static str,
        action: impl for<'a> Action<'a, (Option<&'a Principal>,), A, R>,
    ) -> Self {
        Self::new::<A, R>(
            operation_id,
            Access::Viewer,
            Box::new(move |app, mut request| {
                Box::pin(async move {
                    let viewer = request.head.viewer(&app.verifier).await?;
                    let arguments = A::read(app, &mut request).await?;
                    let viewer = (viewer.as_ref(),);
                    action.call(app, viewer, arguments).await?.into_reply()
                })
            }),
        )
    }

    /// An action that receives the caller; 401 without a valid token.
    pub fn for_caller<A: Inputs, R: Output>(
        operation_id: &'static str,
        action: impl for<'a> Action<'a, (&'a Principal,), A, R>,
    ) -> Self {
        Self::new::<A, R>(
            operation_id,
            Access::Caller,
            Box::new(move |app, mut request| {
                Box::pin(async move {
                    let caller = request.head.caller(&app.verifier).await?;
                    let arguments = A::read(app, &mut request).await?;
                    action.call(app, (&caller,), arguments).await?.into_reply()
                })
            }),
        )
    }

    fn new<A: Inputs, R: Output>(operation_id: &'static str, access: Access, run: Run) -> Self {
        let mut description = Description::default();
        A::describe(&mut description);
        R::describe(&mut description);
        Self {
            operation_id,
            access,
            description,
            run,
        }
    }
}

/// [`Handler::for_anyone`] with the name of the action.
macro_rules! for_anyone {
    ($action:ident) => {
        $crate::routes::Handler::for_anyone(stringify!($action), $action)
    };
}

/// [`Handler::for_viewer`] with the name of the action.
macro_rules! for_viewer {
    ($action:ident) => {
        $crate::routes::Handler::for_viewer(stringify!($action), $action)
    };
}

/// [`Handler::for_caller`] with the name of the action.
macro_rules! for_caller {
    ($action:ident) => {
        $crate::routes::Handler::for_caller(stringify!($action), $action)
    };
}

pub(crate) use {for_anyone, for_caller, for_viewer};
