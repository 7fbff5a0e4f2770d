"""The demonstration's two programs: published totals, made-up people. Used by seed_demo alone."""
