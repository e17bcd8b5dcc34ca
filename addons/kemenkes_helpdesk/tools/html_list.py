from markupsafe import Markup


def html_list(lines):
    """Lines of text as a list in HTML.

    :param list lines: plain texts
    :return: ``Markup``, empty where there are no lines
    """
    if not lines:
        return Markup()
    return Markup('<ul class="mb-0">%s</ul>') % Markup().join(Markup("<li>%s</li>") % line for line in lines)
