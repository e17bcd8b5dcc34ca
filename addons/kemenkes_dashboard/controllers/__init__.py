from . import embed, export, report, viewer_figures, wallboard
