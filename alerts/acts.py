"""What a second person looks at of an alert that one person put up alone, and where it is ended."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from workflows.models import EmergencyAct

from .contents import Content, names_of_sites
from .models import AlertVersion
from .putting import Act


def drawing(act: EmergencyAct) -> SafeString | str:
    """Return what was put up, or ended, as readers see it, and on which sites."""
    version = AlertVersion.objects.filter(emergency=act).select_related("alert").first()
    if version is None:
        return ""
    content = Content.of_data(version.values)
    return render_to_string(
        "alerts/act.html",
        {
            "content": content,
            "sites": names_of_sites(content),
            "alert": version.alert,
            "is_end": version.act == Act.END,
        },
    )
