"""Parts of pages and tables: intervals, figures, media, style."""
