-- A copy of the database sends nothing and answers nobody: what waits stays waiting, secrets of outside accounts go.
UPDATE helpdesk_outbox_message
   SET state = 'failed', error = 'Not sent: this is a copy of the database.'
 WHERE state = 'queued';
UPDATE helpdesk_channel
   SET webhook_token = NULL, verify_token = NULL, app_secret = NULL, access_token = NULL;
