"""Fills a database with tickets as years of work would leave them, in SQL: conversations of the demo's scripts, told to
other customers on other days.

A few thousand stories are told in Python; each ticket is one of them, drawn by PostgreSQL. The peer gets the same
tickets by COPY.
"""

import io
import json
import random
from datetime import datetime

import _bulk as bulk

STORIES = 3000
TICKETS_A_DAY = 500
SITES = ("Surabaya", "Makassar", "Medan", "Jayapura", "Denpasar", "Pontianak", "Ambon")
AGENTS = 80
# Of every account; as the product's rules want it.
PASSWORD = "sandi-ukur-bersama"
FIRST_NAMES = (  # noqa: SIM905 - a text, not a list
    "Budi Siti Agus Dewi Rina Eko Nur Ahmad Sri Wahyu Putri Hendra Ratna Yusuf Fitri Bayu Maria Joko Lestari Rizky "
    "Indah Dimas Ayu Fajar Wulan Iwan Yohanes Kadek Made Ketut Rahmat Sari Teguh Umar Vina Wati Yanti Zainal"
).split()
LAST_NAMES = (  # noqa: SIM905
    "Santoso Aminah Wijaya Lestari Pratama Hidayat Siregar Nasution Saputra Kusuma Rahayu Setiawan Harahap Simanjuntak "
    "Wibowo Handayani Maulana Purnomo Tanjung Lubis Gunawan Susanto Halim Anggraini Firmansyah Ginting Manurung "
    "Pangestu Ramadhan Sihombing Utami Yulianti"
).split()
FILES = ("foto_ktp", "layar", "surat_tugas", "kartu_vaksin", "rekap_imunisasi", "sertifikat", "bukti_kirim", "error")
# The demo's stories end with the first answer that helps. Many real ones go on for a while: the last lines of this, so
# many for so many of a hundred; with them a ticket has five messages on average.
TALK = (
    ("in", "Sudah saya coba sesuai petunjuk, tetapi masih sama. Mohon dicek kembali."),
    ("out", "Baik, kami periksa kembali. Mohon kirimkan waktu kejadian dan pesan yang muncul di layar."),
    ("in", "Baru saja saya coba lagi, pesannya masih sama. Tangkapan layarnya saya lampirkan."),
    ("out", "Terima kasih. Sudah kami perbaiki, silakan dicoba lagi."),
    ("in", "Sekarang sudah bisa. Terima kasih banyak atas bantuannya."),
)
TALK_SHARES = (43, 29, 14, 7, 4, 3)
TABLES = ("helpdesk_ticket", "helpdesk_ticket_document", "mail_message", "ir_attachment", "res_partner")
# What tickets are drawn from: tables of the database, so that several processes can draw.
POOLS = (
    "bench_story", "bench_line", "bench_words", "bench_team", "bench_names", "bench_subtype", "bench_partner",
    "bench_base",
)  # fmt: skip
# Columns that both helpdesks have, as the peer's file holds them.
SHARED = (
    "number, name, description, partner, partner_name, partner_email, stage_kind, priority, team_number, user_number, "
    "category_number, create_date, assign_date, close_date"
)


def fill(env, count):
    """Make ``count`` tickets with their conversations, customers and files in our database.

    :return: ``{"agent", "supervisor", "viewer"}``: users who may see a part, all, and three products
    """
    cursor = env.cr
    users = make_people(env)
    make_pools(env)
    indexes, keys = bulk.strip(cursor, TABLES)
    fill_customers(cursor, count)
    fill_slice(cursor, count, 1, count)
    for statement in (*indexes, *keys):
        cursor.execute(statement)
    cursor.commit()
    check_documents(cursor)
    vacuum(cursor, *TABLES)
    env.invalidate_all()
    return users


def fill_slice(cursor, count, first, last):
    """Of ``count`` tickets those with the numbers from ``first`` to ``last``, with all that belongs to them.

    The table ``bench_plan`` of this session tells which they are.

    :return: ids of the first and the last ticket
    """
    cursor.execute("SELECT setseed(%s)", [first / (count + 1)])
    cursor.execute("DROP TABLE IF EXISTS bench_plan")
    for statement in _slice_statements():
        cursor.execute(statement, {"count": count, "a_day": TICKETS_A_DAY, "first": first, "last": last})
    cursor.execute("SELECT min(id), max(id) FROM bench_plan")
    return cursor.fetchone()


def vacuum(cursor, *tables):
    """What autovacuum does by itself within minutes; here at once, so that the planner knows what is there."""
    cursor.commit()
    cursor._cnx.autocommit = True
    for table in tables:
        cursor.execute(f"VACUUM ANALYZE {table}")
    cursor._cnx.autocommit = False


def make_people(env):
    """Sites, teams and accounts."""
    # who has signed an agreement is no part of these measurements
    env["helpdesk.nda.rule"].search([]).required = False
    first_team = env["helpdesk.team"].search([("tier", "=", "1")], limit=1)
    sites = env["helpdesk.site"].create([{"name": name, "code": name.lower()} for name in SITES])
    teams = first_team + env["helpdesk.team"].create(
        [{"name": f"L1 {site.name}", "tier": "1", "site_id": site.id} for site in sites]
    )
    products = env["helpdesk.product"].search([], order="id")
    sites = first_team.site_id + sites
    users = env["res.users"].with_context(no_reset_password=True)

    def make(login, group, products, sites):
        return {
            "name": login,
            "login": login,
            "email": f"{login}@helpdesk.example",
            "tz": "Asia/Jakarta",
            "group_ids": [(6, 0, env.ref(f"kemenkes_helpdesk.{group}").ids)],
            "helpdesk_product_ids": [(6, 0, products.ids)],
            "helpdesk_site_ids": [(6, 0, sites.ids)],
        }

    agents = users.create([make(f"agent{number}", "group_agent", products[:3], sites[:1]) for number in range(AGENTS)])
    for number, team in enumerate(teams):
        team.member_ids = agents[number :: len(teams)]
    supervisor, viewer = users.create(
        [
            make("supervisor", "group_supervisor", products, sites),
            make("viewer", "group_pusdatin_viewer", products[:3], sites),
        ]
    )
    give_password(agents + supervisor + viewer)
    return {"agent": agents[0], "supervisor": supervisor, "viewer": viewer}


def give_password(users):
    """The same password for all: a hash takes half a second of a core, as it is meant to, and one is enough here."""
    users[0].password = PASSWORD
    users.env.flush_all()
    users.env.cr.execute(
        "UPDATE res_users SET password = first.password FROM res_users first"
        " WHERE first.id = %s AND res_users.id = ANY(%s)",
        [users[0].id, users.ids],
    )
    users.env.invalidate_all()


def make_pools(env):
    """What tickets are drawn from: stories with their lines, teams, agents."""
    # only now: our addons are found once the settings are read
    from odoo.addons.kemenkes_helpdesk.demo import story as demo

    ids = {
        model: {record.code: record.id for record in env[model].search([])}
        for model in ("helpdesk.product", "helpdesk.category")
    }
    channels = {channel.kind: channel.id for channel in env["helpdesk.channel"].search([], order="id desc")}
    env.cr.execute("""
        CREATE UNLOGGED TABLE bench_story (id serial, product_id int, category_id int, priority text, channel_id int,
                                       name text, description text);
        CREATE UNLOGGED TABLE bench_line (story_id int, place int, direction text, body text, document tsvector);
        CREATE AGGREGATE pg_temp.document_join(tsvector) (SFUNC = tsvector_concat, STYPE = tsvector, INITCOND = '');
    """)
    stories = demo.tell(datetime(2026, 6, 1), STORIES)
    env.cr.execute_values(
        "INSERT INTO bench_story (product_id, category_id, priority, channel_id, name, description) VALUES %s",
        [
            (
                ids["helpdesk.product"].get((story.script["product"] or "").replace("_", "-")),
                ids["helpdesk.category"].get(story.script["category"].replace("_", ".")),
                story.script["priority"],
                channels[story.channel],
                story.subject,
                "\n\n".join(story.steps[0].paragraphs),
            )
            for story in stories
        ],
    )
    directions = {"customer": "in", "agent": "out", "expert": "note", "note": "note"}
    env.cr.execute_values(
        "INSERT INTO bench_line (story_id, place, direction, body) VALUES %s",
        [
            (number, place, directions.get(step.do, "note"), "".join(f"<p>{text}</p>" for text in step.paragraphs))
            for number, story in enumerate(stories, 1)
            for place, step in enumerate(story.steps)
            if step.paragraphs
        ]
        + [
            (number, len(story.steps) + place, direction, f"<p>{text}</p>")
            for number, story in enumerate(stories, 1)
            if any(step.do == "agent" for step in story.steps)
            for place, (direction, text) in enumerate(_talk(number))
        ],
    )
    teams = env["helpdesk.team"].search([], order="tier, id")
    env.cr.execute("CREATE UNLOGGED TABLE bench_team (number serial, id int, tier text, site_id int, members int[])")
    env.cr.execute_values(
        "INSERT INTO bench_team (id, tier, site_id, members) VALUES %s",
        [(team.id, team.tier, team.site_id.id, team.member_ids.ids or env.user.ids) for team in teams],
    )
    env.cr.execute(
        "CREATE UNLOGGED TABLE bench_names AS SELECT %s::text[] AS first, %s::text[] AS last, %s::text[] AS files",
        [list(FIRST_NAMES), list(LAST_NAMES), list(FILES)],
    )
    env.cr.execute(
        "CREATE UNLOGGED TABLE bench_subtype AS SELECT %s::int AS comment, %s::int AS note",
        [env.ref("mail.mt_comment").id, env.ref("mail.mt_note").id],
    )
    # the words of the search's documents, once for each story instead of for each ticket
    env.cr.execute("""
        UPDATE bench_line
           SET document = helpdesk_search_vector(body, (CASE direction WHEN 'note' THEN 'D' ELSE 'C' END)::"char");
        CREATE UNLOGGED TABLE bench_words AS
        SELECT story.id AS story_id, is_new,
               helpdesk_search_vector(concat_ws(' ', name, description), 'A') AS subject, said.document AS said
          FROM bench_story story
          JOIN (SELECT story_id, is_new, pg_temp.document_join(document) AS document
                  FROM bench_line JOIN (VALUES (false), (true)) kind (is_new) ON place = 0 OR NOT is_new
                 GROUP BY story_id, is_new) said ON said.story_id = story.id;
        ANALYZE bench_line;
        ANALYZE bench_words;
    """)
    env.flush_all()


def _talk(number):
    """What is said after the story with this number: always the same."""
    [lines] = random.Random(number).choices(range(len(TALK_SHARES)), TALK_SHARES)
    return TALK[len(TALK) - lines :]


def fill_customers(cursor, count):
    """The customers of ``count`` tickets."""
    cursor.execute(
        """
        CREATE UNLOGGED TABLE bench_partner AS
        SELECT nextval('res_partner_id_seq')::int AS id, number,
               first[1 + (random() * (cardinality(first) - 1))::int] || ' '
                   || last[1 + (random() * (cardinality(last) - 1))::int] AS name,
               lower(first[1 + number %% cardinality(first)]) || number
                   || (ARRAY['@surel.example', '@rsud.example', '@puskesmas.example', '@example.org'])[1 + number %% 4]
                   AS email,
               '+62812' || 10000000 + number::bigint * 7919 %% 89999999 AS phone
          FROM generate_series(1, %(count)s * 35 / 100) number, bench_names;
        INSERT INTO res_partner (id, name, complete_name, email, email_normalized, phone, phone_sanitized, type, active,
                                 is_company, partner_share, commercial_partner_id, lang, create_date, write_date)
        SELECT id, name, name, email, email, phone, phone, 'contact', true, false, true, id, 'id_ID', now(), now()
          FROM bench_partner;
        CREATE INDEX ON bench_partner (number);
        ANALYZE bench_partner;
        -- a ticket's id follows from its number, whoever draws it
        CREATE UNLOGGED TABLE bench_base AS SELECT COALESCE(max(id), 0) AS id FROM helpdesk_ticket;
        SELECT setval('helpdesk_ticket_id_seq', (SELECT id FROM bench_base) + %(count)s);
        """,
        {"count": count},
    )


def _slice_statements():
    """SQL in the order of life: tickets, what was said, files, and the documents of the search."""
    yield """
        CREATE TEMP TABLE bench_plan AS
        SELECT number, (number + bench_base.id)::int AS id,
               now() at time zone 'UTC' - make_interval(secs =>
                   (%(count)s - number + random()) * 86400.0 / %(a_day)s) AS created,
               1 + floor(random() * (SELECT count(*) FROM bench_story))::int AS story_id,
               1 + floor(random() ^ 2 * %(count)s * 35 / 100)::int AS partner_number,
               random() AS team_chance, random() AS stage_chance, random() AS agent_chance, random() AS speed
          FROM generate_series(%(first)s, %(last)s) number, bench_base;
        ALTER TABLE bench_plan ADD file text, ADD team_number int, ADD stage_kind text, ADD pace interval,
              ADD solved timestamp, ADD first_reply timestamp, ADD replies int;
        UPDATE bench_plan SET
            team_number = CASE WHEN team_chance > 0.97 THEN teams.count WHEN team_chance > 0.85 THEN teams.count - 1
                               ELSE 1 + floor((team_chance / 0.85) ^ 1.6 * (teams.count - 2))::int END,
            stage_kind = CASE
                WHEN now() at time zone 'UTC' - created > interval '14 days'
                    THEN CASE WHEN stage_chance < 0.985 THEN 'closed' WHEN stage_chance < 0.995 THEN 'solved'
                              ELSE 'waiting_internal' END
                WHEN now() at time zone 'UTC' - created > interval '1 day'
                    THEN (ARRAY['closed', 'solved', 'solved', 'solved', 'open', 'waiting_customer',
                                'waiting_internal', 'open'])[1 + floor(stage_chance * 8)::int]
                ELSE (ARRAY['new', 'new', 'open', 'open', 'waiting_customer', 'solved'])[
                         1 + floor(stage_chance * 6)::int] END,
            file = CASE WHEN number %% 5 = 0 THEN files[1 + number %% cardinality(files)] || '_' || number
                   || (ARRAY['.jpg', '.png', '.pdf', '.xlsx'])[1 + number %% 4] END
          FROM (SELECT count(*)::int AS count FROM bench_team) teams, bench_names;
        -- an hour from one line to the next, less where the story began just now: nothing happens in the future
        UPDATE bench_plan SET
            pace = LEAST(interval '1 hour', (now() at time zone 'UTC' - created) / (course.lines + 2))
          FROM (SELECT story_id, max(place) AS lines FROM bench_line GROUP BY story_id) course
         WHERE course.story_id = bench_plan.story_id;
        UPDATE bench_plan SET
            first_reply = CASE WHEN stage_kind != 'new' THEN created + course.first_reply * pace END,
            replies = CASE WHEN stage_kind != 'new' THEN course.replies ELSE 0 END,
            solved = CASE WHEN stage_kind IN ('solved', 'closed') THEN created + course.lines * pace
                + speed * LEAST(interval '20 hours', now() at time zone 'UTC' - created - course.lines * pace) END
          FROM (SELECT story_id, max(place) AS lines, min(place) FILTER (WHERE direction = 'out') AS first_reply,
                       count(*) FILTER (WHERE direction = 'out') AS replies
                  FROM bench_line GROUP BY story_id) course
         WHERE course.story_id = bench_plan.story_id;
        ANALYZE bench_plan;
    """
    yield """
        INSERT INTO helpdesk_ticket (
            id, ticket_ref, name, description, active, access_token, partner_id, partner_name, partner_email,
            partner_email_normalized, partner_phone, partner_phone_normalized, team_id, tier, site_id, user_id,
            product_id, category_id, channel_id, priority, stage_id, stage_kind, holder, survivor_id, create_date,
            write_date, create_uid, write_uid, assign_date, first_response_date, first_response_seconds, solved_date,
            resolution_seconds, close_date, last_customer_message_date, last_agent_message_date, next_due_date,
            waiting_since, reply_count, reopen_count, color)
        SELECT plan.id, 'B-' || to_char(created, 'YYYY') || '-' || lpad(plan.number::text, 7, '0'), story.name,
               story.description, true, md5(plan.id::text), partner.id, partner.name, partner.email, partner.email,
               partner.phone, partner.phone, team.id, team.tier, team.site_id,
               CASE WHEN plan.stage_kind != 'new'
                    THEN team.members[1 + floor(agent_chance * cardinality(team.members))::int] END,
               story.product_id, story.category_id, story.channel_id, story.priority, stage.id, plan.stage_kind,
               'people', NULL, created, created + speed * interval '1 day', 1, 1,
               CASE WHEN plan.stage_kind != 'new' THEN created + speed * pace / 2 END, first_reply,
               EXTRACT(epoch FROM first_reply - created)::int, solved, EXTRACT(epoch FROM solved - created)::int,
               CASE WHEN plan.stage_kind = 'closed' THEN solved END, created, first_reply,
               CASE WHEN plan.stage_kind IN ('new', 'open', 'waiting_internal') THEN created + interval '1 day' END,
               CASE WHEN plan.stage_kind = 'new' OR (plan.stage_kind = 'open' AND speed > 0.5) THEN created END,
               replies, 0, 0
          FROM bench_plan plan
          JOIN bench_story story ON story.id = plan.story_id
          JOIN bench_partner partner ON partner.number = plan.partner_number
          JOIN bench_team team ON team.number = plan.team_number
          JOIN helpdesk_stage stage ON stage.kind = plan.stage_kind
         ORDER BY plan.id
    """
    yield """
        INSERT INTO mail_message (model, res_id, message_type, subtype_id, body, date, create_date, write_date,
                                  author_id, email_from, is_internal, helpdesk_direction, helpdesk_channel_id,
                                  message_id, create_uid, write_uid)
        SELECT 'helpdesk.ticket', ticket.id, CASE line.direction WHEN 'in' THEN 'email' ELSE 'comment' END,
               CASE line.direction WHEN 'note' THEN subtype.note ELSE subtype.comment END, line.body,
               created + line.place * pace, created + line.place * pace, created + line.place * pace,
               CASE line.direction WHEN 'in' THEN ticket.partner_id ELSE account.partner_id END,
               CASE line.direction WHEN 'in' THEN ticket.partner_email ELSE 'halo@helpdesk.example' END,
               line.direction = 'note', NULLIF(line.direction, 'note'), ticket.channel_id,
               '<bench-' || plan.number || '-' || line.place || '@helpdesk.example>', 1, 1
          FROM bench_plan plan
          JOIN helpdesk_ticket ticket ON ticket.id = plan.id
          JOIN bench_line line ON line.story_id = plan.story_id
          LEFT JOIN res_users account ON account.id = ticket.user_id
          CROSS JOIN bench_subtype subtype
         WHERE plan.stage_kind != 'new' OR line.place = 0
         ORDER BY plan.number, line.place
    """
    yield """
        INSERT INTO ir_attachment (name, res_model, res_id, type, mimetype, file_size, create_date, create_uid, public)
        SELECT file, 'helpdesk.ticket', id, 'binary', 'image/jpeg', 90000, created, 1, false
          FROM bench_plan WHERE file IS NOT NULL
    """
    # the same documents that the triggers would make, from the words of the pools instead of each text again
    yield """
        INSERT INTO helpdesk_ticket_document (ticket_id, document)
        SELECT ticket.id,
               setweight(to_tsvector('simple', translate(ticket.ticket_ref, '-', ' ')), 'A') || words.subject
               || helpdesk_search_vector(ticket.partner_name, 'B')
               || helpdesk_search_handles(ticket.partner_email_normalized, ticket.partner_phone_normalized)
               || words.said || coalesce(helpdesk_search_vector(plan.file, 'D'), '')
          FROM bench_plan plan
          JOIN helpdesk_ticket ticket ON ticket.id = plan.id
          JOIN bench_words words ON words.story_id = plan.story_id AND words.is_new = (plan.stage_kind = 'new')
    """


def check_documents(cursor):
    """Rebuild some documents as the triggers do: they must hold the same words."""
    cursor.execute("""
        CREATE TEMP TABLE bench_sample AS
        SELECT ticket_id, document FROM helpdesk_ticket_document ORDER BY ticket_id % 997, ticket_id LIMIT 100;
        SELECT helpdesk_search_rebuild(array_agg(ticket_id)) FROM bench_sample;
        SELECT count(*) FROM bench_sample JOIN helpdesk_ticket_document rebuilt USING (ticket_id)
         WHERE tsvector_to_array(bench_sample.document) != tsvector_to_array(rebuilt.document)
    """)
    [(different,)] = cursor.fetchall()
    if different:
        raise SystemExit(f"{different} of 100 documents differ from what the triggers make")


def copy_to_peer(cursor, peer_env):
    """The same tickets and customers in OCA's helpdesk, without the messages: its lists and search don't read any."""
    tickets, partners = io.BytesIO(), io.BytesIO()
    cursor.copy_expert(
        """
        COPY (SELECT ticket.ticket_ref, ticket.name, ticket.description, ticket.partner_id, ticket.partner_name,
                     ticket.partner_email, ticket.stage_kind, ticket.priority, plan.team_number,
                     floor(plan.agent_chance * 10)::int, ticket.category_id, ticket.create_date, ticket.assign_date,
                     ticket.close_date
                FROM bench_plan plan JOIN helpdesk_ticket ticket ON ticket.id = plan.id ORDER BY plan.id) TO STDOUT
        """,
        tickets,
    )
    cursor.copy_expert("COPY (SELECT id, name, email, phone FROM bench_partner ORDER BY id) TO STDOUT", partners)
    _fill_peer(peer_env, tickets, partners)


def _fill_peer(env, tickets, partners):
    teams = env["helpdesk.ticket.team"].create([{"name": f"Team {number}"} for number in range(1, 11)])
    agents = (
        env["res.users"]
        .with_context(no_reset_password=True)
        .create(
            [
                {
                    "name": f"Agent {number}",
                    "login": f"agent{number}",
                    "group_ids": [(6, 0, env.ref("helpdesk_mgmt.group_helpdesk_user_team").ids)],
                }
                for number in range(10)
            ]
        )
    )
    teams.user_ids = agents
    stages = env["helpdesk.ticket.stage"].search([], order="sequence, id")
    closed = stages.filtered("closed")[:1] or stages[-1:]
    opened = stages.filtered(lambda stage: not stage.closed)
    kinds = ("new", "open", "waiting_customer", "waiting_internal")
    stage_by_kind = {kind: opened[min(place, len(opened) - 1)].id for place, kind in enumerate(kinds)}
    categories = env["helpdesk.ticket.category"].create([{"name": f"Category {number}"} for number in range(80)])
    env.flush_all()
    cursor = env.cr
    cursor.execute(f"""
        CREATE TEMP TABLE bench_partner (id int, name text, email text, phone text);
        CREATE TEMP TABLE bench_ticket ({SHARED.replace(",", " text,")} text);
    """)
    for table, file in (("bench_partner", partners), ("bench_ticket", tickets)):
        file.seek(0)
        cursor.copy_expert(f"COPY {table} FROM STDIN", file)
    cursor.execute(
        """
        ALTER TABLE bench_partner ADD new_id int;
        UPDATE bench_partner SET new_id = nextval('res_partner_id_seq');
        INSERT INTO res_partner (id, name, complete_name, email, email_normalized, phone, type, active, is_company,
                                 partner_share, commercial_partner_id, create_date)
        SELECT new_id, name, name, email, email, phone, 'contact', true, false, true, new_id, now() FROM bench_partner;
        INSERT INTO helpdesk_ticket (number, name, description, partner_id, commercial_partner_id, partner_name,
                                     partner_email, stage_id, priority, team_id, user_id, category_id, company_id,
                                     active, sequence, unattended, create_date, write_date, last_stage_update,
                                     assigned_date, closed_date, create_uid, write_uid, kanban_state)
        SELECT number, ticket.name, '<p>' || description || '</p>', new_id, new_id, partner_name, partner_email,
               coalesce((%(stages)s::jsonb ->> stage_kind)::int, %(closed)s), priority,
               (%(teams)s::int[])[team_number::int], (%(agents)s::int[])[1 + user_number::int],
               (%(categories)s::int[])[1 + category_number::int %% 80], %(company)s, true, 10, false,
               create_date::timestamp, create_date::timestamp, create_date::timestamp, assign_date::timestamp,
               close_date::timestamp, 1, 1, 'normal'
          FROM bench_ticket ticket JOIN bench_partner partner ON partner.id = ticket.partner::int
         ORDER BY create_date
        """,
        {
            "stages": json.dumps(stage_by_kind),
            "closed": closed.id,
            "teams": teams.ids,
            "agents": agents.ids,
            "categories": categories.ids,
            "company": env.company.id,
        },
    )
    vacuum(cursor, "helpdesk_ticket", "res_partner")
    env.invalidate_all()
