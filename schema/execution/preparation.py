"""From query text to a valid document: length, parse, structural limits, validation, costs. Nothing runs here."""

from __future__ import annotations

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    VisitorAction,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import ASTValidationRule, MaxIntrospectionDepthRule

from customer360.errors import BadInput

from .cost import CostBuilder
from .documents import BYTES_PER_CHARACTER, Document, Operation
from .errors import Shown, shown_error, shown_syntax_error, shown_validation_error
from .limits import Limits, exceeded
from .plan import condition_variables
from .structure import check_structure


class NoSchemaIntrospection(ASTValidationRule):
    """Refuses `__schema`; `__type` and `__typename` stay open to all."""

    def enter_field(self, node: FieldNode, *_args: Any) -> VisitorAction:
        """Called for every field of the document."""
        if node.name.value == "__schema":
            message = "introspection of the whole schema needs the explore scope"
            self.report_error(GraphQLError(message, node, extensions={"code": "INTROSPECTION_FORBIDDEN"}))
        return None


OPEN_RULES = (*specified_rules, MaxIntrospectionDepthRule)
CLOSED_RULES = (NoSchemaIntrospection, *OPEN_RULES)


class Refused(Exception):
    """A document that is not executed, with the errors to send."""

    def __init__(self, errors: list[Shown]) -> None:
        super().__init__(errors)
        self.errors = errors


def prepare(schema: GraphQLSchema, query: str, limits: Limits, *, allow_introspection: bool) -> Document:
    """The valid document of a query text; raises Refused with every reason why not."""
    try:
        document = parsed(query, limits)
        check_structure(document, limits)
    except GraphQLSyntaxError as error:
        raise Refused([shown_syntax_error(error)]) from None
    except BadInput as error:
        raise Refused([shown_error(error)]) from None
    rules = OPEN_RULES if allow_introspection else CLOSED_RULES
    errors = validate(schema, document, rules, max_errors=limits.errors, hide_suggestions=True)
    if errors:
        raise Refused([shown_validation_error(error) for error in errors])
    return assembled(schema, document, len(query) * BYTES_PER_CHARACTER, limits)


def parsed(query: str, limits: Limits) -> DocumentNode:
    """The syntax tree, its length bounded before the parser sees it and its tokens while it does."""
    if len(query) > limits.characters:
        raise exceeded("TOO_MANY_CHARACTERS", "length in characters", limits.characters)
    return parse(query, max_tokens=limits.tokens)


def assembled(schema: GraphQLSchema, document: DocumentNode, size: int, limits: Limits) -> Document:
    """Operations by name (None when anonymous), with their costs."""
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    costs = CostBuilder(schema, fragments, limits)
    operations = {
        node.name.value if node.name else None: Operation(node, node.operation.value, costs.operation(node))
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
    }
    return Document(size, operations, fragments, condition_variables(document))
