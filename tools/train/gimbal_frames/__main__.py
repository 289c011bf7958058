"""`python -m gimbal_frames`."""

import sys

from .cli import main

sys.exit(main())
