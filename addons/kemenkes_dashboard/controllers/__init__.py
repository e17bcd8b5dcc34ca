from . import viewer_figures
