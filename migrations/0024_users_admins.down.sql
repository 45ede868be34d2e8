drop index users_admins;
