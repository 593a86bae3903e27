"""Wishes: an unfinished upload of a file that is asked for again, and otherwise than before."""

from core.catalog.video import Visibility
from core.database import Database
from core.errors import UploadRefused
from core.uploads import store
from core.uploads.new_file import NewFile
from core.uploads.session import UploadSession


def lies_as_wished(session: UploadSession, file: NewFile) -> bool:
    """Whether its bytes may stay where they are: who does not say where they must be takes back no earlier word."""
    return file.residency.upper() in ("", session.residency)


def made_as_wished(database: Database, session: UploadSession, file: NewFile) -> UploadSession:
    """The upload, with the title that is given now, and private where that is asked for.

    It never becomes public by being asked for again: a browser that was loaded anew has forgotten what was chosen.
    Raises UploadRefused where it is being made a public video at this moment.
    """
    is_private = Visibility.PRIVATE in (session.visibility, file.visibility)
    visibility = Visibility.PRIVATE if is_private else Visibility.PUBLIC
    title = file.shown_title if file.title else session.title
    if (title, visibility) == (session.title, session.visibility):
        return session
    with database.transaction() as connection:
        changed = store.queries.wish(connection, id=session.id, title=title, visibility=visibility)
        if not changed and visibility is not session.visibility:
            raise UploadRefused(
                f"{session.file_name!r} is being made a public video at this moment.", "Look for it in the library."
            )
        return store.find(connection, session.id)
