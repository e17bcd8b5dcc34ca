{
    "name": "Kemenkes Helpdesk: Workforce",
    "summary": "Agent sessions, seats, distribution, shifts, confidentiality agreements",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "license": "AGPL-3",
    "author": "Kemenkes Helpdesk contributors",
    "website": "https://github.com/kemenkes-helpdesk/kemenkes-helpdesk",
    "depends": [
        "kemenkes_helpdesk",
        "maintenance",  # faults of agents' equipment
        "web_timeline",  # the roster as a timeline
    ],
    "data": [
        "security/ir.model.access.csv",
    ],
}
