"""What a table of recipients means: cells, columns, rows. Pure: no network, no disk."""
