"""bin/bench: performance as a ratio of two things run in turn (../shared/reference/performance.md)."""
