//! Decides the answer to a refresh token of a given generation, without IO.

use super::model::Family;

/// How long the previous token still gets the newest one: answers are lost, and two tabs refresh at
/// the same time.
const GRACE_SECONDS: f64 = 30.0;

/// The outcome of a refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotationOutcome {
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
pub fn check_generation(family: &Family, generation: i32) -> RotationOutcome {
    match family.generation.checked_sub(generation) {
        Some(0) => RotationOutcome::Rotate,
        Some(1) if family.generation_age_seconds <= GRACE_SECONDS => RotationOutcome::Repeat,
        Some(behind) if behind > 0 => RotationOutcome::Reused,
        _ => RotationOutcome::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use shared::ids::UserId;

    use super::*;
    use crate::rights::model::AccountState;

    #[test]
    fn the_newest_rotates_its_predecessor_has_thirty_seconds_and_the_rest_is_reuse() {
        for (generation, age, outcome) in [
            (5, 0.0, RotationOutcome::Rotate),
            (5, 1e6, RotationOutcome::Rotate),
            (4, 0.0, RotationOutcome::Repeat),
            (4, 30.0, RotationOutcome::Repeat),
            (4, 30.1, RotationOutcome::Reused),
            (3, 0.0, RotationOutcome::Reused),
            (1, 0.0, RotationOutcome::Reused),
            (6, 0.0, RotationOutcome::Unknown),
        ] {
            let family = Family {
                user_id: UserId(1),
                seed: Vec::new(),
                generation: 5,
                generation_age_seconds: age,
                is_over: false,
                user_state: AccountState::Active,
            };
            assert_eq!(
                check_generation(&family, generation),
                outcome,
                "{generation} after {age} s"
            );
        }
    }
}
