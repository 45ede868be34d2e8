-- Every minute each upload-server looks for open uploads that have all their bytes. Without this index
-- it reads the rows of all uploads there ever were.
create index uploads_open on uploads (id) where state = 'uploading';
