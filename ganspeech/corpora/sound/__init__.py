"""What is measured of the sound of clips, and where recordings are cut."""
