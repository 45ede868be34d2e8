-- A job belongs to the trace of the request that queued it (W3C Trace Context), so that the log lines
-- of both have the same trace id. Null without a trace, and in rows that an older release inserts.
alter table jobs add column traceparent text;
