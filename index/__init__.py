"""Text becomes passages that can be found."""
