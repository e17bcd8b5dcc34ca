from . import embed, export, viewer_figures, wallboard
