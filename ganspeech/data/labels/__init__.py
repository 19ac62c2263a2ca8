"""What recordings teach: their transcripts as labels, and where each label ends."""
