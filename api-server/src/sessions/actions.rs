//! Beginning, continuing and ending sessions.

use shared::auth::{AuthError, Principal, RefreshKey, RefreshToken};
use shared::ids::{SessionId, UserId};

use super::model::{Family, NewSession, Origin, SignIn, Tokens};
use super::rotation::{Verdict, judge};
use super::store;
use crate::accounts;
use crate::app::App;
use crate::http::{ApiError, ApiResult};

/// How often two refreshes of one session may get in each other's way before we give up.
const ATTEMPTS: usize = 4;

/// Signs in: 401 for a wrong login or password, 403 for a suspended account.
pub async fn create_session(app: &App, sign_in: SignIn, origin: Origin) -> ApiResult<Tokens> {
    if sign_in.login.contains('\0') {
        return Err(ApiError::field(
            "/login",
            "invalid_login",
            "a login has no control characters",
        ));
    }
    let SignIn { login, password } = sign_in;
    let user_id = accounts::actions::check_password(app, &login, password).await?;
    let session = NewSession {
        id: SessionId::generate(),
        user_id,
        seed: RefreshKey::new_seed().map_err(ApiError::internal)?,
        user_agent: origin.user_agent,
        network: origin.network,
    };
    let mut connection = app.pool.acquire().await?;
    store::insert_session(&mut connection, &session).await?;
    drop(connection);
    tracing::info!(user.id = %user_id, session.id = %session.id, "signed in");
    tokens(app, (user_id, session.id), 1, &session.seed).await
}

/// Continues a session. A token that came back too late ends it, for whoever holds its successor.
pub async fn refresh_session(app: &App, refresh_token: &str) -> ApiResult<Tokens> {
    let token = RefreshToken::parse(refresh_token).ok_or_else(refused)?;
    for _ in 0..ATTEMPTS {
        if let Some(tokens) = try_refresh(app, &token).await? {
            return Ok(tokens);
        }
    }
    Err(ApiError::busy())
}

/// Ends the session that the caller's token belongs to.
pub async fn delete_current_session(app: &App, caller: &Principal) -> ApiResult<()> {
    let mut connection = app.pool.acquire().await?;
    store::end_session(&mut connection, caller.session_id, "signed_out").await?;
    tracing::info!(user.id = %caller.user_id, session.id = %caller.session_id, "signed out");
    Ok(())
}

/// None when another refresh of the session came between.
async fn try_refresh(app: &App, token: &RefreshToken) -> ApiResult<Option<Tokens>> {
    let session_id = token.session_id;
    let mut connection = app.pool.acquire().await?;
    let found = store::find_family(&mut connection, session_id).await?;
    // A wrong MAC touches nothing: whoever guesses cannot end someone's session.
    let family = found
        .filter(|family| app.refresh_key.is_genuine(token, &family.seed))
        .ok_or_else(refused)?;
    check_alive(&family)?;
    let generation = match judge(&family, token.generation) {
        Verdict::Repeat => family.generation,
        Verdict::Rotate => {
            match store::rotate_session(&mut connection, session_id, family.generation).await? {
                Some(generation) => generation,
                None => return Ok(None),
            }
        }
        Verdict::Reused => {
            store::end_session(&mut connection, session_id, "reused").await?;
            tracing::warn!(session.id = %session_id, "an old refresh token came back");
            return Err(AuthError::Ended.into());
        }
        Verdict::Unknown => return Err(refused()),
    };
    drop(connection);
    tokens(app, (family.user_id, session_id), generation, &family.seed)
        .await
        .map(Some)
}

fn check_alive(family: &Family) -> Result<(), AuthError> {
    match family.user_state.as_str() {
        "active" if family.is_over => Err(AuthError::Ended),
        "active" => Ok(()),
        _ => Err(AuthError::Suspended),
    }
}

async fn tokens(
    app: &App,
    (user_id, session_id): (UserId, SessionId),
    generation: i32,
    seed: &[u8],
) -> ApiResult<Tokens> {
    let signed = app
        .signer
        .sign(user_id, session_id, app.clock.now())
        .await?;
    Ok(Tokens {
        access_token: signed.token,
        token_type: "Bearer",
        expires_in: app.signer.lifetime().whole_seconds(),
        refresh_token: app.refresh_key.token(session_id, generation, seed),
        session_id,
    })
}

fn refused() -> ApiError {
    ApiError::unauthorized("refresh_token_invalid", "the refresh token is not valid")
}
