"""Programs that start this server for their user: where their list of servers is, and how it is changed."""
