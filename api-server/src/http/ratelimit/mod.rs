//! Rate limits: each request of a route is counted before its work. `RateLimit-Policy` and
//! `RateLimit` report the result (draft-ietf-httpapi-ratelimit-headers-10).
//!
//! Media files, the web client, health and keys are not counted, because they are not requests to
//! the API.

mod bucket;
mod local;
mod shared;
#[cfg(all(test, feature = "testing"))]
mod tests;

use std::time::{Duration, Instant};

use ::shared::auth::Verifier;
use ::shared::ephemeral::Redis;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use self::bucket::{Bucket, Level, Policy};
use self::local::LocalBuckets;
use self::shared::SharedBuckets;
use super::{ApiError, Head};

const RATELIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATELIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// The number of requests that a caller may send.
#[derive(Debug, Clone, Copy)]
pub struct Quotas {
    /// Per minute, from a network without an access token.
    pub anonymous: u32,
    /// Per minute, of a user.
    pub signed_in: u32,
    /// Those per minute that change something, of either.
    pub writes: u32,
    /// Per hour, requests of [`RateClass::SignUp`] from a network.
    pub sign_ups: u32,
}

/// Which limits a route has in addition to those of all requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RateClass {
    #[default]
    Usual,
    /// Creates an account: limited per hour and network.
    SignUp,
}

/// Counts requests in Redis, and in memory while Redis is unavailable.
pub struct Limiter {
    policies: Option<Policies>,
    shared: SharedBuckets,
    local: LocalBuckets,
    on_refusal: Box<dyn Fn(&'static str) + Send + Sync>,
}

struct Policies {
    anonymous: Policy,
    signed_in: Policy,
    writes: Policy,
    sign_ups: Policy,
}

/// The levels of a caller's buckets after this request; empty while limits are off.
#[derive(Debug, Default)]
pub struct RateLimitStatus(Vec<Level>);

impl Limiter {
    /// Without quotas it neither counts nor refuses. It calls `on_refusal` with the name of each
    /// policy that refuses a request.
    pub fn new(
        quotas: Option<Quotas>,
        redis: Redis,
        on_refusal: impl Fn(&'static str) + Send + Sync + 'static,
    ) -> Self {
        Self {
            policies: quotas.map(Policies::from),
            shared: SharedBuckets::new(redis, "pawl:limit"),
            local: LocalBuckets::default(),
            on_refusal: Box::new(on_refusal),
        }
    }

    /// Uses keys with this prefix in a shared Redis, and a longer timeout.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn with_key_prefix(mut self, redis: Redis, key_prefix: &str) -> Self {
        self.shared = SharedBuckets::new(redis, key_prefix).with_long_timeout();
        self
    }

    /// Counts `request`. An invalid token counts as none.
    pub async fn count(
        &self,
        request: &Head,
        class: RateClass,
        verifier: &Verifier,
    ) -> RateLimitStatus {
        let Some(policies) = &self.policies else {
            return RateLimitStatus::default();
        };
        let caller = request.caller(verifier).await.ok();
        let buckets = policies.buckets(request, class, caller.map(|caller| caller.user_id.0));
        let levels = match self.shared.take(&buckets).await {
            Some(levels) => levels,
            None => self.local.take(&buckets, Instant::now()),
        };
        for level in levels.iter().filter(|level| level.is_over()) {
            (self.on_refusal)(level.policy.name);
        }
        RateLimitStatus(levels)
    }
}

impl From<Quotas> for Policies {
    fn from(quotas: Quotas) -> Self {
        let policy = |name, quota, window| Policy {
            name,
            quota,
            window,
        };
        Self {
            anonymous: policy("anonymous", quotas.anonymous, MINUTE),
            signed_in: policy("signed-in", quotas.signed_in, MINUTE),
            writes: policy("writes", quotas.writes, MINUTE),
            sign_ups: policy("sign-ups", quotas.sign_ups, HOUR),
        }
    }
}

impl Policies {
    fn buckets(&self, request: &Head, class: RateClass, user_id: Option<i64>) -> Vec<Bucket> {
        let network = request.network().0;
        let (policy, key) = match user_id {
            Some(id) => (self.signed_in, format!("user-{id}")),
            None => (self.anonymous, network.clone()),
        };
        let bucket = |policy, key: &str| Bucket {
            policy,
            key: key.to_owned(),
        };
        let mut buckets = vec![bucket(policy, &key)];
        if request.method != Method::GET {
            buckets.push(bucket(self.writes, &key));
        }
        if class == RateClass::SignUp {
            buckets.push(bucket(self.sign_ups, &network));
        }
        buckets
    }
}

impl RateLimitStatus {
    /// 429 if a bucket is empty, with the time until all have a token.
    pub fn refusal(&self) -> Option<ApiError> {
        let over = self.0.iter().filter(|level| level.is_over());
        let seconds = over.map(Level::reset_seconds).max()?;
        let status = StatusCode::TOO_MANY_REQUESTS;
        let error = ApiError::new(status, "rate_limited", "too many requests");
        Some(error.retry_after(seconds))
    }

    /// Sets the headers, as structured fields (RFC 9651).
    pub fn add_headers(&self, headers: &mut HeaderMap) {
        let policies = self.0.iter().map(|Level { policy, .. }| {
            let Policy { name, quota, .. } = policy;
            format!("\"{name}\";q={quota};w={}", policy.window.as_secs())
        });
        let levels = self.0.iter().map(|level| {
            let (name, reset) = (level.policy.name, level.reset_seconds());
            format!("\"{name}\";r={};t={reset}", level.remaining())
        });
        let (policies, levels): (Vec<_>, Vec<_>) = (policies.collect(), levels.collect());
        for (name, list) in [(RATELIMIT_POLICY, policies), (RATELIMIT, levels)] {
            if let (false, Ok(value)) = (list.is_empty(), HeaderValue::try_from(list.join(", "))) {
                headers.insert(name, value);
            }
        }
    }
}
