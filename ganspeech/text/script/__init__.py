"""What is to be spoken, and how: plain texts and SSML become one script."""
