"""Import of other projects' vocoders and voices, and export for other runtimes."""
