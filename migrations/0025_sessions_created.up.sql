-- no-transaction
-- The sessions of the last day, among which the hourly sweep finds users who have too many.
create index concurrently sessions_created on sessions (created_at, user_id);
