//! The operator's commands for keys and users. They are recorded in the audit log.

use std::time::Duration;

use shared::auth::{Keyring, Revoked, list_keys};
use shared::db::{self, Pool};
use time::format_description::well_known::Rfc3339;

use crate::accounts::actions::{ChangeOutcome, StatusChange, change_status};
use crate::audit::actions::record;
use crate::audit::model::{Entry, Subject};
use crate::config::{AdminCommand, KeysCommand};
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
    let settings = command.settings();
    let change = match command {
        AdminCommand::Grant(_) => StatusChange::GrantAdmin,
        AdminCommand::Revoke(_) => StatusChange::RevokeAdmin,
        AdminCommand::Suspend(_) => StatusChange::Suspend,
        AdminCommand::Unsuspend(_) => StatusChange::Unsuspend,
    };
    let pool = Pool::new(&db::Settings::from(&settings.database), "api-server admin")?;
    db::require_schema(&pool).await?;
    let (user, text) = (&settings.user, change.text());
    match change_status(&pool, user, change).await? {
        ChangeOutcome::NoUser => return Err(StartError::NoUser(user.clone())),
        ChangeOutcome::Changed => println!("{user} {text}"),
        ChangeOutcome::Unchanged => println!("{user} {text} (unchanged)"),
    }
    Ok(())
}

async fn print_keys(pool: &Pool) -> Result<(), StartError> {
    let keys = list_keys(&mut *pool.acquire().await?).await?;
    if keys.is_empty() {
        println!("there are no keys yet: the first server that starts creates one");
    }
    for key in keys {
        let signs_from = key.signs_from.format(&Rfc3339).unwrap_or_default();
        println!("{}  {:8}  signs from {signs_from}", key.kid, key.state);
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
