//! The operator's commands for keys and users. They are recorded in the audit log.

use std::io::{self, BufRead as _, Read as _};
use std::time::Duration;

use shared::auth::{Keyring, Revoked, list_keys};
use shared::blocking;
use shared::db::{self, Pool};
use time::format_description::well_known::Rfc3339;

use crate::accounts::actions::{
    ChangeOutcome, Reset, StatusChange, change_status, list_admins, reset_password,
};
use crate::audit::actions::record;
use crate::audit::model::{Entry, Subject};
use crate::config::{AdminCommand, AdminSettings, KeysCommand};
use crate::start::StartError;

/// Runs the command and prints the result.
pub async fn keys(command: &KeysCommand) -> Result<(), StartError> {
    let settings = command.settings();
    let keyring = Keyring::new(&settings.secret().ok_or(StartError::NoSecret)?);
    let pool = Pool::new(&db::Settings::from(&settings.database), "api-server keys")?;
    db::require_schema(&pool).await?;
    match command {
        KeysCommand::List(_) => print_keys(&pool).await,
        KeysCommand::Rotate(_) => rotate(&pool, &keyring, settings.lead).await,
        KeysCommand::Revoke { kid, .. } => revoke(&pool, &keyring, kid).await,
    }
}

/// Runs the command and prints the result.
pub async fn admin(command: &AdminCommand) -> Result<(), StartError> {
    let settings = db::Settings::from(&command.settings().database);
    let pool = Pool::new(&settings, "api-server admin")?;
    db::require_schema(&pool).await?;
    match command {
        AdminCommand::List(_) => print_admins(&pool).await,
        AdminCommand::Grant(who) => change(&pool, who, StatusChange::GrantAdmin).await,
        AdminCommand::Revoke(who) => change(&pool, who, StatusChange::RevokeAdmin).await,
        AdminCommand::Suspend(who) => change(&pool, who, StatusChange::Suspend).await,
        AdminCommand::Unsuspend(who) => change(&pool, who, StatusChange::Unsuspend).await,
        AdminCommand::ResetPassword {
            password_stdin,
            settings,
        } => reset(&pool, &settings.user, *password_stdin).await,
    }
}

async fn print_admins(pool: &Pool) -> Result<(), StartError> {
    let admins = list_admins(pool).await?;
    if admins.is_empty() {
        println!("there are no admins yet: `api-server admin grant USER` makes one");
    }
    for admin in admins {
        println!(
            "{}  {}  {}",
            admin.username,
            admin.email,
            admin.state.as_str()
        );
    }
    Ok(())
}

async fn change(
    pool: &Pool,
    settings: &AdminSettings,
    change: StatusChange,
) -> Result<(), StartError> {
    let (user, text) = (&settings.user, change.text());
    match change_status(pool, user, change).await? {
        ChangeOutcome::NoUser => return Err(StartError::NoUser(user.clone())),
        ChangeOutcome::Changed => println!("{user} {text}"),
        ChangeOutcome::Unchanged => println!("{user} {text} (unchanged)"),
    }
    Ok(())
}

/// A password on the command line would be visible to every user of the machine and stay in the
/// shell's history.
async fn reset(pool: &Pool, user: &str, from_stdin: bool) -> Result<(), StartError> {
    let given = if from_stdin {
        Some(blocking(read_password).await.map_err(StartError::Stdin)?)
    } else {
        None
    };
    let reset = reset_password(pool, user, given).await;
    match reset.map_err(StartError::Reset)? {
        Reset::NoUser => Err(StartError::NoUser(user.to_owned())),
        Reset::Refused(faults) => Err(StartError::Password(faults)),
        Reset::Generated(password) => {
            println!("{password}");
            Ok(())
        }
        Reset::Done => {
            println!("{user} has the new password");
            Ok(())
        }
    }
}

/// The first line of standard input.
fn read_password() -> io::Result<String> {
    let mut line = String::new();
    // The bound is above the longest password, which is then refused for its length.
    io::stdin().lock().take(4096).read_line(&mut line)?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

async fn print_keys(pool: &Pool) -> Result<(), StartError> {
    let keys = list_keys(&mut *pool.acquire().await?).await?;
    if keys.is_empty() {
        println!("there are no keys yet: the first server that starts creates one");
    }
    for key in keys {
        let signs_from = key.signs_from.format(&Rfc3339).unwrap_or_default();
        println!(
            "{}  {:8}  signs from {signs_from}",
            key.kid,
            key.state.as_str()
        );
    }
    Ok(())
}

async fn rotate(pool: &Pool, keyring: &Keyring, lead: Duration) -> Result<(), StartError> {
    let mut tx = pool.begin().await?;
    let key = keyring.rotate(&mut tx, lead).await?;
    let subject = Subject::Key(key.kid.clone());
    record(&mut tx, Entry::by_no_one("key.rotated", subject)).await?;
    tx.commit().await?;
    let signs_from = key.signs_from.format(&Rfc3339).unwrap_or_default();
    println!("{} signs from {signs_from}", key.kid);
    Ok(())
}

async fn revoke(pool: &Pool, keyring: &Keyring, kid: &str) -> Result<(), StartError> {
    let mut tx = pool.begin().await?;
    match keyring.revoke(&mut tx, kid).await? {
        Revoked::Unknown => return Err(StartError::NoKey(kid.to_owned())),
        Revoked::Already => println!("{kid} has already been revoked"),
        Revoked::Done { successor } => {
            let subject = Subject::Key(kid.to_owned());
            record(&mut tx, Entry::by_no_one("key.revoked", subject)).await?;
            tx.commit().await?;
            println!("{kid} is revoked");
            if let Some(successor) = successor {
                println!("{successor} signs from now on");
            }
        }
    }
    Ok(())
}
