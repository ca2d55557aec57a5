"""From passages found to an answer."""
