from . import api, api_dispatcher, chatbot, livechat_rating, webhook
