"""What pages and tables are made of: intervals, figures, media, style."""
