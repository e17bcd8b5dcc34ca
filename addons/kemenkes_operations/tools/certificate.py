"""How long a certificate is still good for."""

from datetime import timezone
from pathlib import Path

from cryptography import x509

SECONDS_A_DAY = 86400


def days_left(path, now):
    """Days until the first certificate in a PEM file ends; negative when it has ended.

    :param str path: as the proxy reads it, such as ``fullchain.pem``
    :param datetime now: UTC, without a zone
    :raise OSError: it can't be read
    :raise ValueError: it holds no certificate
    """
    certificate = x509.load_pem_x509_certificate(Path(path).read_bytes())
    left = certificate.not_valid_after_utc - now.replace(tzinfo=timezone.utc)
    return left.total_seconds() / SECONDS_A_DAY
