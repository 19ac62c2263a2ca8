"""Parts of `listen`: the microphone, and phrases that trigger actions."""
