"""Every answer of this process, files and errors included: what is to be done with each stands here once."""

import odoo.http

_steps = []


def add_step(step):
    """Let ``step`` see every request from now on; a step that is there already is not added again.

    :param step: called with the WSGI environment before Odoo answers; gives a callable that takes the answer's headers,
        a list of ``(name, value)``, and gives those to send
    """
    if step in _steps:
        return
    if not _steps:
        _watch()
    _steps.append(step)


def _watch():
    answer = odoo.http.Application.__call__

    def answer_with_steps(application, environ, start_response):
        changes = [step(environ) for step in _steps]

        def start(status, headers, *more):
            for change in changes:
                headers = change(headers)
            return start_response(status, headers, *more)

        return answer(application, environ, start)

    odoo.http.Application.__call__ = answer_with_steps
