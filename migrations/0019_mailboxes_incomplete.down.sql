drop index users_mailbox_incomplete;
