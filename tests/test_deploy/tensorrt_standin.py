"""A stand-in of TensorRT 11 whose engines run in ONNX Runtime, on the CPU.

Its names are those of the real bindings, which the tests check: what it lacks
raises where the package calls it.
"""

import ctypes
import enum
import inspect
import json
from typing import Set

import numpy as np
import onnxruntime

__version__ = '11.4.0'


class TensorIOMode(enum.IntEnum):
    NONE = 0
    INPUT = 1
    OUTPUT = 2


class NetworkDefinitionCreationFlag(enum.IntEnum):
    STRONGLY_TYPED = 1


class BuilderFlag(enum.IntEnum):
    TF32 = 0


class MemoryPoolType(enum.IntEnum):
    WORKSPACE = 0


class Logger:
    ERROR = 1

    def __init__(self, severity):
        assert severity == Logger.ERROR


class INetworkDefinition:
    pass


class IOptimizationProfile:
    def set_shape(self, input, min, opt, max):
        assert input == 'input' and len(min) == len(opt) == len(max) == 4
        self._shapes = min, opt, max


class IBuilderConfig:
    def clear_flag(self, flag):
        self._cleared = flag

    def set_memory_pool_limit(self, pool, pool_size):
        assert pool is MemoryPoolType.WORKSPACE and pool_size > 0

    def add_optimization_profile(self, profile):
        self._profile = profile
        return 0


class Builder:
    def __init__(self, logger):
        assert isinstance(logger, Logger)

    def create_network(self, flags):
        assert flags == 1 << NetworkDefinitionCreationFlag.STRONGLY_TYPED
        return INetworkDefinition()

    def create_builder_config(self):
        return IBuilderConfig()

    def create_optimization_profile(self):
        return IOptimizationProfile()

    def build_serialized_network(self, network, config):
        assert config._cleared is BuilderFlag.TF32
        if network._content == b'unbuildable':
            return None
        header = json.dumps(config._profile._shapes).encode()
        return header + b'\n' + network._content


class OnnxParser:
    def __init__(self, network, logger):
        self._network = network
        self.num_errors = 0

    def parse_from_file(self, path):
        with open(path, 'rb') as file:
            self._network._content = file.read()
        self.num_errors = int(self._network._content == b'text')
        return not self.num_errors

    def get_error(self, index):
        return 'no model'


class Runtime:
    def __init__(self, logger):
        assert isinstance(logger, Logger)

    def deserialize_cuda_engine(self, serialized_engine):
        shapes, newline, content = serialized_engine.partition(b'\n')
        return ICudaEngine(json.loads(shapes), content) if newline else None


class ICudaEngine:
    def __init__(self, shapes, content):
        self._shapes = shapes
        self._session = onnxruntime.InferenceSession(content, providers=['CPUExecutionProvider'])
        self._names = ['input', *(output.name for output in self._session.get_outputs())]
        self.num_io_tensors = len(self._names)

    def get_tensor_name(self, index):
        return self._names[index]

    def get_tensor_mode(self, name):
        return TensorIOMode.INPUT if name == 'input' else TensorIOMode.OUTPUT

    def get_tensor_profile_shape(self, name, profile_index):
        assert name == 'input' and profile_index == 0
        return self._shapes

    def create_execution_context(self):
        return IExecutionContext(self)


class IExecutionContext:
    def __init__(self, engine):
        self._engine = engine
        self._addresses = {}

    def set_input_shape(self, name, shape):
        self._shape = shape
        crops = np.zeros(shape, np.float32)
        outputs = self._engine._session.run(None, {name: crops})
        self._shapes = dict(zip(self._engine._names[1:], (output.shape for output in outputs)))
        return True

    def get_tensor_shape(self, name):
        return self._shapes[name]

    def set_tensor_address(self, name, memory):
        self._addresses[name] = memory
        return True

    def execute_async_v3(self, stream_handle):
        def at(name, shape):
            pointer = ctypes.cast(self._addresses[name], ctypes.POINTER(ctypes.c_float))
            return np.ctypeslib.as_array(pointer, shape)

        outputs = self._engine._session.run(None, {'input': at('input', self._shape)})
        for name, values in zip(self._engine._names[1:], outputs):
            at(name, values.shape)[:] = values
        return True


CLASSES = (
    TensorIOMode,
    NetworkDefinitionCreationFlag,
    BuilderFlag,
    MemoryPoolType,
    Logger,
    INetworkDefinition,
    IOptimizationProfile,
    IBuilderConfig,
    Builder,
    OnnxParser,
    Runtime,
    ICudaEngine,
    IExecutionContext,
)
# Set in __init__.
ATTRIBUTES = {'num_errors', 'num_io_tensors'}


def members(cls) -> Set[str]:
    """Public names that a class of the stand-in itself has."""
    if issubclass(cls, enum.Enum):
        return set(cls.__members__)
    return {name for name in vars(cls) if not name.startswith('_')}


def parameters(cls) -> Set[str]:
    """Names of the parameters of a class's public methods."""
    functions = [getattr(cls, name) for name in members(cls)]
    return {
        name
        for function in functions
        if inspect.isfunction(function)
        for name in inspect.signature(function).parameters
        if name != 'self'
    }


def used_methods() -> Set[str]:
    """``Class.member`` of all members."""
    return {f'{cls.__name__}.{name}' for cls in CLASSES for name in members(cls)}


def used_names() -> Set[str]:
    """All names that the real bindings have to have."""
    return ATTRIBUTES.union(
        {cls.__name__ for cls in CLASSES}, *map(members, CLASSES), *map(parameters, CLASSES)
    )
