"""The pages: one file each, with the function `routes(site)`."""
