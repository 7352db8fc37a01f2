// Empty on purpose: CMockUSB includes <umockdev.h> by itself, and Swift has no use for GLib's types.
#pragma once
