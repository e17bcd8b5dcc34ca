from . import citizen_portal, devices, form, mail, session, status, viewer_portal
