from . import citizen_portal, devices, form, handling, mail, personal_data, session, status, viewer_portal
