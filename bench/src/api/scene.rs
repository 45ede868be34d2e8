//! The users and posts of the requests: found in the seeded database, and signed in.

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

use crate::load::Turn;

/// The password of all users in a seeded database.
pub const PASSWORD: &str = "plenty of seeds";
/// The number of users that sign in during other requests.
pub const OTHERS: usize = 200;
/// The number of posts and users that the requests of a row use.
const SUBJECTS: i64 = 64;

/// A user who sends requests.
#[derive(Clone, Serialize, Deserialize)]
pub struct Viewer {
    /// `users.id`.
    pub id: i64,
    /// Their name.
    pub username: String,
    /// An access token.
    pub token: String,
}

/// The input of the requests. The baseline gets it as JSON.
#[derive(Clone, Serialize, Deserialize)]
pub struct Scene {
    /// The database.
    pub database_url: String,
    /// Users who follow about fifty users each.
    viewers: Vec<Viewer>,
    /// A user who follows twenty quiet users.
    pub sparse: Viewer,
    /// A user who follows five thousand users.
    pub dense: Viewer,
    /// Names of other users.
    #[serde(skip)]
    others: Vec<String>,
    usernames: Vec<String>,
    posts: Vec<i64>,
}

impl Scene {
    /// Finds all users in the database and signs them in at the server of `url`.
    pub async fn find(database_url: &str, url: &str) -> Result<Self> {
        let mut connection = PgConnection::connect(database_url).await?;
        let ordinary = "following_count between 40 and 60 order by user_id limit 64";
        let (sparse, dense) = ("username = 'sparse'", "username = 'dense'");
        let mut people = Vec::new();
        for choice in [ordinary, sparse, dense] {
            let mut chosen = Vec::new();
            for (id, username) in find_users(&mut connection, choice).await? {
                let token = sign_in(url, &username).await?;
                chosen.push(Viewer {
                    id,
                    username,
                    token,
                });
            }
            people.push(chosen);
        }
        let mut first = || people.pop().and_then(|people| people.into_iter().next());
        Ok(Self {
            dense: first().context("nobody is called dense here")?,
            sparse: first().context("nobody is called sparse here")?,
            viewers: people.pop().unwrap_or_default(),
            others: find_others(&mut connection).await?,
            usernames: subjects(&mut connection, USERNAMES).await?,
            posts: subjects(&mut connection, POSTS).await?,
            database_url: database_url.to_owned(),
        })
    }

    /// The client's user.
    pub fn viewer(&self, turn: Turn) -> &Viewer {
        self.viewers
            .get(turn.client % self.viewers.len())
            .unwrap_or(&self.sparse)
    }

    /// A user who sends no other requests.
    pub fn other(&self, number: usize) -> &str {
        let place = number % self.others.len();
        self.others.get(place).map_or("", String::as_str)
    }

    /// A name for this request.
    pub fn username(&self, turn: Turn) -> &str {
        let place = (turn.client + turn.number) % self.usernames.len();
        self.usernames.get(place).map_or("", String::as_str)
    }

    /// A post for this request.
    pub fn post(&self, turn: Turn) -> i64 {
        let place = (turn.client + turn.number) % self.posts.len();
        self.posts.get(place).copied().unwrap_or_default()
    }

    /// A post to like or, in the next request, to unlike.
    pub fn like(&self, turn: Turn) -> (i64, bool) {
        (self.post(turn.pair()), turn.is_first_of_pair())
    }
}

const USERNAMES: &str = r"
    select username
    from users
    join profiles on profiles.user_id = users.id
    where posts_count > 0 and not is_private and state = 'active'
        and following_count not between 40 and 60
        and not exists (select from blocks where users.id in (blocker_id, blocked_id))
    order by md5(username)
    limit $1
";

const POSTS: &str = r"
    select posts.id
    from posts
    join profiles on profiles.user_id = posts.author_id
    join users on users.id = posts.author_id and users.state = 'active'
    where visibility = 'public' and deleted_at is null and published_at is not null
        and not is_private
        and posts.id in (select post_id from post_media)
        and not exists (select from blocks where posts.author_id in (blocker_id, blocked_id))
    order by posts.published_at desc
    limit $1
";

async fn subjects<T>(connection: &mut PgConnection, sql: &'static str) -> Result<Vec<T>>
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    let found = sqlx::query_scalar(sql)
        .bind(SUBJECTS)
        .fetch_all(connection)
        .await?;
    anyhow::ensure!(
        !found.is_empty(),
        "the database is not seeded: {sql} finds nothing"
    );
    Ok(found)
}

async fn find_users(connection: &mut PgConnection, choice: &str) -> Result<Vec<(i64, String)>> {
    let sql = format!(
        "select user_id, username from profiles join users on users.id = user_id where {choice}"
    );
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .fetch_all(connection)
        .await?)
}

/// The users whose sign-ins keep the server busy: not those of other requests.
async fn find_others(connection: &mut PgConnection) -> Result<Vec<String>> {
    let choice = format!(
        "following_count not between 40 and 60 and username not in ('sparse', 'dense') \
         and state = 'active' order by user_id limit {OTHERS}"
    );
    let found = find_users(connection, &choice).await?;
    anyhow::ensure!(found.len() == OTHERS, "fewer than {OTHERS} others are here");
    Ok(found.into_iter().map(|(_, username)| username).collect())
}

async fn sign_in(url: &str, username: &str) -> Result<String> {
    let answer = reqwest::Client::new()
        .post(format!("{url}/api/v1/sessions"))
        .json(&json!({"login": username, "password": PASSWORD}))
        .send()
        .await?;
    let tokens: Value = answer.error_for_status()?.json().await?;
    let token = tokens.get("access_token").and_then(Value::as_str);
    Ok(token.context("no token")?.to_owned())
}
