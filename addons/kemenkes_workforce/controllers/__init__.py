from . import session, viewer_agreements, viewer_replacements
