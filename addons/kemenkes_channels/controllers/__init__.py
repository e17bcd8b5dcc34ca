from . import api, api_dispatcher, chatbot, webhook
