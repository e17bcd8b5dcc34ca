from . import citizen_portal, form, mail, session, status
