"""Published models by name: what they are, and their download from the Hugging Face hub."""
