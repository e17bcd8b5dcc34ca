from . import roster_calendar, roster_portal, session, viewer_agreements, viewer_replacements
