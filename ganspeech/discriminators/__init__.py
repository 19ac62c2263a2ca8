"""Discriminators: examples in, feature maps out, logits last; one file per paper."""
