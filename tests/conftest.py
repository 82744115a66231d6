"""What holds for every test: on a busy machine an example may be slow, and that is no defect."""

from hypothesis import HealthCheck, settings

settings.register_profile("clearline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("clearline")
