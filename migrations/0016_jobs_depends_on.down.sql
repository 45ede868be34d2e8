drop index jobs_depends_on;
