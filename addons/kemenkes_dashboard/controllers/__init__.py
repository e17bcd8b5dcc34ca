from . import export, viewer_figures
