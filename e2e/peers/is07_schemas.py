"""The JSON Schemas of NMOS IS-07, which refer to one another by the names of their files."""
import json
from pathlib import Path


class Schemas:
    """All schemas of a folder."""

    def __init__(self, folder):
        # Only whoever checks needs the package.
        from jsonschema import Draft4Validator
        from referencing import Registry
        from referencing.jsonschema import DRAFT4

        # They call themselves draft 4, which knows no `$id`: so they go by their file names.
        self.schemas = {path.name: json.loads(path.read_text("utf-8")) for path in Path(folder).glob("*.json")}
        if not self.schemas:
            raise SystemExit(f"no schemas in {folder}")
        named = [(name, DRAFT4.create_resource(schema)) for name, schema in self.schemas.items()]
        self.registry = Registry().with_resources(named)
        self.validator = Draft4Validator

    def fault(self, schema, value):
        """What is wrong with a value, or None."""
        errors = self.validator(self.schemas[schema], registry=self.registry).iter_errors(value)
        return next((error.message for error in errors), None)
