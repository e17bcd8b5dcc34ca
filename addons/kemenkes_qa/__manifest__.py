{
    "name": "Kemenkes Helpdesk: Quality",
    "summary": "Satisfaction surveys on every channel, scorecards, evaluations, coaching, training",
    "version": "19.0.1.0.0",
    "category": "Services/Helpdesk",
    "license": "AGPL-3",
    "author": "Kemenkes Helpdesk contributors",
    "website": "https://github.com/kemenkes-helpdesk/kemenkes-helpdesk",
    "depends": [
        "kemenkes_helpdesk",
        "survey",  # tests and certificates of agents
    ],
    "data": [
        "security/ir.model.access.csv",
    ],
}
