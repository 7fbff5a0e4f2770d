"""What people type on this floor's pages."""
