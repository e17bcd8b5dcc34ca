"""What every page that takes in words and files of a visitor has in common."""

from odoo.http import request
from odoo.tools.mimetypes import guess_mimetype

from ..tools import form_submission

# As much as the proxy lets through: several large files, and no more.
MAX_BYTES = 64 * 1024 * 1024
IMAGE_EXTENSIONS = {"jpg", "jpeg", "png", "gif", "webp"}
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# What the first bytes of a kind of file hold; a file that calls itself one and is another is not taken.
SIGNATURES = {"pdf": b"%PDF-", "docx": ZIP, "xlsx": ZIP, "doc": OLE, "xls": OLE, "mp4": b"ftyp", "heic": b"ftyp"}
SIGNATURE_WITHIN = 1024
# Programs of Windows and Linux, whatever they are called.
PROGRAMS = (b"MZ", b"\x7fELF")


def _uploads():
    return [upload for upload in request.httprequest.files.getlist("files") if upload.filename]


def file_names():
    """The names of the files in the request, as we would keep them."""
    return [form_submission.clean_file_name(upload.filename) for upload in _uploads()]


def read_files(channel):
    """The files in the request, if the channel's rules allow them all.

    :param channel: ``helpdesk.channel`` of kind form
    :return: ``([(name, bytes)], None)``, or ``([], code)`` with a code of :func:`error_text`
    """
    uploads = _uploads()
    if len(uploads) > channel.form_file_limit:
        return [], "files_many"
    limit = channel.form_file_megabytes * 1024 * 1024
    allowed = channel._form_extension_list()
    files = []
    for upload in uploads:
        name = form_submission.clean_file_name(upload.filename)
        content = upload.read(limit + 1)
        if error := _check_file(name, content, limit, allowed):
            return [], error
        files.append((name, content))
    return files, None


def _check_file(name, content, limit, allowed):
    extension = form_submission.extension(name)
    if extension not in allowed:
        return "files_kind"
    if len(content) > limit:
        return "files_large"
    if not content:
        return "files_empty"
    # what calls itself a picture is shown as one
    if extension in IMAGE_EXTENSIONS and not guess_mimetype(content, "").startswith("image/"):
        return "files_kind"
    if content.startswith(PROGRAMS) or SIGNATURES.get(extension, b"") not in content[:SIGNATURE_WITHIN]:
        return "files_kind"
    return None


def take_in(channel, submission, files, key, hold_reason=None):
    """Store what was sent for good, then try to make a ticket or message of it at once.

    See ``helpdesk.inbox.event._receive_form`` for the parameters.

    :return: the ``helpdesk.inbox.event``, with its ticket where that went well
    """
    event = request.env["helpdesk.inbox.event"]._receive_form(channel, submission, files, key, hold_reason)
    # From here on the message can't be lost, whatever happens to this request.
    request.env.cr.commit()  # pylint: disable=invalid-commit
    event._work_off_now()
    return event


def error_text(code, channel):
    """An error's code in the reader's language."""
    env = request.env
    texts = {
        "name_missing": env._("Write your name."),
        "contact_missing": env._("Write an e-mail address or a phone number, so that we can answer you."),
        "email_invalid": env._("This e-mail address is not complete. Example: nama@contoh.id"),
        "phone_invalid": env._("This is not a valid phone number. Example: 0812 3456 7890"),
        "product_missing": env._("Choose the application it is about."),
        "category_missing": env._("Choose what it is about."),
        "category_foreign": env._("This topic does not belong to the application you chose. Choose another one."),
        "subject_missing": env._("Write in a few words what it is about."),
        "message_missing": env._("Write your message."),
        "message_short": env._("Tell us a little more, so that we can help you."),
        "message_long": env._("The message is too long. Shorten it to %s characters.", form_submission.MESSAGE_MAX),
        "consent_missing": env._("We need your consent to work on your message."),
        "files_many": env._("Too many files. You can send %s.", channel.form_file_limit),
        "files_large": env._("A file is too large. Each may have %s MB.", channel.form_file_megabytes),
        "files_empty": env._("A file is empty. Choose it again."),
        "files_kind": env._(
            "Files of this kind can't be sent. Allowed are: %s", ", ".join(channel._form_extension_list())
        ),
        "expired": env._("The page was open for too long. Nothing is lost: send it once more."),
        "fast": env._("That was very quick. Please check what you wrote and send it once more."),
        "rate": env._(
            "Too many messages came from your network lately. Nothing is lost: wait a while and send it again."
        ),
    }
    return texts[code]
