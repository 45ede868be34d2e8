//! Computes how long the next attempt must wait, without IO.

use std::time::Duration;

use super::model::History;
use crate::config::LimitArgs;

/// `None`: now.
pub fn wait(history: &History, limits: &LimitArgs) -> Option<Duration> {
    let pause = network_pause(history.network_failures, limits);
    let network = left(pause, history.since_network_failure_seconds);
    let is_slowed = !history.is_known_network
        && history.account_failures >= i64::from(limits.sign_in_account_failures);
    let account = is_slowed
        .then(|| {
            left(
                limits.sign_in_account_interval,
                history.since_account_failure_seconds,
            )
        })
        .flatten();
    network.max(account)
}

/// Zero within the free failures, then 1, 2, 4 … seconds.
fn network_pause(failures: i64, limits: &LimitArgs) -> Duration {
    let past = failures - i64::from(limits.sign_in_free_failures);
    match u32::try_from(past) {
        Ok(doublings) => Duration::from_secs(1_u64.checked_shl(doublings).unwrap_or(u64::MAX))
            .min(limits.sign_in_longest_wait),
        Err(_) => Duration::ZERO,
    }
}

/// The rest of a pause after the elapsed time.
fn left(pause: Duration, passed_seconds: Option<f64>) -> Option<Duration> {
    // If the clock was set back, the elapsed time is zero.
    let passed = Duration::try_from_secs_f64(passed_seconds?.max(0.0)).unwrap_or(Duration::MAX);
    pause.checked_sub(passed).filter(|left| !left.is_zero())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait_seconds(network: (i64, f64), account: (i64, f64), is_known_network: bool) -> f64 {
        let history = History {
            network_failures: network.0,
            since_network_failure_seconds: (network.0 > 0).then_some(network.1),
            account_failures: account.0,
            since_account_failure_seconds: (account.0 > 0).then_some(account.1),
            is_known_network,
        };
        let limits = shared::config::defaults::<LimitArgs>().unwrap();
        wait(&history, &limits).map_or(0.0, |wait| wait.as_secs_f64())
    }

    #[test]
    fn five_failures_are_free_and_then_waits_double_up_to_five_minutes() {
        for failures in 0..5 {
            assert!(wait_seconds((failures, 0.0), (failures, 0.0), false) == 0.0);
        }
        let expected = [
            1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 300.0, 300.0,
        ];
        for (failures, seconds) in (5..).zip(expected) {
            for is_known in [false, true] {
                let found = wait_seconds((failures, 0.0), (failures, 0.0), is_known);
                assert!((found - seconds).abs() < 1e-6, "{failures}: {found}");
            }
        }
        assert!((wait_seconds((200, 0.0), (40, 0.0), false) - 300.0).abs() < 1e-6);
    }

    #[test]
    fn time_that_has_passed_counts_and_a_clock_set_back_does_not() {
        assert!((wait_seconds((7, 1.5), (7, 1.5), false) - 2.5).abs() < 1e-6);
        assert!(wait_seconds((7, 4.0), (7, 4.0), false) == 0.0);
        assert!((wait_seconds((7, -60.0), (7, -60.0), false) - 4.0).abs() < 1e-6);
    }

    #[test]
    fn past_fifty_failures_an_account_is_slowed_for_networks_that_it_does_not_know() {
        assert!(wait_seconds((0, 0.0), (49, 0.0), false) == 0.0);
        assert!((wait_seconds((0, 0.0), (50, 0.5), false) - 1.5).abs() < 1e-6);
        assert!(wait_seconds((0, 0.0), (50, 2.0), false) == 0.0);
        assert!(wait_seconds((0, 0.0), (50, 0.5), true) == 0.0);
        assert!((wait_seconds((8, 0.5), (50, 0.5), false) - 7.5).abs() < 1e-6);
    }
}
