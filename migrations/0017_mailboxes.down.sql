alter table users drop column mailbox;
