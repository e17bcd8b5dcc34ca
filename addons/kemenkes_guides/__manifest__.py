{
    "name": "Kemenkes Helpdesk: Guides",
    "summary": "A guide for each role inside the product, help of each screen, a new agent's first hour",
    "version": "19.0.1.3.0",
    "category": "Services/Helpdesk",
    "license": "AGPL-3",
    "author": "Kemenkes Helpdesk contributors",
    "website": "https://github.com/kemenkes-helpdesk/kemenkes-helpdesk",
    "depends": [
        # the guides tell of the screens of all addons
        "kemenkes_dashboard",
        "kemenkes_operations",
    ],
    "external_dependencies": {
        "python": [
            "markdown-it-py",  # the guides are Markdown files
        ]
    },
    "data": [
        "views/guide_menus.xml",
        "views/guide_templates.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "kemenkes_guides/static/src/first_hour/**/*",
            "kemenkes_guides/static/src/screen_guide/**/*",
        ],
        "web.assets_frontend": ["kemenkes_guides/static/src/guide/*.scss"],
        "web.assets_unit_tests": ["kemenkes_guides/static/tests/**/*.test.js"],
    },
}
