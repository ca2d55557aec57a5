"""A question becomes a reply that can be checked."""
