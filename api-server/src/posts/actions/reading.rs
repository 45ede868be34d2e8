//! Reads posts for a viewer: a single post, the posts of some keys, or a user's posts.

use shared::auth::Principal;
use shared::db::PoolConnection;
use shared::ids::{PostId, UserId};
use sqlx::PgConnection;

use super::rights::read_as_admin;
use crate::app::App;
use crate::http::{ApiError, ApiResult, ListKind, Page, PageKeys, PageQuery};
use crate::media::actions::{add_progress, list_post_media};
use crate::media::model::ShownPost;
use crate::posts::model::{Post, PostRow};
use crate::posts::store;
use crate::profiles::actions::find_visible_user;
use crate::profiles::model::{SoughtUsername, author_of};

const USER_POSTS: ListKind = ListKind::newest_first(2);

/// A post that the viewer may see. An admin may read any post, and the read is recorded.
pub async fn get_post(app: &App, viewer: Option<&Principal>, id: PostId) -> ApiResult<Post> {
    let mut connection = app.pool.acquire().await?;
    let mut posts = list_posts(app, &mut connection, viewer, &[id]).await?;
    if posts.is_empty() {
        let row = read_as_admin(&mut connection, viewer, id).await?;
        posts = with_media(app, &mut connection, viewer, vec![row]).await?;
    }
    drop(connection);
    single_post(with_progress(app, viewer, posts).await).ok_or_else(ApiError::not_found)
}

/// The posts of `ids` that the viewer may see, in the given order, without progress: always three
/// statements.
pub async fn list_posts(
    app: &App,
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    ids: &[PostId],
) -> ApiResult<Vec<Post>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = store::list_posts(connection, id_of(viewer), ids).await?;
    with_media(app, connection, viewer, rows).await
}

/// The page of the posts of the keys that the viewer may see. The connection is returned before
/// Redis is asked.
pub async fn page_at(
    app: &App,
    viewer: Option<&Principal>,
    mut connection: PoolConnection,
    keys: PageKeys<'_>,
) -> ApiResult<Page<Post>> {
    let posts = list_posts(app, &mut connection, viewer, &keys.ids(PostId)).await?;
    drop(connection);
    let posts = with_progress(app, viewer, posts).await;
    Ok(keys.page(posts))
}

/// A user's posts that the viewer may see, the newest first.
pub async fn list_user_posts(
    app: &App,
    viewer: Option<&Principal>,
    username: SoughtUsername,
    query: PageQuery,
) -> ApiResult<Page<Post>> {
    let mut connection = app.pool.acquire().await?;
    let author = find_visible_user(&mut connection, viewer, &username).await?;
    let asked = query.of(USER_POSTS.of(author.id.0), &app.cursors)?;
    // Only keys of visible posts: others would produce empty pages with a next page, which reveal
    // how many posts exist.
    let keys = if id_of(viewer) == Some(author.id) {
        store::list_own_keys(&mut connection, author.id, asked.request).await?
    } else if author.viewer_follows {
        store::list_shared_keys_of(&mut connection, author.id, asked.request).await?
    } else if author.is_private {
        Vec::new()
    } else {
        store::list_public_keys_of(&mut connection, author.id, asked.request).await?
    };
    page_at(app, viewer, connection, PageKeys::cut(keys, asked)).await
}

/// Adds the media of the posts: always two statements.
async fn with_media(
    app: &App,
    connection: &mut PgConnection,
    viewer: Option<&Principal>,
    rows: Vec<PostRow>,
) -> ApiResult<Vec<Post>> {
    let shown = rows.iter().map(|row| ShownPost {
        id: row.id,
        is_open: row.is_open,
    });
    let shown: Vec<_> = shown.collect();
    let mut media = list_post_media(app, connection, viewer, &shown).await?;
    let posts = rows.into_iter().map(|row| Post {
        media: media.remove(&row.id).unwrap_or_default(),
        ..Post::from(row)
    });
    Ok(posts.collect())
}

/// Adds the progress of the viewer's own media; media of a post belong to its author.
pub async fn with_progress(
    app: &App,
    viewer: Option<&Principal>,
    mut posts: Vec<Post>,
) -> Vec<Post> {
    let viewer = id_of(viewer);
    let own = posts
        .iter_mut()
        .filter(|post| Some(post.author.id) == viewer);
    add_progress(app, own.flat_map(|post| &mut post.media)).await;
    posts
}

fn id_of(viewer: Option<&Principal>) -> Option<UserId> {
    viewer.map(|viewer| viewer.user_id)
}

pub fn single_post(posts: Vec<Post>) -> Option<Post> {
    posts.into_iter().next()
}

impl From<PostRow> for Post {
    /// Without its media. Bookmarks and reposts do not exist yet.
    fn from(row: PostRow) -> Self {
        Self {
            id: row.id,
            author: author_of!(row),
            text: row.text,
            visibility: row.visibility,
            media: Vec::new(),
            likes_count: row.likes_count,
            comments_count: row.comments_count,
            reposts_count: row.reposts_count,
            liked: row.liked,
            bookmarked: false,
            reposted: false,
            created_at: row.created_at,
            edited_at: row.edited_at,
        }
    }
}
