"""ONNX Runtime, set to send nothing to its makers; the setting must come before its import.

All modules import ONNX Runtime from here.
"""

from __future__ import annotations

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

__all__ = ["onnxruntime"]
