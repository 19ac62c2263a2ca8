"""Configuration: the experiment, the parts it can name, its flags and its JSON."""
