// A USB bus that is not there, as a process under umockdev's preloaded library sees it: devices in /sys, nodes in
// /dev/bus/usb that answer usbfs's ioctls, and the kernel's messages about what comes and goes. What a device does is
// up to the caller; here is only what the kernel does. No type of GLib is seen from outside.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// The bus. One at a time in a process, since umockdev finds it by an environment variable.
typedef struct mock_bus mock_bus;

/// What a host asks of a device, besides transfers.
enum mock_request {
    /// Claims an interface; the value is its number.
    MOCK_CLAIM = 1,
    /// Gives an interface back; the value is its number.
    MOCK_RELEASE = 2,
    /// Sets an alternate setting; the value is the interface's number, and the setting times 256.
    MOCK_SET_INTERFACE = 3,
    /// Sets the configuration; the value is its number.
    MOCK_SET_CONFIGURATION = 4,
    /// Clears an endpoint's halt; the value is its address.
    MOCK_CLEAR_HALT = 5,
    /// Resets the device; the value is zero.
    MOCK_RESET = 6,
    /// Was just told that no configuration is set; the value is how often since it was plugged in. The result is let be.
    MOCK_UNCONFIGURED = 7,
};

/// What is told to the caller. All of it comes from one thread of the bus, one call after the other, and none of the
/// bus's locks is held meanwhile.
typedef struct {
    /// Handed to each of the functions.
    void *_Nullable context;
    /// A request; the result is zero, or the number of the error (`EBUSY`, `EPIPE`, …).
    int (*asked)(void *_Nullable context, uint64_t plug, enum mock_request request, unsigned value);
    /// A transfer was submitted. It stays pending until `mock_bus_finish`. `data` is what goes to the device: of a
    /// bulk transfer OUT everything, of a control transfer its eight bytes of set-up and what follows them, of a bulk
    /// transfer IN nothing. `length` is that many bytes, and for IN how many are asked for.
    void (*submitted)(
        void *_Nullable context, uint64_t plug, uint64_t transfer, bool control, uint8_t endpoint,
        const uint8_t *data, size_t length);
    /// A host took a pending transfer back.
    void (*discarded)(void *_Nullable context, uint64_t plug, uint64_t transfer);
} mock_handler;

/// A device, as the kernel describes it when it finds it.
typedef struct {
    /// Its address on bus 1: 1 to 127. No two devices may have the same at a time.
    unsigned address;
    /// The maker's and the product's number.
    uint16_t vendor, product;
    /// Megabits in a second: 12 or 480.
    unsigned speed;
    /// The device descriptor, and the configuration descriptor with all that belongs to it.
    const uint8_t *descriptors;
    /// How many bytes those are.
    size_t descriptors_length;
    /// Whether the kernel has set its configuration.
    bool configured;
    /// Whether its node can be opened.
    bool permitted;
} mock_description;

/// Makes the bus; NULL where umockdev's library is not preloaded into this process.
mock_bus *_Nullable mock_bus_make(mock_handler handler);
/// Removes the bus with its folder. No process may be using it.
void mock_bus_free(mock_bus *);
/// The folder in which the bus lies; stands in UMOCKDEV_DIR for this process and those that it starts.
const char *mock_bus_root(mock_bus *);

/// Plugs a device in, and tells nobody. The result names this plugging-in and is never used twice; 0: it failed.
uint64_t mock_bus_plug(mock_bus *, const mock_description *);
/// Sends the kernel's message about a device, "add", "change" or "remove", once the listeners have room for it; false
/// where they have none for ten seconds. Only while the device is in /sys.
bool mock_bus_tell(mock_bus *, uint64_t plug, const char *action);
/// Sets the configuration of a device that was plugged in without one.
void mock_bus_configure(mock_bus *, uint64_t plug);
/// Gives or takes the permission to open a device's node.
void mock_bus_permit(mock_bus *, uint64_t plug, bool permitted);
/// Ends a transfer with `status`, zero or a negative number of an error, after `length` bytes. For IN, `data` is what
/// came; more than the host has room for becomes -EOVERFLOW. False where the transfer is not pending any more.
bool mock_bus_finish(
    mock_bus *, uint64_t plug, uint64_t transfer, int status, const uint8_t *_Nullable data, size_t length);
/// The cable is pulled: pending transfers end with `status`, and from now on nothing can be asked of the device. What
/// it had finished before can still be fetched.
void mock_bus_cut(mock_bus *, uint64_t plug, int status);
/// Takes a device whose cable was pulled out of /sys, and tells nobody.
void mock_bus_remove(mock_bus *, uint64_t plug);
/// How many ioctls the bus has answered.
uint64_t mock_bus_ioctls(mock_bus *);

#pragma clang assume_nonnull end
