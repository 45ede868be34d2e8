//! `/media/<grant>/<media id>/<set>/<file>`: playlists rendered from rows, and objects and sources
//! streamed from the store. The actions decide whether a grant permits the file.

use std::io;

use bytes::Bytes;
use headers::{ETag, HeaderMapExt as _};
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use shared::http::files::{StoredFile, Validators};
use shared::http::{Body, Problem, empty, full};
use shared::ids::{MediaId, SetId};
use shared::media::{ContentType, Grant, PublishedFile};

use super::actions::{find_access, get_published_set};
use super::model::AccessRow;
use super::published::Content;
use super::source;
use crate::app::App;
use crate::http::{ApiError, ApiResult};

/// A requested file with a genuine grant.
struct FileRequest<'a> {
    app: &'a App,
    method: &'a Method,
    headers: &'a HeaderMap,
    grant: Grant,
    media_id: MediaId,
}

/// How long a browser may cache the answer.
#[derive(Clone, Copy)]
enum CachePolicy {
    /// A playlist: one minute.
    Playlist,
    /// An immutable object: one hour.
    Object,
}

/// Answers any path below `/media/`.
pub async fn serve_file<B>(app: &App, request: &Request<B>) -> Response<Body> {
    let (method, headers) = (request.method(), request.headers());
    let path = request.uri().path();
    let answer = if method == Method::GET || method == Method::HEAD {
        find(app, method, headers, path)
            .await
            .map_err(ApiError::into_problem)
    } else {
        Err(
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed")
                .header(ALLOW, HeaderValue::from_static("GET, HEAD")),
        )
    };
    let mut answer = answer.unwrap_or_else(Problem::into_response);
    let nosniff = HeaderValue::from_static("nosniff");
    let sandbox = HeaderValue::from_static("sandbox; default-src 'none'");
    answer.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, nosniff);
    answer
        .headers_mut()
        .insert(CONTENT_SECURITY_POLICY, sandbox);
    answer
}

/// Whether pages of any origin may read `path`.
pub fn is_public(path: &str) -> bool {
    path.starts_with("/media/p/") || path.starts_with("/media/default/")
}

async fn find(
    app: &App,
    method: &Method,
    headers: &HeaderMap,
    path: &str,
) -> ApiResult<Response<Body>> {
    let below = path.strip_prefix("/media/").unwrap_or_default();
    let parts: Vec<&str> = below.split('/').collect();
    let (grant, media_id, set, file) = match *parts.as_slice() {
        ["default", name] => return default_picture(method, headers, name),
        [grant, media_id, set, file] => (grant, media_id, set, file),
        _ => return Err(ApiError::not_found()),
    };
    let media_id = media_id.parse().map_err(|_| ApiError::not_found())?;
    let grant = app.grants.check(grant, media_id, app.clock.now());
    let grant = grant.ok_or_else(ApiError::not_found)?;
    let request = FileRequest {
        app,
        method,
        headers,
        grant,
        media_id,
    };
    if set == source::SET {
        let is_wanted = |access: &AccessRow| access.has_source;
        let access = find_access(app, grant, media_id, is_wanted).await?;
        return request
            .source(&access.ok_or_else(ApiError::not_found)?)
            .await;
    }
    let set_id: SetId = set.parse().map_err(|_| ApiError::not_found())?;
    let is_wanted = |access: &AccessRow| access.set_id == Some(set_id);
    let access = find_access(app, grant, media_id, is_wanted).await?;
    let access = access.ok_or_else(ApiError::not_found)?;
    request.published(&access, set_id, file).await
}

impl FileRequest<'_> {
    async fn published(
        &self,
        access: &AccessRow,
        set_id: SetId,
        file: &str,
    ) -> ApiResult<Response<Body>> {
        let kind = PublishedFile::parse(file).ok_or_else(ApiError::not_found)?;
        let set = get_published_set(self.app, self.media_id, set_id).await?;
        let PublishedFile::Object(object, kind) = kind else {
            let playlist = set.playlist(file).ok_or_else(ApiError::not_found)?;
            return self.playlist(playlist);
        };
        if !set.has_object(object) && access.poster.as_deref() != Some(object) {
            return Err(ApiError::not_found());
        }
        let path = self.app.store.set(self.media_id, set_id).join(object);
        let kind = HeaderValue::from_static(kind.as_str());
        // A row names the file, so a missing file is our fault and not a 404.
        let stored = StoredFile::open_tagged(path, kind, tag(object)?).await;
        let stored = stored
            .map_err(ApiError::internal)?
            .cache_control(self.cache(CachePolicy::Object));
        Ok(stored.respond(self.method, self.headers).await)
    }

    /// The owner's own file, unchanged.
    async fn source(&self, access: &AccessRow) -> ApiResult<Response<Body>> {
        let is_own = access.is_owner && self.grant != Grant::Public;
        if !is_own || !access.has_source {
            return Err(ApiError::not_found());
        }
        let shown = source::shown_type(access.filetype.as_deref());
        let kind = HeaderValue::from_static(shown.unwrap_or("application/octet-stream"));
        let name = source::file_name(access.filename.as_deref(), access.filetype.as_deref());
        let disposition = source::disposition(&name, shown.is_some());
        let disposition = HeaderValue::from_str(&disposition).map_err(ApiError::internal)?;
        let path = self.app.store.source(self.media_id.into());
        let tag = tag(&self.media_id.to_string())?;
        let stored = StoredFile::open_tagged(path, kind, tag).await;
        // After the media item is deleted, its bytes are removed sooner than cached access expires.
        let stored = stored.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ApiError::not_found(),
            _ => ApiError::internal(error),
        })?;
        let stored = stored.cache_control(HeaderValue::from_static("private, no-cache"));
        let mut answer = stored.respond(self.method, self.headers).await;
        answer
            .headers_mut()
            .insert(CONTENT_DISPOSITION, disposition);
        Ok(answer)
    }

    fn playlist(&self, playlist: Content) -> ApiResult<Response<Body>> {
        let kind = HeaderValue::from_static(ContentType::Playlist.as_str());
        let mut answer = in_memory(self.method, self.headers, playlist, kind)?;
        answer
            .headers_mut()
            .insert(CACHE_CONTROL, self.cache(CachePolicy::Playlist));
        Ok(answer)
    }

    /// Shared caches revalidate after a minute, so that media that became private leave them.
    fn cache(&self, policy: CachePolicy) -> HeaderValue {
        HeaderValue::from_static(match (self.grant, policy) {
            (Grant::Public, CachePolicy::Playlist) => "public, max-age=60",
            (Grant::Public, CachePolicy::Object) => "public, max-age=3600, s-maxage=60",
            (Grant::Session { .. }, CachePolicy::Playlist) => "private, max-age=60",
            (Grant::Session { .. }, CachePolicy::Object) => "private, max-age=3600",
        })
    }
}

/// The default pictures of users without one.
fn default_picture(method: &Method, headers: &HeaderMap, name: &str) -> ApiResult<Response<Body>> {
    let bytes: &'static [u8] = match name {
        "avatar.png" => include_bytes!("../../assets/avatar.png"),
        "cover.png" => include_bytes!("../../assets/cover.png"),
        _ => return Err(ApiError::not_found()),
    };
    let etag = tag(&format!("{name}-{}", env!("CARGO_PKG_VERSION")))?;
    let picture = Content {
        bytes: Bytes::from_static(bytes),
        etag,
    };
    let mut answer = in_memory(
        method,
        headers,
        picture,
        HeaderValue::from_static("image/png"),
    )?;
    let cache = HeaderValue::from_static("public, max-age=3600, s-maxage=60");
    answer.headers_mut().insert(CACHE_CONTROL, cache);
    Ok(answer)
}

fn in_memory(
    method: &Method,
    headers: &HeaderMap,
    content: Content,
    kind: HeaderValue,
) -> ApiResult<Response<Body>> {
    let Content { bytes, etag } = content;
    // It has no modification time, so only its tag allows conditional requests.
    let validators = Validators {
        etag: etag.clone(),
        modified: None,
    };
    let mut answer = Response::new(empty());
    match validators.evaluate(method, headers) {
        Some(StatusCode::NOT_MODIFIED) => {
            *answer.status_mut() = StatusCode::NOT_MODIFIED;
            answer.headers_mut().typed_insert(etag);
            return Ok(answer);
        }
        Some(status) => {
            return Err(ApiError::new(
                status,
                "precondition_failed",
                "the file has changed since you fetched it",
            ));
        }
        None => {}
    }
    answer.headers_mut().typed_insert(etag);
    answer.headers_mut().insert(CONTENT_TYPE, kind);
    answer
        .headers_mut()
        .insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    if method == Method::GET {
        *answer.body_mut() = full(bytes);
    }
    Ok(answer)
}

/// A strong entity tag of an object whose name never gets other bytes.
fn tag(name: &str) -> ApiResult<ETag> {
    format!("\"{name}\"").parse().map_err(ApiError::internal)
}
