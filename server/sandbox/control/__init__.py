"""How a test or a person looks into the sandbox, sets faults and moves its clock."""
