drop index uploads_open;
