"""An article becomes text with places."""
