"""Files of other projects, read and written without running anything in them."""
