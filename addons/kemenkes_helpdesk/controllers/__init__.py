from . import citizen_portal, form, status
