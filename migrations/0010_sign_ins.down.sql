drop index sessions_live;
drop table audit_log, sign_in_attempts;
