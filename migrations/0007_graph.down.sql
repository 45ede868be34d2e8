drop table mutes, blocks, follow_requests, follows;
