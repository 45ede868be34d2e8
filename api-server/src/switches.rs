//! PUT and DELETE of likes and follows, as members of batches.

use std::collections::{BTreeMap, HashSet};

use shared::ids::UserId;

/// One user's PUT or DELETE.
#[derive(Debug, Clone, Copy)]
pub struct Switch {
    pub user_id: UserId,
    /// Whether it is a PUT.
    pub is_on: bool,
}

/// The switches of a batch as columns, one row for each user, in the order of their ids.
///
/// Requests of the same user in the same batch ran at the same time, so their order is free: the
/// last one decides, as if each had undone the one before it.
pub struct Switches {
    pub user_ids: Vec<i64>,
    pub are_on: Vec<bool>,
}

impl Switches {
    pub fn of(members: &[Switch]) -> Self {
        let last = members
            .iter()
            .map(|switch| (switch.user_id.0, switch.is_on));
        let (user_ids, are_on) = last.collect::<BTreeMap<_, _>>().into_iter().unzip();
        Self { user_ids, are_on }
    }
}

/// The result of switches: the users who see the resource, and whether anything changed.
pub struct Switched {
    viewers: HashSet<UserId>,
    any: bool,
}

/// A user who sees the resource.
pub struct SwitchedRow {
    pub user_id: UserId,
    pub is_changed: bool,
}

impl Switched {
    pub fn of(rows: &[SwitchedRow]) -> Self {
        Self {
            viewers: rows.iter().map(|row| row.user_id).collect(),
            any: rows.iter().any(|row| row.is_changed),
        }
    }

    /// Whether a row was inserted or deleted.
    pub fn any(&self) -> bool {
        self.any
    }

    /// For each member, whether its user sees the resource.
    pub fn seen_by(&self, members: &[Switch]) -> Vec<bool> {
        let is_seen = |member: &Switch| self.viewers.contains(&member.user_id);
        members.iter().map(is_seen).collect()
    }
}
