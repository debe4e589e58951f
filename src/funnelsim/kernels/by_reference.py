"""One pointer instead of hundreds of arguments: how kernels hand a large bundle of arrays to one another.

Numba passes a NamedTuple by value: every array in it becomes seven arguments, so a bundle of a hundred arrays costs
more to pass than most kernels take.  ``by_reference(bundle)`` puts the bundle on the stack of the kernel that calls it;
what is passed on is its address, and ``reference.field`` reads the one field that is asked for.  A field that is a
bundle itself is again read by reference.  Arrays read in this way are borrowed: the kernel that made the reference owns
them, and it must outlive every use, so a reference is never returned.

What it leaves out: fields cannot be set, nor the reference iterated or indexed.
"""

from __future__ import annotations

import hashlib
from typing import Any, TypeVar, cast

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, lower_getattr_generic, register_model

from funnelsim.kernels.jit import settings

Bundle = TypeVar("Bundle")


class Reference(types.Type):
    """Numba's type of a reference to a NamedTuple.

    Attributes
    ----------
    bundle : numba type
        Of the NamedTuple.
    """

    def __init__(self, bundle: Any) -> None:
        self.bundle = bundle
        self._fields: dict[str, Any] = {}
        short = hashlib.sha256(str(bundle).encode()).hexdigest()[:16]  # the name becomes part of every symbol
        super().__init__(name=f"Reference({bundle.instance_class.__name__}, {short})")

    def field(self, name: str) -> Any:
        """Return the type that reading a field gives, or None if there is no such field.

        Parameters
        ----------
        name : str
            Name of the field.

        Returns
        -------
        numba type or None
            A reference for a bundle in the bundle.
        """
        if name not in self._fields:
            if name not in self.bundle.fields:
                return None
            found = self.bundle.types[self.bundle.fields.index(name)]
            self._fields[name] = Reference(found) if isinstance(found, types.BaseNamedTuple) else found
        return self._fields[name]


@register_model(Reference)
class _ReferenceModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, ir.IntType(8).as_pointer())


@infer_getattr
class _ReferenceFields(AttributeTemplate):
    key = Reference

    def generic_resolve(self, kind: Any, name: str) -> Any:  # type: ignore[override]
        return kind.field(name)


def _read_field(context: Any, builder: Any, kind: Any, value: Any, name: str) -> Any:
    whole = builder.bitcast(value, context.get_value_type(kind.bundle).as_pointer())
    place = cgutils.gep_inbounds(builder, whole, 0, kind.bundle.fields.index(name))
    found = kind.field(name)
    if isinstance(found, Reference):
        return builder.bitcast(place, ir.IntType(8).as_pointer())
    loaded = builder.load(place)
    if not isinstance(found, types.Array):
        return loaded
    array = context.make_array(found)(context, builder, loaded)
    array.meminfo = cgutils.get_null_value(array.meminfo.type)  # borrowed: nothing to count
    array.parent = cgutils.get_null_value(array.parent.type)
    return array._getvalue()


lower_getattr_generic(Reference)(_read_field)


@intrinsic
def _held(_: Any, bundle: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(cgutils.alloca_once_value(builder, arguments[0]), ir.IntType(8).as_pointer())

    return Reference(bundle)(bundle), code


def _itself(bundle: Bundle) -> Bundle:
    return bundle


by_reference = cast(Any, _itself if settings.DISABLE_JIT else _held)
"""``by_reference(bundle)``: the bundle's address inside compiled kernels, the bundle itself without the compiler."""
