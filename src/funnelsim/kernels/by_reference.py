"""One pointer instead of hundreds of arguments: how kernels hand a large bundle of arrays to one another.

Numba passes a NamedTuple by value: every array in it becomes seven arguments, so a bundle of a hundred arrays costs
more to pass than most kernels take.  ``by_reference(bundle)`` puts the bundle on the stack of the kernel that calls it;
what is passed on is its address, and ``reference.field`` reads the one field that is asked for.  A field that is a
bundle itself is again read by reference.  Arrays read in this way are borrowed: the kernel that made the reference owns
them, and it must outlive every use, so a reference is never returned.

The compiler is told three things about borrowed arrays that it cannot see: the arrays of a bundle stay where they are,
so their places are read once; they are indexed from 0 only, never from their end; and nothing in a bundle whose class
was given to ``constant`` changes while the reference lives.  The function that takes the reference from its maker says
``never_inlined()`` therefore: what is constant for it is not for its maker.

What it leaves out: fields cannot be set, nor the reference iterated or indexed.
"""

from __future__ import annotations

import hashlib
import operator
from typing import Any, TypeVar, cast

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, lower_builtin, lower_getattr_generic, register_model
from numba.np import arrayobj

from funnelsim.kernels.jit import settings

Bundle = TypeVar("Bundle")


CONSTANT: set[Any] = set()
"""Classes of bundles in which nothing changes."""


def constant(bundle: type) -> None:
    """Say that nothing in bundles of a class changes while references to them live.

    Parameters
    ----------
    bundle : type
        A NamedTuple.
    """
    CONSTANT.add(bundle)


class Reference(types.Type):
    """Numba's type of a reference to a NamedTuple.

    Attributes
    ----------
    bundle : numba type
        Of the NamedTuple.
    constant : bool
        Whether nothing in the bundle changes.
    """

    def __init__(self, bundle: Any, constant: bool) -> None:
        self.bundle = bundle
        self.constant = constant or bundle.instance_class in CONSTANT
        self._fields: dict[str, Any] = {}
        named = f"{bundle} {self.constant}"
        short = hashlib.sha256(named.encode()).hexdigest()[:16]  # the name becomes part of every symbol
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
            A reference for a bundle in the bundle, a borrowed array for an array.
        """
        if name not in self._fields:
            if name not in self.bundle.fields:
                return None
            found = self.bundle.types[self.bundle.fields.index(name)]
            if isinstance(found, types.BaseNamedTuple):
                found = Reference(found, self.constant)
            elif isinstance(found, types.Array):
                found = Borrowed(found, self.constant)
            self._fields[name] = found
        return self._fields[name]


class Borrowed(types.Array):
    """Numba's type of an array that was read by reference, and of its parts.

    Attributes
    ----------
    constant : bool
        Whether its elements stay what they are.
    """

    def __init__(self, array: Any, constant: bool) -> None:
        self.constant = constant
        name = f"{'constant' if constant else 'borrowed'} {array.name}"
        super().__init__(array.dtype, array.ndim, array.layout, not array.mutable, name, array.aligned)

    @property
    def key(self) -> Any:
        """What tells it from others of its kind."""
        return *super().key, self.constant

    @property
    def mangling_args(self) -> Any:
        """What becomes part of every symbol."""
        name, parts = super().mangling_args
        return name, [*parts, int(self.constant)]

    def copy(self, dtype: Any = None, ndim: Any = None, layout: Any = None, readonly: Any = None) -> Any:
        """Return the type of a part.

        Parameters
        ----------
        dtype, ndim, layout, readonly
            As of ``numba.types.Array.copy``.

        Returns
        -------
        Borrowed
            With everything else as here.
        """
        return Borrowed(super().copy(dtype, ndim, layout, readonly), self.constant)


register_model(Borrowed)(models.ArrayModel)


def _from_zero(context: Any, builder: Any, kind: Any, index: Any) -> tuple[Any, Any]:
    """Tell Numba that whole numbers in an index are not negative, so that it need not look."""
    if isinstance(kind, types.Integer):
        return types.uintp, context.cast(builder, index, kind, types.intp)
    kinds: list[Any] = list(cast(Any, kind)) if isinstance(kind, types.BaseTuple) else []
    if kinds and all(isinstance(part, types.Integer) for part in kinds):
        parts = cgutils.unpack_tuple(builder, index, count=len(kinds))
        parts = [context.cast(builder, part, of, types.intp) for of, part in zip(kinds, parts, strict=True)]
        whole = types.UniTuple(types.uintp, len(kinds))
        return whole, context.make_tuple(builder, whole, parts)
    return kind, index


def _read_item(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    kind, index = _from_zero(context, builder, signature.args[1], arguments[1])
    by_tuple = isinstance(kind, types.BaseTuple)
    read = arrayobj.getitem_array_tuple if by_tuple else arrayobj.getitem_arraynd_intp
    given = signature.args[0]
    found = read(context, builder, signature.replace(args=(given, kind)), (arguments[0], index))
    if given.constant and isinstance(found, ir.LoadInstr):
        _hold_still(builder, found)
    return found


def _write_item(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    kind, index = _from_zero(context, builder, signature.args[1], arguments[1])
    array, _, item = signature.args
    return arrayobj.setitem_array(
        context, builder, signature.replace(args=(array, kind, item)), (arguments[0], index, arguments[2])
    )


for _index in (types.Integer, types.BaseTuple):
    lower_builtin(operator.getitem, Borrowed, _index)(_read_item)
    lower_builtin(operator.setitem, Borrowed, _index, types.Any)(_write_item)


def _hold_still(builder: Any, loaded: Any) -> Any:
    """Tell the compiler that what was loaded stays what it is."""
    loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


def _load(builder: Any, place: Any) -> Any:
    """Load a value part by part: the compiler forgets about parts what it is told about the whole."""
    kind: Any = place.type.pointee
    if not isinstance(kind, (ir.BaseStructType, ir.ArrayType)):
        return _hold_still(builder, builder.load(place))
    whole = ir.Constant(kind, ir.Undefined)
    for i in range(len(kind)):
        whole = builder.insert_value(whole, _load(builder, cgutils.gep_inbounds(builder, place, 0, i)), i)
    return whole


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
    loaded = _load(builder, place)
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

    return Reference(bundle, False)(bundle), code


@intrinsic
def _kept_apart(_: Any) -> Any:
    def code(_: Any, builder: Any, __: Any, ___: Any) -> Any:
        builder.function.attributes.add("noinline")
        return ir.Constant(ir.IntType(8).as_pointer(), None)

    return types.none(), code


def _nothing() -> None:
    return None


def _itself(bundle: Bundle) -> Bundle:
    return bundle


by_reference = cast(Any, _itself if settings.DISABLE_JIT else _held)
"""``by_reference(bundle)``: the bundle's address inside compiled kernels, the bundle itself without the compiler."""

never_inlined = cast(Any, _nothing if settings.DISABLE_JIT else _kept_apart)
"""``never_inlined()``: said by the function that takes a reference from its maker."""
