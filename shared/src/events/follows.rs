//! Events between a follower and a followee, on the followee's topic.

use sqlx::PgConnection;

use crate::ids::UserId;

/// What happened between a follower and a followee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowEvent {
    /// One follows the other.
    Created,
    /// One asks to follow the other. Only the followee gets the event.
    Requested,
    /// One follows the other no longer.
    Deleted,
    /// A request was withdrawn or declined. Only the followee gets the event.
    RequestDeleted,
}

impl FollowEvent {
    /// The event's name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "follow.created",
            Self::Requested => "follow.requested",
            Self::Deleted | Self::RequestDeleted => "follow.deleted",
        }
    }

    /// Whether the event is about a request.
    fn is_request(self) -> bool {
        matches!(self, Self::Requested | Self::RequestDeleted)
    }
}

/// Inserts an event for each follow `by` one user `of` the same followee, on the followee's
/// `user:USERNAME`. The data is the ids and names of both and their new counters. The events are as
/// visible as the followee's list of followers; a request is private.
pub async fn insert_follow_events(
    connection: &mut PgConnection,
    event: FollowEvent,
    by: &[UserId],
    of: UserId,
) -> Result<(), sqlx::Error> {
    let followers: Vec<i64> = by.iter().map(|id| id.0).collect();
    sqlx::query!(
        r#"
        insert into events (topics, event, data, actor_id, author_id, visibility)
        select
            array['user:' || followees.username],
            $1,
            jsonb_build_object(
                'follower', jsonb_build_object(
                    'id', followers.id::text,
                    'username', followers.username,
                    'first_name', followers_profiles.first_name,
                    'last_name', followers_profiles.last_name
                ),
                'followee', jsonb_build_object(
                    'id', followees.id::text,
                    'username', followees.username,
                    'first_name', followees_profiles.first_name,
                    'last_name', followees_profiles.last_name
                ),
                'following_count', followers_profiles.following_count,
                'followers_count', followees_profiles.followers_count
            ),
            followers.id,
            followees.id,
            case
                when $4 then 'private'
                when followees_profiles.is_private then 'followers'
                else 'public'
            end
        from users as followers
        join profiles as followers_profiles on followers_profiles.user_id = followers.id
        cross join users as followees
        join profiles as followees_profiles on followees_profiles.user_id = followees.id
        where followers.id = any($2)
            and followees.id = $3
        order by followers.id
        "#,
        event.as_str(),
        &followers,
        of.0,
        event.is_request(),
    )
    .execute(connection)
    .await?;
    Ok(())
}
