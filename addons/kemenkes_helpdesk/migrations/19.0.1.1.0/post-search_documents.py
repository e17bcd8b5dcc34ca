def migrate(cr, _version):
    """Words that some readers see masked stand apart from the others: build all documents anew."""
    cr.execute("REINDEX INDEX ir_attachment_helpdesk_name_idx")
    cr.execute("SELECT helpdesk_search_rebuild(array_agg(id)) FROM helpdesk_ticket GROUP BY id / 10000")
