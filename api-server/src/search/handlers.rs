//! Handlers for search.

use std::sync::Arc;

use shared::auth::Principal;

use super::actions;
use super::model::{Kind, Search};
use crate::app::App;
use crate::http::{ApiResult, Reply, Request, page};
use crate::profiles;

pub async fn search(app: Arc<App>, caller: Principal, request: Request) -> ApiResult<Reply> {
    let query = request.page()?;
    let Search { q, kind } = Search::read(&query)?;
    match kind {
        Kind::Posts => page(&actions::search_posts(&app, &caller, &q, &query).await?),
        Kind::Users => {
            page(&profiles::actions::search_users(&app, Some(&caller), &q, &query).await?)
        }
    }
}
