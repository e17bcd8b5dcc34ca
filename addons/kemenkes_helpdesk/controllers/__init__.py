from . import citizen_portal, form, session, status
