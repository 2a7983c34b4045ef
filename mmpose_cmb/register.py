"""Makes the package's components known to MMPose's registries.

Named by ``custom_imports = dict(imports=['mmpose_cmb.register'])``, so that
MMPose's own tools run the configs. Importing it checks the OpenMMLab stack
and works around its quirks first (``compat.py``).

Raises:
    ImportError: If a package of the stack is missing or does not fit.
"""

from . import compat

compat.apply()

from . import apis, codecs, datasets, engine, evaluation, models, visualization  # noqa: E402,F401
