"""What several commands share: parts, none of them a command."""
