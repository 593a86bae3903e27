"""Simulator: what S3 bills for any schedule of storage classes; meters first, prices afterwards."""
