# mypy: disable-error-code="no-untyped-call,no-untyped-def"
"""Vectors of 4 and 8 numbers inside compiled code: the compiler doesn't make them of our loops by itself.

A vector is a type of its own that lives in a register; where the processor's registers are shorter, LLVM splits it.
Products and sums may be done in one rounding (`contract`).
"""

from collections.abc import Callable
from typing import NewType, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model
from numba.np.arrayobj import make_array
from numpy.typing import NDArray

_FLAGS = ("contract",)
Lanes = NewType("Lanes", object)
"""A vector, to those who read types."""
Numbers = NDArray[np.float64] | NDArray[np.int32] | NDArray[np.int8]
Load = Callable[[NDArray[np.float64], int], Lanes]
Spread = Callable[[float], Lanes]
Combine = Callable[[Lanes, Lanes], Lanes]


class Vector(types.Type):
    """Some numbers side by side."""

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(name=f"Vector{size}")


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, ir.VectorType(ir.DoubleType(), fe_type.size))


FOUR, EIGHT = Vector(4), Vector(8)


def _at(context, builder, array_type, array, offset, vector):
    """The address of a vector in a flat array."""
    data = make_array(array_type)(context, builder, array).data
    return builder.bitcast(cgutils.gep_inbounds(builder, data, offset), vector.as_pointer())


def _loader(size: Vector):
    def load(typing_context, array, offset):  # noqa: ARG001 - the shape that numba calls
        def generate(context, builder, signature, arguments):
            vector = context.get_value_type(size)
            flat, at = arguments
            place = _at(context, builder, signature.args[0], flat, at, vector)
            return builder.load(place, align=8, typ=vector)

        return size(array, types.intp), generate

    return load


def _spreader(size: Vector):
    def spread(typing_context, number):  # noqa: ARG001
        def generate(context, builder, signature, arguments):  # noqa: ARG001
            vector = context.get_value_type(size)
            index = ir.IntType(32)
            none = ir.Constant(vector, ir.Undefined)
            first = builder.insert_element(none, arguments[0], ir.Constant(index, 0))
            return builder.shuffle_vector(
                first, none, ir.Constant(ir.VectorType(index, size.size), [0] * size.size)
            )

        return size(types.float64), generate

    return spread


def _item(typing_context, array, offset):  # noqa: ARG001
    """One number of a flat array, whole ones at full width, without a look at whether `offset` lies inside it."""
    whole = isinstance(array.dtype, types.Integer)

    def generate(context, builder, signature, arguments):
        data = make_array(signature.args[0])(context, builder, arguments[0]).data
        kind = context.get_data_type(array.dtype)
        value = builder.load(cgutils.gep_inbounds(builder, data, arguments[1]), typ=kind)
        return builder.sext(value, context.get_value_type(types.intp)) if whole else value

    return (types.intp if whole else array.dtype)(array, types.intp), generate


def _store(typing_context, array, offset, value):  # noqa: ARG001
    """Write a vector into a flat array from `offset` on."""

    def generate(context, builder, signature, arguments):
        flat, at, vector = arguments
        place = _at(context, builder, signature.args[0], flat, at, vector.type)
        builder.store(vector, place, align=8)
        return context.get_dummy_value()

    return types.none(array, types.intp, value), generate


def _arithmetic(name: str):
    def operate(typing_context, one, other):  # noqa: ARG001
        def generate(context, builder, signature, arguments):  # noqa: ARG001
            return getattr(builder, name)(*arguments, flags=_FLAGS)

        return one(one, other), generate

    return operate


item = cast("Callable[[Numbers, int], int]", intrinsic(_item))
load4, load8 = cast("Load", intrinsic(_loader(FOUR))), cast("Load", intrinsic(_loader(EIGHT)))
spread4, spread8 = cast("Spread", intrinsic(_spreader(FOUR))), cast("Spread", intrinsic(_spreader(EIGHT)))
store = cast("Callable[[NDArray[np.float64], int, Lanes], None]", intrinsic(_store))
add, sub, mul = (cast("Combine", intrinsic(_arithmetic(name))) for name in ("fadd", "fsub", "fmul"))
