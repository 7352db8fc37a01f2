#pragma once
#include <libusb.h>

/* libusb_set_option takes its values as variable arguments, which Swift can't call. */

/* Keeps libusb from writing to standard error: what matters comes back as a code, and is said by who knows the dongle. */
static inline int clibusb_be_quiet(libusb_context *context) {
    return libusb_set_option(context, LIBUSB_OPTION_LOG_LEVEL, LIBUSB_LOG_LEVEL_NONE);
}

/* Makes every later libusb_init of the process do without udev and its socket; it can't be undone. */
static inline int clibusb_do_without_discovery(void) {
    return libusb_set_option(NULL, LIBUSB_OPTION_NO_DEVICE_DISCOVERY);
}
