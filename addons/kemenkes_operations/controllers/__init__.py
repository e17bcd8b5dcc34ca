from . import health, link_preview, single_sign_on
