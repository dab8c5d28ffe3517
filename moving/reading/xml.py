"""XML of a stranger, item by item: no declaration of types, no entity, nothing from elsewhere; memory stays small."""

from collections.abc import Iterator

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from .rows import Unreadable

DECEITFUL = (
    "Tệp XML khai báo kiểu hoặc thực thể (DOCTYPE, ENTITY), có thể gây hại nên không được đọc; hãy xuất lại tệp từ "
    "cổng cũ bằng chức năng có sẵn."
)
BROKEN = "Tệp XML hỏng ở dòng {line}, cột {column}; hãy xuất lại tệp từ cổng cũ rồi tải lên."
NO_XML = "Tệp không phải XML hoặc dùng bảng mã lạ; hãy xuất lại tệp từ cổng cũ."


def elements(file, wanted: frozenset[str]) -> Iterator:
    """Yield the elements of some names (without name spaces) of an open XML file, each as soon as it is whole.

    What was yielded is emptied afterwards. Raises Unreadable.
    """
    file.seek(0)
    path: list = []
    try:
        for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                path.append(element)
                continue
            path.pop()
            inside = any(name_of(above) in wanted for above in path)
            if name_of(element) in wanted and not inside:
                yield element
            if not inside and path:
                # What stands above would hold all that was read.
                path[-1].remove(element)
    except DefusedXmlException:
        raise Unreadable(DECEITFUL) from None
    except ParseError as error:
        line, column = error.position
        raise Unreadable(BROKEN.format(line=line, column=column + 1)) from None
    except (LookupError, ValueError):
        raise Unreadable(NO_XML) from None


def name_of(element) -> str:
    """Return the name of an element without its name space."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def space_of(element) -> str:
    """Return the name space of an element, "" for none."""
    return element.tag.rpartition("}")[0].removeprefix("{")


def text_of(parent, name: str, space: str = "") -> str:
    """Return the text of the first child of a name, stripped; `space`: a part of its name space."""
    for child in parent:
        if name_of(child) == name and space in space_of(child):
            return (child.text or "").strip()
    return ""
