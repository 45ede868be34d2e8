//! The bounds of a sign-in's fields. They are wider than those of an account: what cannot be right
//! is only a wrong login or password.

use shared::http::problem::FieldError;

use super::model::SignIn;
use crate::http::{ApiError, ApiResult};

const LOGIN_CHARS: usize = 254;
/// Wide enough for every password that was ever accepted; hashing reads all of it.
const PASSWORD_CHARS: usize = 1024;

/// 422 for what is no login or no password at all.
pub fn check(sign_in: &SignIn) -> ApiResult<()> {
    let SignIn { login, password } = sign_in;
    let too_long = |text: &str, most| text.chars().count() > most;
    let faults = [
        (
            login.contains('\0'),
            "/login",
            "invalid_login",
            "NUL is not allowed",
        ),
        (
            too_long(login, LOGIN_CHARS),
            "/login",
            "too_long",
            "at most 254 characters",
        ),
        (
            too_long(password, PASSWORD_CHARS),
            "/password",
            "too_long",
            "at most 1,024 characters",
        ),
    ];
    let faults = faults.into_iter().filter(|(is_bad, ..)| *is_bad);
    let faults: Vec<_> = faults
        .map(|(_, pointer, code, detail)| FieldError {
            pointer: pointer.to_owned(),
            code,
            detail: detail.to_owned(),
        })
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(ApiError::fields(faults))
    }
}
