from . import devices, health, link_preview, log_out, single_sign_on
