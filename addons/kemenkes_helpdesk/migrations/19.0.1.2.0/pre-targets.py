def migrate(cr, _version):
    """Targets came over from the addon of service levels: what a database has of them belongs to this addon now."""
    cr.execute("""
        UPDATE ir_model_data SET module = 'kemenkes_helpdesk'
         WHERE module = 'kemenkes_sla'
           AND (name ~ '(^|_)helpdesk_target(_|$)'
                OR name ~ '^demo_target_(handling_time|first_response|first_contact|service_level|backlog)$'
                OR name IN ('ir_cron_targets', 'auditlog_rule_target'))
    """)
