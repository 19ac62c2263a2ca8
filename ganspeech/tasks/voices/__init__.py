"""Tasks of voices, which speak texts, and what their training and use share."""
