-- One mailbox has one account, however its address is spelled.
--
-- `mailbox` is the one spelling of an address that is compared: api-server computes it, because
-- Postgres knows no Punycode and its `lower` depends on the locale. Null stands for the address in
-- lower case (ASCII): so no row is rewritten here, and releases that do not know the column may
-- insert rows. api-server completes those whose mailbox differs.

alter table users add column mailbox text;
