"""What runs in the containers beside the product: roles before the first start, health checks."""
