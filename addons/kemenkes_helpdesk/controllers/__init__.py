from . import citizen_portal, devices, form, handling, mail, session, status, viewer_portal
