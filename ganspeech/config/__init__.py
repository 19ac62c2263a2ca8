"""What a run is asked to do: the experiment, the parts it can name, its flags and its JSON."""
