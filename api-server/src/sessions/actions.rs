//! Starts, refreshes and ends sessions.

use shared::auth::{AuthError, Principal, RefreshKey, RefreshToken};
use shared::ids::{SessionId, UserId};

use sqlx::PgConnection;

use super::model::{
    EndReason, Family, NewSession, Origin, Refresh, Session, SessionRow, SignIn, Tokens,
};
use super::rotation::{RotationOutcome, check_generation};
use super::store;
use crate::app::App;
use crate::audit::actions::record;
use crate::audit::model::{Entry, Subject};
use crate::http::{
    ApiError, ApiResult, Created, Json, ListKind, Page, PageEnds, PageKey, PageQuery, Unstored,
};
use crate::rights::model::AccountState;
use crate::sign_ins::actions::{confirm_user, prove_user};
use crate::sign_ins::model::Claim;

const SESSIONS: ListKind = ListKind::newest_first(15);

/// The maximum number of active sessions of a user: far above the number of anyone's devices, and a
/// bound for a script that signs in and never out.
const MAX_SESSIONS: i64 = 1000;
/// How many sessions above it one statement ends.
const ENDED_AT_ONCE: i64 = 1000;

/// How often concurrent refreshes of one session may conflict before an error.
const ATTEMPTS: usize = 4;

/// Signs in: 401 for a wrong login or password, 403 for a suspended account, 429 after too many
/// failures.
pub async fn create_session(
    app: &App,
    origin: Origin,
    Json(sign_in): Json<SignIn>,
) -> ApiResult<Unstored<Created<Tokens>>> {
    let claim = Claim {
        login: &sign_in.login,
        password: sign_in.password.into_string(),
        network: &origin.network,
    };
    let proven = prove_user(app, claim).await?;
    let session = NewSession {
        id: SessionId::generate(),
        user_id: proven.user_id,
        seed: RefreshKey::new_seed().map_err(ApiError::internal)?,
        user_agent: origin.user_agent,
        network: origin.network,
    };
    let mut tx = app.pool.begin().await?;
    confirm_user(&mut tx, &proven).await?;
    store::insert_session(&mut tx, &session).await?;
    tx.commit().await?;
    tracing::info!(user.id = %session.user_id, session.id = %session.id, "signed in");
    let issue = Issue {
        user_id: session.user_id,
        session_id: session.id,
        generation: 1,
        seed: &session.seed,
    };
    let tokens = issue_tokens(app, issue).await?;
    Ok(Unstored(Created::new(tokens)))
}

/// Refreshes a session. A token that is used again too late ends the session, also for the holder
/// of the newer token.
pub async fn refresh_session(app: &App, Json(sent): Json<Refresh>) -> ApiResult<Unstored<Tokens>> {
    let token = RefreshToken::parse(&sent.refresh_token).ok_or_else(refused)?;
    for _ in 0..ATTEMPTS {
        if let Some(tokens) = try_refresh(app, &token).await? {
            return Ok(Unstored(tokens));
        }
    }
    Err(ApiError::busy())
}

/// The caller's active sessions, the newest first.
pub async fn list_sessions(
    app: &App,
    caller: &Principal,
    query: PageQuery,
) -> ApiResult<Page<Session>> {
    let asked = query.of(SESSIONS.of(caller.user_id.0), &app.cursors)?;
    let mut connection = app.pool.acquire().await?;
    let rows = store::list_sessions(&mut connection, caller.user_id, asked.request).await;
    drop(connection);
    let mut rows = rows?;
    let key = |row: &SessionRow| PageKey {
        at: row.created_at,
        id: row.id.0.as_u64_pair().1.cast_signed(),
    };
    let next = asked.request.cut_rows(&mut rows, key);
    let newest = rows.first().map(key);
    let seen = |row: SessionRow| row.seen_from(caller.session_id);
    let items = rows.into_iter().map(seen).collect();
    Ok(asked.page(items, PageEnds { newest, next }))
}

/// Ends one of the caller's sessions; 404 for a session of another user, and for an ended one.
pub async fn delete_session(app: &App, caller: &Principal, id: SessionId) -> ApiResult<()> {
    let mut connection = app.pool.acquire_to_write().await?;
    if !store::end_session(&mut connection, caller.user_id, id, EndReason::Revoked).await? {
        return Err(ApiError::not_found());
    }
    tracing::info!(user.id = %caller.user_id, session.id = %id, "session revoked");
    Ok(())
}

/// Ends all sessions of the caller, including this one.
pub async fn delete_all_sessions(app: &App, caller: &Principal) -> ApiResult<()> {
    let mut connection = app.pool.acquire_to_write().await?;
    store::end_sessions(&mut connection, caller.user_id, None).await?;
    tracing::info!(user.id = %caller.user_id, "all sessions of a user revoked");
    Ok(())
}

/// Ends all sessions of a user, in the transaction of the change that requires it.
pub async fn end_sessions_of(
    connection: &mut PgConnection,
    user_id: UserId,
) -> Result<(), sqlx::Error> {
    store::end_sessions(connection, user_id, None).await
}

/// Ends all other sessions of the caller, in the transaction of the change that requires it.
pub async fn end_other_sessions(
    connection: &mut PgConnection,
    caller: &Principal,
) -> Result<(), sqlx::Error> {
    store::end_sessions(connection, caller.user_id, Some(caller.session_id)).await
}

/// Ends sessions above [`MAX_SESSIONS`] of all users, one batch at a time; returns how many, 0 at
/// the end.
pub async fn prune_sessions(app: &App) -> ApiResult<u64> {
    let mut connection = app.pool.acquire_to_write().await?;
    Ok(store::end_surplus_sessions(&mut connection, MAX_SESSIONS, ENDED_AT_ONCE).await?)
}

/// Ends the session of the caller's token.
pub async fn delete_current_session(app: &App, caller: &Principal) -> ApiResult<()> {
    let (user_id, session_id) = (caller.user_id, caller.session_id);
    let mut connection = app.pool.acquire_to_write().await?;
    store::end_session(&mut connection, user_id, session_id, EndReason::SignedOut).await?;
    tracing::info!(user.id = %user_id, session.id = %session_id, "signed out");
    Ok(())
}

/// `None` if another refresh of the session came first.
async fn try_refresh(app: &App, token: &RefreshToken) -> ApiResult<Option<Tokens>> {
    let session_id = token.session_id;
    let mut connection = app.pool.acquire_to_write().await?;
    let found = store::find_family(&mut connection, session_id).await?;
    // A wrong MAC changes nothing: guessing cannot end a user's session.
    let family = found
        .filter(|family| app.refresh_key.is_genuine(token, &family.seed))
        .ok_or_else(refused)?;
    check_alive(&family)?;
    let generation = match check_generation(&family, token.generation) {
        RotationOutcome::Repeat => family.generation,
        RotationOutcome::Rotate => {
            match store::rotate_session(&mut connection, session_id, family.generation).await? {
                Some(generation) => generation,
                None => return Ok(None),
            }
        }
        RotationOutcome::Reused => {
            drop(connection);
            end_reused_session(app, family.user_id, session_id).await?;
            return Err(AuthError::Ended.into());
        }
        RotationOutcome::Unknown => return Err(refused()),
    };
    drop(connection);
    let issue = Issue {
        user_id: family.user_id,
        session_id,
        generation,
        seed: &family.seed,
    };
    issue_tokens(app, issue).await.map(Some)
}

/// Another person has the session's tokens: ends it, and records that once for the user.
async fn end_reused_session(app: &App, user_id: UserId, session_id: SessionId) -> ApiResult<()> {
    let mut tx = app.pool.begin().await?;
    if store::end_session(&mut tx, user_id, session_id, EndReason::Reused).await? {
        let entry = Entry::by_no_one("session.reused", Subject::Session(session_id));
        record(&mut tx, entry.concerning(user_id)).await?;
        tracing::warn!(session.id = %session_id, "an old refresh token was reused");
    }
    tx.commit().await?;
    Ok(())
}

fn check_alive(family: &Family) -> Result<(), AuthError> {
    match family.user_state {
        AccountState::Active if family.is_over => Err(AuthError::Ended),
        AccountState::Active => Ok(()),
        AccountState::Suspended | AccountState::Deleted => Err(AuthError::Suspended),
    }
}

/// The generation of a session that tokens are issued for.
struct Issue<'a> {
    user_id: UserId,
    session_id: SessionId,
    generation: i32,
    seed: &'a [u8],
}

async fn issue_tokens(app: &App, issue: Issue<'_>) -> ApiResult<Tokens> {
    let session_id = issue.session_id;
    let now = app.clock.now();
    let signed = app.signer.sign(issue.user_id, session_id, now).await?;
    Ok(Tokens {
        access_token: signed.token,
        token_type: "Bearer",
        expires_in: app.signer.lifetime().whole_seconds(),
        refresh_token: app
            .refresh_key
            .token(session_id, issue.generation, issue.seed),
        session_id,
    })
}

fn refused() -> ApiError {
    ApiError::unauthorized("refresh_token_invalid", "the refresh token is not valid")
}
