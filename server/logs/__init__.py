"""What is written of what happens: no secret and no mobile number ever stands there."""
