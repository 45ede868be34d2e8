drop index users_mailbox_unique;
