//! Usernames, e-mail addresses and passwords, as texts of requests. This module imports no domain,
//! so that every domain can use it.

mod email;
mod names;

pub use self::email::{EmailAddress, mailbox, own_spelling};
pub use self::names::{NewPassword, NewPasswordRule, Password, Username};
