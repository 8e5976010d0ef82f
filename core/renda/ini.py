"""A node's ini file: what can be wrong with it as a file, said with its path and line."""

import configparser
from importlib.metadata import PackageNotFoundError
from pathlib import Path

from pyramid.paster import get_appsettings

from renda.errors import Misconfigured
from renda.i18n import _

SECTION = "app:main"


def read(path: str | Path) -> dict[str, str]:
    """The settings of the section `[app:main]`, with `%(…)s` filled in.

    Raises:
        Misconfigured: the file is missing, is no ini file in UTF-8, or names no application.
    """
    if not Path(path).is_file():
        raise _wrong(path, _("There is no configuration file at ${path}."))
    try:
        return dict(get_appsettings(str(path), name="main"))
    except configparser.InterpolationError as error:
        message = _(
            "${path}, ${option}: write %% for a percent sign, or name an option in %(…)s that exists."
        )
        raise _wrong(path, message, option=error.option) from error
    except configparser.Error as error:
        raise _wrong(path, _("${path}, line ${line}: this is no ini file."), line=_line(error)) from error
    except UnicodeDecodeError as error:
        raise _wrong(path, _("${path} is not UTF-8 text. Save it with the encoding UTF-8.")) from error
    except (LookupError, PackageNotFoundError) as error:
        message = _("${path}: the section [${section}] must stand there and say `use = egg:renda`.")
        raise _wrong(path, message, section=SECTION) from error


def _line(error: configparser.Error) -> object:
    """Number of the line at which the parser stumbled; a parser names one, or a list of them."""
    listed = getattr(error, "errors", None) or [(getattr(error, "lineno", "?"), "")]
    return listed[0][0]


def _wrong(path: str | Path, message: str, **values: object) -> Misconfigured:
    return Misconfigured(message % {"path": str(path), **values})
