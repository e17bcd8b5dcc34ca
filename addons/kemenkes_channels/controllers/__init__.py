from . import api, api_dispatcher, webhook
