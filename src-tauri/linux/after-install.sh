#!/bin/sh
# Runs after the files of the package are in their place, as root. It frees an ACR122U that is plugged in already, so that it
# works without a restart of the computer. Nothing here may make an installation fail: in a container there is no udev, and at
# the next start, or when the reader is plugged in again, the rule does the same.

# Udev looks for new rules every few seconds; the next line needs them now.
udevadm control --reload 2>/dev/null || true
# Makes the kernel say once more what its driver holds. The rule takes only the ACR122U out of that.
udevadm trigger --action=bind --subsystem-match=usb --property-match=DRIVER=pn533_usb 2>/dev/null || true
# Says who may open a reader that is plugged in.
udevadm trigger --action=change --subsystem-match=usb --attr-match=idVendor=072f 2>/dev/null || true
