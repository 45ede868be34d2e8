//! Recounts all counters.

use shared::db::Pool;

use super::store;

/// Logs for every counter in how many rows it is wrong; returns the sum.
pub async fn report_drift(pool: &Pool) -> Result<u64, sqlx::Error> {
    let mut tx = pool.begin_to_read().await?;
    store::set_patience(&mut tx).await?;
    let mut wrong = 0;
    for (counter, rows) in store::list_drift(&mut tx).await? {
        if rows == 0 {
            tracing::info!(counter, "is correct in all rows");
        } else {
            tracing::error!(counter, rows, "is wrong");
        }
        wrong += rows.unsigned_abs();
    }
    Ok(wrong)
}
