//! Feeds. So far the public one: everyone's public posts, newest first.
//!
//! `GET /feeds/public`

#[cfg(all(test, feature = "testing"))]
mod tests;

use std::sync::Arc;

use http::Method;

use crate::app::App;
use crate::http::{ApiResult, Reply, Request, page};
use crate::posts;
use crate::routes::Route;

/// The routes of this domain.
pub fn routes(app: &Arc<App>) -> Vec<Route> {
    vec![Route::new(
        Method::GET,
        "/feeds/public",
        "list_public_posts",
        app,
        list_public_posts,
    )]
}

async fn list_public_posts(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let viewer = request.viewer(&app).await?;
    page(&posts::actions::list_public_posts(&app, viewer.as_ref(), &request.page()?).await?)
}
