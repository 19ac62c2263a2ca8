"""Folders of features: frames of recordings, one array a file, and what they were made by."""

from ganspeech.data.features.folder import FeatureFolder, read_features
from ganspeech.data.features.settings import FeatureSettings
from ganspeech.data.features.writing import FeatureWriter

__all__ = ["FeatureFolder", "FeatureSettings", "FeatureWriter", "read_features"]
