from . import certificate, rate, viewer_training
