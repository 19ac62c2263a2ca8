"""Profiles of updates: operations, memory traffic and expected times, by part of the network."""
