import hashlib
import re
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL, email_normalize

from ..tools.personal_data import INLINE, SQL_HEALTH_QUERY, SQL_HEALTH_TERMS, SQL_NUMBERS

# A message or an incident report can be any length; what comes after this many characters isn't searchable.
MESSAGE_LENGTH = 20_000
# PostgreSQL takes at most 1 MB of words in one document.
TICKET_LENGTH = 200_000
# Marks that join words for PostgreSQL's parser ("budi@kemkes.go.id", "HD-2026-000001", "foto_ktp.jpg" would
# each be one word, found only when typed in full). "&", "#" and ";" stay: they make an entity of HTML.
JOINERS = ".,:/\\-_@+=()[]{}\"'!?*~|^$%<>`"
# Shorter words are looked for as they are, longer ones also as the beginning of a word: Indonesian
# hangs its endings on ("aplikasi", "aplikasinya").
PREFIX_LENGTH = 4
PHONE = re.compile(r"(?<![\w-])(\+?\d[\d\s().-]{6,}\d)(?![\w-])")
PHRASE = re.compile(r'"([^"]*)"')

# Where a word stands in the ticket: PostgreSQL has four weights.
WEIGHT_TICKET = "A"
WEIGHT_CUSTOMER = "B"
WEIGHT_MESSAGE = "C"
WEIGHT_INTERNAL = "D"
ALL_WEIGHTS = WEIGHT_TICKET + WEIGHT_CUSTOMER + WEIGHT_MESSAGE + WEIGHT_INTERNAL

# How words begin in the document that readers of masked texts don't find, and how a customer's whole address or number
# begins. No Indonesian or English word begins so; what is typed loses it.
HIDDEN_MARK = "qx"
WHOLE_MARK = "qj"
TYPED_MARKS = re.compile(rf"^(?:{HIDDEN_MARK}|{WHOLE_MARK})+", re.IGNORECASE)


class Scope(NamedTuple):
    """Where somebody looks for words: letters of the weights, for words that everybody sees and for masked ones.

    No letters: anywhere, which the index answers alone; for a part of the weights PostgreSQL reads each document found.
    """

    shown: str = ""
    hidden: str | None = ""


class HelpdeskTicketDocument(models.AbstractModel):
    """One searchable document for each ticket: its own words, its customer's, its messages', its files'.

    A document for each ticket instead of an index on each message makes "budi gagal login" find the ticket
    whose customer is Budi and whose messages speak of a failing login, and lets PostgreSQL know how common a
    word is: rare ones go by the index, common ones by the newest tickets first. It stands in a table of its
    own, so that a change of a ticket's stage doesn't write hundreds of index entries, and is kept by triggers,
    so that no path (batches of the inbox, merge, erasure) can forget it.
    """

    _name = "helpdesk.ticket.document"
    _description = "Searchable Text of Tickets"

    def init(self):
        # cr.execute without parameters takes "%" as it stands
        self.env.cr.execute(DEFINITION)
        for table, trigger, event, action in TRIGGERS:
            names = {"trigger": SQL.identifier(trigger), "table": SQL.identifier(table)}
            self.env.cr.execute(SQL("DROP TRIGGER IF EXISTS %(trigger)s ON %(table)s", **names))
            made = {**names, "event": SQL(event), "action": SQL(action)}  # pylint: disable=sql-injection
            self.env.cr.execute(SQL("CREATE TRIGGER %(trigger)s AFTER %(event)s ON %(table)s %(action)s", **made))

    @api.model
    def _build_missing(self, limit=10_000):
        """Documents for tickets that have none, such as those of a restored table.

        :param int limit: tickets at most
        :return: how many were made
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT helpdesk_search_rebuild(array_agg(id)), count(*) FROM (
                    SELECT id FROM helpdesk_ticket ticket
                     WHERE NOT EXISTS (SELECT FROM helpdesk_ticket_document WHERE ticket_id = ticket.id)
                     LIMIT %s
                ) missing
                """,
                limit,
            )
        )
        return rows[0][1]

    @api.model
    def _matching_tickets(self, text, scope):
        """The tickets whose document holds every word of ``text``.

        Words are found as the beginning of a word, ``"quoted words"`` as a phrase, ``-word`` excludes, a
        phone number is found however it is written; a customer's address or number is found as a whole by everybody,
        in parts by those who see it. No input is an error.

        :param str text: what somebody typed
        :param Scope scope: where to look
        :return: ``SQL`` subquery of ticket ids, None where ``text`` holds no word
        """
        query = self._prepare_query(text, scope)
        if not query:
            return None
        return SQL("(SELECT ticket_id FROM helpdesk_ticket_document WHERE document @@ to_tsquery('simple', %s))", query)

    @api.model
    def _prepare_query(self, text, scope):
        """``text`` as a tsquery.

        :return: str, empty where ``text`` holds no word
        """
        terms = []

        def take_phone(match):
            digits = re.sub(r"\D", "", match[1])
            if not (match[1].startswith("+") or digits.startswith(("0", "62"))):
                return match[0]
            number = self.env["helpdesk.identity"]._normalize_handle("phone", match[1]) or digits
            spellings = [self._prepare_term(spelling, scope, prefix=True) for spelling in (digits, match[1])]
            terms.append(self._any_of(*self._prepare_whole(number, scope), *spellings))
            return " "

        def take_phrase(match):
            terms.append(self._prepare_term(match[1], scope, prefix=False))
            return " "

        rest = PHONE.sub(take_phone, PHRASE.sub(take_phrase, text.replace("\0", " ")))
        words = rest.split()
        for number, word in enumerate(words, start=1):
            still_typed = number == len(words) and len(word) > 1
            term = self._prepare_term(word, scope, prefix=still_typed or len(word) >= PREFIX_LENGTH)
            if address := email_normalize(word):
                term = self._any_of(*self._prepare_whole(address, scope), term)
            terms.append(f"!({term})" if term and word.startswith("-") else term)
        return " & ".join(term for term in terms if term)

    @api.model
    def _prepare_term(self, text, scope, prefix):
        words = text.translate(str.maketrans(dict.fromkeys(JOINERS + "&#;", " "))).split()
        words = [word for word in (TYPED_MARKS.sub("", word) for word in words) if word]
        parts = [self._prepare_word(word, scope, prefix and word is words[-1]) for word in words]
        return f"({' <-> '.join(parts)})" if len(parts) > 1 else "".join(parts)

    @api.model
    def _prepare_word(self, word, scope, prefix):
        star = "*" if prefix else ""
        shown = self._label(word, star + scope.shown)
        if scope.hidden is None:
            return shown
        return self._any_of(shown, self._label(HIDDEN_MARK + word, star + scope.hidden))

    @api.model
    def _label(self, word, label):
        return f"'{word}':{label}" if label else f"'{word}'"

    @api.model
    def _prepare_whole(self, handle, scope):
        if scope.shown and WEIGHT_CUSTOMER not in scope.shown:
            return []
        digest = hashlib.md5(handle.encode(), usedforsecurity=False).hexdigest()
        return [f"'{WHOLE_MARK}{digest}':{WEIGHT_CUSTOMER}"]

    @api.model
    def _any_of(self, *terms):
        terms = [term for term in terms if term]
        return f"({' | '.join(terms)})" if len(terms) > 1 else "".join(terms)


DEFINITION = f"""
CREATE TABLE IF NOT EXISTS helpdesk_ticket_document (
    ticket_id integer PRIMARY KEY REFERENCES helpdesk_ticket ON DELETE CASCADE,
    document tsvector NOT NULL
);
-- enough common words for the planner to know which are too common for the index
ALTER TABLE helpdesk_ticket_document ALTER COLUMN document SET STATISTICS 1000;

-- Functions that call others name the schema: PostgreSQL makes indexes without a search path.

-- HTML as a reader sees it: elements within a line vanish, the others end it; nobody finds the token of a signed link
CREATE OR REPLACE FUNCTION helpdesk_search_text(content text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        regexp_replace(
            regexp_replace(coalesce(content, ''), '</?({"|".join(sorted(INLINE))})(\\s[^>]*)?/?>', '', 'gi'),
            '</?[a-zA-Z][^>]*>', E'\\n', 'g'
        ),
        'access_token=[0-9a-zA-Z_-]+', '', 'g'
    )
$$;

-- what is left of a text for those who see it masked
CREATE OR REPLACE FUNCTION helpdesk_search_shown(content text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        regexp_replace(public.helpdesk_search_text(content), $pattern${SQL_NUMBERS}$pattern$, '•', 'g'),
        $pattern${SQL_HEALTH_TERMS}$pattern$, '•', 'gi'
    )
$$;

CREATE OR REPLACE FUNCTION helpdesk_search_hide_words(content text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        translate(content, $joiners${JOINERS}$joiners$, '{" " * len(JOINERS)}'), '(\\S+)', '{HIDDEN_MARK}\\1', 'g'
    )
$$;

-- a text in which the words of all that fits the pattern are hidden
CREATE OR REPLACE FUNCTION helpdesk_search_hide(content text, pattern text, flags text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(
               CASE WHEN number % 2 = 1 THEN part ELSE concat(' ', public.helpdesk_search_hide_words(part), ' ') END,
               '' ORDER BY number
           )
      FROM regexp_split_to_table(
               regexp_replace(translate(content, E'\\u0001', ''), pattern, E'\\u0001\\\\&\\u0001', flags), E'\\u0001'
           ) WITH ORDINALITY AS parts(part, number)
$$;

CREATE OR REPLACE FUNCTION helpdesk_search_words(content text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector('pg_catalog.simple', translate(content, $joiners${JOINERS}$joiners$, '{" " * len(JOINERS)}'))
$$;

-- most texts hide nothing: whether one does is found out first, that is much cheaper
CREATE OR REPLACE FUNCTION helpdesk_search_vector(content text, weight "char") RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    words text := public.helpdesk_search_text(content);
    found tsvector;
BEGIN
    IF words ~ $pattern${SQL_NUMBERS}$pattern$ THEN
        words := public.helpdesk_search_hide(words, $pattern${SQL_NUMBERS}$pattern$, 'g');
    END IF;
    found := public.helpdesk_search_words(words);
    IF found @@ $query${SQL_HEALTH_QUERY}$query$::tsquery THEN
        words := public.helpdesk_search_hide(words, $pattern${SQL_HEALTH_TERMS}$pattern$, 'gi');
        found := public.helpdesk_search_words(words);
    END IF;
    RETURN setweight(found, weight);
END $$;

-- an Indonesian number as people type it: with and without the country's code
CREATE OR REPLACE FUNCTION helpdesk_search_phone(phone text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT concat_ws(' ', digits, CASE WHEN digits LIKE '62%' THEN '0' || substr(digits, 3) END)
      FROM (SELECT regexp_replace(phone, '\\D', '', 'g') AS digits) number
$$;

-- an address or number: as a whole for everybody, in parts for those who see it
CREATE OR REPLACE FUNCTION helpdesk_search_handles(email text, phone text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(
        to_tsvector(
            'pg_catalog.simple',
            concat_ws(
                ' ', public.helpdesk_search_hide_words(concat_ws(' ', email, public.helpdesk_search_phone(phone))),
                '{WHOLE_MARK}' || md5(lower(email)),
                '{WHOLE_MARK}' || md5(
                    CASE WHEN phone LIKE '+%' THEN phone ELSE regexp_replace(phone, '\\D', '', 'g') END
                )
            )
        ),
        '{WEIGHT_CUSTOMER}'
    )
$$;

CREATE OR REPLACE FUNCTION helpdesk_search_rebuild(ids integer[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO helpdesk_ticket_document (ticket_id, document)
    SELECT ticket.id,
           helpdesk_search_vector(
               concat_ws(' ', ticket.ticket_ref, ticket.name, left(ticket.description, {MESSAGE_LENGTH})),
               '{WEIGHT_TICKET}'
           )
           || helpdesk_search_vector(ticket.partner_name, '{WEIGHT_CUSTOMER}')
           || helpdesk_search_handles(
               coalesce(ticket.partner_email_normalized, ticket.partner_email),
               coalesce(ticket.partner_phone_normalized, ticket.partner_phone)
           )
           || helpdesk_search_vector(left(message.public, {TICKET_LENGTH}), '{WEIGHT_MESSAGE}')
           || helpdesk_search_vector(left(message.internal, {TICKET_LENGTH}), '{WEIGHT_INTERNAL}')
           || helpdesk_search_vector(left(attachment.names, {TICKET_LENGTH}), '{WEIGHT_INTERNAL}')
      FROM helpdesk_ticket ticket
      LEFT JOIN LATERAL (
            SELECT string_agg(left(body, {MESSAGE_LENGTH}), ' ' ORDER BY m.id DESC)
                       FILTER (
                           WHERE NOT (coalesce(m.is_internal, false) OR s.id IS NULL OR s.internal IS TRUE)
                       ) AS public,
                   string_agg(left(body, {MESSAGE_LENGTH}), ' ' ORDER BY m.id DESC)
                       FILTER (WHERE coalesce(m.is_internal, false) OR s.id IS NULL OR s.internal IS TRUE) AS internal
              FROM mail_message m LEFT JOIN mail_message_subtype s ON s.id = m.subtype_id
             WHERE m.model = 'helpdesk.ticket' AND m.res_id = ticket.id
               AND m.message_type NOT IN ('notification', 'user_notification')
           ) message ON true
      LEFT JOIN LATERAL (
            SELECT string_agg(a.name, ' ') AS names
              FROM ir_attachment a
             WHERE a.res_model = 'helpdesk.ticket' AND a.res_id = ticket.id AND a.res_field IS NULL
           ) attachment ON true
     WHERE ticket.id = ANY(ids)
     ORDER BY ticket.id
    ON CONFLICT (ticket_id) DO UPDATE SET document = excluded.document
$$;

CREATE OR REPLACE FUNCTION helpdesk_search_of_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM helpdesk_search_rebuild((SELECT array_agg(id) FROM added));
    ELSE
        PERFORM helpdesk_search_rebuild(ARRAY[NEW.id]);
    END IF;
    RETURN NULL;
EXCEPTION WHEN program_limit_exceeded THEN
    -- a ticket too long for the search must not be a ticket that can't be stored
    RETURN NULL;
END $$;

-- new messages are appended: the older ones needn't be read again
CREATE OR REPLACE FUNCTION helpdesk_search_of_messages() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO helpdesk_ticket_document AS known (ticket_id, document)
    SELECT m.res_id,
           helpdesk_search_vector(
               left(string_agg(left(m.body, {MESSAGE_LENGTH}), ' ') FILTER (
                   WHERE NOT (coalesce(m.is_internal, false) OR s.id IS NULL OR s.internal IS TRUE)), {TICKET_LENGTH}),
               '{WEIGHT_MESSAGE}')
           || helpdesk_search_vector(
               left(string_agg(left(m.body, {MESSAGE_LENGTH}), ' ') FILTER (
                   WHERE coalesce(m.is_internal, false) OR s.id IS NULL OR s.internal IS TRUE), {TICKET_LENGTH}),
               '{WEIGHT_INTERNAL}')
      FROM added m
      JOIN helpdesk_ticket ticket ON ticket.id = m.res_id
      LEFT JOIN mail_message_subtype s ON s.id = m.subtype_id
     WHERE m.model = 'helpdesk.ticket' AND m.message_type NOT IN ('notification', 'user_notification')
       AND m.body != ''
     GROUP BY m.res_id
     ORDER BY m.res_id
    ON CONFLICT (ticket_id) DO UPDATE SET document = known.document || excluded.document;
    RETURN NULL;
EXCEPTION WHEN program_limit_exceeded THEN
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION helpdesk_search_of_attachments() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO helpdesk_ticket_document AS known (ticket_id, document)
    SELECT a.res_id, helpdesk_search_vector(left(string_agg(a.name, ' '), {MESSAGE_LENGTH}), '{WEIGHT_INTERNAL}')
      FROM added a
      JOIN helpdesk_ticket ticket ON ticket.id = a.res_id
     WHERE a.res_model = 'helpdesk.ticket' AND a.res_field IS NULL
     GROUP BY a.res_id
     ORDER BY a.res_id
    ON CONFLICT (ticket_id) DO UPDATE SET document = known.document || excluded.document;
    RETURN NULL;
EXCEPTION WHEN program_limit_exceeded THEN
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION helpdesk_search_of_changed_messages() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed integer[];
BEGIN
    SELECT array_agg(DISTINCT ticket_id) INTO changed FROM (
        SELECT unnest(ARRAY[
                   CASE WHEN o.model = 'helpdesk.ticket' THEN o.res_id END,
                   CASE WHEN n.model = 'helpdesk.ticket' THEN n.res_id END]) AS ticket_id
          FROM removed o JOIN added n ON n.id = o.id
         WHERE (o.model = 'helpdesk.ticket' OR n.model = 'helpdesk.ticket')
           AND (o.body, o.model, o.res_id, o.message_type, o.is_internal, o.subtype_id)
               IS DISTINCT FROM (n.body, n.model, n.res_id, n.message_type, n.is_internal, n.subtype_id)
    ) touched WHERE ticket_id IS NOT NULL;
    IF changed IS NOT NULL THEN
        PERFORM helpdesk_search_rebuild(changed);
    END IF;
    RETURN NULL;
EXCEPTION WHEN program_limit_exceeded THEN
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION helpdesk_search_of_changed_attachments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed integer[];
BEGIN
    SELECT array_agg(DISTINCT ticket_id) INTO changed FROM (
        SELECT unnest(ARRAY[
                   CASE WHEN o.res_model = 'helpdesk.ticket' THEN o.res_id END,
                   CASE WHEN n.res_model = 'helpdesk.ticket' THEN n.res_id END]) AS ticket_id
          FROM removed o JOIN added n ON n.id = o.id
         WHERE (o.res_model = 'helpdesk.ticket' OR n.res_model = 'helpdesk.ticket')
           AND (o.name, o.res_model, o.res_id) IS DISTINCT FROM (n.name, n.res_model, n.res_id)
    ) touched WHERE ticket_id IS NOT NULL;
    IF changed IS NOT NULL THEN
        PERFORM helpdesk_search_rebuild(changed);
    END IF;
    RETURN NULL;
EXCEPTION WHEN program_limit_exceeded THEN
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION helpdesk_search_of_removed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed integer[];
BEGIN
    IF TG_TABLE_NAME = 'mail_message' THEN
        SELECT array_agg(DISTINCT res_id) INTO changed FROM removed WHERE model = 'helpdesk.ticket';
    ELSE
        SELECT array_agg(DISTINCT res_id) INTO changed FROM removed WHERE res_model = 'helpdesk.ticket';
    END IF;
    IF changed IS NOT NULL THEN
        PERFORM helpdesk_search_rebuild(changed);
    END IF;
    RETURN NULL;
EXCEPTION WHEN program_limit_exceeded THEN
    RETURN NULL;
END $$;

CREATE INDEX IF NOT EXISTS helpdesk_ticket_document_idx ON helpdesk_ticket_document USING gin (document);
CREATE INDEX IF NOT EXISTS ir_attachment_helpdesk_name_idx ON ir_attachment
    USING gin (helpdesk_search_vector(name, 'D')) WHERE res_model = 'helpdesk.ticket' AND res_field IS NULL;
"""

TICKET_COLUMNS = (
    "ticket_ref",
    "name",
    "description",
    "partner_name",
    "partner_email",
    "partner_email_normalized",
    "partner_phone",
    "partner_phone_normalized",
)
OLD_AND_NEW = "REFERENCING OLD TABLE AS removed NEW TABLE AS added"
EACH_STATEMENT = "FOR EACH STATEMENT EXECUTE FUNCTION"
# each: table, trigger, event, and what is executed
TRIGGERS = (
    (
        "helpdesk_ticket",
        "helpdesk_search_insert",
        "INSERT",
        f"REFERENCING NEW TABLE AS added {EACH_STATEMENT} helpdesk_search_of_ticket()",
    ),
    (
        "helpdesk_ticket",
        "helpdesk_search_update",
        f"UPDATE OF {', '.join(TICKET_COLUMNS)}",
        "FOR EACH ROW WHEN ({} IS DISTINCT FROM {}) EXECUTE FUNCTION helpdesk_search_of_ticket()".format(
            f"(OLD.{', OLD.'.join(TICKET_COLUMNS)})", f"(NEW.{', NEW.'.join(TICKET_COLUMNS)})"
        ),
    ),
    (
        "mail_message",
        "helpdesk_search_insert",
        "INSERT",
        f"REFERENCING NEW TABLE AS added {EACH_STATEMENT} helpdesk_search_of_messages()",
    ),
    (
        "mail_message",
        "helpdesk_search_update",
        "UPDATE",
        f"REFERENCING OLD TABLE AS removed NEW TABLE AS added {EACH_STATEMENT} helpdesk_search_of_changed_messages()",
    ),
    (
        "mail_message",
        "helpdesk_search_delete",
        "DELETE",
        f"REFERENCING OLD TABLE AS removed {EACH_STATEMENT} helpdesk_search_of_removed()",
    ),
    (
        "ir_attachment",
        "helpdesk_search_insert",
        "INSERT",
        f"REFERENCING NEW TABLE AS added {EACH_STATEMENT} helpdesk_search_of_attachments()",
    ),
    (
        "ir_attachment",
        "helpdesk_search_update",
        "UPDATE",
        f"{OLD_AND_NEW} {EACH_STATEMENT} helpdesk_search_of_changed_attachments()",
    ),
    (
        "ir_attachment",
        "helpdesk_search_delete",
        "DELETE",
        f"REFERENCING OLD TABLE AS removed {EACH_STATEMENT} helpdesk_search_of_removed()",
    ),
)
