"""Quality of generated speech, sentence by sentence."""
