from . import rate, viewer_training
