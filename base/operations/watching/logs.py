"""Lines of the log as JSON, each with the number of the request, which nginx writes too (`PORTAL_LOG_FORMAT=json`)."""

import logging

from pythonjsonlogger.json import JsonFormatter

from ...request_facts import current_request

# What a line says. What else a record carries (Django adds the request, with its whole address) stays out.
WRITTEN = ("time", "level", "logger", "request_id", "message", "exc_info", "stack_info", "status_code")


class RequestNumber(logging.Filter):
    """Gives each record `request_id`: the number of the request that is being answered, "" outside of one."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through."""
        facts = current_request.get()
        record.request_id = facts.id if facts is not None else ""
        return True


class Json(JsonFormatter):
    """One object a line: moment, level, logger, request, message, and the error where there is one."""

    def __init__(self):
        super().__init__(
            "{asctime}{levelname}{name}{request_id}{message}",
            style="{",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            json_ensure_ascii=False,
        )

    def process_log_record(self, log_data: dict) -> dict:
        """Leave out what is not in `WRITTEN`."""
        return {name: log_data[name] for name in WRITTEN if name in log_data}
