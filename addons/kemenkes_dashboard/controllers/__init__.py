from . import embed, export, viewer_figures, wallboard
from . import export, report, viewer_figures
