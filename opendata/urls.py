"""The addresses of the API, its files and its catalogue, below `/api/du-lieu-mo/v1/`."""

from django.urls import path

from . import api, catalogue, files

urlpatterns = [
    path("", api.index, name="opendata_api_index"),
    path("openapi.json", api.description, name="opendata_api"),
    path("danh-muc.jsonld", catalogue.as_json, name="opendata_catalogue_json"),
    path("danh-muc.ttl", catalogue.as_turtle, name="opendata_catalogue_turtle"),
    path("tai-ve/<slug:name>.<slug:ending>", files.whole, name="opendata_file"),
    path("<slug:name>/", api.rows, name="opendata_api_rows"),
    path("<slug:name>/<number:number>/", api.one, name="opendata_api_one"),
]
