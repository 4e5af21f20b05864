"""Programs that start this server for their user: where they keep their list of servers, and how it is changed."""
