"""Evaluation: metrics of generated speech, their intervals, and a page to listen to.

Imports nothing by itself: processes that score must start fast and without JAX.
"""
