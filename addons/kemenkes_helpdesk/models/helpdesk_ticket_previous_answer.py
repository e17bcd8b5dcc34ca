import re

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from ..tools.personal_data import drop_link_tokens, mask
from .helpdesk_stage import DONE_KINDS
from .helpdesk_ticket_duplicate import sql_likeness

# What is proposed.
PROPOSED = 5
# Many tickets got the same words: so many are read to find PROPOSED different ones.
READ = 30
# The newest tickets that hold the words are compared as texts, so many at most.
COMPARED = 400
# By what PostgreSQL knows of the words, so many tickets are to be found by them; none more, or the search is slow.
FOUND = 2_000
# Shorter words tell nothing of a matter.
SHORTEST_WORD = 3
# Of 1: how many of their trigrams two texts share (pg_trgm). Less than for duplicates: an answer may fit a like matter.
MIN_SIMILARITY = 0.3
SATISFIED, DISSATISFIED = 4, 2
SALUTATIONS = "bapak|ibu|pak|bu|bpk|saudara|saudari|sdr|sdri|kakak|kak|yth|halo|hai|dear|mr|mrs|ms|dr|drg|dok|dokter"
CUSTOMER, REFERENCE, STATUS_LINK = "{{customer}}", "{{reference}}", "{{status_link}}"
TICKET_LINK = re.compile(r"https?://\S*?/my/tickets/\d+\S*")


class HelpdeskTicket(models.Model):
    """What was answered before: the words that solved tickets of the same product about a like matter got."""

    _inherit = "helpdesk.ticket"

    @api.readonly
    def get_previous_answers(self):
        """Answers that were given on solved tickets of the same product with similar words.

        Those that made their customers content come first, then by likeness; what left a customer discontent is not
        proposed. Of the customer who got the answer nothing is in it: the name, the reference and the link are
        placeholders, which the composer fills for the customer who gets it now, other personal data is masked.

        :return: list of ``{"ticket_id", "reference", "subject", "category", "solved", "text", "is_proven", "times"}``;
            ``solved`` in UTC as "YYYY-MM-DD HH:MM:SS", ``text`` plain, ``is_proven`` whether a customer was content
            with it, ``times`` how many of the found tickets got these words. Empty for accounts that don't answer
        """
        self.ensure_one()
        self.check_access("read")
        if not self.product_id or not self.env.user.has_group("kemenkes_helpdesk.group_agent"):
            return []
        # sudo: its words are compared only, whatever of them the account may see
        query = self._similar_words(self.sudo()._compared_text())
        return self._prepare_answers(self._find_answers(query)) if query else []

    # FINDING

    def _similar_words(self, text):
        """The words that tell most about ``text``, as a search for the tickets that speak of the same.

        Each rare word is enough; of the others all must be there. How common a word is PostgreSQL counts by itself
        (ANALYZE), and each search finds about FOUND tickets, whatever their number.

        :return: a tsquery as str, empty where the text holds no words
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT word, coalesce(frequency, 0) * greatest(total, 0), greatest(total, 0)
                  FROM unnest(tsvector_to_array(helpdesk_search_words(helpdesk_search_shown(%s)))) AS word
                 CROSS JOIN (SELECT reltuples AS total FROM pg_class
                              WHERE oid = 'helpdesk_ticket_document'::regclass) AS documents
                  LEFT JOIN (SELECT known.word, known.frequency
                               FROM pg_stats,
                                    unnest(most_common_elems::text::text[], most_common_elem_freqs)
                                        AS known (word, frequency)
                              WHERE schemaname = current_schema AND tablename = 'helpdesk_ticket_document'
                                AND attname = 'document') AS statistic USING (word)
                 WHERE length(word) >= %s
                 ORDER BY 2, word
                """,
                text,
                SHORTEST_WORD,
            )
        )
        rare, common, found, share = [], [], 0, 1
        for word, count, total in rows:
            if not common and found + count <= FOUND:
                rare.append(self._quote_word(word))
                found += count
                continue
            common.append(self._quote_word(word))
            share *= count / total
            if found + share * total <= FOUND:
                break
        return " | ".join([*rare, *([" & ".join(common)] if common else [])])

    @api.model
    def _quote_word(self, word):
        return "'{}'".format(word.replace("\\", "\\\\").replace("'", "''"))

    def _find_answers(self, query):
        """
        :param str query: a tsquery
        :return: ``[(ticket id, message id, whether the customer was content)]``, the best first
        """
        self._flush_searched_text()
        self.env["mail.message"].flush_model(["helpdesk_direction"])
        self.env["rating.rating"].flush_model(["rating", "consumed", "res_model", "res_id"])
        matching = SQL("(SELECT ticket_id FROM helpdesk_ticket_document WHERE document @@ %s::tsquery)", query)
        domain = (
            Domain("id", "in", matching)
            & Domain("id", "!=", self.id)
            & Domain("product_id", "=", self.product_id.id)
            & Domain("stage_kind", "in", DONE_KINDS)
            & Domain("merged_into_id", "=", False)
            & Domain("is_incident", "=", False)
        )
        candidates = self._search(domain, order="id desc", limit=COMPARED)
        return self.env.execute_query(
            SQL(
                """
                SELECT ticket.id, answer.id, coalesce(stars >= %(satisfied)s, false) AS is_proven
                  FROM (%(candidates)s) AS candidate (id)
                  JOIN helpdesk_ticket ticket ON ticket.id = candidate.id
                 CROSS JOIN LATERAL (SELECT %(likeness)s AS score) AS likeness
                  JOIN LATERAL (
                       -- the thanks and goodbyes are shorter than the answer
                       SELECT id FROM mail_message
                        WHERE model = 'helpdesk.ticket' AND res_id = ticket.id AND helpdesk_direction = 'out'
                        ORDER BY length(body) DESC, id LIMIT 1) AS answer ON true
                  LEFT JOIN LATERAL (
                       SELECT rating AS stars FROM rating_rating
                        WHERE res_model = 'helpdesk.ticket' AND res_id = ticket.id AND consumed
                        ORDER BY id DESC LIMIT 1) AS rated ON true
                 WHERE score >= %(min_score)s AND coalesce(stars, %(satisfied)s) > %(dissatisfied)s
                 ORDER BY is_proven DESC, score DESC, ticket.id DESC
                 LIMIT %(limit)s
                """,
                candidates=candidates.select(SQL("helpdesk_ticket.id")),
                satisfied=SATISFIED,
                dissatisfied=DISSATISFIED,
                likeness=sql_likeness(self.sudo()._compared_text()),
                min_score=MIN_SIMILARITY,
                limit=READ,
            )
        )

    # WHAT IS SHOWN

    def _prepare_answers(self, rows):
        tickets = self.browse([ticket_id for ticket_id, _message_id, _is_proven in rows])
        messages = self.env["mail.message"].browse([message_id for _ticket_id, message_id, _is_proven in rows])
        # sudo: the tickets are the account's to see, and so is what was said on them; names are taken out below
        messages.sudo().fetch(["body"])
        tickets.sudo().fetch(["name", "ticket_ref", "partner_name", "category_id", "solved_date"])
        answers = {}
        for ticket, message, (_ticket_id, _message_id, is_proven) in zip(tickets, messages, rows, strict=True):
            text = ticket._anonymous_answer(message.sudo().body)
            known = answers.setdefault(" ".join(text.split()).lower(), self._prepare_answer(ticket, text))
            known["times"] += 1
            known["is_proven"] |= is_proven
        return [answer for key, answer in answers.items() if key][:PROPOSED]

    @api.model
    def _prepare_answer(self, ticket, text):
        return {
            "ticket_id": ticket.id,
            "reference": ticket.ticket_ref,
            "subject": mask(ticket.name),
            "category": ticket.category_id.display_name or "",
            "solved": fields.Datetime.to_string(ticket.solved_date),
            "text": text,
            "is_proven": False,
            "times": 0,
        }

    def _anonymous_answer(self, body):
        """What was said to this ticket's customer, in words that can be said to any other."""
        # sudo: whatever the account may see of the name, it is what must not be in the text
        ticket = self.sudo()
        text = html2plaintext(drop_link_tokens(body or ""), include_references=False).strip()
        text = TICKET_LINK.sub(STATUS_LINK, text).replace(ticket.ticket_ref, REFERENCE)
        name = (ticket.partner_name or "").strip()
        if name:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", CUSTOMER, text, flags=re.IGNORECASE)
        for word in re.findall(rf"\w{{{SHORTEST_WORD},}}", name):
            # elsewhere the word may be no name: "Puskesmas"
            addressed = rf"((?:^|(?<!\w)(?:{SALUTATIONS})[.,]?\s+)){re.escape(word)}(?!\w)"
            text = re.sub(addressed, rf"\1{CUSTOMER}", text, flags=re.IGNORECASE | re.MULTILINE)
        return mask(text)
