"""PostgreSQL with two additions: every transaction carries its program, every table its wall."""
