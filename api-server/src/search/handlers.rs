//! What is asked of search.

use std::sync::Arc;

use super::actions::{self, Kind};
use crate::app::App;
use crate::http::{ApiResult, Reply, Request, page};
use crate::profiles;

pub async fn search(app: Arc<App>, request: Request) -> ApiResult<Reply> {
    let caller = request.caller(&app.verifier).await?;
    let query = request.page()?;
    let (q, kind) = actions::read(&query)?;
    match kind {
        Kind::Posts => page(&actions::search_posts(&app, &caller, q, &query).await?),
        Kind::Users => {
            page(&profiles::actions::search_users(&app, Some(&caller), q, &query).await?)
        }
    }
}
