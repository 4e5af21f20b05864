"""What the doctor looks at, one file for each kind of thing that has to be right."""
