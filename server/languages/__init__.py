"""What people read, in their language: one catalogue for the questions, the terminal and what comes."""
