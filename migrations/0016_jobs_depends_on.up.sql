-- Deleting a job sets `depends_on` of the jobs that depend on it to null. Without an index Postgres
-- reads all jobs for that, for each deleted media item.
create index jobs_depends_on on jobs (depends_on) where depends_on is not null;
