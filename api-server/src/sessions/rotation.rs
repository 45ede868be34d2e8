//! Decides the answer to a refresh token of a given generation, without IO.

use super::model::Family;

/// How long the previous token still gets the newest one: answers are lost, and two tabs refresh at
/// the same time.
const GRACE_SECONDS: f64 = 30.0;

/// The outcome of a refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Issue the next generation.
    Rotate,
    /// The newest generation again.
    Repeat,
    /// An old token was reused: another person has it. The session ends.
    Reused,
    /// A generation that was never issued.
    Unknown,
}

/// Decides about a genuine token of `generation`.
pub fn judge(family: &Family, generation: i32) -> Verdict {
    match family.generation.checked_sub(generation) {
        Some(0) => Verdict::Rotate,
        Some(1) if family.generation_age_seconds <= GRACE_SECONDS => Verdict::Repeat,
        Some(behind) if behind > 0 => Verdict::Reused,
        _ => Verdict::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use shared::ids::UserId;

    use super::*;

    #[test]
    fn the_newest_rotates_its_predecessor_has_thirty_seconds_and_the_rest_is_reuse() {
        for (generation, age, verdict) in [
            (5, 0.0, Verdict::Rotate),
            (5, 1e6, Verdict::Rotate),
            (4, 0.0, Verdict::Repeat),
            (4, 30.0, Verdict::Repeat),
            (4, 30.1, Verdict::Reused),
            (3, 0.0, Verdict::Reused),
            (1, 0.0, Verdict::Reused),
            (6, 0.0, Verdict::Unknown),
        ] {
            let family = Family {
                user_id: UserId(1),
                seed: Vec::new(),
                generation: 5,
                generation_age_seconds: age,
                is_over: false,
                user_state: "active".to_owned(),
            };
            assert_eq!(
                judge(&family, generation),
                verdict,
                "{generation} after {age} s"
            );
        }
    }
}
