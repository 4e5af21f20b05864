"""Everything that the gate says: questions, sentences and answers, in every language."""
